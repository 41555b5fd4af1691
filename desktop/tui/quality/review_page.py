"""The reviewer's page: keys, calibrations and notes to agents."""

from typing import Any

from textual import events
from textual.content import Content
from textual.widgets import Static

from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.domain.entities.history import PastInteraction
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Role
from desktop.domain.reviews.quality import LONGEST_TEXT
from desktop.tui.keys.keys import shown
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.quality.quality_help import help_lines
from desktop.tui.quality.quality_rows import Tab
from desktop.tui.quality.review_card import ReviewCard
from desktop.tui.quality.review_lists import TABS
from desktop.tui.quality.words_field import keys_of
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.safe_text import content, line


class ReviewPage(ReviewCard):
    """Four lists, one at a time; enter goes into a row, esc comes back."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._choosing: PastInteraction | None = None  # whom to calibrate it with is asked
        self._to = ("", "")  # whom a note is written to, and on which evaluation
        self._about = ""  # the interaction it speaks of

    def redraw(self) -> None:
        """The list, what is selected, the card, and how safe the words are."""
        if self.tab is Tab.NOTES:
            self.heed_news()
        self.table.set_rows(self.rows())
        self.empty("Loading …" if self.asking else self.nothing())
        self.border_title = content("Quality")
        offered: Content = self.fitted_keys()
        self.border_subtitle = offered
        self.query_one("#quality-tabs", Static).update(line(self.head()))
        card = self.desk.kept_card(self._card) or self.view.card
        if self.view.is_open and card is not None:
            self.view.show(card, self.saved_at(card.subject), self.desk.words.problem(card.subject))
        self.look(self._lines(card if self.view.is_open else None))
        if self.words.is_open:
            subject = self.words.subject if not self.view.is_open else self._card
            keys = (
                keys_of(("esc", "back to the scorecard"))
                if self.view.is_open
                else keys_of((shown("finish"), "send"), ("esc", "later (kept)"))
            )
            self.words.say(self.saved_at(subject), self.desk.words.problem(subject), keys)

    def keys_now(self) -> tuple[tuple[str, str], ...]:
        """See the base class."""
        if self.view.is_open:
            more = () if self._in_calibration else (("t", "release"),)
            return ("digit", "answers"), ("c", "comment"), ("o", "overall comment"), *more, ("esc", "list")
        by_tab = {
            Tab.SAMPLE: (("enter", "review"), ("k", "calibrate"), ("< >", "week"), ("f", "form"), ("x", "discard")),
            Tab.JUDGED: (("enter", "read"), ("r", "release"), ("n", "note to the agent")),
            Tab.CALIBRATIONS: (("enter", "your scorecard"),),
            Tab.NOTES: (("enter", "read"), ("n", "note to the agent")),
        }
        return *by_tab[self.tab], ("u", "refresh"), ("esc", "back")

    def help(self) -> list[Line]:
        """See the base class; with a card open also how it is handed in."""
        if not self.view.is_open:
            return help_lines(self.keys_now(), [tab.value for tab in TABS])
        *keys, last = self.keys_now()
        return help_lines((*keys, ("↑↓", "question"), (shown("finish"), "submit"), last), ())

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
        if key.isdecimal() and 1 <= int(key) <= len(TABS):
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
            self._tell("Select a contact in To review to start a calibration.", "info")
        elif not self._others:
            self._tell("Your team has no other supervisor to calibrate with.", "info")
        else:
            self._choosing = one
            self.add_class("looking")
        self.redraw()

    def _reviewer_lines(self, one: PastInteraction) -> list[Content]:
        lines = [line(("Calibrate with", "bold"), (f"   {one.agent_name} · {one.queue}", "$muted")), content("")]
        lines += [line((f" {n} ", "bold $accent"), agent.name) for n, agent in enumerate(self._others, start=1)]
        return [*lines, content(""), content("Each of you reviews it alone. esc cancels", "$muted")]

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
        act = Irrevocable("r", ("r",), ("release", evaluation.id), f"release the evaluation of {who} to {who}")
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
            self._tell("Select a row of the agent you want to write to.", "info")
            return
        subject = self.desk.note_subject(agent, of)
        heading = f"note to {name}" + (" on this evaluation" if of else "")
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
