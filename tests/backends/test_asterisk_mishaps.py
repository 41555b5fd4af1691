"""What the adapter keeps, and how it stands, after something went wrong in the middle. No foreign program."""

import asyncio
import base64
import json
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from itertools import permutations

import pytest

from desktop.backends.asterisk.contact_center import AsteriskContactCenter
from desktop.backends.wire.event_log import EventLog
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, LegFailure, LegPhase, Phase
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.errors import BackendError, Conflict, OutcomeUnknown, Rejected, Unavailable
from tests.backends.pbx import ME, Pbx, answered, at, event, gone, offer

OTHER = "PJSIP/noor"


async def until(true: Callable[[], object], what: str) -> None:
    async with asyncio.timeout(10.0):
        while not true():
            await asyncio.sleep(0.001)
    assert true(), what


async def shown(backend: AsteriskContactCenter) -> ContactCenterSnapshot:
    snapshot = (await backend.snapshot()).event
    assert isinstance(snapshot, ContactCenterSnapshot)
    return snapshot


async def become(backend: AsteriskContactCenter, what: Availability, key: str, reason: str = "") -> None:
    await backend.set_availability(what, reason=reason, after_current=False, key=key)


def call(backend: AsteriskContactCenter, number: int = 1) -> Interaction | None:
    """The call as the adapter has it now, without a question to the server."""
    found = backend._board.calls.contacts.get(f"1700000000.{number}-{number}")
    return found.interaction if found is not None else None


async def phase(backend: AsteriskContactCenter, wanted: Phase | None) -> None:
    def there() -> bool:
        now = call(backend)
        return (now.phase if now is not None else None) is wanted

    await until(there, f"the call is {wanted}")


async def talking(backend: AsteriskContactCenter, pbx: Pbx) -> Interaction:
    pbx.tell(offer(1), answered(1))
    await phase(backend, Phase.ACTIVE)
    now = call(backend)
    assert now is not None
    return now


async def test_a_connection_given_up_while_it_is_read_is_followed_by_nobody() -> None:
    pbx = Pbx()
    pbx.silent.add("Status")
    async with at(pbx) as backend:
        opening = asyncio.ensure_future(backend.open())
        await until(lambda: pbx.of("Status"), "the first list is asked for")
        stream = backend.events(None)
        following = asyncio.ensure_future(anext(aiter(stream)))
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.wait({opening})
        pbx.silent.clear()
        # The stream makes a connection of its own, and lives: its first word is the sign of life.
        async with asyncio.timeout(10.0):
            await following
        assert len(pbx.writers) == 1


async def test_a_connection_that_is_made_while_the_backend_closes_is_closed_too() -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        pbx.silent.add("QueueStatus")
        asked = asyncio.ensure_future(become(backend, Availability.AVAILABLE, "k"))
        await until(lambda: pbx.of("QueueStatus"), "the connection is half made")
        asked.cancel()  # which ends the waiting, not the work
        await backend.close()
        pbx.silent.clear()
        status = pbx.of("QueueStatus")[-1]
        pbx.tell(event("QueueStatusComplete", ActionID=status["ActionID"], EventList="Complete"))
        await until(lambda: not pbx.writers, "no connection is left")


async def test_a_server_that_refuses_a_sign_of_life_is_as_good_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.asterisk.ami.link.PING_EVERY", 0.01)
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        stream = aiter(backend.events(None))
        await anext(stream)
        pbx.refused["Ping"] = "Permission denied"
        with pytest.raises(BackendError):
            while True:
                await anext(stream)


@pytest.mark.parametrize("told", ["nan", "inf", "1e308", "\u00b2", "-1", ""])
async def test_a_strange_time_is_no_time(told: str) -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(f"Timestamp: {told}\r\n{offer(1)}")
        await phase(backend, Phase.OFFERED)
        now = call(backend)
        assert now is not None and abs(now.arrived_at - 1_700_000_000.0) < 60.0
        pbx.channels = [event("Status", Uniqueid="\u00b2.1", Channel=f"{ME}-9", Linkedid="x", Application="AppQueue")]
        pbx.channels += [event("Status", Uniqueid="\u00b2.2", Channel="PJSIP/t-8", Linkedid="x", Application="Queue")]
        assert len((await shown(backend)).interactions) >= 1


