"""Notes and wrap-ups, from the first key to the CRM's receipt."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "note.record_safe": mark("Your record is safe here."),
    "note.not_ended": mark("The contact has not ended yet."),
    "note.end_it_first": mark("End it first."),
    "note.note_safe": mark("Your note is safe here."),
}
