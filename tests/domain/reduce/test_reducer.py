"""The rules of the reducer, one by one."""

from dataclasses import replace

import pytest

from desktop.domain.entities.customer import Case, Customer, CustomerDetails, Match
from desktop.domain.entities.floor import CoachingNews
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.person import ChatLine, Person
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Availability, Health, OfferEnd, Phase, PopAnswer, Role, Verb
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.reduce.reducer import needs_snapshot, reduce
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    Gap,
    Heartbeat,
    InteractionChanged,
    PresenceSnapshot,
    QueueChanged,
)
from desktop.domain.state.floor_events import CoachingChanged
from desktop.domain.state.own_events import (
    CapabilitiesKnown,
    ClockRead,
    DetailsChanged,
    DraftDropped,
    DraftSaved,
    HealthChanged,
    Noticed,
    PendingChanged,
    PopChanged,
)
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.words.catalogue import in_words
from tests.domain.domain_records import CC, ME, OTHER, agent, changed, envelope, interaction, queue, state


def snapshot(*items: Interaction, seq: int | None = None, epoch: str = "e", role: Role = Role.AGENT) -> Envelope:
    return envelope(ContactCenterSnapshot(ME, items, (agent(role=role),), ()), seq=seq, epoch=epoch)


def at(seq: int, *items: Interaction) -> AppState:
    return reduce(AppState(), [snapshot(*items, seq=seq)])


def test_events_in_order_are_applied_and_counted() -> None:
    after = reduce(at(4), [changed(interaction(), seq=5), changed(interaction(version=2, held=True), seq=6)])
    assert after.interactions["i1"].held
    assert (after.positions[CC].epoch, after.positions[CC].seq) == ("e", 6)


def test_a_number_seen_before_is_dropped() -> None:
    before = at(5, interaction(version=3))
    assert reduce(before, [changed(interaction(version=9), seq=5)]) is before


def test_a_hole_is_noticed_and_only_a_snapshot_heals_it() -> None:
    broken = reduce(at(4, interaction()), [changed(interaction(version=3, held=True), seq=6)])
    assert needs_snapshot(broken, CC)
    assert not broken.interactions["i1"].held
    assert reduce(broken, [changed(interaction(version=4, held=True), seq=5)]) is broken
    healed = reduce(broken, [snapshot(interaction(version=3, held=True), seq=6)])
    assert not needs_snapshot(healed, CC)
    assert healed.interactions["i1"].held
    assert reduce(healed, [changed(interaction(version=4), seq=7)]).interactions["i1"].version == 4


@pytest.mark.parametrize(
    "event",
    [
        envelope(Gap("reset")),
        envelope(Heartbeat(0.0, head=5)),
        changed(interaction(version=2), seq=5, epoch="another"),
        envelope(Heartbeat(0.0, head=0), epoch="another", seq=0),
    ],
    ids=["gap", "lost at the end", "another epoch", "heartbeat of another epoch"],
)
def test_what_calls_for_a_snapshot(event: Envelope) -> None:
    assert needs_snapshot(reduce(at(4), [event]), CC)


def test_a_numbered_event_before_any_snapshot_calls_for_one() -> None:
    after = reduce(AppState(), [changed(interaction(), seq=5)])
    assert needs_snapshot(after, CC)
    assert not after.interactions


def test_a_heartbeat_at_the_head_is_a_sign_of_life_only() -> None:
    after = reduce(at(4), [envelope(Heartbeat(300.0, head=4), at=300.0)])
    assert not needs_snapshot(after, CC)
    assert after.health[CC].last_heard == 300.0


def test_a_snapshot_older_than_what_was_applied_is_of_no_use() -> None:
    before = at(7, interaction(version=5))
    assert reduce(before, [snapshot(seq=6)]) is before
    broken = reduce(before, [envelope(Gap("cut"))])
    assert needs_snapshot(reduce(broken, [snapshot(seq=6)]), CC)


def test_a_lower_or_equal_version_changes_nothing() -> None:
    before = state(interaction(version=5, held=True), queues={"Billing": queue("Billing", 5, 7)})
    older = [
        changed(interaction(version=4)),
        changed(interaction(version=5)),
        envelope(QueueChanged(queue("Billing", 5, 1))),
        envelope(AgentChanged(agent(observed=Availability.OFFLINE))),
    ]
    assert reduce(before, older) is before


def test_a_snapshot_keeps_what_an_answer_already_told_better() -> None:
    answered = reduce(at(4, interaction(version=2)), [changed(interaction(version=3, held=True))])
    assert reduce(answered, [snapshot(interaction(version=2), seq=4)]).interactions["i1"].held


def test_a_tombstone_stops_the_ghost_of_a_closed_interaction() -> None:
    closed = reduce(state(interaction()), [changed(interaction(version=5, phase=Phase.CLOSED), Change.CLOSED)])
    assert not closed.interactions
    assert closed.tombstones == {"i1": 5}
    late = changed(interaction(version=4, phase=Phase.ACTIVE), Change.CONNECTED)
    assert reduce(closed, [late]) is closed
    assert reduce(closed, [snapshot(interaction(version=4))]).interactions == {}


