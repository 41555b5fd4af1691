"""Carries out whatever changes something on the far side: once, with a deadline, and with an answer in any case."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from desktop.app.commands.command_result import CONTACT_CENTER, IGNORED, UNDECIDED, CommandResult, absent
from desktop.app.commands.intents import Intents
from desktop.app.commands.pending_verbs import PendingVerbs
from desktop.app.commands.unknown_outcome import TELL_LOSER_SECONDS, FreshSnapshot
from desktop.app.connections.backend_calls import CHANGE_SECONDS, BackendCalls
from desktop.app.connections.contact_centers import ContactCenters, TakesAvailability
from desktop.app.store import Store
from desktop.domain.select.centres import centre_of
from desktop.domain.text.sentence import Sentence
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """One thing asked of a backend, with all that is its own about it: the call, the answer, the words.

    Args:
        verb: what it is called, while it is pending and in the log.
        intent: what is meant. Until it has a definite answer, the same intent goes out under the same key, and with
            the call it went out with first.
        call: sends it under a key.
        take: puts the answer into the store and answers what to say of it; raises ProtocolError where the answer is
            about something else.
        refused: what to say of an error.
        look_up: finds out what became of it when nobody answered; None where that cannot be seen.
        subject: what it is shown as pending on, by id, "" for the agent; None for what no snapshot shows.
        source: who is asked; "" for the contact centre of the subject.
        seconds: the deadline; None for a call that keeps deadlines of its own.
        slot: what can be under way only once; the intent unless given.
        line: requests of one line are sent one after another; None for at once.
        outdated: asked when it is its turn: an answer takes the place of sending it.
        rest: seconds after its answer in which the same press is still the same press.
        key: the key of its intent, where that outlives this run; "" for a new one.
    """

    verb: str
    intent: Hashable
    call: Callable[[str], Awaitable[T]]
    take: Callable[[T], Sentence]
    refused: Callable[[BackendError], CommandResult]
    look_up: Callable[[OutcomeUnknown], Awaitable[CommandResult]] | None = None
    subject: str | None = None
    source: str = ""
    seconds: float | None = CHANGE_SECONDS
    slot: Hashable = None
    line: Hashable = None
    outdated: Callable[[], CommandResult | None] = lambda: None
    rest: float = 0.0
    key: str = ""


class CommandRunner:
    """The only way to the far side for a press. One for the whole session, so that pending verbs are counted once."""

    def __init__(
        self,
        store: Store,
        backend_calls: BackendCalls,
        contact_center: ContactCenter | None,
        refresh: Callable[[str], Awaitable[None]],
    ) -> None:
        """`refresh` puts a fresh snapshot of one of several contact centres into the store, of all for ""."""
        self.store = store
        self.backend_calls = backend_calls
        self.snapshot = FreshSnapshot(store, backend_calls, refresh)
        self._contact_center = contact_center
        self._intents = Intents()
        self._pending = PendingVerbs(store)
        self._lines: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._last: tuple[Hashable, float] = (None, float("-inf"))  # what was answered last, and until when it rests

    @property
    def contact_center(self) -> ContactCenter:
        """The contact centre of the profile.

        Raises:
            Unavailable: its plug-in cannot be loaded.
            Unsupported: the profile names none.
        """
        if self._contact_center is None:
            raise absent(self.backend_calls)
        return self._contact_center

    @property
    def own_at(self) -> Mapping[str, TakesAvailability]:
        """Who takes the availability of whoever is signed in, by source: each contact centre of the profile.

        Raises:
            Unavailable: its plug-in cannot be loaded.
            Unsupported: the profile names none.
        """
        center = self.contact_center
        return center.own if isinstance(center, ContactCenters) else {CONTACT_CENTER: center}

    def is_under_way(self, slot: Hashable) -> bool:
        """Whether a request of this slot has no answer yet."""
        return self._intents.is_under_way(slot)

    async def run(self, request: Request[T]) -> CommandResult:
        """Carry it out; a double press is IGNORED."""
        slot = request.intent if request.slot is None else request.slot
        rested, until = self._last
        if rested == slot and self.backend_calls.timing.monotonic() < until:
            return IGNORED
        if not self._intents.begin(slot):
            return IGNORED
        try:
            with self.shown(request.verb, request.subject):
                if request.line is None:
                    return await self._send(request, slot)
                async with self._lines.setdefault(request.line, asyncio.Lock()):
                    return request.outdated() or await self._send(request, slot)
        finally:
            self._intents.end(slot)

    @contextmanager
    def shown(self, verb: str, subject: str | None) -> Iterator[None]:
        """Show a verb as under way on its subject; None: nowhere."""
        if subject is None:
            yield
            return
        self._pending.mark(subject, verb, 1)
        try:
            yield
        finally:
            self._pending.mark(subject, verb, -1)

    async def _send(self, request: Request[T], slot: Hashable) -> CommandResult:
        key, call = self._intents.open(request.intent, request.call, request.key)
        try:
            if request.seconds is None:
                answer = await call(key)
            else:
                own = centre_of(self.store.state, request.subject) if request.subject else CONTACT_CENTER
                source = request.source or own
                answer = await self.backend_calls.ask(lambda: call(key), source, seconds=request.seconds)
            text = request.take(answer)
        except BackendError as error:
            return await self._failed(request, error)
        self._intents.answered(request.intent)
        if request.rest:
            self._last = (slot, self.backend_calls.timing.monotonic() + request.rest)
        return CommandResult(True, text)

    async def _failed(self, request: Request[T], error: BackendError) -> CommandResult:
        if isinstance(error, OutcomeUnknown) and request.look_up is not None:
            return await request.look_up(error)
        if not isinstance(error, UNDECIDED):
            self._intents.answered(request.intent)
        if isinstance(error, Conflict | NotFound) and request.subject is not None:
            await self.snapshot.see(TELL_LOSER_SECONDS, request.subject)  # who lost a race sees to whom
        log.info("%s of %s: %s: %s", request.verb, request.subject, type(error).__name__, error.detail)
        return request.refused(error)