async def test_a_decline_that_was_not_done_does_not_colour_the_end() -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(offer(1))
        await phase(backend, Phase.OFFERED)
        pbx.refused["Hangup"] = "Not now"
        with pytest.raises(Rejected):
            await backend.decline("1700000000.1-1", reason="", key="k")
        await become(backend, Availability.AVAILABLE, "k2")
        pbx.tell(event("AgentRingNoAnswer", DestUniqueid="1800000000.1"), gone("1800000000.1"))
        await until(lambda: any(one.get("Reason") == "missed" for one in pbx.of("QueuePause")), "it counts as missed")


async def test_a_wrap_up_ends_in_time_though_its_pause_failed() -> None:
    pbx = Pbx()
    async with at(pbx, wrap_up_seconds="0.2") as backend:
        await backend.open()
        await become(backend, Availability.AVAILABLE, "k")
        await talking(backend, pbx)
        pbx.refused["QueuePause"] = "Not now"
        pbx.tell(gone("1800000000.1"))
        await phase(backend, Phase.WRAP_UP)
        await until(lambda: len(pbx.of("QueuePause")) >= 2, "the pause is tried")
        pbx.refused.clear()
        await phase(backend, None)


async def test_a_wrap_up_that_could_not_be_ended_in_time_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.asterisk.verbs.wrap_ups._AGAIN_SECONDS", 0.05)
    pbx = Pbx()
    async with at(pbx, wrap_up_seconds="0.1") as backend:
        await backend.open()
        await become(backend, Availability.AVAILABLE, "k")
        interaction = await talking(backend, pbx)
        await backend.set_availability(Availability.NOT_READY, reason="lunch", after_current=True, key="k2")
        pbx.tell(gone("1800000000.1"))
        await until(lambda: any(one.get("Reason") == "wrap-up" for one in pbx.of("QueuePause")), "the pause")
        pbx.refused["QueuePause"] = "Not now"
        await until(lambda: len(pbx.of("QueuePause")) >= 4, "it is tried again")
        pbx.refused.clear()
        await phase(backend, None)
        assert pbx.of("QueuePause")[-1]["Reason"] == "lunch"  # what was asked for is not forgotten on the way
        assert interaction.id not in {one.id for one in (await shown(backend)).interactions}


async def test_a_wrap_up_is_ended_once_though_two_end_it() -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        await become(backend, Availability.AVAILABLE, "k")
        interaction = await talking(backend, pbx)
        pbx.tell(gone("1800000000.1"))
        await phase(backend, Phase.WRAP_UP)
        both = (backend.wrap_up(interaction.id, codes=(), note_given=False, key=key) for key in ("k2", "k3"))
        ends = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(type(one).__name__ for one in ends) == ["Interaction", "NotFound"]


async def test_what_was_chosen_last_is_what_the_agent_becomes() -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        first = asyncio.ensure_future(become(backend, Availability.AVAILABLE, "k1"))
        await until(lambda: pbx.of("QueueAdd"), "the first begins")
        await asyncio.gather(first, become(backend, Availability.OFFLINE, "k2"), return_exceptions=True)
        assert [one["Action"] for one in pbx.asked if one["Action"].startswith("Queue")][-1] == "QueueRemove"
        assert backend._board.me().observed is Availability.OFFLINE


async def test_an_expert_who_was_asked_for_without_an_answer_does_not_block_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktop.backends.asterisk.verbs.transfers._BEGIN_SECONDS", 0.05)
    monkeypatch.setattr("desktop.backends.asterisk.ami.link.ANSWER_SECONDS", 0.2)
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        interaction = await talking(backend, pbx)
        pbx.silent.add("Atxfer")
        with pytest.raises(OutcomeUnknown):
            await backend.consult(interaction.id, "tel:1050", key="k")
        await until(lambda: (now := call(backend)) and now.legs[-1].phase is LegPhase.FAILED, "it is told as failed")


async def test_a_number_that_the_dialplan_does_not_have_is_named_with_the_context_it_was_looked_for_in() -> None:
    pbx = Pbx()
    pbx.not_in_dialplan |= {"desk,1050", "hall,support"}
    async with at(pbx, dial_context="desk", queue_context="hall") as backend:
        await backend.open()
        interaction = await talking(backend, pbx)
        with pytest.raises(Rejected) as caught:
            await backend.consult(interaction.id, "tel:1050", key="a")
        assert caught.value.message == "The telephone system does not know 1050 in its context desk (dial_context)."
        with pytest.raises(Rejected) as caught:
            await backend.blind_transfer(interaction.id, "queue:support", key="b")
        assert caught.value.message == "The telephone system does not know support in its context hall (queue_context)."


