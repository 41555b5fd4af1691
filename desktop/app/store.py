"""The one holder of the state: events go in, the next state comes out, listeners hear of it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from desktop.domain.reduce.reducer import reduce
from desktop.domain.state.events import Envelope, Event
from desktop.domain.state.own_events import Noticed, Settled
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

log = logging.getLogger(__name__)

DESKTOP = "desktop"
"""The source of what the desktop itself says."""

SEEN_SECONDS = 10.0
"""How long a notice is sure to be still on screen."""


class Store:
    """Takes events from the loop's thread, reduces what came together in one go, and tells who listens.

    `taps` see every envelope at once, before it is reduced. `listeners` get (old, new) once per drain that changed
    something. `on_pending` is called when the queue becomes non-empty; without one the queue is drained in the next
    turn of the loop. Work that comes in pieces awaits `give_way` between two of them, so that whoever is at the keys
    has their turn first.
    """

    def __init__(self, clock: Callable[[], float] = time.time, state: AppState | None = None) -> None:
        self.state = state if state is not None else AppState()
        self.taps: list[Callable[[Envelope], None]] = []
        self.listeners: list[Callable[[AppState, AppState], None]] = []
        self.on_pending: Callable[[], None] | None = None
        self.give_way: Callable[[], Awaitable[None]] = _at_once
        self._clock = clock
        self._queue: list[Envelope] = []

    def now(self) -> float:
        """The server's time, as well as we know it."""
        return self._clock() + self.state.skew

    def put(self, *envelopes: Envelope) -> None:
        """Take events in. Call from the loop's thread only."""
        for envelope in envelopes:
            was_empty = not self._queue
            self._queue.append(envelope)
            for tap in tuple(self.taps):
                try:
                    tap(envelope)
                except Exception:
                    log.exception("a tap failed on %s", type(envelope.event).__name__)
            if was_empty:
                self._ask_for_drain()

    def publish(self, event: Event, source: str = DESKTOP) -> None:
        """Take in something the desktop itself found out."""
        self.put(Envelope(source, event, self.now()))

    def notice(self, text: Sentence, severity: str = "info", subject: str = "") -> None:
        """Tell the agent something; the same text is not told twice in a row while it is still to be seen.

        Args:
            severity: info, warning or error.
            subject: what it is about (see `domain.news.notices`), so that it goes once that is settled.
        """
        last = self.state.notices[-1] if self.state.notices else None
        if last is None or last.over or last.text != text or abs(self.now() - last.at) > SEEN_SECONDS:
            self.publish(Noticed(text, severity, subject))

    def outcome(self, ok: bool, text: Sentence, subject: str = "", done: str = "") -> None:
        """Tell what came of a press; once it succeeds, what was told of its subject before is so no more.

        Args:
            text: for people; nothing where there is nothing to tell.
            subject: see `domain.news.notices`.
            done: what a success is about, where that is something else.
        """
        if ok:
            self.settle(subject)
        if text:
            self.notice(text, "info" if ok else "error", (done or subject) if ok else subject)

    def settle(self, subject: str) -> None:
        """What was told of a subject is so no more."""
        if subject and any(one.subject == subject and not one.over for one in self.drain().notices):
            self.publish(Settled(subject))

    def drain(self) -> AppState:
        """Reduce everything taken in so far; answers the state after it."""
        if not self._queue:
            return self.state
        batch, self._queue = self._queue, []
        old = self.state
        self.state = _reduced(old, batch)
        if self.state is not old:
            for listener in tuple(self.listeners):
                try:
                    listener(old, self.state)
                except Exception:
                    log.exception("a listener failed")
        return self.state

    def _ask_for_drain(self) -> None:
        if self.on_pending is not None:
            self.on_pending()
            return
        try:
            asyncio.get_running_loop().call_soon(self.drain)
        except RuntimeError:
            return  # no loop: the caller drains by hand


async def _at_once() -> None:
    return


def _reduced(state: AppState, batch: list[Envelope]) -> AppState:
    try:
        return reduce(state, batch)
    except Exception:
        log.exception("a batch of %d events could not be reduced; trying one by one", len(batch))
    for envelope in batch:
        try:
            state = reduce(state, [envelope])
        except Exception:
            log.exception("skipped an event of %s: %s", envelope.source, type(envelope.event).__name__)
    return state
