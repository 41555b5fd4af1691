"""What is news between two states: each kind with whose it is, and never twice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.entities.floor import AgentMessage, HelpRequest, HelpState
from desktop.domain.entities.model import Address, Interaction, Message
from desktop.domain.entities.news_item import CustomerIs, News, NewsKind
from desktop.domain.entities.person import ChatLine, Person
from desktop.domain.entities.words import Channel, LegFailure, LegKind, LegPhase, Phase
from desktop.domain.news.news import KEPT, LINES, news_between, unseen, unseen_count
from desktop.domain.reduce.reducer import reduce
from desktop.domain.state.events import Change, Envelope
from desktop.domain.state.own_events import NewsCame, NewsSeen, OwnEvent
from desktop.domain.state.state import AppState, Ending
from tests.domain.domain_records import ME, OTHER, envelope, interaction, leg
from tests.domain.reduce.event_strategies import envelopes

PHONE = Address("phone", "+441632960001")
HERE = AppState(me=ME, people={"p1": Person("p1", "Ana")})


def said(event: OwnEvent) -> Envelope:
    return envelope(event, source="desktop")


def call(**changes: Any) -> Interaction:
    return interaction(id="i1", agent_id=ME, phase=Phase.ACTIVE, channel=Channel.VOICE, **changes)


def with_contact(one: Interaction) -> AppState:
    return replace(HERE, interactions={one.id: one})


def only(old: AppState, new: AppState) -> News:
    (one,) = news_between(old, new)
    return one


def test_lines_of_a_supervisor_are_one_with_a_count() -> None:
    messages = {f"m{n}": AgentMessage(f"m{n}", float(n), "sam", "Sam", ME, f"line {n}") for n in range(3)}
    news = only(HERE, replace(HERE, agent_messages=messages))
    assert (news.kind, news.subject, news.who, news.count, news.at) == (NewsKind.MESSAGE, "sam", "Sam", 3, 2.0)
    assert news.lines == ("line 0", "line 1", "line 2") and news.urgent


@pytest.mark.parametrize(("by", "to"), [(ME, "sam"), (ME, ME), ("sam", OTHER)])
def test_what_i_write_and_what_others_are_told_is_no_news(by: str, to: str) -> None:
    told = replace(HERE, agent_messages={"m1": AgentMessage("m1", 1.0, by, "X", to, "hello")})
    assert news_between(HERE, told) == ()


def test_what_the_first_snapshot_tells_is_no_news_but_what_a_later_one_tells_is() -> None:
    told = replace(HERE, agent_messages={"m1": AgentMessage("m1", 1.0, "sam", "Sam", ME, "hello")})
    assert news_between(AppState(), told) == ()
    assert only(HERE, told).kind is NewsKind.MESSAGE


def test_help_is_news_once_it_is_answered_and_again_when_the_answer_is_another() -> None:
    asked = HelpRequest("h1", 1, ME, "i1", "They shout.", 1.0)
    answered = replace(asked, version=2, state=HelpState.ANSWERED, answered_by="sam", answered_by_name="Sam", since=3.0)
    states = [replace(HERE, help={"h1": one}) for one in (asked, answered, replace(answered, answer="I come."))]
    assert news_between(HERE, states[0]) == ()
    assert only(states[0], states[1]).who == "Sam"
    assert only(states[1], states[2]).lines == ("I come.",)


def test_a_chat_is_news_when_the_colleague_writes() -> None:
    mine, theirs = ChatLine("c1", "p1", 1.0, True, "Can you?"), ChatLine("c2", "p1", 2.0, False, "Yes.")
    asked = replace(HERE, chats={"p1": (mine,)})
    answered = replace(HERE, chats={"p1": (mine, theirs)})
    assert news_between(HERE, asked) == ()
    news = only(asked, answered)
    assert (news.kind, news.subject, news.who, news.lines) == (NewsKind.EXPERT_LINE, "p1", "Ana", ("Yes.",))
    assert news_between(AppState(me=ME), answered) == (), "what the directory kept from before this session"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, CustomerIs.WITH_ME),
        ({"muted": True}, CustomerIs.MUTED),
        ({"held": True}, CustomerIs.HELD),
        ({"customer_connected": False}, CustomerIs.LEFT),
    ],
)
@pytest.mark.parametrize(
    ("phase", "failure"),
    [(LegPhase.FAILED, LegFailure.DECLINED), (LegPhase.FAILED, LegFailure.BUSY), (LegPhase.COMPLETED, None)],
)
def test_an_expert_who_is_gone_says_where_the_customer_is(
    changes: dict[str, Any], where: CustomerIs, phase: LegPhase, failure: LegFailure | None
) -> None:
    rings = leg(id="l1", kind=LegKind.CONSULT, phase=LegPhase.RINGING)
    gone = replace(rings, phase=phase, failure=failure, target_name="Ana")
    after = call(legs=(gone,), customer_name="Priya", **changes)
    news = only(with_contact(call(legs=(rings,), held=True)), with_contact(after))
    assert (news.kind, news.who, news.customer) == (NewsKind.EXPERT_GONE, "Ana", "Priya")
    assert (news.failure, news.customer_is) == (failure, where)
    assert news_between(with_contact(after), with_contact(replace(after, version=9))) == ()


@pytest.mark.parametrize(
    ("kind", "phase", "contact"),
    [
        (LegKind.CONSULT, LegPhase.CANCELLED, Phase.ACTIVE),  # the agent came back themselves
        (LegKind.CONSULT, LegPhase.COMPLETED, Phase.WRAP_UP),  # the agent handed the customer over
        (LegKind.SUPERVISOR, LegPhase.COMPLETED, Phase.ACTIVE),
    ],
)
def test_what_the_agent_did_is_no_news(kind: LegKind, phase: LegPhase, contact: Phase) -> None:
    rings = leg(id="l1", kind=kind, phase=LegPhase.ACTIVE)
    after = replace(call(legs=(replace(rings, phase=phase),)), phase=contact)
    assert news_between(with_contact(call(legs=(rings,))), with_contact(after)) == ()


def test_a_missed_offer_says_whose_and_from_which_queue() -> None:
    offer = interaction(id="i1", agent_id=ME, phase=Phase.OFFERED, customer=PHONE, customer_name="Priya")
    after = replace(HERE, endings=(Ending(7.0, Change.OFFER_ENDED, "missed", replace(offer, agent_id=None)),))
    news = only(with_contact(offer), after)
    assert (news.kind, news.who, news.queue, news.at) == (NewsKind.OFFER_MISSED, "Priya", offer.queue, 7.0)
    assert news_between(after, after) == ()


@pytest.mark.parametrize("reason", ["declined", "abandoned", "rescinded", "failed"])
def test_an_offer_that_ended_otherwise_was_not_missed(reason: str) -> None:
    offer = interaction(id="i1", agent_id=ME, phase=Phase.OFFERED)
    assert news_between(HERE, replace(HERE, endings=(Ending(7.0, Change.OFFER_ENDED, reason, offer),))) == ()


def test_a_line_of_the_customer_of_a_chat_is_news_and_mine_is_not() -> None:
    before = replace(call(), channel=Channel.CHAT, messages=(Message("t1", 1.0, "customer", "Hello?"),))
    lines = (Message("t2", 2.0, "agent", "Hello."), Message("t3", 3.0, "customer", "I waited."))
    news = only(with_contact(before), with_contact(replace(before, messages=(*before.messages, *lines))))
    assert (news.kind, news.subject, news.count, news.lines) == (NewsKind.CONTACT_LINE, "i1", 1, ("I waited.",))


def test_what_customers_wrote_before_i_signed_in_is_counted_as_the_centre_says() -> None:
    said = tuple(Message(f"t{n}", float(n), "customer", f"line {n}") for n in range(3))
    chat = replace(call(), channel=Channel.CHAT, messages=said, unread=2)
    assert only(AppState(), with_contact(chat)).lines == ("line 1", "line 2")


def test_it_is_counted_until_it_was_seen_and_begins_anew_then() -> None:
    one = News(NewsKind.MESSAGE, "sam", 1.0, "Sam", lines=("a",))
    state = reduce(AppState(me=ME), [said(NewsCame((one,))), said(NewsCame((replace(one, at=2.0, lines=("b",)),)))])
    assert unseen_count(state.news) == 2 and unseen(state)[0].lines == ("a", "b")
    state = reduce(state, [said(NewsSeen(frozenset({one.id, "nothing"})))])
    assert unseen(state) == () and unseen_count(state.news) == 0
    state = reduce(state, [said(NewsCame((replace(one, at=3.0, lines=("c",)),)))])
    assert unseen(state)[0].lines == ("c",)


def test_a_flood_is_bounded_and_pushes_out_what_was_seen_first() -> None:
    old = News(NewsKind.MESSAGE, "sam", 0.0, "Sam", seen=True)
    state = reduce(AppState(me=ME, news={old.id: old}), [said(NewsCame((News(NewsKind.MESSAGE, "bo", 1.0),)))])
    flood = tuple(News(NewsKind.CONTACT_LINE, f"i{n}", float(n)) for n in range(KEPT - 1))
    state = reduce(state, [said(NewsCame((one,))) for one in flood])
    assert len(state.news) == KEPT and old.id not in state.news and "message:bo" in state.news
    long = News(NewsKind.CONTACT_LINE, "i0", 1.0, lines=tuple(map(str, range(LINES))))
    state = reduce(state, [said(NewsCame((long,)))])
    assert len(state.news[long.id].lines) == LINES


@given(st.lists(envelopes, max_size=30))
@settings(max_examples=150)
def test_nothing_is_news_twice_and_what_is_news_is_about_me(told: list[Envelope]) -> None:
    state = AppState(me=ME)
    for one in told:
        after = reduce(state, [one])
        news = news_between(state, after)
        assert len({piece.id for piece in news}) == len(news)
        assert all(piece.count >= max(1, len(piece.lines)) and piece.subject for piece in news)
        assert news_between(after, after) == ()
        state = after
