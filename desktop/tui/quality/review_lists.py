"""The reviewer's four lists: what is to be judged, what was, calibrations and coaching notes."""

from collections.abc import Callable
from typing import Any

from textual.content import Content

from desktop.app.reviews.review_week import Week
from desktop.domain.entities.history import PastDetail, PastInteraction
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.sampling import Scorecard, Scorecards
from desktop.tui.quality.quality_page import QualityPage
from desktop.tui.quality.quality_rows import Tab, calibration_rows, judged_rows, note_rows, sample_rows
from desktop.tui.quality.quality_texts import (
    calibration_lines,
    evaluation_lines,
    interaction_lines,
    note_lines,
    question_record_lines,
)
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording

TABS = tuple(Tab)
WEEKS = 12
"""How many weeks back a sample can be drawn."""


class ReviewLists(QualityPage):
    """One list at a time, with what there is to read of the selected row."""

    def __init__(self, scorecards: Scorecards, *args: Any) -> None:
        """`scorecards` are the forms of the profile; for the rest see the base class."""
        super().__init__(*args)
        self._scorecards = scorecards
        self._form = 0
        self._back: int | None = None  # chosen by nobody: this week, or the last one as long as this week has nothing
        self.tab = Tab.SAMPLE
        self._sample: dict[str, PastInteraction] = {}
        self._judged: dict[str, Evaluation] = {}
        self._calibrations: dict[str, Calibration] = {}
        self._notes: dict[str, CoachingNote] = {}
        self._details: dict[str, PastDetail] = {}
        self._no_details: dict[str, str] = {}

    @property
    def form(self) -> Scorecard | None:
        """The form in hand."""
        cards = self._scorecards.cards
        return cards[self._form % len(cards)] if cards else None

    @property
    def week(self) -> Week:
        """The week that is looked at."""
        return self.desk.week(self._back or 0)

    def read(self) -> None:
        """Ask for the list in hand."""
        form, week = self.form, self.week
        match self.tab:
            case Tab.SAMPLE if form is not None:
                name = f"sample {form.form.name} {week.name}"
                self.ask(name, lambda: self.desk.sample(form, week), self._take(name, self._take_sample))
            case Tab.JUDGED:
                self.ask("judged", self.desk.evaluations, self._take_judged)
            case Tab.CALIBRATIONS:
                self.ask("calibrations", self.desk.calibrations, self._take_calibrations)
            case Tab.NOTES:
                self.ask("notes", self.desk.notes, self._take_notes)

    def _take(self, name: str, take: Callable[[Any], None]) -> Callable[[Any], None]:
        def wanted(value: Any) -> None:
            form = self.form
            if form is not None and name == f"sample {form.form.name} {self.week.name}":
                take(value)

        return wanted

    def _take_sample(self, sample: tuple[PastInteraction, ...]) -> None:
        self._sample = {one.id: one for one in sample}
        if not sample and self._back is None:
            self.turn_week(1)

    def _take_judged(self, judged: tuple[Evaluation, ...]) -> None:
        self._judged = {one.id: one for one in judged}

    def _take_calibrations(self, calibrations: tuple[Calibration, ...]) -> None:
        self._calibrations = {one.id: one for one in calibrations}

    def _take_notes(self, notes: tuple[CoachingNote, ...]) -> None:
        self._notes = {one.id: one for one in notes}

    def rows(self) -> list[Row]:
        """The rows of the list in hand."""
        now = self.now
        match self.tab:
            case Tab.SAMPLE:
                return sample_rows(list(self._sample.values()), self.desk.unfinished, now)
            case Tab.JUDGED:
                return judged_rows(list(self._judged.values()), now)
            case Tab.CALIBRATIONS:
                return calibration_rows(list(self._calibrations.values()), self._state().me, now)
            case Tab.NOTES:
                return note_rows(list(self._notes.values()), now, reader=self._state().me)

    def nothing(self) -> str:
        """What stands where there are no rows."""
        match self.tab:
            case Tab.SAMPLE:
                if self.form is None:
                    return "No scorecard form is set up."
                return f"Nothing to review in {self.week.name}." if self._back else "Nothing to review this week yet."
            case Tab.JUDGED:
                return "Nothing reviewed yet."
            case Tab.CALIBRATIONS:
                return "No calibrations. Press k on an interaction to start one."
            case Tab.NOTES:
                return "No notes yet. Press n to write one."

    def head(self) -> Content:
        """The line of tabs."""
        parts: list[Part] = []
        for number, tab in enumerate(TABS, start=1):
            style = "bold reverse $accent" if tab is self.tab else "$muted"
            parts.append((f" {number} {tab.value} ", style))
            if tab is Tab.NOTES and (news := self._state().coaching) is not None and news.answers:
                parts.append((f" ● {wording.answers(news.answers)}", "bold $accent"))
            parts.append(" ")
        form = self.form
        if self.tab is Tab.SAMPLE and form is not None:
            parts += [
                (f" {form.form.title} ", "bold"),
                (f"{self.week.name} · {form.rule.per_agent} per agent  ", "$muted"),
            ]
        parts.append((self.as_of, "$warning" if "could not" in self.as_of else "$muted"))
        if self._scorecards.problems:
            parts.append((f"  ✕ {self._scorecards.problems[0]}", "$error"))
        return line(*parts)

    def selected_lines(self) -> list[Content]:
        """What the row under the cursor is about."""
        key, now = self.table.cursor_key or "", self.now
        match self.tab:
            case Tab.SAMPLE:
                kept = self.desk.kept_card(key)
                return self.interaction_lines_of(kept.interaction_id if kept is not None else key) if key else []
            case Tab.JUDGED if key in self._judged:
                return evaluation_lines(self._judged[key], now, mine=False)
            case Tab.CALIBRATIONS if key in self._calibrations:
                one = self._calibrations[key]
                record = question_record_lines(list(self._calibrations.values()), one.form.version)
                return [*calibration_lines(one, self._state().me, now), *record]
            case Tab.NOTES if key in self._notes:
                return note_lines(self._notes[key], now, mine=False)
        return []

    def interaction_lines_of(self, interaction_id: str) -> list[Content]:
        """What an interaction was; asked for when it is not known."""
        if (known := self._details.get(interaction_id)) is not None:
            return interaction_lines(known, self.now)
        if (problem := self._no_details.get(interaction_id)) is not None:
            return [content(problem, "$warning")]

        def take(detail: PastDetail) -> None:
            self._details[interaction_id] = detail

        async def ask() -> None:
            answer = await self.desk.detail(interaction_id)
            if answer.value is not None:
                take(answer.value)
            else:
                self._no_details[interaction_id] = answer.problem
            if self.is_attached:
                self.redraw()

        self._no_details[interaction_id] = "Loading the timeline …"
        self._spawn(ask())
        return [content("Loading the timeline …", "$muted")]

    def customer_of(self, interaction_id: str) -> str:
        """The address an interaction came from, "" while that is not known."""
        known = self._details.get(interaction_id)
        return known.interaction.customer if known is not None else ""

    def anew(self) -> None:
        """Draw another sample."""
        self._sample = {}
        self.forget()
        self.read()
        self.redraw()

    def turn_week(self, back: int) -> None:
        """Go so many weeks further back, or forward if negative."""
        self._back = max(0, min(WEEKS, (self._back or 0) + back))
        self.anew()

    def show_tab(self, tab: Tab) -> None:
        """Turn to a list."""
        self.tab = tab
        self.forget()
        self.remove_class("looking")
        self.table.focus()
        self.read()
        self.redraw()
