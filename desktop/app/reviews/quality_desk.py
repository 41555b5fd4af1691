"""Quality without a screen: samples, scorecards, calibration and coaching for reviewers; for agents what is theirs."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from desktop.app.commands.command_result import CONTACT_CENTER, CommandResult
from desktop.app.commands.runner import CommandRunner, Request
from desktop.app.connections.failures import error_class, explain
from desktop.app.history.evidence import Evidence
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.history.query_cache import Answer
from desktop.app.history.recordings import open_recording
from desktop.app.reviews.deliveries import NOTE, REPLY, SAFE, QualityDeliveries, refusal
from desktop.app.reviews.review_drafts import ReviewDrafts
from desktop.app.reviews.review_week import Week, week_of
from desktop.app.reviews.scorecard_draft import CARD, ScorecardDraft, card_from
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.history import PastInteraction, PastQuery, RecordingLink
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.sampling import Scorecard, sample
from desktop.domain.reviews.scorecards import Form
from desktop.domain.text.card_numbers import masked
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError

T = TypeVar("T")
READ_SECONDS = 10.0
PAGE, MOST = 1_000, 20_000
"""Interactions asked for at a time, and the most that a sample is drawn from."""


class QualityDesk:
    """Nothing here raises because something cannot be had or done; what is answered says so."""

    def __init__(
        self,
        runner: CommandRunner,
        history: HistoryDesk,
        opened: Callable[[], LocalStore],
    ) -> None:
        """`opened` is the profile's file; it raises StoreError while that is not there."""
        self._runner = runner
        self._store = runner.store
        self._history = history
        self.changed: list[Callable[[str], None]] = []
        """Who hears of a subject whose words, or whose safety, changed."""
        self.words = ReviewDrafts(runner.backend_calls.timing, opened, self._tell_changed)
        self.deliveries = QualityDeliveries(self.words, runner, self._store.outcome)

    async def restore(self) -> None:
        """Take up what the last run left, and send what it had handed in without an answer.

        Raises:
            StoreError: it cannot be read.
        """
        await self.words.restore()
        self.deliveries.restore()

    async def close(self) -> None:
        """Put every word on disk."""
        await self.deliveries.close()
        await self.words.close()

    def told(self, result: CommandResult, subject: str) -> None:
        """Tell what came of an act; a success settles what was told of its subject before.

        Args:
            subject: of words, as they are kept; otherwise verb and id of what was acted on.
        """
        self._store.outcome(result.ok, result.text, subject)

    def _tell_changed(self, subject: str) -> None:
        for hear in self.changed:
            hear(subject)

    # What there is to read

    async def evaluations(self, *, agent: str = "", limit: int = 200) -> Answer[tuple[Evaluation, ...]]:
        """Evaluations I may read, newest first."""
        return await self._read(
            lambda center: center.evaluations(agent=agent, limit=limit), "quality.evaluations_not_loaded"
        )

    async def calibrations(self) -> Answer[tuple[Calibration, ...]]:
        """Calibrations of my team, newest first."""
        return await self._read(lambda center: center.calibrations(), "quality.calibrations_not_loaded")

    async def notes(self, *, agent: str = "") -> Answer[tuple[CoachingNote, ...]]:
        """Coaching notes I may read, newest first."""
        return await self._read(lambda center: center.coaching_notes(agent=agent), "quality.notes_not_loaded")

    async def evidence(self, interaction_id: str) -> Answer[Evidence]:
        """A finished interaction with everything that is known of it."""
        return await self._history.evidence(interaction_id)

    async def open_recording(
        self, interaction_id: str, recording_id: str
    ) -> tuple[RecordingLink | None, CommandResult]:
        """Where a recording can be heard. The contact centre writes down that it was asked for."""
        return await open_recording(self._runner, interaction_id, recording_id)

    def week(self, back: int = 0) -> Week:
        """The week of the centre that it is, or one `back` weeks ago."""
        return week_of(self._history.days, self._history.now(), back)

    async def sample(self, card: Scorecard, week: Week) -> Answer[tuple[PastInteraction, ...]]:
        """The interactions of a week still to be judged with a form, the same for every reviewer of the team."""
        found: list[PastInteraction] = []
        query = PastQuery(week.since, week.until, card.rule.queues, card.rule.channels, limit=PAGE)
        while True:
            page = await self._history.interactions(query, anew=not query.cursor)
            if page.value is None or page.problem:
                return Answer(None, page.at, page.problem, page.error)
            found += page.value.interactions
            if not page.value.cursor or len(found) >= MOST:
                break
            query = replace(query, cursor=page.value.cursor)
        judged = await self._read(
            lambda center: center.evaluations(since=week.since, limit=PAGE), "quality.evaluations_not_loaded"
        )
        if judged.value is None:
            return Answer(None, judged.at, judged.problem, judged.error)
        done = {one.interaction_id for one in judged.value if one.form.name == card.form.name}
        seed = f"{card.form.name}|{week.name}"
        others = (one for one in found if one.agent_id != self._store.state.me)
        return Answer(sample(others, card.rule, seed=seed, done=done), page.at)

    # Scorecards

    def card(
        self, interaction_id: str, agent_id: str, agent_name: str, form: Form, calibration: str = "", customer: str = ""
    ) -> ScorecardDraft:
        """The scorecard of an interaction as it was left, or an empty one; `customer` is the address it came from."""
        fresh = ScorecardDraft(interaction_id, agent_id, agent_name, form, calibration=calibration, customer=customer)
        return self.kept_card(fresh.subject) or fresh

    def kept_card(self, subject: str) -> ScorecardDraft | None:
        """The scorecard that is kept under a subject; None when there is none that can be read."""
        body = self.words.body(subject)
        try:
            return card_from(body) if body is not None else None
        except ValueError:
            return None

    @property
    def unfinished(self) -> tuple[ScorecardDraft, ...]:
        """Every scorecard that was begun and is not handed in."""
        cards = (self.kept_card(one) for one in self.words.subjects if one.startswith(f"{CARD}/"))
        return tuple(card for card in cards if card is not None)

    def edit(self, card: ScorecardDraft) -> bool:
        """Keep a scorecard as it is now; False while it is being handed in, when nothing may be changed."""
        known = self.kept_card(card.subject)
        if known is not None and known.sending:
            return False
        answers = tuple(replace(one, comment=masked(one.comment)) for one in card.answers)
        self.words.edit(card.subject, replace(card, answers=answers, comment=masked(card.comment)).body())
        return True

    async def discard(self, card: ScorecardDraft) -> None:
        """Throw a scorecard away because the reviewer said so.

        Raises:
            StoreError: the disk will not do; it stays.
        """
        await self.words.drop(card.subject)

    async def submit(self, card: ScorecardDraft) -> CommandResult:
        """Hand a scorecard in."""
        missing = card.score
        if not missing.complete:
            why = Sentence("quality.answer_missing" if missing.unanswered else "quality.comment_missing")
            return CommandResult(False, why + SAFE, "Rejected")
        self.edit(card)
        return await self.deliveries.deliver(card.subject)

    async def release(self, evaluation_id: str) -> CommandResult:
        """Let the agent read an evaluation."""
        return await self._act(
            ("release", evaluation_id),
            lambda center, key: center.release_evaluation(evaluation_id, key=key),
            Sentence("quality.not_released"),
            Sentence("quality.released_or_not"),
            Sentence("quality.released"),
        )

    async def calibrate(self, interaction_id: str, form: Form, reviewer: str) -> CommandResult:
        """Begin a calibration with another supervisor."""
        return await self._act(
            ("calibrate", interaction_id, form.version, reviewer),
            lambda center, key: center.start_calibration(interaction_id, form, reviewer, key=key),
            Sentence("quality.calibration_not_started"),
            Sentence("quality.calibration_started_or_not"),
            Sentence("quality.calibration_started"),
        )

    # Coaching

    def note_subject(self, agent_id: str, evaluation: str = "") -> str:
        """Under what a note to an agent is kept while it is written."""
        return f"{NOTE}/{agent_id}/{evaluation}"

    def reply_subject(self, note_id: str) -> str:
        """Under what an answer to a note is kept while it is written."""
        return f"{REPLY}/{note_id}"

    def text(self, subject: str) -> str:
        """What was written so far."""
        body = self.words.body(subject)
        return str(body.get("text", "")) if body is not None else ""

    def edit_note(self, agent_id: str, text: str, evaluation: str = "", *, about: str = "", customer: str = "") -> bool:
        """Keep a note as it is now; False while it is being sent.

        Args:
            about: the interaction it speaks of, "" where that is not known or was said before.
            customer: the address that interaction came from, likewise.
        """
        body = {"agent_id": agent_id, "evaluation": evaluation, "text": text, "sending": ""}
        return self._edit_text(self.note_subject(agent_id, evaluation), body, about, customer)

    def edit_reply(self, note_id: str, text: str, *, about: str = "") -> bool:
        """Keep an answer to a note as it is now, as with a note; False while it is being sent."""
        return self._edit_text(self.reply_subject(note_id), {"note_id": note_id, "text": text, "sending": ""}, about)

    def _edit_text(self, subject: str, body: dict[str, Any], about: str, customer: str = "") -> bool:
        known = self.words.body(subject) or {}
        if known.get("sending"):
            return False
        for name, value in (("interaction_id", about), ("customer", customer)):
            body[name] = value or str(known.get(name, ""))
        self.words.edit(subject, {**body, "text": masked(body["text"])})
        return True

    async def send_note(self, agent_id: str, text: str, evaluation: str = "") -> CommandResult:
        """Send a note to an agent."""
        if not text.strip():
            return CommandResult(False, Sentence("quality.write_first"), "Rejected")
        self.edit_note(agent_id, text, evaluation)
        return await self.deliveries.deliver(self.note_subject(agent_id, evaluation))

    async def acknowledge(self, note_id: str, text: str) -> CommandResult:
        """Acknowledge a note, with an answer or without."""
        self.edit_reply(note_id, text)
        return await self.deliveries.deliver(self.reply_subject(note_id))

    async def read_note(self, note_id: str) -> CommandResult:
        """Say that I have read a note."""
        return await self._act(
            ("read note", note_id),
            lambda center, key: center.read_coaching(note_id, key=key),
            Sentence("quality.sender_not_told"),
            Sentence("quality.sender_told_or_not"),
            NOTHING,
        )

    async def read_evaluation(self, evaluation_id: str) -> CommandResult:
        """Say that I have read an evaluation of my work."""
        return await self._act(
            ("read evaluation", evaluation_id),
            lambda center, key: center.read_evaluation(evaluation_id, key=key),
            Sentence("quality.sender_not_told"),
            Sentence("quality.sender_told_or_not"),
            NOTHING,
        )

    async def _read(self, ask: Callable[[ContactCenter], Awaitable[Any]], not_loaded: str) -> Answer[tuple[Any, ...]]:
        try:
            found = await self._runner.backend_calls.ask(
                lambda: ask(self._runner.contact_center), CONTACT_CENTER, seconds=READ_SECONDS, changing=False
            )
        except BackendError as error:
            problem = explain(error, Sentence(not_loaded), source=CONTACT_CENTER, safe=SAFE).text
            return Answer(None, None, problem, error_class(error).__name__)
        return Answer(tuple(found), self._history.now())

    async def _act(
        self,
        intent: tuple[str, ...],
        call: Callable[[ContactCenter, str], Awaitable[object]],
        not_done: Sentence,
        not_known: Sentence,
        done: Sentence,
    ) -> CommandResult:
        return await self._runner.run(
            Request(
                verb=intent[0],
                intent=intent,
                call=lambda key: call(self._runner.contact_center, key),
                take=lambda _: done,
                refused=lambda error: refusal(error, not_done, not_known),
            )
        )
