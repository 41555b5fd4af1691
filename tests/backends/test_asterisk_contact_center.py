"""What the adapter asks of a server, and what it makes of one that tells strange things. No foreign program."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from desktop.backends.asterisk.contact_center import AsteriskContactCenter
from desktop.domain.events import ContactCenterSnapshot
from desktop.domain.words import Availability, Monitoring
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, NotFound, Unavailable, Unsupported

ACTIONS = ("QueueAdd", "QueuePause", "QueueRemove", "QueueStatus", "Status", "Hangup", "Getvar", "Setvar", "Ping")
OFFER = "\r\n".join(
    [
        "Event: AgentCalled",
        "Queue: support",
        "Interface: PJSIP/maya",
        "Channel: PJSIP/trunk-1",
        "Uniqueid: 1700000000.1",
        "Linkedid: 1700000000.1",
        "DestChannel: PJSIP/maya-2",
        "DestUniqueid: 1700000000.2",
        "CallerIDNum: +441632960000",
        "CallerIDName: <unknown>",
        "ChanVariable: CASE=4711",
        "",
    ]
)


class Pbx:
    """A manager interface that signs everybody in and knows one queue."""

    def __init__(self, actions: Sequence[str]) -> None:
        self.asked: list[dict[str, str]] = []
        self.actions = actions
        self.writers: list[asyncio.StreamWriter] = []
        self.port = 0

    def tell(self, *events: str) -> None:
        """Send events to whoever is connected."""
        for writer in self.writers:
            writer.write("".join(f"{event}\r\n" for event in events).encode())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        self.writers.append(writer)
        try:
            while block := await reader.readuntil(b"\r\n\r\n"):
                asked = dict(line.split(": ", 1) for line in block.decode().strip().split("\r\n"))
                self.asked.append(asked)
                writer.write(self._answer(asked).encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, asked: dict[str, str]) -> str:
        head = f"Response: Success\r\nActionID: {asked['ActionID']}\r\n"
        match asked["Action"]:
            case "ListCommands":
                return head + "".join(f"{one}: does so\r\n" for one in self.actions) + "\r\n"
            case "Ping":
                return head + "Timestamp: 1700000000.5\r\n\r\n"
            case "QueueStatus":
                part = f"Event: QueueParams\r\nActionID: {asked['ActionID']}\r\nQueue: support\r\nCompleted: 0\r\n\r\n"
                done = f"Event: QueueStatusComplete\r\nActionID: {asked['ActionID']}\r\nEventList: Complete\r\n\r\n"
                return f"{head}EventList: start\r\n\r\n{part}{done}"
            case "Status":
                done = f"Event: StatusComplete\r\nActionID: {asked['ActionID']}\r\nEventList: Complete\r\n\r\n"
                return f"{head}EventList: start\r\n\r\n{done}"
            case _:
                return f"{head}Value: \r\n\r\n"


@asynccontextmanager
async def at(pbx: Pbx) -> AsyncIterator[AsteriskContactCenter]:
    """The adapter, made for this server and not opened."""
    server = await asyncio.start_server(pbx.serve, "127.0.0.1", 0)
    options = {"port": str(server.sockets[0].getsockname()[1]), "user": "u", "secret": "s3cret"}
    backend = AsteriskContactCenter.create(
        options | {"interface": "PJSIP/maya", "queues": "support", "attributes": "CASE, LANGUAGE"}
    )
    try:
        yield backend
    finally:
        await backend.close()
        server.close()


async def _shown(backend: AsteriskContactCenter) -> ContactCenterSnapshot:
    event = (await backend.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def test_nothing_that_can_stop_the_server_is_asked_for() -> None:
    pbx = Pbx(ACTIONS)
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(OFFER)
        while not any(one["Action"] == "Getvar" and "CHANNEL(" in one["Variable"] for one in pbx.asked):
            await asyncio.sleep(0.01)
        await _shown(backend)
    # A function within a list of channels is worked out while the channel is locked, and the SIP thread waits for it.
    lists = [one.get("Variables", "") for one in pbx.asked if one["Action"] == "Status"]
    assert lists and all("(" not in names for names in lists)
    # Of these each needs `call` or `agent` at most; Filter, MuteAudio, DBPut and Command would need `system`.
    used = {one["Action"] for one in pbx.asked}
    assert used <= {"Login", "ListCommands", "Ping", "QueueStatus", "Status", "Getvar"}


async def test_only_what_the_user_may_do_is_offered() -> None:
    async with at(Pbx(ACTIONS)) as backend:
        offered = await backend.open()
        assert Capability.MUTE in offered
        assert not offered & {Capability.CONSULT, Capability.DTMF, Capability.CALLBACK, Capability.DIAL}
        for call in (
            lambda: backend.consult("x", "tel:1", key="k"),
            lambda: backend.dtmf("x", "1", key="k"),
            lambda: backend.blind_transfer("x", "tel:1", key="k"),
        ):
            with pytest.raises(Unsupported):
                await call()
        with pytest.raises(Unsupported):
            await backend.monitor("PJSIP/x", Monitoring.LISTEN, key="k")


async def test_a_user_who_may_not_sign_agents_in_is_told_what_to_ask_for() -> None:
    async with at(Pbx(("Ping", "Status"))) as backend:
        with pytest.raises(AuthFailed, match=r"write=call,agent,originate"):
            await backend.open()


async def test_strange_events_end_nothing() -> None:
    pbx = Pbx(ACTIONS)
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(
            "Event: AgentCalled\r\n",
            "Event: AgentConnect\r\nDestUniqueid: 9.9\r\n",
            "Event: Hangup\r\nUniqueid: \r\nCause: many\r\n",
            "Event: Rename\r\nUniqueid: 1.1\r\n",
            "Event: \xff\x00\r\n",
            "Event: VarSet\r\nValue: \x1b[2J\r\n",
            "Event: QueueMemberPause\r\nQueue: support\r\nInterface: PJSIP/x\r\nPaused: perhaps\r\n",
            "Event: BridgeLeave\r\nUniqueid: 5.5\r\n",
            OFFER,
            OFFER,
        )
        async with aclosing(backend.events(None)) as stream:  # type: ignore[type-var]
            told = [await anext(aiter(stream))]
        assert isinstance((await _shown(backend)), ContactCenterSnapshot)
        assert told
        with pytest.raises(NotFound):
            await backend.accept("x", key="k")


async def test_a_closed_backend_says_so() -> None:
    async with at(Pbx(ACTIONS)) as backend:
        await backend.open()
        await backend.close()
        with pytest.raises(Unavailable):
            await backend.set_availability(Availability.OFFLINE, reason="", after_current=False, key="k")
