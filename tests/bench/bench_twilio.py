"""Twilio's contact centre against the mock in its dialect: from an offer to its envelope.

`python -m tests.bench.bench_twilio [--calls 50]` prints JSON, in milliseconds. An offer is timed from the moment the
mock is asked for a call until our stream yields it: the way of the question is in it, the network of a cloud is not.
"""

import argparse
import asyncio
import json
import sys
import time
from typing import Any

from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import ContactCenterSnapshot, InteractionChanged
from desktop.testing.fresh import new_key
from mock_backends import launcher
from mock_backends.http.settings import Settings
from tests.backends.twilio_rigs import CONTROL, TwilioContactCenterRig
from tests.bench.figures import spread


async def offers(calls: int) -> dict[str, Any]:
    """Offers, accepts and wrap-ups of so many calls, one after another."""
    offered, accepted, snapshots = [], [], []
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        async with TwilioContactCenterRig(running) as rig, rig.opened() as backend:
            assert isinstance(backend, TwilioContactCenter)
            stream = backend.events(None)
            await anext(stream)
            await backend.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
            for _ in range(calls):
                began = time.perf_counter()
                await rig.call()
                async for envelope in stream:
                    event = envelope.event
                    if isinstance(event, InteractionChanged) and event.interaction.phase is Phase.OFFERED:
                        offered.append((time.perf_counter() - began) * 1000)
                        break
                began = time.perf_counter()
                await backend.accept(event.interaction.id, key=new_key())
                accepted.append((time.perf_counter() - began) * 1000)
                await backend.end(event.interaction.id, key=new_key())
                await backend.wrap_up(event.interaction.id, codes=[], note_given=True, key=new_key())
                began = time.perf_counter()
                assert isinstance((await backend.snapshot()).event, ContactCenterSnapshot)
                snapshots.append((time.perf_counter() - began) * 1000)
            await stream.aclose()
    return {
        "offer to envelope": spread(offered),
        "accept answered": spread(accepted),
        "snapshot": spread(snapshots),
    }


def main() -> int:
    """Measure and print."""
    line = argparse.ArgumentParser(description=__doc__)
    line.add_argument("--calls", type=int, default=50)
    options = line.parse_args()
    figures = asyncio.run(offers(options.calls))
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
