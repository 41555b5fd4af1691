"""What the keys of the pages of quality do, in a sentence each."""

from collections.abc import Sequence
from typing import Final

from desktop.tui.pages.help import key_line
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.safe_text import content
from desktop.words.catalogue import tr
from desktop.words.marks import mark

DOES: Final = {
    "review": mark("Open the scorecard of the selected contact next to its timeline."),
    "listen": mark("Open the recording outside of the terminal; that you did is in the audit log."),
    "scroll the contact": mark("Scroll what is known of the contact: note, messages, events."),
    "calibrate": mark("Review it with another supervisor: each alone, then both see how far you agree."),
    "week": mark("Go to an earlier week, and back."),
    "form": mark("Switch to the next scorecard form."),
    "discard": mark("Discard an unfinished scorecard (press twice)."),
    "read": mark("Read it in full."),
    "release": mark("Let the agent read it. On an open card: choose whether on submitting, or later."),
    "note to the agent": mark("Write a coaching note, attached to the selected evaluation."),
    "your scorecard": mark("Open your own scorecard of this calibration."),
    "answers": mark("Answer the question: 1, 2 and so on as shown, y or n, - for not applicable."),
    "question": mark("Move to another question."),
    "comment": mark("Comment on the answer."),
    "overall comment": mark("Comment on the contact as a whole."),
    "submit": mark("Submit the scorecard; it cannot be changed afterwards."),
    "list": mark("Back to the list; the scorecard is kept."),
    "refresh": mark("Load the list again."),
    "back": mark("Back to where you were; what you typed is kept."),
    "acknowledge (answer optional)": mark(
        "Confirm that you have read it; whoever wrote it sees that, and your answer."
    ),
}


def help_lines(keys: Sequence[tuple[str, str]], tabs: Sequence[str]) -> list[Line]:
    """The keys that mean something now, and the lists there are.

    Args:
        keys: as they are printed, with their names, `mark`ed.
        tabs: the names of the lists, `mark`ed, in the order of their digits; none where there is but one.
    """
    lines: list[Line] = [content(tr("Here"), "bold $accent")]
    lines += [key_line(key, label if len(label) < 18 else "", DOES[label]) for key, label in keys]
    if tabs:
        lines += [content(""), content(tr("Lists"), "bold $accent")]
        lines += [key_line(str(number), tab, "") for number, tab in enumerate(tabs, 1)]
    return lines
