"""One press of a supervisor: under one key an intent, shown as pending, and looked up when nobody answered."""

import logging
from collections.abc import Awaitable, Callable, Hashable
from enum import StrEnum
from typing import TypeVar

from desktop.app.commands.action_result import CONTACT_CENTER, IGNORED, UNDECIDED, ActionResult, absent
from desktop.app.commands.fresh_snapshot import LOOK_SECONDS, TELL_LOSER_SECONDS, FreshSnapshot
from desktop.app.commands.intents import Intents
from desktop.app.commands.pending_verbs import PendingVerbs
from desktop.app.connections.backend_calls import CHANGE_SECONDS, READ_SECONDS, BackendCalls
from desktop.app.store import Store
from desktop.app.supervision.command_outcome import DONE, NOT_DONE, Looked, found_out, refused
from desktop.domain.entities.floor import AgentMessage
from desktop.domain.state.floor_events import AgentMessaged
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, ProtocolError, Rejected

log = logging.getLogger(__name__)
T = TypeVar("T")
Call = Callable[[ContactCenter, str, str], Awaitable[T]]
"""A call of the contact centre under a key (second) and, where it takes one, with a reason (third)."""

DOUBLE_PRESS_SECONDS = 1.5
"""The same press within this time after it was answered is still the same press."""
SAME_SECONDS = 5.0
"""A message from before this is an earlier one with the same words; clocks differ by less."""


class CommandPress:
    """What every act on the floor has in common."""

    def __init__(
        self,
        store: Store,
        asking: BackendCalls,
        contact_center: ContactCenter | None,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        """`refresh` puts a fresh snapshot of the contact centre into the store."""
        self._store = store
        self._backend_calls = asking
        self._contact_center = contact_center
        self._glance = FreshSnapshot(store, asking, refresh)
        self._intents = Intents()
        self._pending = PendingVerbs(store)
        self._reasons: dict[Hashable, str] = {}  # of intents that nobody answered yet
        self._last: tuple[Hashable, float] = (None, float("-inf"))

    async def _act(
        self,
        verb: StrEnum,
        subject: str,
        words: tuple[Hashable, ...],
        call: Call[T],
        kind: type[T],
        take: Callable[[T], None],
        look: Callable[[], Awaitable[ActionResult]] | None = None,
        *,
        why: str | None = None,
    ) -> ActionResult:
        """One act about a subject.

        Args:
            words: what else makes the intent what it is.
            kind: what the answer must be; `take` gets it.
            look: finds out what became of it when nobody answered.
            why: the reason; None where the verb takes none.
        """
        contact_center = self._contact_center
        if contact_center is None:
            return refused(absent(self._backend_calls), NOT_DONE[verb])
        if why is not None and not why.strip():
            return refused(Rejected("Give a reason; it is recorded in the audit log."), NOT_DONE[verb])
        intent: Hashable = (verb, subject, words)
        pressed, at = self._last
        again = pressed == intent and self._backend_calls.timing.monotonic() - at < DOUBLE_PRESS_SECONDS
        if again or not self._intents.begin(intent):
            return IGNORED
        self._pending.mark(subject, verb.value, 1)
        key = self._intents.key(intent)
        # Pressed again because nobody answered: the reason given first goes with the key, or it would be another act.
        reason = self._reasons.setdefault(intent, why or "")
        try:
            answer = await self._backend_calls.ask(
                lambda: call(contact_center, key, reason), CONTACT_CENTER, seconds=CHANGE_SECONDS
            )
            if not isinstance(answer, kind):
                raise ProtocolError("The answer is about something else.", type(answer).__name__)
            take(answer)
        except OutcomeUnknown:
            return await look() if look is not None else found_out(verb, None)
        except BackendError as error:
            if not isinstance(error, UNDECIDED):
                self._settled(intent)
            if isinstance(error, Conflict | NotFound):
                await self._glance.see(TELL_LOSER_SECONDS)
            log.info("%s of %s: %s: %s", verb, subject, type(error).__name__, error.detail)
            return refused(error, NOT_DONE[verb])
        finally:
            self._pending.mark(subject, verb.value, -1)
            self._intents.end(intent)
        self._settled(intent)
        self._last = (intent, self._backend_calls.timing.monotonic())
        return ActionResult(True, DONE[verb])

    async def _write(self, verb: StrEnum, to: str, text: str) -> ActionResult:
        """A line between a supervisor and an agent, whoever of the two writes; `to` is the other one's id."""
        asked_at = self._store.now()

        async def look() -> ActionResult:
            me = self._store.state.me
            lines = await self._fresh(lambda: tuple(self._store.state.agent_messages.values()))
            sent = any(
                (one.by, one.to, one.text) == (me, to, text) and one.at > asked_at - SAME_SECONDS for one in lines or ()
            )
            return found_out(verb, None if lines is None else sent)

        return await self._act(
            verb,
            to,
            (text,),
            lambda at, key, _: at.message_agent(to, text, key=key),
            AgentMessage,
            lambda message: self._store.publish(AgentMessaged(message), CONTACT_CENTER),
            look,
        )

    async def _look(self, call: Callable[[ContactCenter], Awaitable[T]], not_done: str) -> Looked[T]:
        """A question that changes nothing."""
        contact_center = self._contact_center
        try:
            if contact_center is None:
                raise absent(self._backend_calls)
            return Looked(
                await self._backend_calls.ask(
                    lambda: call(contact_center), CONTACT_CENTER, seconds=READ_SECONDS, changing=False
                )
            )
        except BackendError as error:
            result = refused(error, not_done)
            return Looked(None, result.text, result.error)

    async def _fresh(self, read: Callable[[], T]) -> T | None:
        """What the store shows after a look at the contact centre; None when that cannot be had."""
        return read() if await self._glance.see(LOOK_SECONDS) else None

    def _settled(self, intent: Hashable) -> None:
        self._intents.answered(intent)
        self._reasons.pop(intent, None)
