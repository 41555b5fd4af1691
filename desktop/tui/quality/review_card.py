"""The scorecard in the reviewer's hands: kept with every key, handed in once."""

from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult

from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.app.storage.errors import StoreError
from desktop.domain.reviews.scorecards import LONGEST_COMMENT, Answer
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.quality.quality_rows import Tab, is_answer_unread
from desktop.tui.quality.review_lists import ReviewLists
from desktop.tui.quality.scorecard_view import ScorecardView


class ReviewCard(ReviewLists):
    """Opens, changes, hands in and discards a scorecard."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._card = ""  # the subject of the card in hand

    def further(self) -> ComposeResult:
        """The scorecard."""
        yield ScorecardView(self._wants_field)

    @property
    def view(self) -> ScorecardView:
        """The scorecard on screen."""
        return self.query_one(ScorecardView)

    def chosen(self) -> None:
        """Into the row: to the card, or to what can be read."""
        key = self.table.cursor_key or ""
        if self.tab is Tab.SAMPLE:
            kept = self.desk.kept_card(key)
            one, form = self._sample.get(key), self.form
            if kept is not None:
                self._open(kept)
            elif one is not None and form is not None:
                self._open(self.desk.card(one.id, one.agent_id, one.agent_name, form.form, customer=one.customer))
        elif self.tab is Tab.CALIBRATIONS and (calibration := self._calibrations.get(key)) is not None:
            me = self._state().me
            if me in calibration.reviewers and me not in calibration.submitted:
                of = calibration
                self._open(self.desk.card(of.interaction_id, of.agent_id, of.agent_name, of.form, of.id))
            else:
                self._look_into()
        elif key:
            self._look_into()
            note = self._notes.get(key) if self.tab is Tab.NOTES else None
            if note is not None and is_answer_unread(note, self._state().me):
                self.run(self.desk.read_note(note.id), f"read/{note.id}")

    def _look_into(self) -> None:
        self.add_class("looking")
        self.query_one("#quality-detail").focus()

    def _open(self, card: ScorecardDraft) -> None:
        self._card = card.subject
        self.view.open(card)
        self.add_class("looking", "judging")
        self.view.focus()
        self.redraw()
        self.call_after_refresh(self.redraw)

    def leave_card(self) -> None:
        """Back to the list; the card is kept."""
        self._card = ""
        self.view.close()
        self.remove_class("looking", "judging")
        self.table.focus()

    def _keep(self, card: ScorecardDraft) -> None:
        card = replace(card, customer=card.customer or self.customer_of(card.interaction_id))
        if self.desk.edit(card):
            self.view.card = card
        else:
            self._tell("It is being submitted. Nothing can be changed until the contact centre replies.", "warning")
        self.redraw()

    @on(ScorecardView.Answered)
    def _answered(self, event: ScorecardView.Answered) -> None:
        event.stop()
        if self.view.card is not None:
            self._keep(self.view.card.answered(event.answer))

    @on(ScorecardView.Wanted)
    def _wanted(self, event: ScorecardView.Wanted) -> None:
        event.stop()
        card, question = self.view.card, self.view.question
        if card is None or question is None:
            return
        if event.what == "comment":
            text = card.answer(question.id).comment
            self.words.open(question.id, question.text[:60], text, LONGEST_COMMENT, self._commented)
        elif event.what == "remark":
            self.words.open("", "overall comment", card.comment, LONGEST_COMMENT, self._remarked)
        elif event.what == "release" and not card.calibration:
            self._keep(replace(card, release=not card.release))
        elif event.what == "submit":
            self._submit(card)
        self.redraw()

    def _commented(self, text: str) -> None:
        card = self.view.card
        if card is not None:
            self._keep(card.answered(Answer(self.words.subject, card.answer(self.words.subject).value, text)))

    def _remarked(self, text: str) -> None:
        if self.view.card is not None:
            self._keep(replace(self.view.card, comment=text))

    def _submit(self, card: ScorecardDraft) -> None:
        subject = card.subject

        def done(result: Any) -> None:
            if result.ok and self._card == subject:
                self.leave_card()

        self.run(self.desk.submit(card), subject, done)

    def discard(self) -> None:
        """Throw the unfinished card of the row away, at the second press."""
        key = self.table.cursor_key or ""
        one = self._sample.get(key)
        form = self.form
        card = self.desk.kept_card(key)
        if card is None and one is not None and form is not None:
            card = self.desk.kept_card(ScorecardDraft(one.id, "", "", form.form).subject)
        if card is None or card.sending:
            self._tell("There is no unfinished scorecard here to discard.", "info")
        elif self._presses.press(
            Irrevocable(
                "x",
                ("x",),
                ("discard", card.subject),
                f"discard the scorecard of {named(card.agent_name)} and all its comments for good",
            )
        ):
            self._spawn(self._drop(card))

    async def _drop(self, card: ScorecardDraft) -> None:
        try:
            await self.desk.discard(card)
        except StoreError as error:
            self._tell(f"The scorecard was not discarded: {error}. It is safe here.", "error")
        if self.is_attached:
            self.redraw()
