"""What the keys of the pages of quality do, in a sentence each."""

from collections.abc import Sequence
from typing import Final

from desktop.tui.pages.help import key_line
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.safe_text import content

DOES: Final = {
    "review": "Open the scorecard of the selected contact next to its timeline.",
    "calibrate": "Review it with another supervisor: each alone, then both see how far you agree.",
    "week": "Go to an earlier week, and back.",
    "form": "Switch to the next scorecard form.",
    "discard": "Discard an unfinished scorecard (press twice).",
    "read": "Read it in full.",
    "release": "Let the agent read it. On an open card: choose whether on submitting, or later.",
    "note to the agent": "Write a coaching note, attached to the selected evaluation.",
    "your scorecard": "Open your own scorecard of this calibration.",
    "answers": "Answer the question: 1, 2 and so on as shown, y or n, - for not applicable.",
    "question": "Move to another question.",
    "comment": "Comment on the answer.",
    "overall comment": "Comment on the contact as a whole.",
    "submit": "Submit the scorecard; it cannot be changed afterwards.",
    "list": "Back to the list; the scorecard is kept.",
    "refresh": "Load the list again.",
    "back": "Back to where you were; what you typed is kept.",
    "acknowledge (answer optional)": "Confirm that you have read it; whoever wrote it sees that, and your answer.",
}


def help_lines(keys: Sequence[tuple[str, str]], tabs: Sequence[str]) -> list[Line]:
    """The keys that mean something now, and the lists there are.

    Args:
        keys: as they are printed, with their names.
        tabs: the names of the lists, in the order of their digits; none where there is but one.
    """
    lines: list[Line] = [content("Here", "bold $accent")]
    lines += [key_line(key, label if len(label) < 18 else "", DOES.get(label, "")) for key, label in keys]
    if tabs:
        lines += [content(""), content("Lists", "bold $accent")]
        lines += [key_line(str(number), tab, "") for number, tab in enumerate(tabs, 1)]
    return lines
