"""Sends what waits in the outbox: at least once, under one key, until the far side has said that it has it."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from desktop.app.asking import Asking
from desktop.app.backoff import full_jitter
from desktop.app.failures import explain, one_line, source_name
from desktop.app.local_store import LocalStore
from desktop.app.outbox_rows import DELIVERED, PARKED, WAITING, OutboxRow, payload_sha256
from desktop.app.store import Store
from desktop.app.store_errors import StoreError
from desktop.app.timing import first_of
from desktop.domain.own_events import OutboxChanged
from desktop.ports.errors import (
    AuthFailed,
    BackendBug,
    BackendError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)

log = logging.getLogger(__name__)

SEND_SECONDS = 15.0
BASE, CAP = 1.0, 300.0
AUTH_REST = 60.0
AFTER_REFUSAL = 5.0
PATIENCE = 8
"""How many answers that make no sense a row gets before a person has to look."""

_PARK = (NotFound, Rejected, Unsupported)
_DOUBTFUL = (Conflict, ProtocolError, BackendBug)
_IDLE_SECONDS = 3600.0


@dataclass(slots=True)
class _Known:
    """What the sender needs to know of a row without reading its text."""

    target: str
    state: str
    created_at: float
    not_before: float  # monotonic
    doubts: int = 0
    attempts: int = 0


class Outbox:
    """The sender. A row is delivered, waits, or is parked for a person; it never goes away by itself."""

    def __init__(
        self,
        store: Store,
        asking: Asking,
        local: Callable[[], LocalStore],
        deliver: Callable[[OutboxRow], Awaitable[str]],
    ) -> None:
        """`local` raises StoreError while the disk is not there. `deliver` sends a row and answers its receipt."""
        self._store = store
        self._asking = asking
        self._timing = asking.timing
        self._local = local
        self._deliver = deliver
        self._known: dict[str, _Known] = {}
        self._resting: dict[str, float] = {}  # target -> not before (monotonic)
        self._failures: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._why: dict[str, str] = {}  # by target, why its rows wait; "" is the disk

    async def load(self) -> None:
        """Take up what the last run left.

        Raises:
            StoreError: it cannot be read.
        """
        await self._local().due(math.inf)  # the store parks what was damaged
        self._take(await self._local().outbox())
        self._say(())

    async def run(self) -> None:
        """Send what is due until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._send_due()
            except StoreError as error:
                log.error("the outbox cannot be used: %s", error)
                self._why[""] = str(error)
                self._say(())
                await self._timing.sleep(AFTER_REFUSAL)
                continue
            await first_of(self._timing.sleep(self._until_next()), self._wake.wait())

    def adopt(self, rows: Iterable[OutboxRow]) -> None:
        """Take note of rows that were just put on disk, and send what is due."""
        self._take(rows)
        self._say(())
        self._wake.set()

    def kick(self) -> None:
        """Try everything that waits again now, whatever it was waiting for."""
        self._resting.clear()
        for known in self._known.values():
            known.not_before = -math.inf
        self._wake.set()

    async def retry(self, key: str) -> None:
        """Send a parked row again.

        Raises:
            StoreError: the disk will not do, or the text was changed on it.
            LookupError: there is no such row.
        """
        row = await self._local().retry(key)
        self._known.pop(key, None)
        self.adopt([row])

    async def rows(self) -> list[OutboxRow]:
        """What waits and what is parked, the oldest first.

        Raises:
            StoreError: it cannot be read.
        """
        return await self._local().outbox()

    def _take(self, rows: Iterable[OutboxRow]) -> None:
        for row in rows:
            if row.state == DELIVERED:
                self._known.pop(row.key, None)
                continue
            # A clock that was set back must not make a row wait longer than any pause we would choose.
            left = min(max(row.not_before - self._timing.clock(), 0.0), CAP)
            not_before = self._timing.monotonic() + left
            self._known[row.key] = _Known(row.target, row.state, row.created_at, not_before, attempts=row.attempts)

    async def _send_due(self) -> None:
        now = self._timing.monotonic()
        by_target: dict[str, list[str]] = {}
        for key, known in self._known.items():
            if known.state == WAITING and known.not_before <= now and not self._rests(known.target):
                by_target.setdefault(known.target, []).append(key)
        sending = (self._send_all(target, keys) for target, keys in by_target.items())
        for failure in await asyncio.gather(*sending, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _send_all(self, target: str, keys: list[str]) -> None:
        for key in keys:
            if self._rests(target):
                return
            row = await self._local().outbox_row(key)
            if row is None or row.state != WAITING:
                self._known.pop(key, None)
                if row is not None:
                    self._take([row])
                self._say(())
                continue
            await self._send(row)

    async def _send(self, row: OutboxRow) -> None:
        if payload_sha256(row.payload) != row.sha256:
            await self._set_aside(row)
            return
        try:
            receipt = await self._asking.ask(
                lambda: self._deliver(row), row.target or "outbox", seconds=SEND_SECONDS, changing=True
            )
        except BackendError as error:
            await self._failed(row, error)
            return
        await self._local().mark_delivered(row.key, receipt)
        self._failures.pop(row.target, None)
        self._known.pop(row.key, None)
        self._why.pop(row.target, None)
        self._why.pop("", None)
        self._say((row.interaction_id,))

    async def _set_aside(self, row: OutboxRow) -> None:
        """The text is not what was written: the store parks it when it looks for itself."""
        await self._local().due(math.inf)
        self._known.pop(row.key, None)
        again = await self._local().outbox_row(row.key)
        if again is not None:
            self._take([again])
        self._say(())
        self._store.notice("A record was damaged on this machine and was not sent. Press o to see it.", "error")

    async def _failed(self, row: OutboxRow, error: BackendError) -> None:
        known = self._known[row.key]
        log.warning("outbox %s to %s: %s: %s", row.kind, row.target, type(error).__name__, error.detail)
        known.attempts += 1
        known.doubts += isinstance(error, _DOUBTFUL)
        if isinstance(error, _PARK) or known.doubts >= PATIENCE:
            await self._park(row, error)
            return
        wait = self._pause(row.target, known, error)
        known.not_before = self._timing.monotonic() + wait
        self._why[row.target] = one_line(f"The {source_name(row.target)}: {error.message}")
        await self._local().mark_waiting(row.key, one_line(error.message), self._timing.clock() + wait)
        self._say(())

    def _pause(self, target: str, known: _Known, error: BackendError) -> float:
        """Seconds until this row's next try; what says something of the whole target makes all its rows rest."""
        now = self._timing.monotonic()
        if isinstance(error, AuthFailed):
            self._resting[target] = now + AUTH_REST
            return 0.0
        if isinstance(error, RateLimited):
            wait = min(max(error.retry_after, 0.0), CAP)
            self._resting[target] = now + wait
            return wait
        if isinstance(error, Unavailable | OutcomeUnknown):
            failures = self._failures[target] = self._failures.get(target, 0) + 1
            if failures >= 3:
                self._resting[target] = now + full_jitter(failures - 3, self._timing.random, base=BASE, cap=CAP)
        return full_jitter(known.attempts - 1, self._timing.random, base=BASE, cap=CAP)

    async def _park(self, row: OutboxRow, error: BackendError) -> None:
        kept = await self._local().park(row.key, one_line(error.message))
        self._known.pop(row.key, None)
        self._take([kept])
        self._say(())
        failure = explain(error, "A record was not delivered.", source=row.target, safe="Its text is in the outbox.")
        self._store.notice(f"{failure.not_done} {failure.safe} Press o to see it.", "warning")

    def _rests(self, target: str) -> bool:
        return self._resting.get(target, 0.0) > self._timing.monotonic()

    def _until_next(self) -> float:
        now = self._timing.monotonic()
        waits = [
            max(known.not_before - now, self._resting.get(known.target, 0.0) - now, 0.0)
            for known in self._known.values()
            if known.state == WAITING
        ]
        return min(waits, default=_IDLE_SECONDS)

    def _say(self, delivered: tuple[str, ...]) -> None:
        waiting = [known.created_at for known in self._known.values() if known.state == WAITING]
        parked = sum(known.state == PARKED for known in self._known.values())
        oldest = min(waiting) + self._store.state.skew if waiting else None
        targets = {known.target for known in self._known.values() if known.state == WAITING}
        why = " ".join(why for target, why in self._why.items() if target in targets or (waiting and not target))
        self._store.say(OutboxChanged(len(waiting), parked, oldest, delivered, why))
