"""What colleagues show, as it changes, and what they see of us."""

import pytest

from desktop.domain.entities.words import PresenceState
from desktop.ports.errors import Rejected
from tests.real.servers.prosody import DOMAIN

from .colleague import colleague
from .conftest import XmppServer
from .following import adapter, following, until

AGENT, EXPERT = f"agent1@{DOMAIN}", f"expert1@{DOMAIN}"
SHOWS = {
    "": PresenceState.AVAILABLE,
    "chat": PresenceState.AVAILABLE,
    "away": PresenceState.AWAY,
    "xa": PresenceState.AWAY,
    "dnd": PresenceState.DO_NOT_DISTURB,
}


async def test_every_word_is_pushed_with_its_status(server: XmppServer) -> None:
    async with following(adapter(server)) as agent:
        assert agent.presence(EXPERT).state is PresenceState.OFFLINE  # type: ignore[union-attr]
        async with colleague(server, "expert1") as expert:
            for show, state in SHOWS.items():
                await expert.show(show, f"showing {show or None}")
                now = await agent.shows(EXPERT, lambda one, show=show: one.activity == f"showing {show or None}")  # type: ignore[misc]
                assert (now.state, now.native) == (state, show or "available")
                assert now.in_call is None or now.in_call is False
        gone = await agent.shows(EXPERT, lambda one: one.state is PresenceState.OFFLINE)
        assert gone.native == "unavailable"


async def test_who_was_there_before_us_is_in_the_first_snapshot(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert:
        await expert.show("away", "at lunch")
        async with following(adapter(server)) as agent:
            first = agent.presence(EXPERT)
            assert first is not None
            assert (first.state, first.activity) == (PresenceState.AWAY, "at lunch")


async def test_an_idle_colleague_is_not_taken_for_one_who_sits_there(server: XmppServer) -> None:
    async with following(adapter(server)) as agent, colleague(server, "expert1") as expert:
        await expert.show(idle=True)
        idle = await agent.shows(EXPERT, lambda one: one.activity == "idle")
        assert idle.state is PresenceState.AVAILABLE
        await expert.show()
        await agent.shows(EXPERT, lambda one: one.activity == "")


async def test_on_the_phone_and_in_a_meeting_come_from_what_people_publish(server: XmppServer) -> None:
    async with following(adapter(server)) as agent, colleague(server, "expert1") as expert:
        await expert.does("talking", "on_the_phone")
        called = await agent.shows(EXPERT, lambda one: one.in_call is True)
        assert (called.state, called.native) == (PresenceState.AVAILABLE, "available + talking/on_the_phone")
        await expert.show("dnd")
        busy = await agent.shows(EXPERT, lambda one: one.state is PresenceState.BUSY)
        assert busy.in_call
        await expert.does("working", "in_a_meeting", "quarterly figures")
        met = await agent.shows(EXPERT, lambda one: one.in_meeting is True)
        assert (met.in_call, met.activity) == (False, "quarterly figures")
        await expert.does("having_appointment")
        await agent.shows(EXPERT, lambda one: one.native == "dnd + having_appointment" and one.in_meeting is True)
        await expert.does("relaxing", "gaming")
        await agent.shows(EXPERT, lambda one: one.state is PresenceState.DO_NOT_DISTURB)
        await expert.does(None)
        await agent.shows(EXPERT, lambda one: (one.in_call, one.in_meeting, one.native) == (False, False, "dnd"))


async def test_of_several_programs_the_highest_priority_counts_and_then_the_one_most_there(server: XmppServer) -> None:
    async with following(adapter(server)) as agent, colleague(server, "expert1", resource="desk") as desk:
        async with colleague(server, "expert1", resource="phone") as phone:
            await phone.show("away", "phone")
            await desk.show("", "desk")
            await agent.shows(EXPERT, lambda one: (one.activity, one.device) == ("desk", "desk"))
            await phone.show("away", "phone", priority=5)
            await agent.shows(EXPERT, lambda one: (one.activity, one.state) == ("phone", PresenceState.AWAY))
            await phone.show("chat", "phone", priority=-5)
            await agent.shows(EXPERT, lambda one: one.activity == "desk")
            await desk.show("dnd", "desk")
            await phone.show("away", "phone")
            await agent.shows(EXPERT, lambda one: one.state is PresenceState.DO_NOT_DISTURB)
        await agent.shows(EXPERT, lambda one: one.device == "desk")


@pytest.mark.parametrize(
    ("state", "in_call", "show", "activity"),
    [
        (PresenceState.AVAILABLE, False, "available", None),
        (PresenceState.AWAY, False, "away", None),
        (PresenceState.DO_NOT_DISTURB, False, "dnd", None),
        (PresenceState.BUSY, False, "dnd", ("working", "other")),
        (PresenceState.BUSY, True, "dnd", ("talking", "on_the_phone")),
    ],
)
async def test_what_we_set_is_what_colleagues_see(
    server: XmppServer, state: PresenceState, in_call: bool, show: str, activity: tuple[str, str] | None
) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server)) as agent:
        told = await agent.backend.set_own(state, activity="as set", key="k1", in_call=in_call)
        assert (told.person_id, told.state, told.activity) == (AGENT, state, "as set")
        await until(lambda: expert.sees(AGENT) == show)
        await until(lambda: [one for who, one in expert.activities if who == AGENT])
        await until(lambda: [one for who, one in expert.activities if who == AGENT][-1] == (activity or (None, None)))
        own = await agent.shows(AGENT, lambda one: one.state is state)
        assert own.in_call is in_call
        async with following(adapter(server, "expert2")) as other:
            seen = await other.shows(AGENT, lambda one: one.activity == "as set" and one.in_call is in_call)
            assert seen.state is state, "another desktop reads back what was meant"


@pytest.mark.parametrize("state", [PresenceState.OFFLINE, PresenceState.UNKNOWN])
async def test_nobody_can_be_away_for_good_and_watch(server: XmppServer, state: PresenceState) -> None:
    async with following(adapter(server)) as agent:
        with pytest.raises(Rejected):
            await agent.backend.set_own(state, activity="", key="k1")


async def test_what_we_set_is_set_again_in_a_new_session(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server)) as agent:
        await agent.backend.set_own(PresenceState.AWAY, activity="lunch", key="k1")
        await agent.stop()
        await agent.backend.close()
        await until(lambda: expert.sees(AGENT) == "unavailable")
        await agent.backend.open()
        await until(lambda: expert.sees(AGENT) == "away")
