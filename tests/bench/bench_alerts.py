"""What a second of alerts costs in processor time, of many rules at many queues and agents. Prints JSON.

python -m tests.bench.bench_alerts [--queues 500] [--agents 5000] [--rules 10] [--changes 1000] [--seconds 60]

Beside it the reference: reading every rule of every queue each second, with nothing remembered.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from desktop.domain.alerts.engine import PARTS, AlertEngine
from desktop.domain.alerts.readings import read_queue
from desktop.domain.alerts.rules import WATCHED, Rule
from desktop.domain.entities.alert import Severity
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Channel, Health, Phase, Role
from desktop.domain.state.state import AppState, Position, SourceHealth

CC = "contact_center"
START = 1_000_000.0


def queue_rules(count: int) -> list[Rule]:
    """So many rules on metrics of queues: the costly kinds (a forecast, a window) are among them."""

    def rule(watch: str, at: float, **more: float) -> Rule:
        watched = WATCHED[watch]
        return Rule(f"{watch}-{len(rules)}", watched, at, at, watched.low_is_bad, Severity.WARNING, **more)

    rules: list[Rule] = []
    kinds: list[Callable[[], Rule]] = [
        lambda: rule("service_level", 0.8, hold=120.0, forecast=600.0),
        lambda: rule("service_level", 0.6, hold=60.0),
        lambda: rule("longest_wait", 300.0),
        lambda: rule("waiting", 20.0, hold=30.0),
        lambda: rule("abandon_rate", 0.2, hold=60.0),
        lambda: rule("asa", 60.0, hold=60.0),
        lambda: rule("aht", 600.0, hold=60.0),
        lambda: rule("agents_available", 0.0, hold=300.0),
        lambda: rule("estimated_wait", 300.0, hold=30.0),
        lambda: rule("abandon_rate", 0.3, window=900.0),
    ]
    while len(rules) < count:
        rules.append(kinds[len(rules) % len(kinds)]())
    return rules


def agent_rules() -> list[Rule]:
    """The rules on agents and on what they have in hand."""
    return [
        Rule("away", WATCHED["agent_time_in_state"], 1_800.0, 1_800.0, False, state="not_ready"),
        *(
            Rule(name, WATCHED[name], at, at, False, stays=False)
            for name, at in (("work_talking", 1_800.0), ("work_on_hold", 300.0), ("work_wrap_up", 600.0))
        ),
    ]


def queue(number: int, now: float, dice: random.Random, before: Counts | None) -> QueueStats:
    """A queue as it is now; its counts only grow."""
    answered = (before.answered or 0 if before else 400) + dice.randrange(3)
    in_time = min((before.answered_within or 0 if before else 350) + dice.randrange(3), answered)
    counts = Counts(
        START - 30_000.0,
        now,
        threshold=20.0,
        short_abandon_seconds=5.0,
        offered=answered + 20,
        answered=answered,
        answered_within=in_time,
        abandoned=20,
        abandoned_within=5,
        short_abandons=2,
        handled=answered,
        wrapped_up=answered,
        wait_seconds=answered * 20.0,
        abandon_seconds=600.0,
        talk_seconds=answered * 180.0,
        hold_seconds=answered * 10.0,
        wrap_up_seconds=answered * 30.0,
    )
    waiting = dice.randrange(12)
    longest = now - dice.randrange(120) if waiting else None
    return QueueStats(f"q{number}", int(now), now, waiting, longest, 60.0, counts=counts, agents_available=3)


def agent(number: int, now: float, dice: random.Random) -> Agent:
    """An agent in some state, often with a contact."""
    phase = dice.choice([Phase.ACTIVE, Phase.WRAP_UP, Phase.OFFERED])
    work = AgentWork(
        f"i{dice.randrange(10**9)}", Channel.VOICE, phase, f"q{number % 500}", now, held=dice.random() < 0.1
    )
    return Agent(
        f"a{number}",
        int(now),
        f"Agent {number}",
        Role.AGENT,
        f"team {number % 40}",
        dice.choice(list(Availability)),
        now,
        queues=(f"q{number % 500}", f"q{(number * 7) % 500}"),
        work=(work,) if dice.random() < 0.7 else (),
    )


class Floor:
    """Queues and agents of which some change each second."""

    def __init__(self, queues: int, agents: int) -> None:
        self.dice = random.Random(7)
        self.queues = {f"q{n}": queue(n, START, self.dice, None) for n in range(queues)}
        self.agents = {f"a{n}": agent(n, START, self.dice) for n in range(agents)}

    def second(self, now: float, changed_queues: int, changed_agents: int) -> AppState:
        """The state a second later."""
        for number in self.dice.sample(range(len(self.queues)), min(changed_queues, len(self.queues))):
            old = self.queues[f"q{number}"]
            self.queues = {**self.queues, old.name: queue(number, now, self.dice, old.counts)}
        self.agents = dict(self.agents)
        for number in self.dice.sample(range(len(self.agents)), min(changed_agents, len(self.agents))):
            self.agents[f"a{number}"] = agent(number, now, self.dice)
        health = {CC: SourceHealth(Health.LIVE, 0.0, last_heard=now)}
        return AppState(queues=self.queues, agents=self.agents, health=health, positions={CC: Position("e", 1)})


def spread(spent: list[float]) -> dict[str, float]:
    """Milliseconds a second."""
    ordered = sorted(spent)
    return {
        "ms_p50": round(statistics.median(ordered), 3),
        "ms_p99": round(ordered[int(len(ordered) * 0.99)], 3),
        "ms_max": round(ordered[-1], 3),
    }


def engine_cost(
    rules: list[Rule], floor: Floor, seconds: int, changed_queues: int, changed_agents: int
) -> tuple[dict[str, float], Mapping[str, object]]:
    """What each look cost, the first (which reads everything) apart, and what there was at the end."""
    engine = AlertEngine(rules)
    spent, parts = [], []
    for second in range(seconds + 1):
        now = START + second
        state = floor.second(now, changed_queues if second else 0, changed_agents if second else 0)
        looks = []
        for part in range(PARTS):
            begin = time.process_time()
            engine.look(state, None, now, part)
            looks.append((time.process_time() - begin) * 1_000)
        spent.append(sum(looks))
        parts += looks
    first = {"first_ms": round(spent[0], 2), "longest_part_ms_p99": spread(parts[PARTS:])["ms_p99"]}
    return first | spread(spent[1:]), {"alerts": len(engine.alerts)}


def reference_cost(rules: list[Rule], floor: Floor, seconds: int) -> dict[str, float]:
    """Reading every rule of every queue each second, without trails, thresholds or memory."""
    plain = [replace(rule, forecast=None, window=None) for rule in rules]
    spent = []
    for second in range(seconds):
        begin = time.process_time()
        for one in floor.queues.values():
            for rule in plain:
                read_queue(rule, one, START + second, None)
        spent.append((time.process_time() - begin) * 1_000)
    return spread(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queues", type=int, default=500)
    parser.add_argument("--agents", type=int, default=5_000)
    parser.add_argument("--rules", type=int, default=10)
    parser.add_argument("--changes", type=int, default=1_000, help="agents that change each second")
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    rules = queue_rules(asked.rules)
    few, _ = engine_cost(rules, Floor(asked.queues, 0), asked.seconds, asked.queues // 10, 0)
    all_queues, left = engine_cost(rules, Floor(asked.queues, 0), asked.seconds, asked.queues, 0)
    whole, whole_left = engine_cost(
        [*rules, *agent_rules()], Floor(asked.queues, asked.agents), asked.seconds, asked.queues // 5, asked.changes
    )
    reference = reference_cost(rules, Floor(asked.queues, 0), min(asked.seconds, 10))
    report = {
        "bench": "alerts",
        "queues": asked.queues,
        "rules": asked.rules,
        "a_tenth_of_the_queues_changes": few,
        "every_queue_changes": {**all_queues, **left},
        "floor": {"agents": asked.agents, "agents_change": asked.changes, **whole, **whole_left},
        "reference_reads_everything": reference,
        "a_tenth_against_reference": round(few["ms_p50"] / reference["ms_p50"], 3),
        "every_queue_against_reference": round(all_queues["ms_p50"] / reference["ms_p50"], 3),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
