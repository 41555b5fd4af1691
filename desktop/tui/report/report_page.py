"""The screen of reports over the floor: views of a period, contacts of an interval, the timeline of one."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from desktop.app.commands.command_result import CommandResult
from desktop.domain.figures.service_level import Formula
from desktop.domain.select.past_search import SearchError, read_search
from desktop.domain.staffing.staffing_error import StaffingError
from desktop.ports.base import Capability
from desktop.tui.keys.keys import BY_ID
from desktop.tui.keys.two_presses import Irrevocable
from desktop.tui.keys.two_presses import named as named_short
from desktop.tui.pages.help import PageHelp
from desktop.tui.pages.launcher import Around, LaunchedPage
from desktop.tui.pages.recordings import next_recording, opened_outside
from desktop.tui.report import faces, report_keys
from desktop.tui.report.choice import Choice
from desktop.tui.report.period import named, typed
from desktop.tui.report.plan_text import HINT, read_plan
from desktop.tui.report.queue_picker import QueuePicker
from desktop.tui.report.report_drawing import ReportDrawing
from desktop.tui.report.report_field import ReportField
from desktop.tui.report.report_questions import ReportQuestions
from desktop.tui.report.report_views import ReportViews
from desktop.tui.report.requests import ReportRequests
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.words.contact_evidence import LISTEN_KEY
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

if TYPE_CHECKING:
    from desktop.app.supervision.supervisor_desk import SupervisorDesk

_OPEN_FIELDS = frozenset(("o", "t", "e", "slash"))
SEARCH_HINT = mark("words, or agent: code: queue: outcome: channel: from:+44… waited:2m")
NARROW = 110
"""Columns below which the figures under the cursor take two lines."""


class ReportPage(LaunchedPage):
    """Views to choose from, a chart or a list below them, figures and keys."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self, desk: "SupervisorDesk", formula: Formula, around: Around) -> None:
        """`formula` is the service level to begin with."""
        super().__init__("report", around)
        self._desk = desk
        self._text: Content | None = None
        self._hint: Content | None = None  # in the place of the keys, while something is picked or typed
        history = desk.history
        requests = ReportRequests(self._spawn, self._clock, self._answered)
        questions = ReportQuestions(history, desk.staffing)
        choice = Choice(named("today", history.today()), formula=formula)
        self.views = ReportViews(choice, requests, questions, history)
        self._drawing = ReportDrawing(self.views, history, lambda: desk.offers(Capability.RECORDINGS))

    def compose(self) -> ComposeResult:
        """Tabs and what was chosen; a chart or a list; figures and keys."""
        yield Static(id="report-tabs")
        yield Static(id="report-chosen")
        with VerticalScroll(id="report-canvas"):
            yield Static(id="report-text")
        yield LineTable((), id="report-list")
        yield QueuePicker("report-queues")
        yield Static(id="report-figures")
        yield ReportField()
        yield Static(id="report-keys")
        yield PageHelp(lambda: report_keys.help_lines(self.views.place, deeper=self.views.deeper))

    def on_mount(self) -> None:
        """Ask for the first view."""
        self.set_class(self.app.size.width < NARROW, "narrow")
        self.set_interval(1.0, self.redraw)
        self.views.read()
        self._turn()

    def on_resize(self) -> None:
        """Fit the new size."""
        self.set_class(self.app.size.width < NARROW, "narrow")
        self.call_after_refresh(self.redraw)

    def close(self) -> None:
        """Leave the screen; nothing is waited for any more."""
        self.views.requests.give_up()
        super().close()

    def redraw(self) -> None:
        """Draw what is known now, as far as it changed."""
        if not self.is_attached or not self.children:
            return
        views, drawing, canvas = self.views, self._drawing, self.query_one("#report-canvas")
        legend = drawing.legend.rstrip()
        self.border_title = line((tr("Reports"), "bold"), " " if legend else "", legend)
        answer, waited = views.answer, views.waited
        age: Content = faces.age(answer, waited, self._desk.history.now(), self._desk.history.days.zone)
        self.border_subtitle = age
        self.query_one("#report-tabs", Static).update(faces.tabs(views.choice))
        self.query_one("#report-chosen", Static).update(drawing.heading)
        keys: Content = self._hint or report_keys.fitted(views.place, self.content_size.width, deeper=views.deeper)
        self.query_one("#report-keys", Static).update(keys)
        if views.listed:
            table = self.query_one("#report-list", LineTable)
            rows, total, empty = drawing.rows()
            table.set_columns(drawing.columns)
            table.set_empty(empty)
            table.set_rows(rows)
            table.set_total(total)
        else:
            size = canvas.content_size
            shown = Content("\n").join(drawing.lines(max(20, size.width), max(4, size.height)))
            if self._text is None or not shown.is_same(self._text):
                self._text = shown
                self.query_one("#report-text", Static).update(shown)
        figures: Content = drawing.figures(self.content_size.width)
        self.query_one("#report-figures", Static).update(figures)

    def _turn(self) -> None:
        """Another view or level: show its widget and turn the keyboard to it."""
        views = self.views
        self.set_class(views.listed, "listing")
        self.remove_class("picking", "typing")
        self._hint = None
        self.query_one("#report-list" if views.listed else "#report-canvas").focus()
        self.call_after_refresh(self.redraw)

    def _answered(self, name: str) -> None:
        if self.is_attached:
            self.views.arrived(name)
            self.redraw()

    # --- keys

    def on_key(self, event: events.Key) -> None:
        """No key of the page reaches the verbs of the screen below."""
        field = self.query_one(ReportField)
        if self.query_one(PageHelp).took(event, typing=field.has_focus):
            return
        if event.key in BY_ID["back"].letters:
            event.stop()
            self._back()
        elif field.has_focus:
            return
        elif self.has_class("picking"):
            picker = self.query_one(QueuePicker)
            if event.key in ("enter", "u"):
                event.stop()
                self._change(replace(self.views.choice, queues=picker.picked))
            elif picker.pressed(event.key) or event.is_printable:
                event.stop()
        elif self._pressed(event.key) or event.is_printable:
            event.stop()

    def _pressed(self, key: str) -> bool:
        views = self.views
        choice = views.choice.pressed(key, self._desk.history.today())
        if key in _OPEN_FIELDS:
            self._wants_field()
        if views.place == "timeline" and key == LISTEN_KEY:
            self._listen()
        elif key == "slash" and views.place in ("plots", "intervals", "contacts"):
            self._type("search", views.search.typed, tr(SEARCH_HINT))
        elif choice is not None:
            self._change(choice)
        elif key == "o":
            self._type("own", "", tr("one date or two: 2026-11-02 2026-11-08"))
        elif key == "u":
            self._pick_queues()
        elif key == "t" and views.place == "outlook":
            self._type("plan", "", tr(HINT))
        elif key == "e" and views.place in ("plots", "intervals", "week", "contacts"):
            self._type("export", str(views.file_name(Path.home())), ".csv .json .parquet .html")
        elif key == "r":
            views.read(anew=True)
            self.redraw()
        elif key == "enter" and not views.listed:
            self._deeper()
        elif views.move(key):
            self.redraw()
        else:
            return False
        return True

    def _listen(self) -> None:
        """Open the recording of the contact in sight, of several the one after that which was opened last."""
        views, detail = self.views, self.views.detail
        if detail is None or not detail.recordings:
            self._tell(tr("This contact was not recorded."), "info")
            return
        if not self._desk.offers(Capability.RECORDINGS):
            self._tell(tr("This contact centre does not open recordings."), "info")
            return
        recording = next_recording(detail.recordings, views.opened[0] if views.opened is not None else "")
        interaction = detail.interaction.id

        async def listen() -> None:
            opened = await opened_outside(self._desk.acts, interaction, recording, self._tell)
            if opened is not None and views.interaction == interaction:
                views.opened = opened
                if self.is_attached:
                    self.redraw()

        self._spawn(listen())

    def _change(self, choice: Choice) -> None:
        self.views.change(choice)
        self._turn()

    def _deeper(self) -> None:
        if self.views.enter(self.query_one("#report-list", LineTable).cursor_key or ""):
            self._turn()

    def _back(self) -> None:
        """One step: the field, the picker, what is waited for, a level; then the page itself."""
        if self.has_class("typing") or self.has_class("picking"):
            self._turn()
        elif self.views.requests.give_up():
            self.redraw()
        elif self.views.leave():
            self._turn()
        else:
            self.close()

    @on(LineTable.Chosen, "#report-list")
    def _row_chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self._deeper()

    @on(LineTable.Highlighted)
    def _row_changed(self, event: LineTable.Highlighted) -> None:
        event.stop()

    # --- the field and the picker

    def _pick_queues(self) -> None:
        self.query_one(QueuePicker).offer(sorted(self._state().queues), self.views.choice.queues)
        self.add_class("picking")
        self.query_one(QueuePicker).focus()
        self._hint = report_keys.picking()
        self.redraw()

    def _type(self, wanted: str, value: str, hint: str) -> None:
        self.add_class("typing")
        self._hint = self.query_one(ReportField).want(wanted, value, hint)
        self.redraw()

    @on(Input.Submitted, "#report-field")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        wanted = self.query_one(ReportField).wanted
        try:
            if wanted == "export":
                self._export(event.value.strip())
                return
            if wanted == "search":
                self.views.find(read_search(event.value, self._state()))
            elif wanted == "plan":
                self.views.staff_for(read_plan(event.value, self.views.plan))
            else:
                self.views.change(self.views.choice.with_period(typed(event.value)))
        except (StaffingError, SearchError) as error:
            self._say(in_words(error.sentence))
            return
        except ValueError as error:
            self._say(str(error))
            return
        self._turn()

    def _say(self, problem: str) -> None:
        self._hint = content(f" {problem}", "bold $warning")
        self.redraw()

    def _export(self, path: str) -> None:
        """Write a file; over one that is there already at the second press only."""
        act = self._writing_over()
        again = act is not None and self._presses.armed == act and self._presses.press(act)
        target = Path(path).expanduser()

        async def write() -> None:
            result: CommandResult = await self.views.export(target, overwrite=again)
            if not self.is_attached:
                self._tell(in_words(result.text), "info" if result.ok else "error")
            elif result.ok:
                self._tell(in_words(result.text), "info")
                self._turn()
            else:
                self._say(in_words(result.text))
                if result.error == "exists" and act is not None and self._writing_over() == act:
                    self._presses.arm(act, self._writing_over)

        self._say(tr("Writing …"))
        self._spawn(write())

    def _writing_over(self) -> Irrevocable | None:
        """Writing over the file whose name is in the field, as an act; None while none is typed."""
        field = self.query_one(ReportField)
        if not self.is_open or not self.has_class("typing") or field.wanted != "export":
            return None
        path = field.value.strip()
        return Irrevocable(
            "enter", ("enter",), ("overwrite", path), tr("overwrite {file}", file=named_short(Path(path).name))
        )