def test_an_interaction_that_comes_back_to_me_leaves_its_tombstone() -> None:
    gone = reduce(state(interaction()), [changed(interaction(version=2, phase=Phase.QUEUED, agent_id=None))])
    back = reduce(gone, [changed(interaction(version=3, phase=Phase.OFFERED), Change.OFFERED)])
    assert list(back.interactions) == ["i1"]
    assert not back.tombstones


def test_a_late_answer_brings_back_nothing_the_stream_does_not_know() -> None:
    before = at(9)
    after = reduce(before, [changed(interaction(version=6), Change.CONNECTED)])
    assert not after.interactions
    assert len(after.oddities) == 1


@pytest.mark.parametrize("phase", [Phase.QUEUED, Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP])
def test_anothers_work_leaves_an_agent_and_stays_with_a_supervisor(phase: Phase) -> None:
    theirs = changed(interaction(version=2, phase=phase, agent_id=OTHER))
    assert not reduce(state(interaction()), [theirs]).interactions
    assert reduce(state(interaction(), role=Role.SUPERVISOR), [theirs]).interactions["i1"].agent_id == OTHER


def test_who_is_no_supervisor_any_more_sees_no_work_of_others() -> None:
    before = state(interaction(), interaction(id="i2", agent_id=OTHER), role=Role.SUPERVISOR)
    assert list(reduce(before, [envelope(AgentChanged(agent(version=2)))]).interactions) == ["i1"]


def test_a_new_epoch_begins_with_nothing() -> None:
    known = reduce(at(4, interaction(version=9)), [changed(interaction(version=10, phase=Phase.CLOSED), seq=5)])
    fresh = reduce(known, [snapshot(interaction(version=1), seq=0, epoch="after restart")])
    assert fresh.interactions["i1"].version == 1
    assert not fresh.tombstones


@pytest.mark.parametrize("end", OfferEnd)
def test_the_service_says_why_an_offer_ended(end: OfferEnd) -> None:
    offered = interaction(phase=Phase.OFFERED)
    ended = replace(offered, version=2, phase=Phase.QUEUED, agent_id=None)
    after = reduce(state(offered), [changed(ended, Change.OFFER_ENDED, end.value)])
    assert [ending.offer_end for ending in after.endings] == [end]


def test_an_unknown_reason_is_kept_as_it_came() -> None:
    ended = interaction(version=2, phase=Phase.QUEUED, agent_id=None)
    after = reduce(state(interaction(phase=Phase.OFFERED)), [changed(ended, Change.OFFER_ENDED, "solar flare")])
    assert after.endings[0].offer_end is None
    assert after.endings[0].reason == "solar flare"


def test_the_customer_hanging_up_and_the_time_running_out_are_kept_too() -> None:
    after = reduce(
        state(interaction()),
        [
            changed(interaction(version=2, phase=Phase.WRAP_UP), Change.WRAP_UP, "customer_left"),
            changed(interaction(version=3, phase=Phase.WRAP_UP), Change.WRAP_UP, "extended"),
            changed(interaction(version=4, phase=Phase.CLOSED), Change.CLOSED, "timeout"),
        ],
    )
    assert [ending.reason for ending in after.endings] == ["customer_left", "timeout"]


def test_an_odd_event_is_applied_and_noted() -> None:
    after = reduce(state(interaction(phase=Phase.WRAP_UP)), [changed(interaction(version=2, phase=Phase.ACTIVE))])
    assert after.interactions["i1"].phase is Phase.ACTIVE
    assert [in_words(one) for one in after.oddities] == ["interaction i1: wrap_up was followed by active"]


def test_what_hangs_on_an_interaction_goes_with_it() -> None:
    close = changed(interaction(version=2, phase=Phase.CLOSED), Change.CLOSED, "timeout")
    pop = envelope(PopChanged("i1", ScreenPop(PopAnswer.NO_MATCH, 0.0)))
    pending = envelope(PendingChanged("i1", frozenset({Verb.WRAP_UP})))
    after = reduce(state(interaction()), [pop, pending, close])
    assert (after.pops, after.pending, after.unfinished) == ({}, {}, {})
    assert reduce(after, [pop]) is after


def test_a_note_that_was_not_handed_over_keeps_its_interaction_and_customer() -> None:
    customer = Customer("c1", "Eve")
    after = reduce(
        state(interaction()),
        [
            envelope(PopChanged("i1", ScreenPop(PopAnswer.ONE, 0.0, (Match(customer, "phone", ""),), "c1"))),
            envelope(DraftSaved("i1", DraftView("half a sent", (), 3, None))),
            changed(interaction(version=2, phase=Phase.CLOSED), Change.CLOSED, "timeout"),
        ],
    )
    assert not after.interactions
    assert after.unfinished["i1"].version == 2
    assert after.drafts["i1"].note == "half a sent"
    match = after.pops["i1"].match
    assert match is not None and match.customer is customer
    done = reduce(after, [envelope(DraftDropped("i1"))])
    assert (done.unfinished, done.drafts, done.pops) == ({}, {}, {})


