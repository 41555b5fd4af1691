"""How fast events become the next state, beside what copying plain dicts costs. Prints JSON.

python -m tests.bench.bench_reducer [--batches 300]
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from desktop.domain.entities.model import Address, Agent, Interaction, QueueStats
from desktop.domain.entities.words import Availability, Channel, Direction, Phase, Role
from desktop.domain.reduce.reducer import reduce
from desktop.domain.select import mine, verbs_on_offer
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    InteractionChanged,
    QueueChanged,
)
from desktop.domain.state.state import AppState

CC, ME = "contact_center", "a0"
INTERACTIONS, AGENTS, QUEUES, BATCH = 10_000, 500, 50, 70


def world() -> AppState:
    """A supervisor's state: everything waiting, everybody seen."""
    interactions = tuple(
        Interaction(
            f"i{n}", 1, Channel.VOICE, Direction.INBOUND, Phase.QUEUED, f"q{n % QUEUES}",
            Address("phone", f"+44207946{n:04}"), float(n), float(n),
        )
        for n in range(INTERACTIONS)
    )  # fmt: skip
    agents = tuple(
        Agent(f"a{n}", 1, f"Agent {n}", Role.SUPERVISOR, "North", Availability.AVAILABLE, 0.0) for n in range(AGENTS)
    )
    queues = tuple(QueueStats(f"q{n}", 1, 0.0, waiting=200) for n in range(QUEUES))
    snapshot = ContactCenterSnapshot(ME, interactions, agents, queues)
    return reduce(AppState(), [Envelope(CC, snapshot, 0.0, "e", 0)])


def batches(count: int) -> list[list[Envelope]]:
    """Interactions change, close and arrive; agents and queues change: contiguous, in batches."""
    rng = random.Random(7)
    start = world()
    interactions = dict(start.interactions)
    alive = list(interactions)
    agents, queues = dict(start.agents), dict(start.queues)
    seq, made = 0, INTERACTIONS
    result = []
    for _ in range(count):
        batch = []
        for _ in range(BATCH):
            seq += 1
            dice = rng.random()
            if dice < 0.2:
                agent = agents[f"a{rng.randrange(AGENTS)}"]
                agents[agent.id] = agent = replace(agent, version=agent.version + 1)
                event: InteractionChanged | AgentChanged | QueueChanged = AgentChanged(agent)
            elif dice < 0.3:
                queue = queues[f"q{rng.randrange(QUEUES)}"]
                queues[queue.name] = queue = replace(queue, version=queue.version + 1)
                event = QueueChanged(queue)
            else:
                place = rng.randrange(len(alive))
                item = interactions[alive[place]]
                if dice < 0.4:
                    event = InteractionChanged(
                        Change.CLOSED, replace(item, version=item.version + 1, phase=Phase.CLOSED)
                    )
                    alive[place] = f"i{made}"
                    interactions[alive[place]] = replace(item, id=alive[place], version=0)
                    made += 1
                else:
                    item = replace(item, version=item.version + 1)
                    interactions[item.id] = item
                    event = InteractionChanged(Change.UPDATED, item)
            batch.append(Envelope(CC, event, float(seq), "e", seq))
        result.append(batch)
    return result


def plain(state: AppState, batch: list[Envelope]) -> AppState:
    """The reference: copy the same mappings once and set the same keys, no rules at all."""
    interactions, agents, queues = dict(state.interactions), dict(state.agents), dict(state.queues)
    tombstones = dict(state.tombstones)
    for envelope in batch:
        event = envelope.event
        if isinstance(event, InteractionChanged):
            if event.change is Change.CLOSED:
                interactions.pop(event.interaction.id, None)
                tombstones[event.interaction.id] = event.interaction.version
            else:
                interactions[event.interaction.id] = event.interaction
        elif isinstance(event, AgentChanged):
            agents[event.agent.id] = event.agent
        elif isinstance(event, QueueChanged):
            queues[event.queue.name] = event.queue
    return replace(state, interactions=interactions, agents=agents, queues=queues, tombstones=tombstones)


def timed(step: Callable[[AppState, list[Envelope]], AppState], work: list[list[Envelope]]) -> dict[str, float]:
    """Milliseconds a batch."""
    state, spent = world(), []
    for batch in work:
        begin = time.perf_counter()
        state = step(state, batch)
        spent.append((time.perf_counter() - begin) * 1_000)
    spent.sort()
    return {
        "ms_per_batch_p50": round(statistics.median(spent), 4),
        "ms_per_batch_p99": round(spent[int(len(spent) * 0.99)], 4),
        "ms_per_batch_max": round(spent[-1], 4),
        "events_per_second": round(BATCH * len(spent) / sum(spent) * 1_000),
    }


def asked(rounds: int) -> float:
    """Milliseconds for the questions of a repaint: my work and the verbs of each."""
    state = world()
    own = {f"m{n}": replace(state.interactions["i1"], id=f"m{n}", agent_id=ME, phase=Phase.ACTIVE) for n in range(5)}
    state = replace(state, interactions={**state.interactions, **own})
    begin = time.perf_counter()
    for _ in range(rounds):
        for item in mine(state):
            verbs_on_offer(state, item)
    return round((time.perf_counter() - begin) * 1_000 / rounds, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=300)
    count = parser.parse_args().batches
    work = batches(count)
    begin = time.perf_counter()
    world()
    snapshot = time.perf_counter() - begin
    ours, reference = timed(reduce, work), timed(plain, work)
    report = {
        "bench": "reducer",
        "interactions": INTERACTIONS,
        "agents": AGENTS,
        "batch": BATCH,
        "batches": count,
        "reducer": ours,
        "plain_dict_copy": reference,
        "ratio_p50": round(ours["ms_per_batch_p50"] / reference["ms_per_batch_p50"], 2),
        "snapshot_ms": round(snapshot * 1_000, 2),
        "questions_ms": asked(50),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
