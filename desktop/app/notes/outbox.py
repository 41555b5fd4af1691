"""Sends what waits in the outbox: at least once, under one key, until the far side has said that it has it."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.backoff import full_jitter
from desktop.app.connections.failures import explain, own_words
from desktop.app.connections.waiting import waits_for
from desktop.app.notes.outbox_items import OutboxItem, is_refused, item_of, note_after, with_new_key
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import (
    DELIVERED,
    PARKED,
    RECORD,
    WAITING,
    WRAP_UP,
    OutboxRow,
    payload_sha256,
)
from desktop.app.storage.tables.parked_record_rows import record_of
from desktop.app.storage.tables.reasons import MAY_BE_THERE
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import Health
from desktop.domain.entities.wrap_up_record import OutboxView
from desktop.domain.select.centres import centre_of, own_id
from desktop.domain.state.own_events import OutboxChanged
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence, sentences
from desktop.ports.deadlines import HOST
from desktop.ports.errors import (
    AuthFailed,
    BackendBug,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)

log = logging.getLogger(__name__)

SEND_SECONDS = HOST.outbox
BASE, CAP = 1.0, 300.0
AUTH_REST = 60.0
AFTER_REFUSAL = 5.0
PATIENCE = 8
"""How many answers that make no sense a row gets before a person has to look."""

_PARK = (Forbidden, NotFound, Rejected, Unsupported)
_DOUBTFUL = (Conflict, ProtocolError, BackendBug)
_IDLE_SECONDS = 3600.0


@dataclass(slots=True)
class _Known:
    """What the sender needs to know of a row without reading its text."""

    target: str
    state: str
    created_at: float
    not_before: float  # monotonic
    author: str = ""
    doubts: int = 0
    attempts: int = 0


class Outbox:
    """The sender. A row is delivered, waits, or is parked for a person; it never goes away by itself.

    Each target has a sender of its own, so that none waits for another; among the rows of a target, what failed
    goes behind what was not tried yet.
    """

    def __init__(
        self,
        store: Store,
        backend_calls: BackendCalls,
        local: Callable[[], LocalStore],
        deliver: Callable[[OutboxRow], Awaitable[str]],
        *,
        source_of: Callable[[str], str | None] = lambda target: target,
        repeats: Callable[[OutboxRow], bool] = lambda row: True,
        says_who: str = "",
    ) -> None:
        """`local` raises StoreError while the disk is not there. `deliver` sends a row and answers its receipt.

        `source_of`: the backend that a target stands for. `repeats`: whether the far side of a row knows it by its
        key, so that sending it twice does it once. `says_who`: the source that says who is signed in, if there is one.
        """
        self._store = store
        self._backend_calls = backend_calls
        self._timing = backend_calls.timing
        self._local = local
        self._deliver = deliver
        self._source_of = source_of
        self._repeats = repeats
        self._says_who = says_who
        self._known: dict[str, _Known] = {}
        self._receipts: dict[str, str] = {}  # of rows that are delivered, which the disk could not be told yet
        self._resting: dict[str, float] = {}  # target -> not before (monotonic)
        self._failures: dict[str, int] = {}
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._why: dict[str, Sentence] = {}  # by target, why its rows wait; "" is the disk
        self._unknown = NOTHING
        self.lost: Callable[[], Sentence] = lambda: NOTHING
        """Says what may be missing because the file was damaged; set by whoever mends it."""
        self.hand_over: Callable[[OutboxRow, Draft], Awaitable[list[OutboxRow]]] = self._nobody_hands_over
        """Turns a parked record into rows on disk; set by whoever makes rows of records."""
        self.heard: Callable[[OutboxRow], None] = lambda row: None
        """Hears of every row as it is taken note of."""
        self.gone: Callable[[OutboxRow], None] = lambda row: None
        """Hears of every row that was discarded."""
        self.left: Callable[[str], None] = lambda key: None
        """Hears of the key of every row that is in the outbox no more and was not delivered."""
        store.listeners.append(self._listen)

    async def load(self) -> None:
        """Take up what the last run left.

        Raises:
            StoreError: it cannot be read.
        """
        await self._local().due(math.inf)  # the store parks what was damaged
        await self._local().heal()
        rows = [await self._from_last_run(row) if row.state == WAITING else row for row in await self._local().outbox()]
        self._known.clear()
        self._take(rows)
        self._unknown = NOTHING
        self._say(())
        self._wake.set()  # the disk may have come late

    async def _from_last_run(self, row: OutboxRow) -> OutboxRow:
        """A row of which the last run may have begun an attempt, whose end nobody heard: the far side may have it."""
        if not self._repeats(row):
            return await self._local().park(row.key, MAY_BE_THERE) if row.sending else row
        if row.attempts:
            return row
        return await self._local().mark_waiting(row.key, row.reason, 0.0, row.doubts)

    def cannot_be_read(self, why: Sentence) -> None:
        """It is not known what the last run left, for the reason given; until `load` has worked."""
        self._unknown = why
        self._say(())

    async def run(self) -> None:
        """Send what is due until cancelled."""
        try:
            while True:
                self._wake.clear()
                for target in {known.target for key, known in self._known.items() if self._is_due(key, known)}:
                    if target not in self._senders:
                        self._senders[target] = asyncio.ensure_future(self._send_to(target))
                await first_of(self._timing.sleep(self._until_next()), self._wake.wait())
        finally:
            senders = list(self._senders.values())
            for sender in senders:
                sender.cancel()
            await asyncio.gather(*senders, return_exceptions=True)

    def adopt(self, rows: Iterable[OutboxRow]) -> None:
        """Take note of rows that were just put on disk, and send what is due."""
        self._take(rows)
        self._say(())
        self._wake.set()

    async def put_in_place(self, row: OutboxRow) -> None:
        """Keep a row and send it; what was not delivered of its kind, interaction and target is not wanted.

        Raises:
            StoreError: the disk will not do; all stays as it was.
        """
        older, kept = await self._local().put_in_place(row)
        for key in older:
            self._known.pop(key, None)
        self.adopt([kept])

    def forget(self, key: str) -> None:
        """A row is not in the outbox any more."""
        self._known.pop(key, None)
        self.left(key)
        self._say(())

    def wake(self) -> None:
        """Try everything that waits again now, whatever it was waiting for."""
        self._resting.clear()
        for known in self._known.values():
            known.not_before = -math.inf
        self._wake.set()

    async def retry(self, key: str) -> list[OutboxRow]:
        """Send a parked row again; of a parked record, all that belongs to it. Answers the rows that are sent now.

        Raises:
            StoreError: the disk will not do, or the text was changed on it.
            LookupError: there is no such row, or what it lacks keeps it from being sent.
        """
        row = await self._local().outbox_row(key)
        if row is None:
            raise LookupError(f"no outbox row {key}")
        if row.kind == RECORD and row.state == PARKED:
            made = await self.hand_over(row, record_of(row))
            self._known.pop(key, None)
        else:
            if is_refused(row):
                key = (await self._local().replace_parked(key, with_new_key(row))).key
                self.forget(row.key)
            made = [await self._local().retry(key)]
        for one in made:
            self._known.pop(one.key, None)
        self.adopt(made)
        return made

    async def rows(self) -> list[OutboxRow]:
        """What waits and what is parked, the oldest first.

        Raises:
            StoreError: it cannot be read.
        """
        return await self._local().outbox()

    async def items(self) -> list[OutboxItem]:
        """The same, as the agent reads it.

        Raises:
            StoreError: it cannot be read.
        """
        return [item_of(row) for row in await self.rows()]

    async def finished_since(self, at: Instant) -> list[OutboxItem]:
        """The wrap-ups of contacts that ended here since then, one each, delivered or not, the newest first.

        Those that were not finished are among them: they need attention. Of a record for several CRMs the one that is
        worst off counts.

        Raises:
            StoreError: it cannot be read.
        """
        rows = [*await self._local().newest_handed_over(), *await self.rows()]
        kept = (row for row in rows if row.kind in (WRAP_UP, RECORD) and row.created_at >= at)
        worst_last = sorted(kept, key=lambda row: (DELIVERED, WAITING, PARKED).index(row.state))
        items = {row.interaction_id: item_of(row) for row in worst_last}
        return sorted(items.values(), key=lambda item: -item.created_at)

    async def discard(self, key: str) -> None:
        """Forget a parked row because the agent said so.

        Raises:
            StoreError: the disk will not do; it stays.
            LookupError: it is not there, or not parked any more.
        """
        row = await self._local().discard_parked(key)
        if row is None:
            raise LookupError(f"no parked outbox row {key}")
        self.gone(row)
        self.forget(key)
        await self.follow(row, None)

    async def follow(self, before: OutboxRow, now: OutboxRow | None) -> None:
        """Have a note that is parked too say what became of a follow-up: changed, or discarded (None).

        Raises:
            StoreError: the disk will not do; the note stays as it was.
        """
        for row in await self.rows():
            if row.interaction_id == before.interaction_id and (made := note_after(row, before, now)) is not None:
                await self._local().replace_parked(row.key, made)
                self.forget(row.key)
                self.adopt([made])

    def is_parked(self, key: str) -> bool:
        """Whether a row waits for a person."""
        known = self._known.get(key)
        return known is not None and known.state == PARKED

    def is_waiting(self, key: str) -> bool:
        """Whether a row is not delivered yet and goes by itself."""
        known = self._known.get(key)
        return known is not None and known.state == WAITING

    def why(self, target: str) -> Sentence:
        """Why what is for a target waits, as a clause; nothing when nothing is known to stand in its way."""
        down = waits_for(self._store.state, (self._source_of(target) or target,))
        return down or self._why.get(target, NOTHING) or self._why.get("", NOTHING)

    async def _nobody_hands_over(self, row: OutboxRow, draft: Draft) -> list[OutboxRow]:
        raise LookupError(f"outbox row {row.key} is no record that can be sent")

    def _listen(self, old: AppState, new: AppState) -> None:
        """Whose records may go out depends on who is signed in."""
        if new.me != old.me or new.own is not old.own or ((new.own or not new.me) and new.health is not old.health):
            self._wake.set()

    def _take(self, rows: Iterable[OutboxRow]) -> None:
        for row in rows:
            self.heard(row)
            if row.state == DELIVERED:
                self._known.pop(row.key, None)
                continue
            # A clock that was set back must not make a row wait longer than any pause we would choose.
            left = min(max(row.not_before - self._timing.clock(), 0.0), CAP)
            not_before = self._timing.monotonic() + left
            self._known[row.key] = _Known(
                row.target, row.state, row.created_at, not_before, row.author, row.doubts, row.attempts
            )

    def _is_due(self, key: str, known: _Known) -> bool:
        return (
            known.state == WAITING
            and known.not_before <= self._timing.monotonic()
            and not self._rests(known.target)
            and not self._is_of_another(known)
        )

    def _is_of_another(self, known: _Known) -> bool:
        """A record goes out in the name of who wrote it: another's waits until that agent is signed in.

        Who is signed in is known soon after the start; where nobody can be asked, it is taken for who it was.
        """
        state = self._store.state
        me = own_id(state, known.author)
        if not known.author or me:
            return bool(known.author) and known.author != me
        asked = state.health.get(centre_of(state, known.author))
        return bool(self._says_who) and (asked is None or asked.health is not Health.DOWN)

    async def _send_to(self, target: str) -> None:
        """Send what is due for one target, what waited longest first; nothing for another waits for it."""
        try:
            while True:
                due = [key for key, known in self._known.items() if known.target == target and self._is_due(key, known)]
                if not due:
                    return
                key = min(due, key=lambda one: (self._known[one].not_before, self._known[one].attempts))
                try:
                    await self._send_known(key)
                except LookupError:  # a newer one took its place while the answer was being written down
                    self.forget(key)
                except StoreError as error:
                    log.error("the outbox cannot be used: %s", error)
                    self._why[""] = error.sentence
                    if (known := self._known.get(key)) is not None:
                        known.not_before = self._timing.monotonic() + AFTER_REFUSAL  # the others first
                    self._say(())
                    await self._timing.sleep(AFTER_REFUSAL)
        finally:
            self._senders.pop(target, None)
            self._wake.set()

    async def _send_known(self, key: str) -> None:
        if key in self._receipts:
            await self._delivered(key, self._receipts[key])
            return
        row = await self._local().outbox_row(key)
        if row is None or row.state != WAITING:
            self._known.pop(key, None)
            if row is not None:
                self._take([row])
            self._say(())
            return
        await self._send(row)

    async def _send(self, row: OutboxRow) -> None:
        if payload_sha256(row.payload) != row.sha256:
            await self._set_aside(row)
            return
        if not self._repeats(row):
            await self._local().mark_sending(row.key)
        try:
            receipt = await self._backend_calls.ask(
                lambda: self._deliver(row), row.target or "outbox", seconds=SEND_SECONDS, changing=True
            )
        except BackendError as error:
            await self._failed(row, error)
            return
        # Known here before the disk knows it: a disk that will not do must not make it go out once more.
        self._receipts[row.key] = receipt
        await self._delivered(row.key, receipt)

    async def _delivered(self, key: str, receipt: str) -> None:
        try:
            row = await self._local().mark_delivered(key, receipt)
        except LookupError:  # it went with a damaged file, and has been delivered
            del self._receipts[key]
            self.forget(key)
            return
        del self._receipts[key]
        self._failures.pop(row.target, None)
        self._known.pop(key, None)
        self._why.pop(row.target, None)
        self._why.pop("", None)
        self.heard(row)
        self._say((row.interaction_id,))

    async def _set_aside(self, row: OutboxRow) -> None:
        """The text is not what was written: the store parks it when it looks for itself."""
        await self._local().due(math.inf)
        self._known.pop(row.key, None)
        again = await self._local().outbox_row(row.key)
        if again is not None:
            self._take([again])
        self._say(())
        self._store.notice(Sentence("outbox.damaged_not_sent"), "error")

    async def _failed(self, row: OutboxRow, error: BackendError) -> None:
        known = self._known.get(row.key)
        if known is None:
            return  # a newer one took its place meanwhile
        log.warning("outbox %s to %s: %s: %s", row.kind, row.target, type(error).__name__, error.detail)
        known.attempts += 1
        # Who holds no keys would do it twice: what may be done already is for a person to judge.
        blind = isinstance(error, OutcomeUnknown) and not self._repeats(row)
        known.doubts += isinstance(error, _DOUBTFUL) or blind
        if isinstance(error, _PARK) or known.doubts >= PATIENCE or blind:
            await self._park(row, error, known.doubts)
            return
        wait = self._pause(row.target, known, error)
        known.not_before = self._timing.monotonic() + wait
        why = own_words(error)
        self._why[row.target] = Sentence("outbox.target_says", source=row.target, why=why)
        await self._local().mark_waiting(row.key, why, self._timing.clock() + wait, known.doubts)
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

    async def _park(self, row: OutboxRow, error: BackendError, doubts: int) -> None:
        kept = await self._local().park(row.key, own_words(error), doubts)
        self._known.pop(row.key, None)
        self._take([kept])
        self._say(())
        not_done, safe = Sentence("outbox.not_delivered"), Sentence("outbox.text_is_there")
        failure = explain(error, not_done, source=row.target, safe=safe)
        self._store.notice(failure.not_done + failure.safe + Sentence("outbox.shows_it"), "warning")

    def _rests(self, target: str) -> bool:
        return self._resting.get(target, 0.0) > self._timing.monotonic()

    def _until_next(self) -> float:
        """Seconds until a row is due whose target has no sender at work."""
        now = self._timing.monotonic()
        waits = [
            max(known.not_before - now, self._resting.get(known.target, 0.0) - now, 0.0)
            for known in self._known.values()
            if known.state == WAITING and known.target not in self._senders and not self._is_of_another(known)
        ]
        return min(waits, default=_IDLE_SECONDS)

    def _say(self, delivered: tuple[str, ...]) -> None:
        waiting = [known.created_at for known in self._known.values() if known.state == WAITING]
        parked = sum(known.state == PARKED for known in self._known.values())
        oldest = min(waiting) + self._store.state.skew if waiting else None
        targets = {known.target for known in self._known.values() if known.state == WAITING}
        why = sentences(*(why for target, why in self._why.items() if target in targets or (waiting and not target)))
        self._store.publish(
            OutboxChanged(OutboxView(len(waiting), parked, oldest, why, self._unknown, self.lost()), delivered)
        )
