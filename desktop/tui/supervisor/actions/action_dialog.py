"""A small field over the floor that asks what must be known before something is done. It covers no offer."""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset, Region
from textual.message import Message
from textual.widgets import Input, Static

from desktop.tui.supervisor.actions.beside_row import place_beside
from desktop.tui.supervisor.actions.question import LONGEST, Act, Proposal, Question
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import lines_of
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.words.catalogue import tr

WIDTH: Final = 74
_FRAME: Final = 4
"""Cells of its border and the blanks beside it."""
MOST = 200
"""So many options are listed at once; typing finds the others."""


class ActionDialog(Pane, Vertical):
    """One question after the other; enter answers, esc takes all of it back."""

    ticks: ClassVar[bool] = False
    DEFAULT_CSS = css_beside(__file__)

    class Answered(Message):
        """All is answered; said once for each opening."""

        def __init__(self, act: Act, answers: Mapping[str, str]) -> None:
            super().__init__()
            self.act = act
            self.answers = answers

    class Closed(Message):
        """It went away, with or without answers."""

    def __init__(self) -> None:
        super().__init__(id="act")
        self._act: Act | None = None
        self._answers: dict[str, str] = {}
        self._labels: list[str] = []  # of the answers so far, as they were shown
        self._shown: dict[str, Proposal] = {}
        self._chosen = False  # whether the cursor was put on an option by hand
        self._row, self._within = Offset(), Region()
        self._told = self._listed = 0  # lines above the field and below it

    def compose(self) -> ComposeResult:
        """Whom it concerns, what is asked, a field, what can be chosen."""
        yield Static(id="act-whom")
        yield Static(id="act-ask")
        yield Input(id="act-answer", max_length=LONGEST)
        yield LineTable((Column("option", weight=3), Column("hint", weight=2)), header=False, id="act-options")

    def look(self, view: View) -> tuple[object, ...]:
        """Nothing of the state: what is asked stands still while the floor goes on."""
        return ()

    def draw(self, view: View) -> None:
        """Nothing to draw anew."""

    @property
    def is_open(self) -> bool:
        """Whether something is being asked."""
        return self._act is not None

    def open(self, act: Act, row: Offset, within: Region) -> None:
        """Begin to ask for an act, beside its row; see `place_beside`."""
        self._act, self._answers, self._labels = act, {}, []
        self._row, self._within = row, within
        self.border_title = content(act.title)
        self.border_subtitle = line(
            key_hint("enter", tr("confirm"), "  "),
            key_hint("esc", tr("cancel")),
        )
        self.add_class("open")
        self._ask()

    def place(self, row: Offset, within: Region) -> None:
        """Stand beside the row, which may be elsewhere by now."""
        self._row, self._within = row, within
        place_beside(self, row, within, WIDTH, self._told + self._listed + 3)

    def close(self) -> None:
        """Hide it; nothing is done."""
        if self._act is not None:
            self._act = None
            self.remove_class("open")
            self.post_message(self.Closed())

    @property
    def _question(self) -> Question | None:
        if self._act is None or len(self._answers) >= len(self._act.questions):
            return None
        return self._act.questions[len(self._answers)]

    def _ask(self, problem: str = "") -> None:
        question = self._question
        if question is None:
            return
        whom = self._act.whom if self._act is not None else ""
        told = line((" → ".join((whom, *self._labels)), "bold"))
        asked = line((problem or question.ask, "$warning" if problem else "$muted"))
        self.query_one("#act-whom", Static).update(told)
        self.query_one("#act-ask", Static).update(asked)
        inner = min(WIDTH, self._within.width) - _FRAME
        self._told = sum(min(2, lines_of(one, inner)) for one in (told, asked))
        field = self.query_one(Input)
        if not problem:
            with self.prevent(Input.Changed):
                field.value = ""
        field.placeholder = "" if question.free else tr("type to search")
        self._list()
        self.query_one(LineTable).action_edge(-1)
        field.focus()

    def _list(self) -> None:
        question = self._question
        typed = self.query_one(Input).value.casefold().split()
        options = question.options if question is not None else ()
        fitting = [one for one in options if all(word in f"{one.label} {one.hint}".casefold() for word in typed)]
        self._shown = {one.value: one for one in fitting[:MOST]}
        table = self.query_one(LineTable)
        table.set_rows([Row(one.value, ((one.label, one.style), (one.hint, "$muted"))) for one in self._shown.values()])
        table.styles.height = self._listed = min(8, len(self._shown))
        self.place(self._row, self._within)
        table.set_empty("" if question is None or question.free else tr("No match."))
        self._chosen = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing narrows down what can be chosen."""
        event.stop()
        self._list()
        self.query_one(LineTable).action_edge(-1)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter answers."""
        event.stop()
        self._take()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """So does enter, or a double click, on an option."""
        event.stop()
        self._chosen = True
        self._take()

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Nobody else is told of moves in here."""
        event.stop()

    def on_key(self, event: events.Key) -> None:
        """Up and down move among the options."""
        if event.key in ("up", "down") and isinstance(self.app.focused, Input):
            event.stop()
            if self._shown:
                first = not self._chosen and event.key == "down" and self._question is not None and self._question.free
                self._chosen = True
                if not first:
                    self.query_one(LineTable).action_move(-1 if event.key == "up" else 1)

    def _take(self) -> None:
        act, question = self._act, self._question
        if act is None or question is None:
            return
        typed = self.query_one(Input).value.strip()
        option = self._shown.get(self.query_one(LineTable).cursor_key or "")
        if question.free and not self._chosen and typed:
            answer = typed
        elif option is not None and (self._chosen or not question.free or (question.needed and not question.by_hand)):
            answer = option.value
        elif question.free:
            answer = typed
        else:
            self._ask(tr("No match. Type less, or press esc to cancel."))
            return
        problem = tr("Choose or type an answer.") if question.needed and not answer else question.allowed(answer)
        if problem:
            self._ask(problem)
            return
        self._answers[question.name] = answer
        self._labels.append(next((one.label for one in question.options if one.value == answer), answer))
        if self._question is not None:
            self._ask()
            return
        answers = dict(self._answers)
        self.close()  # first: what is pressed from now on is another act
        self.post_message(self.Answered(act, answers))
