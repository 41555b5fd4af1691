"""Questions about my work."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel, Occupancy, Phase, Verb
from desktop.domain.news.news import news_between
from desktop.domain.select import me, mine, occupancy, own, server_now, verbs_on_offer
from desktop.domain.state.state import AppState
from tests.domain.domain_records import OTHER, agent, interaction, state

OFFER = interaction(id="offer", phase=Phase.OFFERED, offer_deadline=130.0)
CALL = interaction(id="call")
CHAT = interaction(id="chat", channel=Channel.CHAT)
UNREAD = interaction(id="unread", channel=Channel.CHAT, unread=2)
WRAP = interaction(id="wrap", phase=Phase.WRAP_UP, wrap_up_deadline=300.0)
PARKED = interaction(id="parked", channel=Channel.EMAIL, parked=True)


def test_my_work_by_urgency() -> None:
    sooner = replace(OFFER, id="sooner", offer_deadline=120.0)
    woken = replace(PARKED, id="woken", unread=1, phase_since=90.0)
    theirs = interaction(id="theirs", agent_id=OTHER)
    known = state(PARKED, WRAP, CHAT, UNREAD, woken, CALL, OFFER, sooner, theirs)
    assert [item.id for item in mine(known)] == [
        "sooner", "offer", "call", "woken", "unread", "chat", "wrap", "parked",
    ]  # fmt: skip


class Counted(dict[str, Interaction]):
    """Interactions that count how often they are all looked through."""

    times = 0

    def values(self) -> Any:
        self.times += 1
        return super().values()

    def items(self) -> Any:
        self.times += 1
        return super().items()


def test_all_who_wait_are_looked_through_once_however_many_ask() -> None:
    theirs = {f"i{n}": interaction(id=f"i{n}", agent_id=OTHER) for n in range(50)}
    before = replace(state(), interactions=dict(theirs), endings=())
    many = Counted({**theirs, "call": CALL})
    after = replace(before, interactions=many)
    for _ in range(3):
        assert own(after) == mine(after) == (CALL,)
        assert occupancy(after) is Occupancy.ENGAGED
        news_between(before, after)
    assert many.times == 1
    assert own(replace(after, me=OTHER)) == tuple(theirs.values())
    assert own(after) == (CALL,)
    assert own(replace(after, interactions={"chat": CHAT})) == (CHAT,)


def test_nothing_is_mine_before_anybody_told_who_i_am() -> None:
    assert mine(AppState(interactions={"i1": interaction(agent_id="")})) == ()
    assert me(AppState()) is None
    assert me(state()) == agent()


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((), Occupancy.IDLE),
        ((PARKED,), Occupancy.IDLE),
        ((WRAP,), Occupancy.WRAPPING_UP),
        ((WRAP, OFFER), Occupancy.OFFERED),
        ((WRAP, OFFER, CHAT), Occupancy.ENGAGED),
        ((interaction(phase=Phase.CONNECTING),), Occupancy.ENGAGED),
    ],
)
def test_occupancy_is_computed_from_the_work(items: tuple, expected: Occupancy) -> None:  # type: ignore[type-arg]
    assert occupancy(state(*items)) is expected


def test_a_verb_under_way_is_not_on_offer_again() -> None:
    known = state(
        CALL,
        capabilities={
            "contact_center": frozenset({"hold", "phone"}),
            "voice": frozenset({"mute", "dial"}),
            "crm": frozenset({"dtmf"}),
        },
        pending={"call": frozenset({Verb.END})},
    )
    assert verbs_on_offer(known, CALL) == (Verb.HOLD, Verb.MUTE)


def test_server_time_is_local_time_and_skew() -> None:
    assert server_now(AppState(skew=-90.0), 1_000.0) == 910.0
