"""Records of several systems: the same groups whatever comes first, and a source less is as if it had never been."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.customer import Consent, Customer, Match
from desktop.domain.entities.identity import (
    BY_HAND,
    CUSTOMER,
    IdentityLink,
    Known,
    grouped,
    said,
)
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import PopAnswer
from desktop.domain.select import may_contact
from desktop.domain.select.merged_customer import combined_answer, differing, merged_matches, said_of
from desktop.domain.text.sentence import Sentence
from desktop.words.catalogue import in_words

SOURCES = ("crm:a", "crm:b", "crm:c")
KEYS = ("phone:+441", "phone:+442", "email:x@y")

ids = st.tuples(st.sampled_from(SOURCES), st.integers(1, 3)).map(lambda one: Source.of(one[0]).qualified(str(one[1])))
links = st.lists(
    st.tuples(ids, ids, st.booleans())
    .filter(lambda one: one[0] != one[1])
    .map(lambda one: said(CUSTOMER, one[0], one[1], same=one[2])),
    max_size=4,
    unique_by=lambda link: link.key,
)


@st.composite
def records(draw: st.DrawFn) -> list[Known]:
    made = []
    for source in SOURCES:
        for number in range(draw(st.integers(0, 3))):
            keys = tuple(draw(st.lists(st.sampled_from(KEYS), max_size=2)))
            made.append(Known(Source.of(source).qualified(str(number + 1)), source, keys))
    return made


def sets(groups: Sequence[object]) -> set[tuple[str, ...]]:
    return {group.ids for group in groups}  # type: ignore[attr-defined]


@given(records(), links, st.randoms(use_true_random=False))
def test_the_groups_do_not_depend_on_what_came_first(
    made: list[Known], said_: list[IdentityLink], dice: object
) -> None:
    before = grouped(made, said_, SOURCES)
    shuffled, links_shuffled = list(made), list(said_)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    dice.shuffle(links_shuffled)  # type: ignore[attr-defined]
    after = grouped(shuffled, links_shuffled, SOURCES)
    assert sets(before) == sets(after)
    assert {group.ids: dict(group.why) for group in before} == {group.ids: dict(group.why) for group in after}


@given(records(), links)
def test_every_record_is_in_one_group_in_order_of_precedence(made: list[Known], said_: list[IdentityLink]) -> None:
    groups = grouped(made, said_, SOURCES)
    assert sorted(one for group in groups for one in group.ids) == sorted(record.id for record in made)
    source = {record.id: record.source for record in made}
    for group in groups:
        assert [source[one] for one in group.ids] == sorted(source[one] for one in group.ids)
        assert all(group.why[one] for one in group.ids[1:])  # nobody is put together without a reason


@given(records(), links)
def test_what_the_agent_took_apart_stays_apart(made: list[Known], said_: list[IdentityLink]) -> None:
    groups = grouped(made, said_, SOURCES)
    for link in said_:
        if not link.same:
            assert not any(link.first in group.ids and link.second in group.ids for group in groups)


@given(records())
def test_no_system_has_anybody_twice(made: list[Known]) -> None:
    source = {record.id: record.source for record in made}
    for group in grouped(made, (), SOURCES):
        assert len({source[one] for one in group.ids}) == len(group.ids)


@given(st.lists(st.tuples(st.integers(1, 3), st.text("ab", max_size=2)), unique_by=lambda one: one[0], max_size=3))
def test_the_matches_of_one_crm_come_out_as_they_went_in(given_: list[tuple[int, str]]) -> None:
    matches = [match("crm:a", str(number), name=name) for number, name in given_]
    keys = {one.customer.id: KEYS for one in matches}
    assert merged_matches(matches, keys, (), SOURCES) == tuple(matches)


def match(source: str, number: str, **fields: object) -> Match:
    customer = Customer(Source.of(source).qualified(number), source=source, **{"name": "", **fields})  # type: ignore[arg-type]
    return Match(customer, "phone", "same number", verified=True)


TEXTS = st.text("ab", max_size=2)


@given(st.lists(st.tuples(st.sampled_from(SOURCES), TEXTS, TEXTS), unique_by=lambda one: one[0], min_size=1))
def test_each_field_is_that_of_the_first_source_that_has_it(given_: list[tuple[str, str, str]]) -> None:
    matches = [match(source, "1", name=name, tier=tier, fetched_at=5.0) for source, name, tier in given_]
    keys = {one.customer.id: KEYS[:1] for one in matches}
    (made,) = merged_matches(matches, keys, (), SOURCES)
    ordered = sorted(given_)
    for place, field in ((1, "name"), (2, "tier")):
        values = [(one[place], one[0]) for one in ordered if one[place]]
        assert getattr(made.customer, field) == (values[0][0] if values else "")
        assert [(one.value, one.source) for one in said_of(made, field)] == values
        assert bool(differing(made, field)) == (len({value for value, _ in values}) > 1)
    # A source less is as if it had never been.
    left = [one for one in matches if one.customer.source != "crm:a"]
    alone = [one for one in matches if one.customer.source == "crm:b"]
    if len(left) == 1 and alone:
        assert merged_matches(left, keys, (), SOURCES) == (alone[0],)


@given(st.lists(st.sampled_from(PopAnswer), max_size=3), st.integers(0, 3))
def test_nobody_is_said_only_on_the_word_of_all(answers: list[PopAnswer], matches: int) -> None:
    made = combined_answer(answers, matches)
    if made is PopAnswer.NO_MATCH:
        assert matches == 0
        assert PopAnswer.COULD_NOT_ASK not in answers
        assert PopAnswer.SEARCHING not in answers
        assert PopAnswer.NOT_ASKED not in answers
    if matches:
        assert made is (PopAnswer.ONE if matches == 1 else PopAnswer.MANY)


def test_the_reason_is_the_agent_or_the_shared_address() -> None:
    made = [Known("a:1", "crm:a", ("phone:+441",)), Known("b:1", "crm:b", ("phone:+441",)), Known("c:1", "crm:c")]
    (first, *_) = grouped(made, (), SOURCES)
    assert (first.ids, first.why) == (("a:1", "b:1"), {"b:1": Sentence("identity.same_phone")})
    (all_,) = grouped(made, [said(CUSTOMER, "c:1", "a:1", same=True)], SOURCES)
    assert all_.why == {"b:1": Sentence("identity.same_phone"), "c:1": BY_HAND}


@pytest.mark.parametrize("kinds", [kinds for n in (1, 2, 3) for kinds in combinations(("email", "handle", "phone"), n)])
def test_whatever_is_shared_is_named_in_a_sentence_of_its_own(kinds: tuple[str, ...]) -> None:
    keys = tuple(f"{kind}:x" for kind in kinds)
    (both,) = grouped([Known("a:1", "crm:a", keys), Known("b:1", "crm:b", keys)], (), SOURCES)
    named = {"email": "e-mail", "phone": "number"}
    said_ = in_words(both.why["b:1"])
    assert said_.startswith("same ")
    assert all(named.get(kind, kind) in said_ for kind in kinds)


def test_a_number_that_two_of_one_system_share_proves_nothing() -> None:
    made = [
        Known(f"{source[4:]}:{number}", source, KEYS[:1])
        for source, number in zip(SOURCES[:2] * 2, "1122", strict=True)
    ]
    assert len(grouped(made, (), SOURCES)) == 4


def test_two_of_one_system_that_tie_to_the_same_record_by_two_numbers_are_not_guessed_at() -> None:
    mail = Known("b:1", "crm:b", ("phone:+441", "phone:+442"))  # a family: her mobile and his
    shop = [Known("a:1", "crm:a", ("phone:+441",)), Known("a:2", "crm:a", ("phone:+442",))]
    assert len(grouped([*shop, mail], (), SOURCES)) == 3
    (one, _) = grouped([*shop, mail], [said(CUSTOMER, "a:1", "b:1", same=False)], SOURCES)
    assert one.ids == ("a:1",)  # the agent knows whose it is not: then it is the other's
    # An e-mail address is somebody's own, a number may be a household's.
    mail = replace(mail, keys=("email:ada@x.example", "phone:+442"))
    shop[0] = replace(shop[0], keys=("email:ada@x.example",))
    assert sets(grouped([*shop, mail], (), SOURCES)) == {("a:1", "b:1"), ("a:2",)}


def test_a_chain_over_different_numbers_is_one_unless_it_brings_two_of_one_system() -> None:
    chain = [
        Known("a:1", "crm:a", ("phone:+441",)),
        Known("b:1", "crm:b", ("phone:+441", "phone:+442")),
        Known("c:1", "crm:c", ("phone:+442", "phone:+443")),
    ]
    assert sets(grouped(chain, (), SOURCES)) == {("a:1", "b:1", "c:1")}
    assert len(grouped([*chain, Known("a:2", "crm:a", ("phone:+443",))], (), SOURCES)) == 4


def test_who_is_taken_away_from_the_first_does_not_part_the_others() -> None:
    made = [Known(f"{source[4:]}:1", source, KEYS[:1]) for source in SOURCES]
    apart = [said(CUSTOMER, "a:1", other, same=False) for other in ("b:1", "c:1")]
    assert sets(grouped(made, apart, SOURCES)) == {("a:1",), ("b:1", "c:1")}


def test_a_refusal_in_one_system_is_not_outvoted_by_an_older_yes_in_another() -> None:
    def of(*consents: Consent | None) -> bool | None:
        matches = [
            match(source, "1", consents=(consent,) if consent else ())
            for source, consent in zip(SOURCES, consents, strict=False)
        ]
        (made,) = merged_matches(matches, {one.customer.id: KEYS[:1] for one in matches}, (), SOURCES)
        return may_contact(made.customer, "sms")

    assert of(Consent("sms", True, 5.0), Consent("sms", False, 9.0)) is False
    assert of(Consent("sms", False, 5.0), Consent("sms", True, 9.0)) is True
    assert of(Consent("sms", True, 9.0), Consent("sms", False, None)) is False  # nobody knows which is newer
    assert of(Consent("sms", True, 9.0), Consent("sms", None, None)) is True
    assert of(Consent("sms", None), None) is None


def test_ids_carry_the_name_of_their_source_and_lose_it_on_the_way_out() -> None:
    assert Source.of("crm").qualified("7") == Source.of("crm").unqualified("7") == "7"
    assert Source.of("crm:shop").qualified("7") == "shop:7"
    assert Source.of("crm:shop").unqualified("shop:7") == "7"
    assert Source.of("crm:shop").unqualified("mail:7") == "mail:7"
