"""What both pages of quality have in common: a list, what is selected in it, and a field for words, over a screen."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from desktop.app.commands.command_result import CommandResult
from desktop.app.history.query_cache import Answer
from desktop.app.reviews.quality_desk import QualityDesk
from desktop.domain import select
from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.tui.keys.keys import BY_ID
from desktop.tui.pages.help import PageHelp, fitted_keys
from desktop.tui.pages.launcher import Around, LaunchedPage
from desktop.tui.quality.quality_help import help_lines
from desktop.tui.quality.quality_rows import COLUMNS
from desktop.tui.quality.words_field import WordsField, keys_of
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table import LineTable
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr

WIDE = 110
"""Columns from which list and details stand side by side."""


class QualityPage(LaunchedPage):
    """A list, details beside it, and a field for words."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self, desk: QualityDesk, around: Around) -> None:
        """A page that is not on screen yet."""
        super().__init__("quality", around)
        self.desk = desk
        self._answers: dict[str, Answer[Any]] = {}
        self._under_way: set[str] = set()
        self._detail: Content | None = None
        self._news: object = None

    def compose(self) -> ComposeResult:
        """Tabs, list, details, card, words."""
        yield Static(id="quality-tabs")
        with Horizontal(id="quality-body"):
            yield LineTable(COLUMNS, id="quality-list", header=False)
            with Vertical(id="quality-right"):
                with VerticalScroll(id="quality-detail"):
                    yield Static(id="quality-text")
                yield from self.further()
        yield WordsField("quality-words")
        yield PageHelp(self.help)

    def further(self) -> ComposeResult:
        """What else stands beside the list."""
        yield from ()

    def close(self) -> None:
        """Leave the screen; what was typed is kept."""
        self.words.close()
        self.desk.changed.remove(self._safety_changed)
        super().close()

    def on_mount(self) -> None:
        """Show what there is, and ask for the rest."""
        self.desk.changed.append(self._safety_changed)
        self.set_interval(1.0, self.redraw)
        self.table.focus()
        self.fit()
        self._news = self._state().coaching
        self.read()

    def on_resize(self) -> None:
        """Side by side, or one at a time."""
        self.fit()
        self.call_after_refresh(self.redraw)

    def fit(self) -> None:
        """Set what depends on the width."""
        self.set_class(self.app.size.width < WIDE, "narrow")

    @property
    def table(self) -> LineTable:
        """The list."""
        return self.query_one("#quality-list", LineTable)

    @property
    def words(self) -> WordsField:
        """Where words are written."""
        return self.query_one(WordsField)

    @property
    def now(self) -> Instant:
        """The server's time."""
        return select.server_now(self._state(), self._clock())

    def saved_at(self, subject: str) -> Instant | None:
        """When words were put on disk as they are, server time."""
        at = self.desk.words.saved_at(subject)
        return None if at is None else at + self._state().skew

    def heed_news(self) -> None:
        """Ask again once it is told that there is something else to read."""
        news = self._state().coaching
        if news != self._news and not self.asking:
            self._news = news
            self.read()

    def look(self, lines: list[Content]) -> None:
        """Show these lines beside the list."""
        shown = Content("\n").join(lines)
        if self._detail is None or not shown.is_same(self._detail):
            self._detail = shown
            self.query_one("#quality-text", Static).update(shown)

    def read(self) -> None:
        """Ask for the list in hand."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw what is known now."""
        raise NotImplementedError

    def pressed(self, event: events.Key) -> bool:
        """A key on the page, outside of a field; says whether it meant something."""
        raise NotImplementedError

    def keys_now(self) -> tuple[tuple[str, str], ...]:
        """The keys that mean something now, as they are printed, with what they do, `mark`ed."""
        raise NotImplementedError

    def fitted_keys(self) -> Content:
        """As many of them as the border has room for."""
        *keys, way_out = self.keys_now()
        return keys_of(*fitted_keys(keys, way_out, self.size.width - 4))

    def help(self) -> list[Line]:
        """The same in a sentence each."""
        return help_lines(self.keys_now(), ())

    def commands(self) -> Iterator[tuple[str, str]]:
        """The same for the palette: the name of a key, and what it does."""
        for printed, does in self.keys_now():
            for key in printed.split():
                if key != "digit":
                    yield key, tr(does)

    def back(self) -> bool:
        """One step back; False where the page itself is to be left."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """No key of the page reaches the verbs of the screen below."""
        if self.query_one(PageHelp).took(event, typing=self.words.has_focus):
            return
        if event.key in BY_ID["back"].letters:
            event.stop()
            if not self.back():
                self.close()
        elif self.words.has_focus:
            if event.key in BY_ID["finish"].always:
                event.stop()
                self.written()
        elif self.pressed(event) or event.is_printable:
            event.stop()

    def written(self) -> None:
        """What was written is to be handed over."""
        raise NotImplementedError

    def ask(
        self, name: str, question: Callable[[], Coroutine[Any, Any, Answer[Any]]], take: Callable[[Any], None]
    ) -> None:
        """Put a question beside the screen; `take` gets its answer. The same one is on its way once."""
        if name in self._under_way:
            return
        self._under_way.add(name)

        async def wait() -> None:
            try:
                answer = await question()
            finally:
                self._under_way.discard(name)
            if not self.is_attached:
                return
            if answer.value is not None:
                take(answer.value)
            self._answers[name] = answer
            self.redraw()

        self._spawn(wait())

    @property
    def asking(self) -> bool:
        """Whether an answer is to come."""
        return bool(self._under_way)

    def run(
        self,
        act: Coroutine[Any, Any, CommandResult],
        subject: str,
        done: Callable[[CommandResult], None] | None = None,
    ) -> None:
        """Do something beside the screen, say what became of it, and look again.

        Args:
            subject: what it is about (see `QualityDesk.told`).
            done: hears of the result while the page is still there.
        """

        async def wait() -> None:
            result = await act
            self.desk.told(result, subject)
            if not self.is_attached:
                return
            if done is not None:
                done(result)
            if result.ok:
                self.read()
            else:
                self.redraw()

        self._spawn(wait())

    @property
    def problem(self) -> Sentence:
        """Why something of what is shown could not be loaded."""
        return next((one.problem for one in self._answers.values() if one.problem), NOTHING)

    @property
    def as_of(self) -> str:
        """How old what is shown is, or why there is none, as words."""
        problem = self.problem
        oldest = min((one.at for one in self._answers.values() if one.at is not None), default=None)
        if problem or oldest is None:
            return in_words(problem) or (tr("loading …") if self.asking else "")
        return tr("updated {ago}", ago=wording.since(self.now - oldest))

    def forget(self) -> None:
        """Other questions are asked from now on."""
        self._answers.clear()

    def _safety_changed(self, subject: str) -> None:
        if self.is_attached:
            self.call_later(self.redraw)

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Another row: look at it."""
        event.stop()
        self.selected()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter on a row: into it."""
        event.stop()
        self.chosen()

    def selected(self) -> None:
        """The cursor is on another row."""
        self.redraw()

    def chosen(self) -> None:
        """Go into the row under the cursor."""
        raise NotImplementedError

    def empty(self, text: str) -> None:
        """Say what is shown where there are no rows."""
        self.table.set_empty(content(text).plain)
