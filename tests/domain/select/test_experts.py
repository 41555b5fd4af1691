"""Who is asked first, and why."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from desktop.domain.entities.person import PastHelp, Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.select import RankedExpert, rank_experts
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.words.catalogue import in_words
from tests.domain.domain_records import ME

NOW = 10_000.0


def person(person_id: str, name: str = "", level: int | None = 3, **fields: Any) -> Person:
    skills = {"Refunds": level} if level is not None else {}
    return Person(person_id, name or person_id, skills=skills, address="+44", **fields)


def seen(person_id: str, state: PresenceState, age: float = 10.0, **fields: Any) -> Presence:
    return Presence(person_id, 1, state, NOW - age, **fields)


def rank(people: list[Person], presence: list[Presence], query: str = "", **fields: Any) -> tuple[RankedExpert, ...]:
    known = AppState(
        me=ME,
        people={one.id: one for one in people},
        presence={one.person_id: one for one in presence},
        **fields,
    )
    return rank_experts(known, query, NOW)


def order(*args: Any, **fields: Any) -> list[str]:
    return [ranked.person.id for ranked in rank(*args, **fields)]


def test_presence_decides_first_and_no_skill_or_help_outweighs_it() -> None:
    rows = [
        seen("available", PresenceState.AVAILABLE),
        seen("idle", PresenceState.AVAILABLE, activity="Idle"),
        seen("soon", PresenceState.BUSY, until=NOW + 300),
        seen("busy", PresenceState.BUSY, until=NOW + 7_200),
        seen("dnd", PresenceState.DO_NOT_DISTURB),
        seen("unknown", PresenceState.UNKNOWN),
        seen("offline", PresenceState.OFFLINE),
    ]
    expected = [row.person_id for row in rows]
    levels = {name: 1 + place % 5 for place, name in enumerate(expected)}
    helped = {"offline": PastHelp("offline", 4, 4, 0.0)}
    assert order([person(name, level=levels[name]) for name in expected], rows, "refunds", past_help=helped) == expected


def test_who_is_typed_by_name_comes_before_whoever_fits_otherwise() -> None:
    people = [
        person("fatima", "Fatima Noor", team="Helpdesk"),
        person("noor", "Noor Haddad", title="Head of refunds"),
    ]
    rows = [seen("fatima", PresenceState.AVAILABLE), seen("noor", PresenceState.OFFLINE)]
    assert order(people, rows, "noor h") == ["noor", "fatima"]
    assert order(people, rows, "noor") == ["fatima", "noor"], "of one word nobody knows whether it is a first name"


@given(
    states=st.lists(st.sampled_from(PresenceState), min_size=4, max_size=4),
    typed=st.sampled_from(["ana li", "an l", "ana lind", "a lindq", "Ána L"]),
)
def test_the_beginnings_of_a_name_in_order_find_it_first(states: list[PresenceState], typed: str) -> None:
    people = [
        person("other", "Lia Ana", team="Ana and Lindqvist"),
        person("turned", "Lindqvist Ana", title="Lead"),
        person("wanted", "Ana Lindqvist", None),
        person("middle", "Ana Maria Lindqvist", None),
    ]
    rows = [seen(one.id, state) for one, state in zip(people, states, strict=True)]
    assert set(order(people, rows, typed)[:2]) == {"wanted", "middle"}


def test_in_a_call_is_not_available_whatever_was_said() -> None:
    rows = [seen("a", PresenceState.AVAILABLE, in_call=True), seen("b", PresenceState.AWAY)]
    assert order([person("a"), person("b")], rows) == ["b", "a"]
    assert rank([person("a")], rows)[0].reasons[0] == Sentence("experts.in_call")


def test_what_was_seen_long_ago_weighs_less_and_says_so() -> None:
    rows = [seen("old", PresenceState.AVAILABLE, age=600), seen("fresh", PresenceState.AWAY, age=5)]
    ranked = rank([person("old"), person("fresh")], rows)
    assert [one.person.id for one in ranked] == ["fresh", "old"]
    assert (ranked[1].age, *map(in_words, ranked[1].reasons[:2])) == (600.0, "available", "seen 10 min ago")
    assert not any("ago" in in_words(reason) for reason in ranked[0].reasons)


def test_among_those_alike_the_skill_and_then_past_help_decide() -> None:
    rows = [seen(name, PresenceState.AVAILABLE) for name in "abc"]
    people = [person("a", level=2), person("b", level=5), person("c", level=2)]
    ranked = rank(people, rows, "refunds", past_help={"c": PastHelp("c", 4, 3, 0.0)})
    assert [one.person.id for one in ranked] == ["b", "c", "a"]
    assert (ranked[0].skill, ranked[0].level) == ("Refunds", 5)
    assert Sentence("experts.helped", helped=3, asked=4) in ranked[1].reasons


def test_every_typed_word_must_fit_a_skill_a_name_or_a_team() -> None:
    people = [
        person("p1", "Zoë Müller", team="Billing"),
        person("p2", "Tom Berg", level=None, team="Billing"),
        person("p3", "Ann Reff", level=None),
        person(ME, "Refunds Myself"),
    ]
    assert set(order(people, [], "ref")) == {"p1", "p3"}
    assert order(people, [], "muller") == ["p1"]
    assert set(order(people, [], "bill")) == {"p1", "p2"}
    assert order(people, [], "bill refunds") == ["p1"]
    assert order(people, [], "nobody") == []
    assert set(order(people, [], " ")) == {"p1", "p2", "p3"}


def test_unknown_is_not_offline_and_only_who_can_be_rung_is_offered_for_a_consult() -> None:
    rows = [seen(state.value, state) for state in PresenceState]
    people = [person(state.value) for state in PresenceState] + [person("silent"), Person("nophone", "No Phone")]
    ranked = {one.person.id: one for one in rank(people, rows)}
    assert {name for name, one in ranked.items() if not one.can_consult} == {"offline", "do_not_disturb", "nophone"}
    assert ranked["silent"].score > ranked["offline"].score
    assert (ranked["silent"].age, ranked["silent"].reasons) == (None, (Sentence("experts.unknown"),))


@settings(max_examples=100)
@given(
    st.lists(
        st.builds(
            Presence,
            st.sampled_from("abcde"),
            st.integers(0, 3),
            st.sampled_from(PresenceState),
            st.floats(-1e9, 1e10),
            activity=st.text(max_size=8),
            until=st.none() | st.floats(-1e9, 1e10),
        ),
        max_size=5,
    ),
    st.text(max_size=12),
    st.dictionaries(st.text(max_size=5), st.integers(-(2**63), 2**63), max_size=3),
)
def test_whatever_a_directory_tells_the_ranking_stands(
    rows: list[Presence], query: str, skills: dict[str, int]
) -> None:
    people = [Person(name, query + name, skills=skills) for name in "abcde"]
    ranked = rank(people, rows, query)
    assert all(0 <= one.score <= 115 for one in ranked)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert rank(people[::-1], rows, query) == ranked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("natarjan", "a"),  # a letter left out
        ("natarajaan", "a"),  # one too many
        ("nataarjan", "a"),  # two that changed places
        ("pruya", "a"),  # another letter
        ("pruya nata", "a"),
        ("naterejan", "a"),  # two in nine letters
        ("mortgaeg", "b"),  # a title
        ("weiss", "c"),
        ("wiess", "c"),
    ],
)
def test_a_typing_mistake_finds_who_was_meant_and_says_so(typed: str, meant: str) -> None:
    people = [
        person("a", "Priya Natarajan"),
        person("b", "Dana Reyes", title="Mortgages"),
        person("c", "Ole Weiß"),
    ]
    (found,) = rank(people, [], typed)
    assert found.person.id == meant
    assert ("experts.spelled_like_it" in [one.id for one in found.reasons]) == (typed != "weiss")


@pytest.mark.parametrize("typed", ["oli", "xyz", "prixx", "natxxxxan", "priya nobody"])
def test_short_words_and_other_words_are_no_typing_mistakes(typed: str) -> None:
    assert not rank([person("a", "Priya Natarajan"), person("c", "Ole Weiß")], [], typed)


def test_whoever_fits_as_typed_keeps_those_away_who_nearly_fit() -> None:
    people = [person("a", "Marta Stein"), person("b", "Martha Stone")]
    assert order(people, [], "marta") == ["a"]


@given(st.text(min_size=4, max_size=12, alphabet="abcdefghij"), st.data())
def test_one_mistake_in_four_letters_or_more_is_forgiven(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:at] + "z" + name[at + 1 :]
    assert order([person("a", name)], [], wrong) == ["a"]
