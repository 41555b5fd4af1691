"""What the adapter makes of the server's recordings, and how it pauses them. No foreign program."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.contact_center import AsteriskContactCenter
from desktop.backends.asterisk.model.recordings import FILE, PAUSED, Recordings
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase, Recording
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, Unsupported
from tests.backends.pbx import ACTIONS, ME, Pbx, answered, at, event, gone, offer

CALLER, AGENT = "1700000000.1", "1800000000.1"


def tape(kind: str, uid: str = CALLER, **fields: str) -> str:
    return event(f"MixMonitor{kind}", Channel="x", Uniqueid=uid, **fields)


def muted(state: int, direction: str = "both", uid: str = CALLER) -> str:
    return tape("Mute", uid, Direction=direction, State=str(state))


async def until(true: Callable[[], object], what: str) -> None:
    async with asyncio.timeout(10.0):
        while not true():
            await asyncio.sleep(0.001)
    assert true(), what


class Call:
    """A call that talks, as the adapter has it without a question to the server."""

    def __init__(self, backend: AsteriskContactCenter, pbx: Pbx) -> None:
        self.backend, self.pbx = backend, pbx

    @property
    def now(self) -> Interaction | None:
        found = self.backend._board.calls.contacts.get(f"{CALLER}-1")
        return found.interaction if found is not None else None

    async def is_(self, recording: Recording) -> None:
        await until(lambda: self.now is not None and self.now.recording is recording, f"it is {recording}")

    async def pause(self, key: str, *, on: bool) -> Interaction:
        return await self.backend.pause_recording(f"{CALLER}-1", on=on, key=key)


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        made = Call(backend, pbx)
        pbx.tell(tape("Start"), offer(1), answered(1))
        await until(lambda: made.now is not None and made.now.phase is Phase.ACTIVE, "the call")
        yield made


async def test_a_call_that_was_recorded_before_it_rang_is_shown_as_recorded(call: Call) -> None:
    await call.is_(Recording.ACTIVE)
    assert call.now is not None and call.now.recording_since is not None


async def test_what_others_do_to_the_recording_is_shown(call: Call) -> None:
    call.pbx.tell(muted(1, "read"))
    call.pbx.tell(muted(1, "write"))
    await call.is_(Recording.PAUSED)  # with one side muted the other is still recorded
    call.pbx.tell(muted(0, "write"))
    await call.is_(Recording.ACTIVE)
    call.pbx.tell(tape("Stop"))
    await call.is_(Recording.NONE)


async def test_every_recording_of_a_call_is_paused_and_the_channel_says_so(call: Call) -> None:
    call.pbx.tell(tape("Start", AGENT))
    await until(
        lambda: len(call.backend._board.calls.recordings.lines(call.backend._board.calls.contacts[f"{CALLER}-1"])) == 2,
        "both are recorded",
    )
    paused = await call.pause("k1", on=True)
    assert paused.recording is Recording.PAUSED and paused.recording_since is not None
    asked = [(one["Channel"], one["Direction"], one["State"]) for one in call.pbx.of("MixMonitorMute")]
    assert asked == [(f"{ME}-1", "both", "1"), ("PJSIP/trunk-1", "both", "1")]
    marks = [float(one["Value"]) for one in call.pbx.of("Setvar") if one["Variable"] == PAUSED]
    assert len(marks) == 2 and all(marks)
    assert (await call.pause("k2", on=False)).recording is Recording.ACTIVE
    assert [one["Value"] for one in call.pbx.of("Setvar")][-2:] == ["0", "0"]
    assert [one["State"] for one in call.pbx.of("MixMonitorMute")][-2:] == ["0", "0"]


async def test_the_same_key_pauses_once(call: Call) -> None:
    await call.pause("k1", on=True)
    await call.pause("k1", on=True)
    assert len(call.pbx.of("MixMonitorMute")) == 1


async def test_a_recording_that_was_stopped_unseen_is_not_said_to_be_paused(call: Call) -> None:
    call.pbx.refused["MixMonitorMute"] = "Cannot set mute flag"
    with pytest.raises(Conflict):
        await call.pause("k1", on=True)
    assert call.now is not None and call.now.recording is Recording.NONE


async def test_what_is_not_recorded_cannot_be_paused(call: Call) -> None:
    call.pbx.tell(tape("Stop"))
    await call.is_(Recording.NONE)
    with pytest.raises(Conflict):
        await call.pause("k1", on=True)
    assert not call.pbx.of("MixMonitorMute")


async def test_the_wrap_up_is_not_recorded(call: Call) -> None:
    call.pbx.tell(gone(AGENT))
    await until(lambda: call.now is not None and call.now.phase is Phase.WRAP_UP, "the wrap-up")
    assert call.now is not None and (call.now.recording, call.now.recording_since) == (Recording.NONE, None)


async def test_it_is_offered_where_the_manager_user_may() -> None:
    async with at(Pbx(ACTIONS)) as backend:
        assert Capability.PAUSE_RECORDING not in await backend.open()
        with pytest.raises(Unsupported):
            await backend.pause_recording("x", on=True, key="k")


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({FILE: "/x.wav"}, Recording.ACTIVE),
        ({FILE: "/x.wav", PAUSED: "0"}, Recording.ACTIVE),
        ({FILE: "/x.wav", PAUSED: "1700000050.5"}, Recording.PAUSED),
        ({FILE: "/x.wav", PAUSED: "\x1b[2J"}, Recording.ACTIVE),
        ({PAUSED: "1700000050.5"}, Recording.NONE),
        ({}, Recording.NONE),
    ],
)
async def test_after_a_time_without_a_link_the_channels_say_it(told: dict[str, str], wanted: Recording) -> None:
    pbx = Pbx()
    caller = {f"ChanVariable-{number}": f"{key}={value}" for number, (key, value) in enumerate(told.items())}
    up: dict[str, Any] = {"ChannelStateDesc": "Up", "Linkedid": CALLER}
    pbx.channels = [
        event(
            "Status", Channel="PJSIP/trunk-1", Uniqueid=CALLER, Application="Queue", Data="support,t", **up, **caller
        ),
        event("Status", Channel=f"{ME}-1", Uniqueid=AGENT, Application="AppQueue", Data="(Outgoing Line)", **up),
    ]
    async with at(pbx) as backend:
        await backend.open()
        await backend.snapshot()
        now = Call(backend, pbx).now
        assert now is not None and now.recording is wanted


texts = st.sampled_from(["", "0", "1", "read", "write", "both", "inf", "nan", "-1", "\x00", "1e999"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["MixMonitorStart", "MixMonitorStop", "MixMonitorMute"]),
            st.sampled_from(["", "a", "b"]),
            texts,
            texts,
        ),
        max_size=12,
    ),
    st.dictionaries(st.sampled_from(["a", "b", ""]), st.dictionaries(st.sampled_from([FILE, PAUSED]), texts)),
)
def test_no_event_and_no_variable_of_whatever_text_does_harm(
    told: list[tuple[str, str, str, str]], channels: dict[str, dict[str, str]]
) -> None:
    recordings = Recordings()
    for kind, uid, direction, state in told:
        pairs = [("Event", kind), ("Uniqueid", uid), ("Direction", direction), ("State", state)]
        recordings.apply(Message(pairs), 100.0)
    recordings.read(channels, 200.0, frozenset())
    assert recordings._tapes.keys() <= channels.keys()
    assert all(0 <= one.since < float("inf") for one in recordings._tapes.values())
