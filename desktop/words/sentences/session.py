"""The session as a whole: the machine slept, a part of the desktop stopped, the disk works again."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "session.notes_saved_again": mark("Notes can be saved again."),
    "session.slept": mark("This machine slept or its clock was set ({seconds:.0f} s)."),
    "session.look_up": mark("Your state is being looked up; you were not made available."),
    "session.part_stopped": mark("A part of the desktop stopped because of an error."),
}
