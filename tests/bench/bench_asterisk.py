"""How quickly the adapter follows a real Asterisk.

`python -m tests.bench.bench_asterisk [--calls 40]` prints JSON, in milliseconds. `event_to_envelope`: from the server's
own time stamp on an event to the envelope at the reader, on one machine and one clock. `join_to_offer`: from the
server's stamp on the caller's joining the queue to the envelope of the offer. `snapshot`: asked for and answered, with
one call under way. `reconnect`: a new link, signed in, to the snapshot, without the host's back-off.
"""

import argparse
import asyncio
import json
import os
import sys
import time

from desktop.domain.events import Change, Envelope, InteractionChanged, QueueChanged
from desktop.domain.words import Availability, Phase
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=40)
    given = parser.parse_args()
    try:
        with Asterisk() as server:
            found = asyncio.run(_measure(server, given.calls))
            found["reconnect"] = spread(asyncio.run(_reconnect(server, given.calls)), 2)
    except CannotStart as error:
        found = {"skipped": str(error)}
    json.dump(found | {"cores": os.cpu_count()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
