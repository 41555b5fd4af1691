"""What was written for quality on its way to the contact centre: once under one key, also over a crash.

The key is put on disk together with the words before they go out, and both stay until there is an answer. So whatever
happens in between, the same words are sent under the same key again, and a server that had them answers the same.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from desktop.app.commands.command_result import CONTACT_CENTER, IGNORED, UNDECIDED, CommandResult, failed
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backoff import full_jitter
from desktop.app.reviews.review_drafts import ReviewDrafts
from desktop.app.reviews.scorecard_draft import CARD, card_from
from desktop.app.storage.errors import StoreError
from desktop.domain.text.sentence import Sentence, sentences, worded
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, OutcomeUnknown

log = logging.getLogger(__name__)

NOTE, REPLY = "note", "reply"
SAFE = Sentence("quality.safe")
NOT_DONE = {
    CARD: Sentence("quality.not_submitted"),
    NOTE: Sentence("quality.note_not_sent"),
    REPLY: Sentence("quality.not_acknowledged"),
}
NOT_KNOWN = {
    CARD: Sentence("quality.submitted_or_not"),
    NOTE: Sentence("quality.note_sent_or_not"),
    REPLY: Sentence("quality.acknowledged_or_not"),
}
DONE = {
    CARD: Sentence("quality.submitted"),
    NOTE: Sentence("quality.note_sent"),
    REPLY: Sentence("quality.acknowledged"),
}
LONGEST_REST = 60.0


class QualityDeliveries:
    """Sends kept words: scorecards, coaching notes and the answers to them."""

    def __init__(
        self,
        words: ReviewDrafts,
        runner: CommandRunner,
        outcome: Callable[[bool, Sentence, str], None],
    ) -> None:
        """`outcome` hears whether what waited came through (or was refused), in a sentence, with its subject."""
        self._words = words
        self._runner = runner
        self._backend_calls = runner.backend_calls
        self._outcome = outcome
        self._under_way: set[str] = set()
        self._waiting: dict[str, asyncio.Task[None]] = {}

    async def deliver(self, subject: str) -> CommandResult:
        """Send the words of a subject; they are forgotten here once the contact centre has them."""
        if subject in self._under_way or self._words.body(subject) is None:
            return IGNORED
        self._under_way.add(subject)
        try:
            return await self._deliver(subject)
        finally:
            self._under_way.discard(subject)

    def restore(self) -> None:
        """Send again what the last run had handed in without an answer."""
        for subject in self._words.subjects:
            body = self._words.body(subject)
            if body is not None and body.get("sending"):
                self._try_later(subject)

    async def close(self) -> None:
        """Stop trying; what waits is on disk."""
        for task in self._waiting.values():
            task.cancel()
        await asyncio.gather(*self._waiting.values(), return_exceptions=True)

    async def _deliver(self, subject: str) -> CommandResult:
        body = self._words.body(subject) or {}
        kind = subject.partition("/")[0]
        try:
            center = self._runner.contact_center
        except BackendError as error:
            return failed(error, NOT_DONE[kind], safe=SAFE)
        key = str(body.get("sending") or uuid.uuid4())
        sent = {**body, "sending": key}
        self._words.edit(subject, sent)
        await self._words.flush(subject)
        try:
            await self._backend_calls.ask(lambda: _send(center, kind, sent, key), CONTACT_CENTER)
        except ValueError:
            self._words.edit(subject, {**sent, "sending": ""})
            return CommandResult(False, sentences(NOT_DONE[kind], Sentence("quality.damaged"), SAFE), "Rejected")
        except BackendError as error:
            if isinstance(error, UNDECIDED):
                self._try_later(subject)
            else:
                self._words.edit(subject, {**sent, "sending": ""})
                await self._words.flush(subject)
            return refusal(error, NOT_DONE[kind], NOT_KNOWN[kind])
        try:
            await self._words.drop(subject)
        except StoreError as error:  # sent again after the next start, under the same key: no harm
            log.error("what was delivered could not be forgotten: %s", error)
        return CommandResult(True, DONE[kind])

    def _try_later(self, subject: str) -> None:
        if subject not in self._waiting:
            task = self._waiting[subject] = asyncio.ensure_future(self._keep_trying(subject))
            task.add_done_callback(lambda _: self._waiting.pop(subject, None))

    async def _keep_trying(self, subject: str) -> None:
        attempt = 0
        while (body := self._words.body(subject)) is not None and body.get("sending"):
            timing = self._backend_calls.timing
            await timing.sleep(1.0 + full_jitter(attempt, timing.random, cap=LONGEST_REST))
            attempt += 1
            result = await self.deliver(subject)
            body = self._words.body(subject)
            if result.ok:
                self._outcome(True, DONE[subject.partition("/")[0]] + Sentence("quality.reached_again"), subject)
            elif result.error != "ignored" and body is not None and not body.get("sending"):
                self._outcome(False, worded(result.text), subject)


def refusal(error: BackendError, not_done: Sentence, not_known: Sentence) -> CommandResult:
    """What to say of an error: that it was not done, or, where no answer came, that this is not known."""
    return failed(error, not_known if isinstance(error, OutcomeUnknown) else not_done, safe=SAFE)


async def _send(center: ContactCenter, kind: str, body: Mapping[str, Any], key: str) -> object:
    if kind == CARD:
        return await center.submit_evaluation(card_from(body).draft(), key=key)
    if kind == NOTE:
        evaluation = str(body["evaluation"])
        return await center.coach(str(body["agent_id"]), str(body["text"]), evaluation=evaluation, key=key)
    return await center.acknowledge_coaching(str(body["note_id"]), str(body["text"]), key=key)
