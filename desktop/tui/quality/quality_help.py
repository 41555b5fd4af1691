"""What the keys of the pages of quality do, in a sentence each."""

from collections.abc import Sequence
from typing import Final

from desktop.tui.page_help import key_line
from desktop.tui.page_text import Line
from desktop.tui.safe_text import content

DOES: Final = {
    "judge": "Open the scorecard of the selected contact beside what happened.",
    "calibrate": "Judge it with another supervisor: each alone, then both see how far you agree.",
    "week": "What was to be judged in an earlier week, and back.",
    "form": "The next scorecard there is.",
    "discard": "Throw an unfinished scorecard away; asked twice.",
    "read": "Read all of it.",
    "release": "Let the agent read it; on an open card: at once when it is handed in, or later.",
    "note to the agent": "Write a coaching note; it goes with the selected evaluation.",
    "yours": "Your own card of this calibration.",
    "answers": "Answer the question: 1, 2 and so on as printed, y or n, - where it does not apply.",
    "question": "Another question.",
    "comment": "Comment on the answer.",
    "on the whole": "Comment on the whole.",
    "hand in": "Hand the card in; from then on it stands.",
    "list": "Back to the list; the card is kept as it is.",
    "look again": "Ask the contact centre anew.",
    "back": "To where you came from; what you typed is kept.",
    "acknowledge, with an answer or without": "Say that you have read it; whoever wrote it sees that, and your answer.",
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
