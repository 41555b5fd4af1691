"""Graph's words in either field and any case, and text that is no word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.graph.rest import quoted
from desktop.backends.graph.words import WORDS, meaning
from desktop.domain.entities.words import PresenceState

A, B, D, W, OFF, U = (
    PresenceState.AVAILABLE,
    PresenceState.BUSY,
    PresenceState.DO_NOT_DISTURB,
    PresenceState.AWAY,
    PresenceState.OFFLINE,
    PresenceState.UNKNOWN,
)


@pytest.mark.parametrize(
    ("availability", "activity", "state", "in_call", "in_meeting"),
    [
        ("Available", "Available", A, False, False),
        ("AvailableIdle", "Available", A, False, False),
        ("Busy", "InACall", B, True, False),
        ("Busy", "InAConferenceCall", B, True, False),
        ("inACall", "", B, True, False),
        ("Busy", "InAMeeting", B, False, True),
        ("PresenceUnknown", "inAMeeting", B, False, True),
        ("BusyIdle", "Busy", B, False, False),
        ("DoNotDisturb", "Presenting", D, False, False),
        ("DoNotDisturb", "InACall", D, True, False),
        ("focusing", "focusing", D, False, False),
        ("DoNotDisturb", "UrgentInterruptionsOnly", D, False, False),
        ("Away", "Away", W, False, False),
        ("BeRightBack", "BeRightBack", W, False, False),
        ("Away", "Inactive", W, False, False),
        ("Available", "InACall", A, True, False),
        ("Offline", "OutOfOffice", OFF, False, False),
        ("Offline", "OffWork", OFF, False, False),
        ("PresenceUnknown", "PresenceUnknown", U, False, False),
        ("", "", U, False, False),
        ("Levitating", "Levitating", U, False, False),
        ("Levitating", "Busy", B, False, False),
    ],
)
def test_both_words_together(
    availability: str, activity: str, state: PresenceState, in_call: bool, in_meeting: bool
) -> None:
    for change in (str, str.upper, str.lower):
        said = meaning(change(availability), change(activity))
        assert (said.state, said.in_call, said.in_meeting) == (state, in_call, in_meeting)


def test_busy_and_do_not_disturb_are_never_one_and_unknown_is_never_offline() -> None:
    assert WORDS["busy"].state is not WORDS["donotdisturb"].state
    assert WORDS["presenceunknown"].state is U


@given(st.text(max_size=30), st.text(max_size=30))
def test_text_that_is_no_word_says_nothing(availability: str, activity: str) -> None:
    if {availability.casefold(), activity.casefold()} & WORDS.keys():
        return
    assert meaning(availability, activity).state is U


@pytest.mark.parametrize(("text", "wanted"), [('a"b', 'a\\"b'), ("a\\", "a\\\\"), ("a\nb", "a b")])
def test_what_is_searched_for_cannot_leave_its_quotes(text: str, wanted: str) -> None:
    assert quoted(text) == wanted
