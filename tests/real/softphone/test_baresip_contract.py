"""The phone keeps the kit's contract, at a real Asterisk."""

from collections.abc import AsyncIterator

import pytest

from desktop.backends.baresip.phone import BaresipPhone
from desktop.testing.contracts.voice import VoiceContract
from desktop.testing.rig import Fault, absent
from desktop.testing.rigs import CALLER, VoiceRig
from tests.real.servers.asterisk import PASSWORD
from tests.real.softphone.exchange import AGENT, EXPERT, HUM, Exchange, Somebody
from tests.real.softphone.registrar import GARBAGE, Registrar

NOBODY = "127.0.0.1:9"
ANSWERS = {
    Fault.HANG: "",
    Fault.SERVER_ERROR: "503 Service Unavailable",
    Fault.UNAUTHORIZED: "403 Forbidden",
    Fault.GARBAGE: GARBAGE,
    Fault.DROPPED: "",
    Fault.REFUSED: "",
}


class BaresipRig(VoiceRig):
    """agent1's phone at the exchange, somebody outside who calls it, an expert who picks up.

    A fault is a registrar that behaves so: nothing but the registration asks a server anything.
    """

    secrets = (PASSWORD,)
    connected = True
    inside = True  # a server that is away ends no stream; the registration says so (see test_registration.py)
    label = "real"
    forgets_keys = "the calls end with the phone, and nothing is left that a key could be for"

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._somebody = Somebody(exchange)
        self._registrar = Registrar()
        self._server, self._transport = exchange.address, "udp"

    async def start(self) -> None:
        await self._somebody.__aenter__()
        await self._registrar.__aenter__()
        await self._somebody.picks_up()

    async def stop(self) -> None:
        await self._somebody.__aexit__()
        await self._registrar.__aexit__()

    def make(self) -> BaresipPhone:
        sound = {"sound": "programs", "microphone": HUM}
        return BaresipPhone.create(self._exchange.options(server=self._server, transport=self._transport, **sound))

    async def fault(self, fault: Fault) -> None:
        if fault not in ANSWERS:
            absent(f"{fault.value}: the stack does not tell when to come back, and repeats what got lost by itself")
        self._registrar.answer = ANSWERS[fault]
        self._server = self._registrar.address
        by_connection = {Fault.REFUSED: NOBODY, Fault.DROPPED: self._registrar.dropping}
        if fault in by_connection:
            self._server, self._transport = by_connection[fault], "tcp"

    async def heal(self) -> None:
        self._server, self._transport = self._exchange.address, "udp"

    async def ring(self, number: str = CALLER) -> None:
        await self._somebody.dial(number, to=AGENT)

    def reachable(self) -> str:
        return EXPERT

    async def far_hangs_up(self) -> None:
        await self._somebody.hang_up()

    async def far_talks(self) -> bool:
        return "established" in (await self._somebody.order("look"))["states"]

    async def tones(self) -> str:
        return str((await self._somebody.order("look"))["tones"])


@pytest.fixture
async def rig(exchange: Exchange) -> AsyncIterator[BaresipRig]:
    async with BaresipRig(exchange) as made:
        yield made


class TestBaresip(VoiceContract):
    """With sound by programs, so that muting is claimed."""
