"""How many interactions a second the distributor routes in virtual time: 1,000 agents, 50 queues, one core.

An interaction is routed when it was queued, offered, accepted, ended and wrapped up. The reference in the same
run is a plain heapq event loop that handles the same number of events and does nothing else.
`python -m tests.bench.bench_routing [interactions]` prints JSON.
"""

from __future__ import annotations

import json
import sys
from heapq import heappop, heappush
from random import Random
from time import process_time

from mock_backends.acd.effects import Offered, WrapUpStarted
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from mock_backends.acd.router import Router

AGENTS, QUEUES = 1000, 50
HANDLE, WRAP_UP, LOAD = 180.0, 30.0, 0.95


def floor(rng: Random) -> Router:
    """Every queue wants its own skill; every agent has four to eight skills at levels 1 to 5."""
    skills = [f"skill{n}" for n in range(QUEUES)]
    policies = [
        QueuePolicy(name=f"queue{n}", required={skills[n]: rng.randint(1, 2)}, wrap_up_seconds=60.0)
        for n in range(QUEUES)
    ]
    agents = [
        AgentProfile(f"agent{n}", {skill: rng.randint(1, 5) for skill in rng.sample(skills, rng.randint(4, 8))})
        for n in range(AGENTS)
    ]
    return Router(policies, agents, 0.0)


def route(interactions: int, seed: int = 1) -> tuple[float, int, int]:
    """CPU seconds, events and interactions wrapped up."""
    rng = Random(seed)
    router = floor(rng)
    for n in range(AGENTS):
        router.set_availability(f"agent{n}", "available", 0.0)
    rate = LOAD * AGENTS / (HANDLE + WRAP_UP)
    arrivals, at = [], 0.0
    for n in range(interactions):
        at += rng.expovariate(rate)
        arrivals.append((at, n, "arrive", f"i{n}", f"queue{rng.randrange(QUEUES)}"))
    lengths = [rng.expovariate(1 / HANDLE) for _ in range(interactions)]
    events = arrivals[::-1]
    ahead: list[tuple[float, int, str, str, str]] = []
    number, done, count = interactions, 0, 0
    begun = process_time()
    while events or ahead:
        deadline = router.next_deadline()
        if ahead and (not events or ahead[0] < events[-1]):
            now, _, verb, who, where = ahead[0]
        else:
            now, _, verb, who, where = events[-1]
        if deadline is not None and deadline < now:
            effects = router.tick(deadline)
            now = deadline
        elif verb == "arrive":
            events.pop()
            effects = router.enqueue(who, where, "voice", now)
        elif verb == "end":
            heappop(ahead)
            effects = router.end(who, now)
        else:
            heappop(ahead)
            effects = router.finish_wrap_up(who, where, now)
            done += 1
        count += 1
        for effect in effects:
            if isinstance(effect, Offered):
                router.accept(effect.interaction_id, effect.agent_id, now)
                number += 1
                count += 1
                length = lengths[int(effect.interaction_id[1:])]
                heappush(ahead, (now + length, number, "end", effect.interaction_id, ""))
            elif isinstance(effect, WrapUpStarted):
                number += 1
                heappush(ahead, (now + WRAP_UP, number, "finish", effect.interaction_id, effect.agent_id))
    return process_time() - begun, count, done


def plain_loop(events: int, seed: int = 1) -> float:
    """CPU seconds of an event loop that only moves `events` events through a heap of as many agents."""
    rng = Random(seed)
    heap = [(rng.random(), n) for n in range(AGENTS)]
    heap.sort()
    steps = [rng.random() for _ in range(1024)]
    begun = process_time()
    for n in range(events):
        at, who = heappop(heap)
        heappush(heap, (at + steps[n & 1023], who))
    return process_time() - begun


def main() -> None:
    interactions = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds, events, done = route(interactions)
    reference = plain_loop(events)
    report = {
        "agents": AGENTS,
        "queues": QUEUES,
        "interactions": done,
        "events": events,
        "routed_per_second": round(done / seconds),
        "target_per_second": 20_000,
        "reference": "plain heapq event loop, same number of events",
        "reference_events_per_second": round(events / reference),
        "times_reference_cost": round(seconds / reference, 1),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
