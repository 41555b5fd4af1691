"""The reviewer's page: what is to be judged, what was, calibrations and coaching notes, and the scorecard in hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from desktop.app.history.evidence import Evidence
from desktop.app.reviews.quality_desk import QualityDesk
from desktop.app.reviews.review_week import Week
from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.app.storage.errors import StoreError
from desktop.domain.entities.history import PastInteraction
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Role
from desktop.domain.reviews.quality import LONGEST_TEXT, Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.sampling import Scorecard, Scorecards
from desktop.domain.reviews.scorecards import LONGEST_COMMENT, Answer
from desktop.domain.select.centres import offered_at
from desktop.ports.base import Capability
from desktop.tui.keys.keys import shown
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.pages.launcher import Around
from desktop.tui.pages.recordings import next_recording, opened_outside
from desktop.tui.quality.quality_help import help_lines
from desktop.tui.quality.quality_page import QualityPage
from desktop.tui.quality.quality_rows import (
    Tab,
    calibration_rows,
    is_answer_unread,
    judged_rows,
    note_rows,
    sample_rows,
)
from desktop.tui.quality.quality_texts import (
    calibration_lines,
    evaluation_lines,
    interaction_lines,
    note_lines,
    question_record_lines,
)
from desktop.tui.quality.scorecard_view import ScorecardView
from desktop.tui.quality.words_field import keys_of
from desktop.tui.widgets.key_hint import key_hint, pressing
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.contact_evidence import LISTEN_KEY, Opened
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

TABS = tuple(Tab)
_KEYS = {
    Tab.SAMPLE: (
        ("enter", mark("review")),
        (LISTEN_KEY, mark("listen")),
        ("k", mark("calibrate")),
        ("< >", mark("week")),
        ("f", mark("form")),
        ("x", mark("discard")),
    ),
    Tab.JUDGED: (
        ("enter", mark("read")),
        (LISTEN_KEY, mark("listen")),
        ("r", mark("release")),
        ("n", mark("note to the agent")),
    ),
    Tab.CALIBRATIONS: (("enter", mark("your scorecard")),),
    Tab.NOTES: (("enter", mark("read")), ("n", mark("note to the agent"))),
}
WEEKS = 12
"""How many weeks back a sample can be drawn."""


class ReviewPage(QualityPage):
    """Four lists, one at a time; enter goes into a row, esc comes back."""

    def __init__(self, scorecards: Scorecards, desk: QualityDesk, around: Around) -> None:
        """A page that is not on screen yet; `scorecards` are the forms of the profile."""
        super().__init__(desk, around)
        self._scorecards = scorecards
        self._form = 0
        self._back: int | None = None  # chosen by nobody: this week, or the last one as long as this week has nothing
        self.tab = Tab.SAMPLE
        self._sample: dict[str, PastInteraction] = {}
        self._judged: dict[str, Evaluation] = {}
        self._calibrations: dict[str, Calibration] = {}
        self._notes: dict[str, CoachingNote] = {}
        self._details: dict[str, Evidence] = {}
        self._opened: tuple[str, Opened] | None = None  # the interaction whose recording was opened last, and its link
        self._no_details: dict[str, str] = {}
        self._card = ""  # the subject of the card in hand
        self._choosing: PastInteraction | None = None  # whom to calibrate it with is asked
        self._to = ("", "")  # whom a note is written to, and on which evaluation
        self._about = ""  # the interaction it speaks of

    def further(self) -> ComposeResult:
        """The scorecard."""
        yield ScorecardView(self._wants_field)

    def redraw(self) -> None:
        """The list, what is selected, the card, and how safe the words are."""
        if self.tab is Tab.NOTES:
            self.heed_news()
        self.table.set_rows(self.rows())
        self.empty(tr("Loading …") if self.asking else self.nothing())
        self.border_title = content(tr("Quality"))
        keys: Content = self.fitted_keys()
        self.border_subtitle = keys
        self.query_one("#quality-tabs", Static).update(line(self.head()))
        card = self.desk.kept_card(self._card) or self.view.card
        if self.view.is_open and card is not None:
            self.view.show(
                card, self.saved_at(card.subject), in_words(self.desk.words.problem(card.subject)).rstrip(".")
            )
        self.look(self._lines(card if self.view.is_open else None))
        if self.words.is_open:
            subject = self.words.subject if not self.view.is_open else self._card
            keys = (
                keys_of(("esc", tr("back to the scorecard")))
                if self.view.is_open
                else keys_of((shown("finish"), tr("send")), ("esc", tr("later (kept)")))
            )
            self.words.say(self.saved_at(subject), in_words(self.desk.words.problem(subject)).rstrip("."), keys)

    def keys_now(self) -> tuple[tuple[str, str], ...]:
        """See the base class."""
        if self.view.is_open:
            more = () if self._in_calibration else (("t", mark("release")),)
            remark = ("o", mark("overall comment"))
            return (
                ("digit", mark("answers")),
                ("c", mark("comment")),
                remark,
                (LISTEN_KEY, mark("listen")),
                *more,
                ("esc", mark("list")),
            )
        return *_KEYS[self.tab], ("u", mark("refresh")), ("esc", mark("back"))

    def help(self) -> list[Line]:
        """See the base class; with a card open also how it is handed in."""
        if not self.view.is_open:
            return help_lines(self.keys_now(), [tab.value for tab in TABS])
        *keys, last = self.keys_now()
        more = (("↑↓", mark("question")), ("pgup pgdn", mark("scroll the contact")), (shown("finish"), mark("submit")))
        return help_lines((*keys, *more, last), ())

    @property
    def _in_calibration(self) -> bool:
        return self.view.card is not None and bool(self.view.card.calibration)

    def _lines(self, card: ScorecardDraft | None) -> list[Content]:
        if self._choosing is not None:
            return self._reviewer_lines(self._choosing)
        if card is not None:
            return self.interaction_lines_of(card.interaction_id)
        return self.selected_lines()

    def pressed(self, event: events.Key) -> bool:
        """What the keys mean in the lists."""
        if self.view.is_open:
            self.view.focus()  # keys are about the card while it is open
            return False
        key = event.key
        if self._choosing is not None:
            return self._chose_reviewer(key)
        if key == LISTEN_KEY:
            self._listen()
        elif key.isdecimal() and 1 <= int(key) <= len(TABS):
            self.show_tab(TABS[int(key) - 1])
        elif key in ("comma", "less_than_sign", "full_stop", "greater_than_sign") and self.tab is Tab.SAMPLE:
            self.turn_week(1 if key in ("comma", "less_than_sign") else -1)
        elif key == "f" and self.tab is Tab.SAMPLE:
            self._form += 1
            self.anew()
        elif key == "u":
            self._no_details.clear()
            self.read()
        elif key == "x" and self.tab is Tab.SAMPLE:
            self.discard()
        elif key == "k":
            self._calibrate()
        elif key == "r" and self.tab is Tab.JUDGED:
            self._release()
        elif key == "n":
            self._write_note()
        else:
            return False
        return True

    def back(self) -> bool:
        """Out of the words, out of the card, out of the details; False out of the page."""
        if self.words.is_open:
            self.words.close()
            (self.view if self.view.is_open else self.table).focus()
        elif self._choosing is not None:
            self._choosing = None
        elif self.view.is_open:
            self.leave_card()
        elif self.query_one("#quality-detail").has_focus:
            self.remove_class("looking")
            self.table.focus()
        else:
            return False
        self.redraw()
        return True

    # The lists

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
                    return tr("No scorecard form is set up.")
                if self._back:
                    return tr("Nothing to review in {week}.", week=self.week.name)
                return tr("Nothing to review this week yet.")
            case Tab.JUDGED:
                return tr("Nothing reviewed yet.")
            case Tab.CALIBRATIONS:
                return tr("No calibrations. Press k on an interaction to start one.")
            case Tab.NOTES:
                return tr("No notes yet. Press n to write one.")

    def head(self) -> Content:
        """The line of tabs."""
        parts: list[Part] = []
        for number, tab in enumerate(TABS, start=1):
            style = "bold reverse $accent" if tab is self.tab else "$muted"
            parts.append(pressing(str(number), content(f" {number} {tr(tab.value)} ", style)))
            if tab is Tab.NOTES and (news := self._state().coaching) is not None and news.answers:
                parts.append((f" ● {wording.answers(news.answers)}", "bold $accent"))
            parts.append(" ")
        form = self.form
        if self.tab is Tab.SAMPLE and form is not None:
            parts += [
                (f" {form.form.title} ", "bold"),
                (f"{self.week.name} · {tr('{n} per agent', n=form.rule.per_agent)}  ", "$muted"),
            ]
        parts.append((self.as_of, "$warning" if self.problem else "$muted"))
        if self._scorecards.problems:
            parts.append((f"  ✕ {in_words(self._scorecards.problems[0])}", "$error"))
        return line(*parts)

    def selected_lines(self) -> list[Content]:
        """What the row under the cursor is about."""
        key, now = self.table.cursor_key or "", self.now
        match self.tab:
            case Tab.SAMPLE:
                kept = self.desk.kept_card(key)
                return self.interaction_lines_of(kept.interaction_id if kept is not None else key) if key else []
            case Tab.JUDGED if key in self._judged:
                judged = self._judged[key]
                return [
                    *evaluation_lines(judged, now, mine=False),
                    content(""),
                    content(tr("The contact"), "bold $accent"),
                    *self.interaction_lines_of(judged.interaction_id),
                ]
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
            opened = self._opened[1] if self._opened is not None and self._opened[0] == interaction_id else None
            return interaction_lines(known, self.now, opened, recordings=self._opens_recordings)
        if (problem := self._no_details.get(interaction_id)) is not None:
            return [content(problem, "$warning")]

        async def ask() -> None:
            answer = await self.desk.evidence(interaction_id)
            if answer.value is not None:
                self._details[interaction_id] = answer.value
            else:
                self._no_details[interaction_id] = in_words(answer.problem)
            if self.is_attached:
                self.redraw()

        loading = self._no_details[interaction_id] = tr("Loading the timeline …")
        self._spawn(ask())
        return [content(loading, "$muted")]

    @property
    def _opens_recordings(self) -> bool:
        return Capability.RECORDINGS.value in offered_at(self._state(), self._in_sight)

    def _listen(self) -> None:
        """Open the recording of the interaction in sight, of several the one after that which was opened last."""
        known = self._details.get(self._in_sight)
        if known is None or not known.detail.recordings:
            self._tell(tr("This contact was not recorded."), "info")
            return
        if not self._opens_recordings:
            self._tell(tr("This contact centre does not open recordings."), "info")
            return
        interaction = known.detail.interaction.id
        last = self._opened[1][0] if self._opened is not None and self._opened[0] == interaction else ""
        recording = next_recording(known.detail.recordings, last)

        async def listen() -> None:
            opened = await opened_outside(self.desk, interaction, recording, self._tell)
            if opened is not None:
                self._opened = (interaction, opened)
                if self.is_attached:
                    self.redraw()

        self._spawn(listen())

    @property
    def _in_sight(self) -> str:
        """The interaction that is shown, or whose card is open."""
        key = self.table.cursor_key or ""
        kept = self.desk.kept_card(self._card if self.view.is_open else key)
        if kept is not None or self.view.is_open:
            card = kept or self.view.card
            return card.interaction_id if card is not None else ""
        judged = self._judged.get(key)
        return judged.interaction_id if self.tab is Tab.JUDGED and judged is not None else key

    def customer_of(self, interaction_id: str) -> str:
        """The address an interaction came from, "" while that is not known."""
        known = self._details.get(interaction_id)
        return known.detail.interaction.customer if known is not None else ""

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

    # The scorecard: kept with every key, handed in once

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
            self._tell(tr("It is being submitted. Nothing can be changed until the contact centre replies."), "warning")
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
            self.words.open("", tr("overall comment"), card.comment, LONGEST_COMMENT, self._remarked)
        elif event.what in ("pageup", "pagedown"):
            beside = self.query_one("#quality-detail", VerticalScroll)
            (beside.scroll_page_up if event.what == "pageup" else beside.scroll_page_down)(animate=False)
            return
        elif event.what == "listen":
            self._listen()
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
            self._tell(tr("There is no unfinished scorecard here to discard."), "info")
        elif self._presses.press(
            Irrevocable(
                "x",
                ("x",),
                ("discard", card.subject),
                tr("discard the scorecard of {name} and all its comments for good", name=named(card.agent_name)),
            )
        ):
            self._spawn(self._drop(card))

    async def _drop(self, card: ScorecardDraft) -> None:
        try:
            await self.desk.discard(card)
        except StoreError as error:
            self._tell(
                tr(
                    "The scorecard was not discarded: {why}. It is safe here.", why=in_words(error.sentence).rstrip(".")
                ),
                "error",
            )
        if self.is_attached:
            self.redraw()

    # Calibration and notes

    @property
    def _others(self) -> list[Agent]:
        state = self._state()
        me = state.agents.get(state.me)
        return [
            agent
            for agent in state.agents.values()
            if me is not None and agent.role is Role.SUPERVISOR and agent.id != me.id and agent.team == me.team
        ][:9]

    def _calibrate(self) -> None:
        one = self._sample.get(self.table.cursor_key or "") if self.tab is Tab.SAMPLE else None
        if one is None or self.form is None:
            self._tell(tr("Select a contact in To review to start a calibration."), "info")
        elif not self._others:
            self._tell(tr("Your team has no other supervisor to calibrate with."), "info")
        else:
            self._choosing = one
            self.add_class("looking")
        self.redraw()

    def _reviewer_lines(self, one: PastInteraction) -> list[Content]:
        lines = [line((tr("Calibrate with"), "bold"), (f"   {one.agent_name} · {one.queue}", "$muted")), content("")]
        lines += [
            line(" ", key_hint(str(n), agent.name, words_look="")) for n, agent in enumerate(self._others, start=1)
        ]
        return [*lines, content(""), content(tr("Each of you reviews it alone. esc cancels"), "$muted")]

    def _chose_reviewer(self, key: str) -> bool:
        one, form = self._choosing, self.form
        if key.isdecimal() and 1 <= int(key) <= len(self._others) and one is not None and form is not None:
            self._choosing = None
            self.remove_class("looking")
            other = self._others[int(key) - 1]
            act = self.desk.calibrate(one.id, form.form, other.id)
            self.run(act, f"calibrate/{one.id}", lambda result: self._begun(result.ok))
            self.redraw()
            return True
        return False

    def _release(self) -> None:
        """Let the agent read an evaluation, which cannot be taken back: at the second press."""
        evaluation = self._judged.get(self.table.cursor_key or "")
        if evaluation is None:
            return
        who = named(evaluation.agent_name)
        words = tr("release the evaluation of {name} to {name}", name=who)
        act = Irrevocable("r", ("r",), ("release", evaluation.id), words)
        if evaluation.released_at is not None or self._presses.press(act):
            self.run(self.desk.release(evaluation.id), f"release/{evaluation.id}")

    def _begun(self, ok: bool) -> None:
        if ok:
            self.show_tab(Tab.CALIBRATIONS)

    def _write_note(self) -> None:
        self._wants_field()
        key = self.table.cursor_key or ""
        evaluation, note, one = self._judged.get(key), self._notes.get(key), self._sample.get(key)
        if self.tab is Tab.JUDGED and evaluation is not None:
            agent, name, of = evaluation.agent_id, evaluation.agent_name, evaluation.id
            about = evaluation.interaction_id
        elif self.tab is Tab.NOTES and note is not None:
            agent, name, of, about = note.agent_id, note.agent_name, "", ""
        elif self.tab is Tab.SAMPLE and one is not None:
            agent, name, of, about = one.agent_id, one.agent_name, "", one.id
        else:
            self._tell(tr("Select a row of the agent you want to write to."), "info")
            return
        subject = self.desk.note_subject(agent, of)
        heading = tr("note to {name} on this evaluation", name=name) if of else tr("note to {name}", name=name)
        self._to, self._about = (agent, of), about
        if about:
            self.interaction_lines_of(about)  # so that it is known whose it is
        self.words.open(subject, heading, self.desk.text(subject), LONGEST_TEXT, self._noted)
        self.redraw()

    def _noted(self, text: str) -> None:
        agent, of = self._to
        if not self.desk.edit_note(agent, text, of, about=self._about, customer=self.customer_of(self._about)):
            self.app.bell()

    def written(self) -> None:
        """A note is to be sent; comments are kept as they are typed, and end with esc."""
        self.words.tell()
        if self.view.is_open:
            self.back()
            return
        agent, of = self._to
        subject = self.words.subject

        def done(result: Any) -> None:
            if result.ok and self.words.is_open and self.words.subject == subject:
                self.words.close()
                self.table.focus()

        self.run(self.desk.send_note(agent, self.words.text, of), subject, done)
