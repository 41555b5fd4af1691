"""What "+1 agent" says beside a live queue of a mixed floor, next to what one agent more makes of it.

`python -m tests.bench.bench_what_if [--hours 60]` prints JSON for each floor. The floor runs once as it is and once
with one agent more; `level` and `with_one_more` are the service levels of these whole runs. Every half hour of the
first run the desktop is asked: `said` is the share of half hours it gave figures for, `came_and_went` how often that
changed; `now_off` and `one_more_off` are mean errors without their sign of the two figures of the line,
`one_more_bias` with it, `within` the share of intervals that hold the level with one more (0.8 is meant), and
`half_hour_off` how far the level measured in the half hour was off that of the run: what nobody gets far below who
sees no more than that half hour.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import fmean

from desktop.domain.entities.counts import Counts
from desktop.domain.figures.count_sums import between
from desktop.domain.staffing.pool import pool_of
from desktop.domain.staffing.shared_time import one_line, shared_time
from desktop.domain.staffing.what_if import WhatIf, what_if
from mock_backends.world.centre import QUEUES, make_agents
from tests.bench.mixed_floor import Look, MixedFloor, Stream, looks

SETTLED = 7_200.0  # seconds after which patience is known


def calls(queue: str, hourly: float) -> Stream:
    """Telephone calls as in the demo."""
    return Stream(queue, "voice", hourly)


def chats(queue: str, hourly: float, talk: float = 300.0, patience: float = 400.0) -> Stream:
    """Chats, three at once at most."""
    return Stream(queue, "chat", hourly, talk, patience)


def demo(name: str, factor: float) -> MixedFloor:
    """The demo's floor by the skills of its agents, at so much of the load of its scenario `supervisor`."""
    kinds = Counter(
        tuple(queue.id for queue in QUEUES if all(agent.skills.get(s, 0) >= n for s, n in queue.required.items()))
        for agent in make_agents()
        if agent.role == "agent"
    )
    streams = [calls(queue.id, factor * (180 if queue.id == "billing" else 60)) for queue in QUEUES]
    streams.append(chats("billing", factor * 80, 110, 240))
    teams = {"+".join(queues): (size, queues) for queues, size in kinds.items()}
    return MixedFloor(name, tuple(streams), teams, "billing+returns+general", rests=600, missed=0.05)


FLOORS = (
    demo("the demo", 1.0),
    demo("the demo, a quarter less", 0.75),
    MixedFloor("one team, calls and chats", (calls("q", 150), chats("q", 150)), {"a": (13, ("q",))}, "a"),
    MixedFloor("one team, mostly calls", (calls("q", 250), chats("q", 30)), {"a": (12, ("q",))}, "a"),
    MixedFloor("one team, mostly chats", (calls("q", 30), chats("q", 350)), {"a": (13, ("q",))}, "a"),
    MixedFloor("calls, chats and breaks", (calls("q", 150), chats("q", 100)), {"a": (17, ("q",))}, "a", 1_800, 0.03),
    MixedFloor(
        "two teams who overlap",
        (calls("p", 180), calls("q", 140), chats("q", 80, 200)),
        {"a": (6, ("p",)), "b": (4, ("p", "q")), "c": (6, ("q",))},
        "a",
    ),
    MixedFloor(
        "a small team beside a great one",
        (calls("p", 60), chats("p", 20), calls("q", 400)),
        {"c": (2, ("p",)), "a": (2, ("p", "q")), "b": (15, ("q",))},
        "c",
    ),
)


def half_hours(seen: Sequence[Look], queue: str) -> Iterator[tuple[Counts, Look]]:
    """What was counted of the queue in each, and how the floor stood at its end; not across midnight."""
    for before, after in pairwise(seen):
        first, last = before.queues[queue].counts, after.queues[queue].counts
        counts = between(first, last) if first is not None and last is not None else None
        if counts is not None and counts.since >= before.at:
            yield counts, after


def level(seen: Sequence[Look], queue: str) -> float:
    """Answered in time, of all who left the line, over a whole run."""
    several = [counts for counts, _ in half_hours(seen, queue)]
    left = sum((one.answered or 0) + (one.abandoned or 0) for one in several)
    return sum(one.answered_within or 0 for one in several) / left


def asked(counts: Counts, look: Look, queue: str, spoke: bool) -> WhatIf:
    """As `StaffingDesk.what_if` does."""
    stats, pool = look.queues[queue], pool_of(queue, look.agents)
    at_work = (stats.agents_available or 0) + (stats.agents_busy or 0)
    shared = None if one_line(pool, look.agents, at_work) else shared_time(queue, look.agents, counts)
    today = {name: one.counts for name, one in look.queues.items() if one.counts is not None}
    return what_if(queue, pool, {queue: counts}, today, shared=shared, spoke=spoke)


def measure(floor: MixedFloor, hours: float) -> dict[str, object]:
    """All figures of one floor."""
    queue = floor.teams[floor.one_more][1][0]
    seen = looks(floor, 1, hours)
    truth, better = level(seen, queue), level(looks(floor, 2, hours, more=1), queue)
    now, one_more, within, measured = [], [], [], []
    said, changes, spoke = 0, 0, False
    found = [(counts, look) for counts, look in half_hours(seen, queue) if look.at % 86_400 > SETTLED]
    for counts, look in found:
        answer = asked(counts, look, queue, spoke)
        changes += bool(answer.steps) is not spoke and said > 0
        spoke = bool(answer.steps)
        step = next((one for one in answer.steps if one.more == 1), None)
        if answer.now is None or step is None:
            continue
        said += 1
        now.append((answer.now.service_level or 0.0) - truth)
        one_more.append((step.service_level or 0.0) - better)
        within.append((step.low or 0.0) <= better <= (step.high or 1.0))
        measured.append(abs((answer.measured or 0.0) - truth))
    if not said:
        return {"level": round(truth, 3), "with_one_more": round(better, 3), "said": 0.0}
    return {
        "level": round(truth, 3),
        "with_one_more": round(better, 3),
        "said": round(said / len(found), 3),
        "came_and_went": changes,
        "now_off": round(fmean(map(abs, now)), 3),
        "half_hour_off": round(fmean(measured), 3),
        "one_more_off": round(fmean(map(abs, one_more)), 3),
        "one_more_bias": round(fmean(one_more), 3),
        "within": round(fmean(within), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=60)
    chosen = parser.parse_args()
    for floor in FLOORS:
        print(json.dumps({floor.name: measure(floor, chosen.hours)}), flush=True)


if __name__ == "__main__":
    main()
