"""The agent's own page: evaluations of their work, and coaching notes, which they acknowledge with an answer."""

from typing import Any

from textual import events
from textual.content import Content
from textual.widgets import Static

from desktop.domain.reviews.quality import LONGEST_TEXT, CoachingNote, Evaluation
from desktop.tui.keys.keys import shown
from desktop.tui.quality.quality_page import QualityPage
from desktop.tui.quality.quality_rows import judged_rows, note_rows
from desktop.tui.quality.quality_texts import evaluation_lines, note_lines
from desktop.tui.quality.words_field import keys_of
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark


class FeedbackPage(QualityPage):
    """Notes and evaluations in one list, newest first, those still to be read above."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._evaluations: dict[str, Evaluation] = {}
        self._notes: dict[str, CoachingNote] = {}

    def read(self) -> None:
        """Ask for both."""
        self.ask("notes", self.desk.notes, self._take_notes)
        self.ask("evaluations", self.desk.evaluations, self._take_evaluations)

    def _take_notes(self, notes: tuple[CoachingNote, ...]) -> None:
        self._notes = {one.id: one for one in notes}

    def _take_evaluations(self, evaluations: tuple[Evaluation, ...]) -> None:
        self._evaluations = {one.id: one for one in evaluations}

    def redraw(self) -> None:
        """The list, and what is selected."""
        self.heed_news()
        now = self.now
        notes = note_rows(list(self._notes.values()), now, reader=self._state().me)
        judged = judged_rows(list(self._evaluations.values()), now, mine=True)
        self.empty(tr("Loading …") if self.asking else tr("Nothing yet."))
        self.table.set_rows(sorted([*notes, *judged], key=lambda row: self._order(row.key)))
        open_ones = sum(one.acknowledged_at is None for one in self._notes.values())
        self.border_title = content(tr("Your work: evaluations and coaching"))
        offered: Content = self.fitted_keys()
        self.border_subtitle = offered
        waiting: Part = (tr("all acknowledged"), "$success")
        if open_ones:
            waiting = (tr("{n} to acknowledge", n=open_ones), "bold $warning")
        self.query_one("#quality-tabs", Static).update(line(waiting, (f"   {self.as_of}", "$muted")))
        self.look(self._lines())
        note = self._note
        if self.words.is_open:
            subject = self.desk.reply_subject(self.words.subject)
            keys = keys_of((shown("finish"), tr("acknowledge")), ("esc", tr("later (kept)")))
            self.words.say(self.saved_at(subject), in_words(self.desk.words.problem(subject)).rstrip("."), keys)
            if note is not None and note.acknowledged_at is not None and note.id == self.words.subject:
                self._end_answer()

    def _order(self, key: str) -> tuple[bool, float]:
        note, judged = self._notes.get(key), self._evaluations.get(key)
        if note is not None:
            return note.acknowledged_at is not None, -note.at
        return judged is None or judged.read_at is not None, -(judged.at if judged is not None else 0.0)

    @property
    def _note(self) -> CoachingNote | None:
        return self._notes.get(self.table.cursor_key or "")

    @property
    def _evaluation(self) -> Evaluation | None:
        return self._evaluations.get(self.table.cursor_key or "")

    def keys_now(self) -> tuple[tuple[str, str], ...]:
        """See the base class."""
        note = self._note
        if note is None or note.acknowledged_at is not None:
            return ("enter", mark("read")), ("esc", mark("back"))
        return ("enter", mark("read")), ("a", mark("acknowledge (answer optional)")), ("esc", mark("back"))

    def _lines(self) -> list[Content]:
        note, evaluation = self._note, self._evaluation
        if note is not None:
            lines = note_lines(note, self.now, mine=True)
            linked = self._evaluations.get(note.evaluation)
            kept = self.desk.text(self.desk.reply_subject(note.id))
            if kept and note.acknowledged_at is None:
                lines += [line((f"✎ {tr('your answer (not sent):')} ", "$warning"), kept.replace("\n", " "))]
            return [*lines, *([] if linked is None else [content(""), *evaluation_lines(linked, self.now, mine=True)])]
        return evaluation_lines(evaluation, self.now, mine=True) if evaluation is not None else []

    def chosen(self) -> None:
        """Read it; the server is told."""
        note, evaluation = self._note, self._evaluation
        self.add_class("looking")
        self.query_one("#quality-detail").focus()
        if note is not None and note.read_at is None:
            self.run(self.desk.read_note(note.id), f"read/{note.id}")
        elif evaluation is not None and evaluation.read_at is None:
            self.run(self.desk.read_evaluation(evaluation.id), f"read/{evaluation.id}")

    def pressed(self, event: events.Key) -> bool:
        """`a` acknowledges."""
        if event.key == "a":
            self._wants_field()
        note = self._note
        if event.key == "a" and note is not None and note.acknowledged_at is None:
            subject = self.desk.reply_subject(note.id)
            self.words.open(
                note.id,
                tr("answer to {name} (optional)", name=note.by_name),
                self.desk.text(subject),
                LONGEST_TEXT,
                lambda text: self._answered(note.id, text),
            )
            self.redraw()
            return True
        return False

    def _answered(self, note_id: str, text: str) -> None:
        note = self._notes.get(note_id)
        evaluation = self._evaluations.get(note.evaluation) if note is not None else None
        if not self.desk.edit_reply(note_id, text, about=evaluation.interaction_id if evaluation is not None else ""):
            self.app.bell()

    def written(self) -> None:
        """Acknowledge, with what was written."""
        self.words.tell()
        note_id = self.words.subject
        self.run(self.desk.acknowledge(note_id, self.words.text), self.desk.reply_subject(note_id))

    def back(self) -> bool:
        """Out of the field, out of the details, out of the page."""
        if self.words.is_open:
            self._end_answer()
            return True
        if self.query_one("#quality-detail").has_focus:
            self.remove_class("looking")
            self.table.focus()
            return True
        return False

    def _end_answer(self) -> None:
        self.words.close()
        (self.query_one("#quality-detail") if self.has_class("looking") else self.table).focus()