async def test_two_who_ask_for_an_expert_at_once_get_one() -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        interaction = await talking(backend, pbx)
        asked = [asyncio.ensure_future(backend.consult(interaction.id, "tel:1050", key=key)) for key in ("a", "b")]
        await until(lambda: asked[1].done() or asked[0].done(), "one is refused")
        assert isinstance((asked[0] if asked[0].done() else asked[1]).exception(), Conflict)
        assert len(pbx.of("Atxfer")) == 1
        pbx.tell(gone("1800000000.1"))
        await asyncio.wait(asked)


async def test_a_callback_that_cannot_be_made_or_read_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.asterisk.verbs.callbacks.SETTLE_SECONDS", 0.0)
    monkeypatch.setattr("desktop.backends.asterisk.verbs.callbacks.LOOK_EVERY", 0.05)

    def row(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode()

    plan = {"queue": "support", "number": "1", "at": 1.0, "note": ""}
    pbx = Pbx()
    pbx.rows = {"deep": row("[" * 20_000), "huge": row(json.dumps(plan | {"at": 10**400}))}
    pbx.rows |= {"one": row(json.dumps(plan)), "two": row(json.dumps(plan | {"number": "2"}))}
    pbx.refused |= {"DBGet": "Database entry not found", "DBPut": "Not now"}
    async with at(pbx, queue_context="queues") as backend:
        await backend.open()
        await until(lambda: {one["Key"] for one in pbx.of("DBPut")} >= {"one", "two"}, "both are tried")


async def test_a_supervisor_does_nothing_on_the_channels_of_others() -> None:
    pbx = Pbx()
    async with at(pbx, role="supervisor") as backend:
        await backend.open()
        pbx.tell(offer(1, OTHER), answered(1))
        await phase(backend, Phase.ACTIVE)
        for kind, held in (("Hold", True), ("Unhold", False)):
            pbx.tell(event(kind, Uniqueid="1800000000.1"))
            await until(lambda held=held: (now := call(backend)) and now.held is held, kind)  # type: ignore[misc]
        await shown(backend)
        assert not [one for one in pbx.of("Setvar") if one.get("Channel", "").startswith(OTHER)]


def _day(number: int, interface: str) -> Iterator[str]:
    """A call from the queue to its end; every fifth caller gives up, every seventh offer is missed."""
    caller, agent = f"1700000000.{number}", f"1800000000.{number}"
    yield event("QueueCallerJoin", Queue="support", Uniqueid=caller, CallerIDNum="+441632960000")
    yield offer(number, interface)
    yield event("Newchannel", Uniqueid=agent, Channel=f"{interface}-{number}", Linkedid=caller)
    if number % 5 == 0:
        yield event("QueueCallerAbandon", Queue="support", Uniqueid=caller)
    elif number % 7 == 0:
        yield event("AgentRingNoAnswer", DestUniqueid=agent)
    else:
        yield event("QueueCallerLeave", Queue="support", Uniqueid=caller)
        yield answered(number)
        for channel in (caller, agent):
            yield event("BridgeEnter", Uniqueid=channel, BridgeUniqueid=f"b{number}")
        yield event("ChanSpyStart", SpyeeUniqueid=agent, SpyerUniqueid=f"1900000000.{number}", SpyerChannel="PJSIP/s")
        yield event("Hold", Uniqueid=agent)
        yield event("Unhold", Uniqueid=agent)
        yield event("BridgeLeave", Uniqueid=agent, BridgeUniqueid=f"b{number}")
        yield event("AgentComplete", DestUniqueid=agent, Uniqueid=caller, Reason="agent")
    yield gone(agent)
    yield event("QueueCallerLeave", Queue="support", Uniqueid=caller)
    yield gone(caller)


def _kept(thing: object, seen: set[int]) -> int:
    """How many entries the containers have that can be reached from here; the journal is bounded and left out."""
    if id(thing) in seen or isinstance(thing, (EventLog, asyncio.Task, asyncio.Lock, asyncio.Event)):
        return 0
    seen.add(id(thing))
    if isinstance(thing, (dict, OrderedDict)):
        return len(thing) + sum(_kept(one, seen) for one in thing.values())
    if isinstance(thing, (list, tuple, set, frozenset, deque)):
        return len(thing) + sum(_kept(one, seen) for one in tuple(thing))
    if type(thing).__module__.startswith("desktop."):
        names = [*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ())]
        return sum(_kept(getattr(thing, name, None), seen) for name in names)
    return 0


