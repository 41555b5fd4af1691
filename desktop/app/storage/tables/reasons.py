"""Why something is in the outbox and not delivered: the reasons of our own, and how a reason is kept."""

import re
from collections.abc import Mapping
from typing import Final

from desktop.domain.text.sentence import Sentence, from_json, to_json

DAMAGED: Final = Sentence("reason.damaged")
TEXT_DAMAGED: Final = Sentence("reason.text_damaged")
ANOTHER_TEXT: Final = Sentence("reason.another_text")
ANOTHER_NOTE: Final = Sentence("reason.another_note")
"""Of an earlier version."""
GONE_AT_START: Final = Sentence("reason.gone_at_start")
GONE_TO_ANOTHER: Final = Sentence("reason.gone_to_another")
GONE_CLOSED: Final = Sentence("reason.gone_closed")
RAN_OUT: Final = Sentence("reason.ran_out")
MAY_BE_THERE: Final = Sentence("reason.may_be_there")
READ_OVER: Final = Sentence("reason.read_over")

_IN_ENGLISH: Final[Mapping[str, Sentence]] = {
    "damaged on this machine: the text is not what was written, so it is not sent": DAMAGED,
    "the text was damaged on this machine; read it over before you use it": TEXT_DAMAGED,
    "another text was begun for the same while this one could not be read": ANOTHER_TEXT,
    "another note was begun for this contact while this one could not be read": ANOTHER_NOTE,
    "the contact was gone when this desktop came back, before the note was finished": GONE_AT_START,
    "the contact went to somebody else before the note was finished": GONE_TO_ANOTHER,
    "the contact was closed before the note was finished": GONE_CLOSED,
    "the wrap-up time ran out before the note was finished": RAN_OUT,
    "it is not known whether this was sent before the desktop stopped; look before you send it again": MAY_BE_THERE,
    "it was damaged on this machine, and has been read over since": READ_OVER,
}
"""As earlier versions kept them, which wrote words; work is done by some of them, so they must be known again."""

_HALVES: Final = re.compile("[\ud800-\udfff]")


def kept_reason(reason: Sentence) -> str:
    """A reason as a UTF-8 column takes it: half of a character pair, which a plug-in may answer, is spelt out."""
    return _HALVES.sub(lambda half: f"\\\\u{ord(half[0]):04x}", to_json(reason))


def reason_of(found: object) -> Sentence:
    """A reason as it was kept, whatever a damage or an earlier version has left there."""
    text = str(found)
    return _IN_ENGLISH.get(text) or from_json(text)
