"""Why something is not delivered: kept in no language, and read from whatever an earlier version kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.app.storage.tables import reasons
from desktop.app.storage.tables.reasons import kept_reason, reason_of
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim
from desktop.words.catalogue import in_words

OWN = [one for one in vars(reasons).values() if isinstance(one, Sentence) and one.id.startswith("reason.")]


@pytest.mark.parametrize("reason", OWN, ids=lambda one: one.id)
def test_what_earlier_versions_kept_in_english_is_known_again(reason: Sentence) -> None:
    assert reason_of(in_words(reason)) == reason
    assert reason_of(kept_reason(reason)) == reason


def test_other_words_of_an_earlier_version_are_shown_as_they_are() -> None:
    assert in_words(reason_of("422: no such customer")) == "422: no such customer"
    assert reason_of("") == NOTHING


@given(st.text())
def test_the_words_of_a_far_side_survive(text: str) -> None:
    kept = kept_reason(verbatim(text))
    kept.encode()
    shown = in_words(reason_of(kept))
    shown.encode()
    assert shown == text.encode("utf-8", "backslashreplace").decode()


@given(st.one_of(st.text(), st.integers(), st.binary(), st.none()), st.text())
def test_whatever_a_damage_left_can_be_shown(found: object, garbage: str) -> None:
    assert isinstance(in_words(reason_of(found)), str)
    assert in_words(reason_of('[{"id": "wait.down", "facts": {"since": "' + garbage + '"}}]'))
