"""One colleague in several directories: who is the same, and which word of their presence counts."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.identity import PERSON, said
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.words import Health, PresenceState
from desktop.domain.reduce.reducer import reduce
from desktop.domain.select.colleagues import Sighting, chat_way, colleague, counting, same_people, sightings, why_same
from desktop.domain.select.experts import rank_experts
from desktop.domain.state.events import Envelope, PresenceChanged, PresenceSnapshot
from desktop.domain.state.own_events import CapabilitiesKnown, HealthChanged, LinksChanged, SourcesDeclared
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

NOW = 1_000_000.0
XMPP, GRAPH = "presence:xmpp", "presence:graph"
ADA = Person("xmpp:ada", "Ada", skills={"billing": 4}, email="Ada@Example.org", source=XMPP)
ADA_THERE = Person("graph:17", "Ada Lovelace", title="Lead", skills={"tax": 2}, email="ada@example.ORG ", source=GRAPH)
BOB = Person("graph:18", "Bob", address="+44 1632 960001", source=GRAPH)
BOB_HERE = Person("xmpp:bob", "Bob B.", address="+441632960001", source=XMPP)


def presence(person: Person, state: PresenceState, ago: float = 1.0, **more: object) -> Presence:
    return Presence(person.id, 1, state, NOW - ago, source=person.source, **more)  # type: ignore[arg-type]


def state_of(*told: Presence, links: tuple = ()) -> AppState:  # type: ignore[type-arg]
    events = [Envelope("desktop", SourcesDeclared((XMPP, GRAPH)), NOW)]
    for source, people in ((XMPP, (ADA, BOB_HERE)), (GRAPH, (ADA_THERE, BOB))):
        mine = tuple(one for one in told if one.source == source)
        events.append(Envelope(source, PresenceSnapshot(people, mine), NOW))
    events.append(Envelope("desktop", LinksChanged(links), NOW))
    return reduce(AppState(), events)


def test_an_equal_e_mail_or_number_makes_one_colleague() -> None:
    state = state_of()
    assert state.same_people["graph:17"] == ("xmpp:ada", "graph:17")
    assert state.same_people["graph:18"] == ("xmpp:bob", "graph:18")
    assert why_same(state, "xmpp:ada") == {"graph:17": Sentence("identity.same_email")}
    found = colleague(state, "graph:17")
    assert found is not None
    assert (found.person.id, found.person.name, found.person.title) == ("xmpp:ada", "Ada", "Lead")
    assert found.person.skills == {"billing": 4, "tax": 2}
    assert [expert.person.id for expert in rank_experts(state, "", NOW)] == ["xmpp:ada", "xmpp:bob"]


def test_a_link_is_taken_apart_and_put_back() -> None:
    apart = said(PERSON, "xmpp:ada", "graph:17", same=False)
    assert "xmpp:ada" not in state_of(links=(apart,)).same_people
    by_hand = said(PERSON, "xmpp:ada", "graph:18", same=True)
    assert state_of(links=(by_hand,)).same_people["graph:18"] == ("xmpp:ada", "graph:18")
    assert state_of(links=()).same_people == state_of().same_people


def test_an_extension_or_a_shared_mailbox_proves_nothing() -> None:
    short = [Person("a:1", "x", address="200", source=XMPP), Person("b:1", "y", address="200", source=GRAPH)]
    shared = [
        Person("a:2", "x", email="team@x", source=XMPP),
        Person("a:3", "y", email="team@x", source=XMPP),
        Person("b:2", "z", email="team@x", source=GRAPH),
    ]
    assert same_people(short + shared, (), (XMPP, GRAPH)) == {}


def test_nobody_is_shown_free_whom_another_fresh_source_knows_on_a_call() -> None:
    state = state_of(presence(ADA, PresenceState.AVAILABLE), presence(ADA_THERE, PresenceState.BUSY, in_call=True))
    expert = next(one for one in rank_experts(state, "ada", NOW))
    assert expert.presence is not None
    assert (expert.presence.state, expert.presence.in_call) == (PresenceState.BUSY, True)
    assert [one.source for one in expert.sightings] == [XMPP, GRAPH]


def test_who_is_in_a_meeting_is_not_free_though_that_source_knows_no_more() -> None:
    state = state_of(
        presence(ADA, PresenceState.AVAILABLE), presence(ADA_THERE, PresenceState.UNKNOWN, in_meeting=True)
    )
    (ada, *_) = (one for one in rank_experts(state, "", NOW) if one.person.id == "xmpp:ada")
    assert ada.presence is not None
    assert ada.presence.in_meeting


def test_a_stale_word_never_overrides_a_fresh_one_nor_unknown_a_known() -> None:
    stale = state_of(presence(ADA, PresenceState.AVAILABLE, 5), presence(ADA_THERE, PresenceState.DO_NOT_DISTURB, 300))
    unknown = state_of(presence(ADA, PresenceState.UNKNOWN, 1), presence(ADA_THERE, PresenceState.AWAY, 30))
    for state, wanted in ((stale, PresenceState.AVAILABLE), (unknown, PresenceState.AWAY)):
        found = counting(sightings(state, colleague(state, "xmpp:ada").records), NOW)  # type: ignore[union-attr]
        assert found is not None
        assert found.presence.state is wanted


sighted = st.builds(
    lambda source, state, ago, call: Sighting(
        source, Presence(source, 1, state, NOW - ago, in_call=call, source=source), NOW - ago
    ),
    st.sampled_from(["presence:a", "presence:b", "presence:c"]),
    st.sampled_from(PresenceState),
    st.sampled_from([0.0, 30.0, 61.0, 500.0]),
    st.sampled_from([None, False, True]),
)


@given(st.lists(sighted, max_size=3, unique_by=lambda one: one.source))
def test_the_word_that_counts_is_one_that_was_said_and_as_fresh_as_any(seen: list[Sighting]) -> None:
    found = counting(seen, NOW)
    assert (found is None) == (not seen)
    if found is None:
        return
    assert found in seen
    known = [one for one in seen if one.presence.state is not PresenceState.UNKNOWN or one.presence.in_call]
    fresh = [one for one in known if NOW - one.seen_at <= 60]
    if fresh:
        assert found in fresh
        if any(one.presence.in_call for one in fresh):
            assert found.presence.in_call
        elif any(one.presence.state is PresenceState.DO_NOT_DISTURB for one in fresh):
            assert found.presence.state is PresenceState.DO_NOT_DISTURB
    elif known:
        assert found in known
    assert counting([found], NOW) is found  # a single source is as it is


def test_chat_goes_through_the_first_directory_that_offers_it_and_is_there() -> None:
    state = state_of()

    def known(live: dict[str, Health], offering: tuple[str, ...]) -> AppState:
        events = [Envelope(source, HealthChanged(health), NOW) for source, health in live.items()]
        events += [Envelope(source, CapabilitiesKnown(frozenset({"chat"})), NOW) for source in offering]
        return reduce(state, events)

    both_live = {XMPP: Health.LIVE, GRAPH: Health.LIVE}
    assert chat_way(known(both_live, (XMPP, GRAPH)), "graph:17") == ("xmpp:ada", XMPP)
    assert chat_way(known(both_live, (GRAPH,)), "xmpp:ada") == ("graph:17", GRAPH)
    assert chat_way(known({XMPP: Health.DOWN, GRAPH: Health.LIVE}, (XMPP, GRAPH)), "xmpp:ada") == ("graph:17", GRAPH)
    assert chat_way(AppState(), "p1") == ("p1", "presence")


def test_a_directory_that_is_down_leaves_the_others_people_alone() -> None:
    state = state_of(presence(ADA, PresenceState.AVAILABLE, 5), presence(BOB, PresenceState.AWAY, 200))
    down = reduce(state, [Envelope(GRAPH, HealthChanged(Health.DOWN, "no route"), NOW)])
    ranked = {one.person.id: one for one in rank_experts(down, "", NOW)}
    assert ranked["xmpp:ada"].age == 5
    assert ranked["xmpp:bob"].age == 200
    assert Sentence("experts.seen_minutes", n=3) in ranked["xmpp:bob"].reasons


def test_a_batch_is_as_good_as_one_by_one() -> None:
    state = state_of()
    events = [
        Envelope(XMPP, PresenceChanged(presence(ADA, PresenceState.AWAY)), NOW),
        Envelope("desktop", LinksChanged((said(PERSON, "xmpp:ada", "graph:17", same=False),)), NOW),
    ]
    one_by_one = state
    for event in events:
        one_by_one = reduce(one_by_one, [event])
    assert reduce(state, events) == one_by_one
