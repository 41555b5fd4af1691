"""The vendor's SDK for JavaScript, unmodified, judges the face's worker channel, on which the adapter listens too."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.backends.twilio.api.account import desk_of
from desktop.backends.twilio.api.worker_token import worker_token
from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import AgentChanged, ContactCenterSnapshot, Gap, InteractionChanged
from desktop.ports.errors import Unavailable
from desktop.testing.contracts.base import until
from desktop.testing.watch import Watch
from mock_backends.launcher import Running
from tests.backends.twilio_rigs import TwilioContactCenterRig, options_of
from tests.real.servers.server import CannotStart
from tests.real.servers.vendor_tools import vendor_tools

WORKER = Path(__file__).with_name("worker.js")
PACKAGES = {"twilio-taskrouter": "2.1.1"}
WAIT = 15.0


class VendorsWorker:
    """A worker's desktop made of the vendor's code. Says what it hears; does what it is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.heard: list[dict[str, Any]] = []
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.heard.append(json.loads(line))

    def tell(self, line: str) -> None:
        """One line to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")

    async def says(self, what: str, since: int = 0) -> dict[str, Any]:
        """The first thing of that kind it says, after the first `since` of all."""

        async def look() -> dict[str, Any] | None:
            return next((one for one in self.heard[since:] if one["what"] == what), None)

        return await until(look, WAIT, f"{what} among {[one['what'] for one in self.heard]}")

    async def stop(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._reading.cancel()


@pytest.fixture(scope="module")
def sdk() -> Path:
    """Where the SDK is."""
    try:
        return vendor_tools("twilio-taskrouter", PACKAGES) / "twilio-taskrouter"
    except CannotStart as error:
        pytest.skip(f"NOT TESTED: {error}")


@asynccontextmanager
async def signed_in(sdk: Path, running: Running) -> AsyncIterator[VendorsWorker]:
    """The vendor's code, signed in with a token that our code made."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", str(WORKER), stdin=pipe, stdout=pipe, limit=2**20)
    worker = VendorsWorker(process)
    token = worker_token(desk_of(options_of(running)), time.time())
    worker.tell(json.dumps({"sdk": str(sdk), "url": running.urls["twilio"], "token": token}))
    try:
        yield worker
    finally:
        await worker.stop()


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioContactCenterRig]:
    async with TwilioContactCenterRig(twilio_server) as rig:
        yield rig


async def test_the_sdk_works_a_call(twilio_server: Running, sdk: Path, rig: TwilioContactCenterRig) -> None:
    """Ready, activity, offer, accept, wrap-up, complete: as the vendor's own code understands them."""
    async with signed_in(sdk, twilio_server) as worker:
        ready = await worker.says("ready")
        assert ready["reservations"] == []
        assert "voice" in ready["channels"]
        worker.tell(f"activity {ready['activities']['Available']}")
        assert (await worker.says("activity"))["available"] is True
        await rig.call()
        created = await worker.says("created")
        assert created["status"] == "pending"
        assert created["timeout"] > 0
        for verb, event in (("conference", "accepted"), ("wrap", "wrapup"), ("complete", "completed")):
            worker.tell(verb)
            assert (await worker.says(event))["sid"] == created["sid"]
        assert not [one for one in worker.heard if one["what"] in ("error", "refused")]


async def test_the_sdk_hears_how_offers_end(twilio_server: Running, sdk: Path, rig: TwilioContactCenterRig) -> None:
    """Rejected, canceled, rescinded and timed out each arrive under the vendor's name."""
    async with signed_in(sdk, twilio_server) as worker:
        ready = await worker.says("ready")
        for event in ("rejected", "canceled", "rescinded", "timeout"):
            worker.tell(f"activity {ready['activities']['Available']}")
            since = len(worker.heard)
            await rig.call()
            created = await worker.says("created", since)
            if event == "rejected":
                worker.tell("reject")
            elif event == "canceled":
                await rig.hang_up(created["task"])
            elif event == "rescinded":
                await rig.rescind(created["task"])
            else:
                await rig.let_expire(created["task"])
            assert (await worker.says(event, since))["sid"] == created["sid"]
            if event != "canceled":
                await rig.hang_up(created["task"])


async def test_what_the_sdk_missed_it_fetches(twilio_server: Running, sdk: Path, rig: TwilioContactCenterRig) -> None:
    """The line drops, a call is offered meanwhile, and the vendor's code finds it when it is back."""
    async with signed_in(sdk, twilio_server) as worker:
        ready = await worker.says("ready")
        worker.tell(f"activity {ready['activities']['Available']}")
        await worker.says("activity")
        since = len(worker.heard)
        await rig.step(do="cut_streams")
        await worker.says("disconnected", since)
        await rig.call()
        found = (await worker.says("ready", since))["reservations"]
        assert [one["status"] for one in found] == ["pending"]
        assert not [one for one in worker.heard[since:] if one["what"] == "created"]


async def test_both_see_the_same(twilio_server: Running, sdk: Path, rig: TwilioContactCenterRig) -> None:
    """What the vendor's code does, our stream tells; after a drop we say that something was missed, and fetch it."""
    backend = TwilioContactCenter.create(options_of(twilio_server, rig.proxy.url))
    await backend.open()
    async with signed_in(sdk, twilio_server) as worker:
        ready = await worker.says("ready")
        watch = Watch(backend, None)
        try:
            await watch.begun(WAIT)
            worker.tell(f"activity {ready['activities']['Available']}")

            async def told(wanted: Any) -> Any:
                async def look() -> Any:
                    return watch.find(wanted)

                return await until(look, WAIT, "the event")

            await told(lambda e: isinstance(e, AgentChanged) and e.agent.observed is Availability.AVAILABLE)
            await rig.call()
            await worker.says("created")
            worker.tell("conference")
            await told(lambda e: isinstance(e, InteractionChanged) and e.interaction.phase is Phase.ACTIVE)
            await rig.drop_streams()

            async def lost() -> bool | None:
                return watch.ended or None

            await until(lost, WAIT, "the end of the stream")
            assert isinstance(watch.error, Unavailable)
            worker.tell("wrap")
            await worker.says("wrapup")
        finally:
            await watch.stop()
        again = Watch(backend, None)
        try:
            await again.begun(WAIT)
            assert again.find(lambda e: isinstance(e, Gap)) is not None
            shown = (await backend.snapshot()).event
            assert isinstance(shown, ContactCenterSnapshot)
            assert [one.phase for one in shown.interactions] == [Phase.WRAP_UP]
        finally:
            await again.stop()
            await backend.close()
