"""What was written for quality on its way to the contact centre: once under one key, also over a crash.

The key is put on disk together with the words before they go out, and both stay until there is an answer. So whatever
happens in between, the same words are sent under the same key again, and a server that had them answers the same.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from desktop.app.commands.action_result import CONTACT_CENTER, IGNORED, UNDECIDED, ActionResult, failed
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backoff import full_jitter
from desktop.app.reviews.review_drafts import ReviewDrafts
from desktop.app.reviews.scorecard_draft import CARD, card_from
from desktop.app.storage.errors import StoreError
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError

log = logging.getLogger(__name__)

NOTE, REPLY = "note", "reply"
SAFE = "What you wrote is safe here."
NOT_DONE = {
    CARD: "The evaluation was not submitted.",
    NOTE: "The note was not sent.",
    REPLY: "The note was not acknowledged.",
}
DONE = {CARD: "Submitted.", NOTE: "Sent.", REPLY: "Acknowledged."}
LONGEST_REST = 60.0


class QualityDeliveries:
    """Sends kept words: scorecards, coaching notes and the answers to them."""

    def __init__(
        self,
        words: ReviewDrafts,
        runner: CommandRunner,
        outcome: Callable[[bool, str, str], None],
    ) -> None:
        """`outcome` hears whether what waited came through (or was refused), in a sentence, with its subject."""
        self._words = words
        self._runner = runner
        self._backend_calls = runner.backend_calls
        self._outcome = outcome
        self._under_way: set[str] = set()
        self._waiting: dict[str, asyncio.Task[None]] = {}

    async def deliver(self, subject: str) -> ActionResult:
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

    async def _deliver(self, subject: str) -> ActionResult:
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
            return ActionResult(False, f"{NOT_DONE[kind]} It was damaged on this machine. {SAFE}", "Rejected")
        except BackendError as error:
            if isinstance(error, UNDECIDED):
                self._try_later(subject)
            else:
                self._words.edit(subject, {**sent, "sending": ""})
                await self._words.flush(subject)
            return failed(error, NOT_DONE[kind], safe=SAFE)
        try:
            await self._words.drop(subject)
        except StoreError as error:  # sent again after the next start, under the same key: no harm
            log.error("what was delivered could not be forgotten: %s", error)
        return ActionResult(True, DONE[kind])

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
                self._outcome(
                    True, f"{DONE[subject.partition('/')[0]]} The contact centre can be reached again.", subject
                )
            elif result.error != "ignored" and body is not None and not body.get("sending"):
                self._outcome(False, result.text, subject)


async def _send(center: ContactCenter, kind: str, body: Mapping[str, Any], key: str) -> object:
    if kind == CARD:
        return await center.submit_evaluation(card_from(body).draft(), key=key)
    if kind == NOTE:
        evaluation = str(body["evaluation"])
        return await center.coach(str(body["agent_id"]), str(body["text"]), evaluation=evaluation, key=key)
    return await center.acknowledge_coaching(str(body["note_id"]), str(body["text"]), key=key)