@pytest.mark.thorough
@pytest.mark.parametrize("whose", [ME, OTHER])
async def test_of_a_day_of_a_thousand_calls_nothing_is_left(whose: str) -> None:
    pbx = Pbx()
    async with at(pbx, role="supervisor", wrap_up_seconds="0") as backend:
        await backend.open()
        await become(backend, Availability.AVAILABLE, "k")

        async def play(first: int, last: int) -> None:
            for number in range(first, last):
                pbx.tell(*_day(number, whose))
                if whose == ME and number % 5 and number % 7:
                    await until(lambda n=number: (now := call(backend, n)) and now.phase is Phase.WRAP_UP, "wrap-up")  # type: ignore[misc]
                    await backend.wrap_up(f"1700000000.{number}-{number}", codes=(), note_given=False, key=f"w{number}")
            last_call = last - 1
            pbx.tell(offer(last_call), gone(f"1800000000.{last_call}", 21))
            await until(lambda: call(backend, last_call) is None and not backend._board.calls.contacts, "all is told")
            await until(lambda: len(backend._board._errands._tasks) <= 2, "every errand is done")
            await shown(backend)

        await play(0, 800)  # the keys that are remembered have filled their room
        before = _kept(backend, set())
        await play(800, 1_800)
        assert _kept(backend, set()) <= before + 8


async def test_rooms_of_calls_that_ended_unseen_are_forgotten() -> None:
    pbx = Pbx()
    async with at(pbx) as backend:
        await backend.open()
        pbx.tell(event("BridgeEnter", Uniqueid="1700000000.77", BridgeUniqueid="b"), offer(1))
        await phase(backend, Phase.OFFERED)
        pbx.hang_up()
        with pytest.raises(Unavailable):
            async for _ in backend.events(None):
                pass
        await shown(backend)
        assert not backend._board.calls.parties.bridges


_FAR_TOLD, _NEAR_TOLD, _NEAR_GONE, _FAR_GONE = range(4)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "order",
    [one for one in permutations(range(4)) if one.index(_FAR_TOLD) < min(one.index(_NEAR_TOLD), one.index(_NEAR_GONE))],
)
@pytest.mark.parametrize(("cause", "failure"), [(21, LegFailure.DECLINED), (16, LegFailure.NO_ANSWER)])
async def test_an_expert_who_declines_is_told_from_one_who_does_not_answer_in_every_order_of_events(
    order: tuple[int, ...], cause: int, failure: LegFailure
) -> None:
    pbx = Pbx()
    near, through, far = "1900000000.1", "1900000000.2", "1900000000.3"
    linked = {"Linkedid": "1700000000.1"}

    def dialled(uid: str, to: str) -> str:
        return event("DialEnd", Uniqueid=uid, DestUniqueid=to, DestChannel="x", DialStatus="NOANSWER", **linked)

    said = {
        _FAR_TOLD: dialled(through, far),
        _NEAR_TOLD: dialled("1800000000.1", near),
        _NEAR_GONE: gone(near),
        _FAR_GONE: gone(far, cause),
    }
    async with at(pbx) as backend:
        await backend.open()
        interaction = await talking(backend, pbx)
        pbx.silent.add("Atxfer")
        asked = asyncio.ensure_future(backend.consult(interaction.id, "tel:1050", key="k"))
        await until(lambda: pbx.of("Atxfer"), "it is asked for")
        context = pbx.of("Atxfer")[0]["Context"]
        for number, uid in ((1, near), (2, through)):
            pbx.tell(event("Newchannel", Channel=f"Local/1050@{context}-1;{number}", Uniqueid=uid, **linked))
        pbx.tell(event("DialState", Uniqueid="1800000000.1", DestUniqueid=near, DialStatus="RINGING", **linked))
        await until(lambda: (now := call(backend)) and now.legs[-1].phase is LegPhase.RINGING, "it rings")
        pbx.tell(*(said[one] for one in order))
        await until(lambda: (now := call(backend)) and now.legs[-1].phase is LegPhase.FAILED, "it has failed")
        now = call(backend)
        assert now is not None and now.legs[-1].failure is failure
        await asyncio.wait([asked])
