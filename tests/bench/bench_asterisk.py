"""How quickly the adapter follows a real Asterisk.

`python -m tests.bench.bench_asterisk [--calls 40]` prints JSON, in milliseconds. `event_to_envelope`: from the server's
own time stamp on an event to the envelope at the reader, on one machine and one clock. `join_to_offer`: from the
server's stamp on the caller's joining the queue to the envelope of the offer. `snapshot`: asked for and answered, with
one call under way. `reconnect`: a new link, signed in, to the snapshot, without the host's back-off. `join_to_floor`:
from the server's stamp on a caller's joining the queue to the envelope that tells a supervisor, in which what happens
within 50 ms is told together; `join_to_queue` is the same for an agent. `listen_to_ring`: from the call of `monitor` to
the ringing of the supervisor's phone; `mode_change`: from the call to the answer, with the phone on the line.
"""

import argparse
import asyncio
import json
import os
import sys
import time

from desktop.domain.entities.words import Availability, Monitoring, Phase
from desktop.domain.state.events import Change, Envelope, InteractionChanged, QueueChanged
from desktop.domain.state.floor_events import FloorChanged
from tests.bench.figures import spread
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.servers.asterisk import Asterisk
from tests.real.servers.server import CannotStart


class TimedDesk(Desk):
    """Notes when each envelope came."""

    def __init__(self, settings: dict[str, str]) -> None:
        super().__init__(settings)
        self.came: list[tuple[float, Envelope]] = []

    async def _take(self, envelope: Envelope) -> None:
        self.came.append((time.time(), envelope))
        await super()._take(envelope)


async def _measure(server: Asterisk, calls: int) -> dict[str, object]:
    snapshots: list[float] = []
    async with Phones(server) as phones, TimedDesk(options(server, queues="rush")) as desk:
        phone, caller = await phones.get("agent1"), await phones.get("customer")
        await desk.become(Availability.AVAILABLE)
        for _ in range(calls):
            await caller.dial("rush")
            await desk.talk(phone)
            began = time.perf_counter()
            await desk.backend.snapshot()
            snapshots.append((time.perf_counter() - began) * 1e3)
            await caller.hang_up()
            await desk.finish((await desk.reach(Phase.WRAP_UP)).id)
            await until(lambda: not caller.talks and not phone.talks, "both phones are free")
        await desk.become(Availability.OFFLINE)
    stamped = {Change.OFFERED, Change.CONNECTED, Change.WRAP_UP}
    events, joins = [], []
    for at, envelope in desk.came:
        event = envelope.event
        if isinstance(event, InteractionChanged) and event.change in stamped:
            events.append((at - event.interaction.phase_since) * 1e3)
            if event.change is Change.OFFERED:
                joins.append((at - event.interaction.arrived_at) * 1e3)
    return {
        "event_to_envelope": spread(events, 2),
        "join_to_offer": spread(joins, 2),
        "snapshot": spread(snapshots, 2),
        "figures_told": sum(isinstance(one.event, QueueChanged) for _, one in desk.came),
    }


async def _reconnect(server: Asterisk, times: int) -> list[float]:
    taken = []
    for _ in range(times):
        desk = Desk(options(server))
        began = time.perf_counter()
        await desk.backend.open()
        await desk.backend.snapshot()
        taken.append((time.perf_counter() - began) * 1e3)
        await desk.backend.close()
    return taken


def _joined(desk: TimedDesk) -> list[float]:
    """For each caller who was seen to wait: how long after they joined."""
    told: dict[str, float] = {}
    for at, envelope in desk.came:
        event = envelope.event
        queues = (event.queue,) if isinstance(event, QueueChanged) else ()
        for queue in event.queues if isinstance(event, FloorChanged) else queues:
            for one in queue.head:
                told.setdefault(one.interaction_id, (at - one.since) * 1e3)
    return list(told.values())


async def _supervise(server: Asterisk, times: int) -> dict[str, object]:
    rings: list[float] = []
    changes: list[float] = []
    chosen = options(server, "PJSIP/super", role="supervisor", queues="rush,billing")
    async with (
        Phones(server) as phones,
        TimedDesk(options(server, queues="rush,billing")) as desk,
        TimedDesk(chosen) as boss,
    ):
        phone, caller, supervisor = [await phones.get(name) for name in ("agent1", "customer", "super")]
        for _ in range(times):
            await caller.dial("billing")  # where nobody is, so that they are seen to wait
            await until(lambda: boss.queues["billing"].waiting == desk.queues["billing"].waiting == 1, "they wait")
            await caller.hang_up()
            await until(lambda: boss.queues["billing"].waiting == desk.queues["billing"].waiting == 0, "they are gone")
        await desk.become(Availability.AVAILABLE)
        await caller.dial("rush")
        await desk.talk(phone)
        await until(lambda: boss.work(desk.me), "the supervisor sees it")
        for _ in range(times):
            before, began = len(supervisor.calls), time.perf_counter()
            monitor = await boss.backend.monitor(desk.me, Monitoring.LISTEN, why="a bench", key=boss.key())
            while len(supervisor.calls) == before:
                await asyncio.sleep(0)
            rings.append((time.perf_counter() - began) * 1e3)
            await supervisor.answer()
            await until(lambda: supervisor.talks, "the supervisor listens")
            began = time.perf_counter()
            await boss.backend.monitor(desk.me, Monitoring.WHISPER, why="a bench", key=boss.key())
            changes.append((time.perf_counter() - began) * 1e3)
            await boss.backend.end_monitor(monitor, key=boss.key())
            await until(lambda: not supervisor.talks, "the phone is free")
        await caller.hang_up()
        await desk.finish((await desk.reach(Phase.WRAP_UP)).id)
        await desk.become(Availability.OFFLINE)
    return {
        "join_to_floor": spread(_joined(boss), 2),
        "join_to_queue": spread(_joined(desk), 2),
        "listen_to_ring": spread(rings, 2),
        "mode_change": spread(changes, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=40)
    given = parser.parse_args()
    try:
        with Asterisk() as server:
            found = asyncio.run(_measure(server, given.calls))
            found |= asyncio.run(_supervise(server, given.calls))
            found["reconnect"] = spread(asyncio.run(_reconnect(server, given.calls)), 2)
    except CannotStart as error:
        found = {"skipped": str(error)}
    json.dump(found | {"cores": os.cpu_count()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