def test_a_slow_save_does_not_bring_back_an_older_text() -> None:
    newer = envelope(DraftSaved("i1", DraftView("hello", (), 2, None)))
    after = reduce(state(interaction()), [newer, envelope(DraftSaved("i1", DraftView("hell", (), 1, 50.0)))])
    assert (after.drafts["i1"].note, after.drafts["i1"].saved_at) == ("hello", None)
    assert reduce(after, [envelope(DraftSaved("i1", DraftView("hello", (), 2, 51.0)))]).drafts["i1"].saved_at == 51.0


def test_a_part_of_the_details_that_failed_is_shown_as_it_was() -> None:
    case = Case("k1", "Charged twice", "open", 0.0)
    first = envelope(DetailsChanged("c1", CustomerDetails(cases=(case,), fetched_at=10.0)))
    second = envelope(
        DetailsChanged("c1", CustomerDetails(timeline=(), fetched_at=90.0), {"cases": verbatim("took too long")})
    )
    after = reduce(AppState(), [first, second])
    assert after.details["c1"] == CustomerDetails(cases=(case,), timeline=(), fetched_at=10.0)
    assert after.details_failed["c1"] == {"cases": verbatim("took too long")}
    assert reduce(after, [second]) is after


def test_since_when_a_source_is_as_it_is() -> None:
    down = [envelope(HealthChanged(Health.DOWN, why), at=at) for at, why in ((10.0, "refused"), (20.0, "time-out"))]
    after = reduce(AppState(), down)
    assert (after.health[CC].since, after.health[CC].why) == (10.0, "time-out")
    assert reduce(after, [envelope(HealthChanged(Health.LIVE), at=30.0)]).health[CC].since == 30.0


def test_a_directory_snapshot_leaves_other_directories_alone() -> None:
    ours, theirs = Person("p1", "Priya", source="presence"), Person("p2", "Tom", source="presence:lab")
    before = AppState(people={"p1": ours, "p2": theirs})
    line = ChatLine("l1", "p1", 1.0, True, "Free?")
    after = reduce(before, [envelope(PresenceSnapshot((), (), (line,)), source="presence")])
    assert after.people == {"p2": theirs}
    assert after.chats == {"p1": (line,)}


def test_an_undelivered_chat_line_becomes_delivered_and_never_back() -> None:
    line = ChatLine("l1", "p1", 1.0, True, "Free?", delivered=False)
    one = envelope(PresenceSnapshot((), (), (line,)), source="presence")
    two = envelope(PresenceSnapshot((), (), (replace(line, delivered=True),)), source="presence")
    after = reduce(AppState(), [one, two, one])
    assert after.chats["p1"] == (replace(line, delivered=True),)


def test_a_chat_line_told_twice_in_one_snapshot_keeps_the_mapping_that_comes_out_equal() -> None:
    line = ChatLine("l1", "p1", 1.0, True, "Free?", delivered=False)
    before = reduce(AppState(), [envelope(PresenceSnapshot((), (), (line,)), source="presence")])
    twice = PresenceSnapshot((), (), (replace(line, text="Busy?"), line))
    assert reduce(before, [envelope(twice, source="presence")]).chats is before.chats


def test_small_facts_land_in_their_places() -> None:
    after = reduce(
        AppState(),
        [
            envelope(ClockRead(2.5), source="desktop"),
            envelope(CapabilitiesKnown(frozenset({"hold"}))),
            *(envelope(Noticed(verbatim(f"n{n}"))) for n in range(60)),
        ],
    )
    assert after.skew == 2.5
    assert after.capabilities == {CC: frozenset({"hold"})}
    assert (len(after.notices), in_words(after.notices[-1].text)) == (50, "n59")


def test_a_batch_copies_only_what_it_touches_and_leaves_the_old_state_alone() -> None:
    before = state(interaction(), interaction(id="i2"), queues={"Billing": queue("Billing")})
    events = [envelope(InteractionChanged(Change.UPDATED, interaction(version=2 + n))) for n in range(50)]
    after = reduce(before, events)
    assert after.interactions["i1"].version == 51
    assert before.interactions["i1"].version == 1
    assert after.interactions["i2"] is before.interactions["i2"]
    for name in ("queues", "agents", "tombstones", "pops", "people", "presence", "drafts", "health", "positions"):
        assert getattr(after, name) is getattr(before, name)


def test_what_there_is_to_read_comes_with_the_snapshot_and_changes_with_events() -> None:
    event = ContactCenterSnapshot(ME, (), (agent(),), (), coaching=CoachingNews(2, "Sam", 5.0))
    before = reduce(AppState(), [envelope(event, seq=1)])
    assert before.coaching == CoachingNews(2, "Sam", 5.0)
    after = reduce(before, [envelope(CoachingChanged(CoachingNews(1, "Sam", 5.0)), seq=2)])
    assert after.coaching == CoachingNews(1, "Sam", 5.0)
    again = reduce(after, [envelope(CoachingChanged(CoachingNews(1, "Sam", 5.0)))])
    assert again is after
