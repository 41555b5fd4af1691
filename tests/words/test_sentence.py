"""A sentence is a value: it is kept, compared and joined, and what stands in it is never read as a template."""

from collections.abc import Callable
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.text.sentence import NOTHING, Fact, Sentence, from_json, sentences, to_json, verbatim
from desktop.words import catalogue
from desktop.words.catalogue import in_words, ntr, tr
from desktop.words.marks import Plural
from desktop.words.sentences import SENTENCES

NAMES = st.sampled_from(["who", "n", "since", "why", "text"])
HOSTILE = ("{0}", "{who}", "{retry:key}", "{", "}}", "{who!r}", "[bold]x[/]", "a\nb", "\x1b[2J", "%s", "{:d}", "")


def facts(inner: st.SearchStrategy[Sentence]) -> st.SearchStrategy[Fact]:
    """What may stand in for a placeholder."""
    plain: st.SearchStrategy[Fact] = st.one_of(
        st.none(),
        st.text(max_size=8),
        st.sampled_from(HOSTILE),
        st.integers(),
        st.floats(allow_nan=False),
        st.booleans(),
        inner,
    )
    return st.one_of(plain, st.lists(plain, max_size=3).map(tuple))


def several(inner: st.SearchStrategy[Sentence]) -> st.SearchStrategy[Sentence]:
    """One sentence or more, with facts."""
    names = st.one_of(st.sampled_from(sorted(SENTENCES)), st.just("gone.with_the_update"))
    one = st.builds(
        lambda name, given: Sentence(name, **given), names, st.dictionaries(NAMES, facts(inner), max_size=3)
    )
    return st.lists(one, min_size=1, max_size=3).map(lambda many: sentences(*many))


SAID = st.recursive(st.one_of(st.text(max_size=8).map(verbatim), st.just(NOTHING)), several, max_leaves=4)


@given(SAID)
def test_it_is_the_same_when_it_comes_from_the_disk(said: Sentence) -> None:
    assert from_json(to_json(said)) == said
    assert bool(said) == bool(to_json(said))


@given(st.text())
def test_text_of_an_older_file_is_taken_as_it_is(text: str) -> None:
    assert in_words(from_json(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 3}]',
        '[{"id": "a.b", "facts": 5}]',
        '[{"id": "a.b", "facts": {"x": {"y": 1}}}]',
        '[{"id": "a.b", "facts": {"x": 1}}, 3]',
        '[{"facts": {}}]',
        "[{}]",
        '[{"',
        "[{" * 100_000,
    ],
)
def test_damaged_text_is_taken_as_it_is(text: str) -> None:
    assert in_words(from_json(text)) == text


@given(SAID, SAID, SAID)
def test_joining(first: Sentence, second: Sentence, third: Sentence) -> None:
    assert (first + second) + third == first + (second + third) == sentences(first, second, third)
    assert first + NOTHING == first == NOTHING + first
    assert (first + second).each() == (*first.each(), *second.each())
    assert in_words(first + second) == " ".join(filter(None, map(in_words, (*first.each(), *second.each()))))


def test_two_are_the_same_by_name_and_facts() -> None:
    assert Sentence("a.b", n=1) == Sentence("a.b", n=1)
    assert hash(Sentence("a.b", n=1)) == hash(Sentence("a.b", n=1))
    assert len({Sentence("a.b", n=1), Sentence("a.b", n=2), Sentence("a.c", n=1), NOTHING}) == 4
    assert Sentence("a.b") != "a.b"


def test_facts_in_another_order_are_the_same_sentence() -> None:
    one, other = Sentence("a.b", x=1, y=2), Sentence("a.b", y=2, x=1)
    assert one == other
    assert hash(one) == hash(other)


@given(SAID)
def test_whatever_it_is_it_can_be_said(said: Sentence) -> None:
    words = in_words(said)
    assert words or not said or all(one.id == "verbatim" or one.id in SENTENCES for one in said.each())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_fact_is_never_a_template(hostile: str) -> None:
    assert tr("{who} left.", who=hostile) == f"{hostile} left."
    assert tr("{why}", why=verbatim(hostile)) == hostile
    assert in_words(verbatim(hostile)) == hostile
    assert ntr("{n} by {who}", "{n} by {who}", 2, who=hostile) == f"2 by {hostile}"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_sentence_reads_a_fact_as_a_template(hostile: str, speak: Callable[[str], None]) -> None:
    speak("de")
    for name, known in SENTENCES.items():
        texts = (known.one, known.several) if isinstance(known, Plural) else (known,)
        named = {fact for text in texts for _, fact, _, _ in Formatter().parse(text) if fact is not None}
        assert in_words(Sentence(name, **dict.fromkeys(named, hostile))) or not hostile, name


def test_a_sentence_that_is_not_known_is_never_nothing() -> None:
    assert in_words(Sentence("gone.with_the_update", who="Priya")) == "gone.with_the_update(who='Priya')"
    assert in_words(Sentence("gone.too")) == "gone.too"
    assert "failure.press_later" in in_words(Sentence("failure.press_later")), "a fact is missing"


def test_plural_forms(speak: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SENTENCES, "test.notes", Plural("{n} note", "{n:,.0f} notes"))  # type: ignore[misc, arg-type]
    assert [in_words(Sentence("test.notes", n=n)) for n in (0, 1, 2, 1200)] == [
        "0 notes",
        "1 note",
        "2 notes",
        "1,200 notes",
    ]
    assert in_words(Sentence("test.notes", n=None)) == "— notes"
    assert ntr("{n} note", "{n} notes", 1) == "1 note"
    assert ntr("{n} note of {who}", "{n} notes of {who}", 2, who="Priya") == "2 notes of Priya"
    speak("de")
    assert in_words(Sentence("test.notes", n=1200)) == "1.200 notes"


def test_a_clause_has_no_full_stop_of_its_own() -> None:
    assert tr("Not saved: {why:clause}.", why=verbatim("The disk is full.")) == "Not saved: The disk is full."


def test_nothing_is_nothing_in_every_language(speak: Callable[[str], None]) -> None:
    """gettext has the head of its catalogue under the empty text."""
    for code in ("en", "de"):
        speak(code)
        assert tr("") == catalogue.word("") == in_words(NOTHING) == in_words("") == ""


def test_a_label_is_translated_and_anything_else_left_as_it_is() -> None:
    assert catalogue.word("{who} said {") == "{who} said {"


def test_terms_and_sources() -> None:
    assert catalogue.term("channel", "email") == "e-mail"
    assert catalogue.term("channel", "fax_machine") == "fax machine", "a new one needs no word at first"
    assert catalogue.source("crm:odoo") == "CRM (odoo)"
    assert catalogue.source("contact_center", article=True) == "the contact centre"
    assert tr("{one:The} and {two:the}", one="crm", two="presence") == "The CRM and the directory"
    assert catalogue.source("telex") == "telex"


def test_several_facts_are_a_list() -> None:
    assert tr("There are: {all}.", all=("dark", "light")) == "There are: dark, light."
