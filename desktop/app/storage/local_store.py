"""What is kept on this machine for one profile: drafts, outbox, customer cache and preferences."""

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.app.storage import erasure
from desktop.app.storage import health as store_health
from desktop.app.storage.erasure import Purged, Retention, Traces
from desktop.app.storage.errors import StoreError
from desktop.app.storage.health import StoreHealth
from desktop.app.storage.recovery.older_card_numbers import hide_in_older_file
from desktop.app.storage.tables import (
    customer_cache,
    drafts,
    kept_links,
    kept_messages,
    outbox_rows,
    preferences,
    review_drafts,
)
from desktop.app.storage.tables.customer_cache import CachedCustomer
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import OutboxRow
from desktop.app.storage.tables.parked_record_rows import heal_parked, record_row
from desktop.app.storage.tables.review_drafts import PARKED_REVIEW, ReviewDraft
from desktop.app.storage.writer_thread import WriterThread
from desktop.domain.entities.identity import IdentityLink
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.notes.record_states import RecordStep
from desktop.domain.text.sentence import Sentence

if TYPE_CHECKING:
    from sqlite_utils import Database

_CARD_DIGITS = 8
"""How many digits of the shortest card number are hidden."""


class LocalStore:
    """One profile's file. Every method raises StoreError (or one of its classes) when the disk will not do.

    A write that returned survives kill -9 and a power cut. One store at a time may be open for writing (see
    InstanceLock); any number may be open for reading.
    """

    def __init__(self, thread: WriterThread, clock: Callable[[], float], retention: Retention) -> None:
        self._thread = thread
        self._clock = clock
        self._retention = retention
        self._unsaved: dict[str, Draft] = {}
        self._counted: set[str] = set()  # whose drafts this run has counted among the changes
        self._half_numbers = False  # whether the log may hold parts of a number that was hidden since

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        read_only: bool = False,
        busy_seconds: float = 2.0,
        retention: Retention | None = None,
    ) -> "LocalStore":
        """Open the file of a profile; it is made (0600, in a folder made 0700) unless read_only.

        clock: seconds since the epoch. busy_seconds: how long to wait for another program's lock, 0 or more.
        """
        thread = WriterThread(path, read_only=read_only, busy_seconds=busy_seconds)
        await thread.open()
        return cls(thread, clock, retention or Retention())

    async def close(self) -> None:
        """Finish all writes asked for and close the file. Closing twice does nothing."""
        await self._thread.close()

    # Drafts

    async def save_draft(self, draft: Draft, *, words_since: float | None = None) -> Draft:
        """Keep a draft; returns it with saved_at set once it is on the disk.

        When it can't be kept it stays in `unsaved` until it, or a later text of the same interaction, is.

        Args:
            words_since: when the disk got these words, where it has them and only what is known of the contact
                changed.
        """
        saved = replace(draft, saved_at=float(self._clock()) if words_since is None else words_since)
        body = drafts.draft_body(saved)
        self._unsaved[draft.interaction_id] = saved

        def write(connection: sqlite3.Connection, _: "Database") -> int:
            before = drafts.hidden_digits_of(connection, draft.interaction_id)
            drafts.write_draft(connection, saved, body)
            return drafts.hidden_digits(body) - before

        begun = draft.interaction_id not in self._counted and not draft.is_empty
        await self._forget_half_numbers(await self._thread.write(write, counts=begun))
        if begun:
            self._counted.add(draft.interaction_id)
        if self._unsaved.get(draft.interaction_id) is saved:
            del self._unsaved[draft.interaction_id]
        return saved

    @property
    def lost(self) -> int:
        """How many records were begun or handed over that the file, when it was opened, had lost without a trace."""
        return self._thread.lost

    @property
    def unsaved(self) -> Mapping[str, Draft]:
        """By interaction id, the drafts that are in memory only: being written, or refused by the disk."""
        return dict(self._unsaved)

    async def drafts(self) -> list[Draft]:
        """All drafts, the latest first."""
        return await self._thread.read(lambda connection, _: drafts.read_drafts(connection))

    async def draft(self, interaction_id: str) -> Draft | None:
        """The draft of one interaction, if there is one."""
        return await self._thread.read(lambda connection, _: drafts.read_draft(connection, interaction_id))

    async def discard_draft(self, interaction_id: str) -> None:
        """Forget a draft because the agent said so."""
        await self._thread.write(lambda connection, _: drafts.delete_draft(connection, interaction_id))
        self._unsaved.pop(interaction_id, None)

    async def park_draft(
        self, interaction_id: str, reason: Sentence, *, draft: Draft | None = None
    ) -> OutboxRow | None:
        """Turn a draft into a parked record in the outbox, whole, in one transaction.

        draft: the words as they are now and what is known of the contact; by default what is on disk.
        Returns None when there was nothing in it, or no draft.
        """
        at = float(self._clock())

        def park(connection: sqlite3.Connection, _: "Database") -> tuple[OutboxRow | None, int]:
            before = drafts.hidden_digits_of(connection, interaction_id)
            found = drafts.read_draft(connection, interaction_id)
            drafts.delete_draft(connection, interaction_id)
            parked = draft or found
            if parked is None or parked.is_empty:
                return None, 0
            row = record_row(parked, reason, at)
            return outbox_rows.insert_rows(connection, [row])[0], drafts.hidden_digits(row.payload) - before

        kept, hidden = await self._thread.write(park, counts=True)
        await self._forget_half_numbers(hidden)
        self._unsaved.pop(interaction_id, None)
        return kept

    async def resume(self, key: str, draft: Draft) -> Draft | None:
        """Turn a parked record into a draft again, in one transaction; the draft is saved in its place.

        draft: the parked one, and what was written since.
        Returns it with saved_at set; None when the record is not parked any more.
        """
        saved = replace(draft, saved_at=float(self._clock()))
        body = drafts.draft_body(saved)

        def take_back(connection: sqlite3.Connection, _: "Database") -> Draft | None:
            if outbox_rows.take_out(connection, key, RecordStep.RETURN) is None:
                return None
            drafts.write_draft(connection, saved, body)
            return saved

        kept = await self._thread.write(take_back)
        self._unsaved.pop(draft.interaction_id, None)
        return kept

    # Review drafts

    async def save_review_draft(self, draft: ReviewDraft, *, words_since: float | None = None) -> ReviewDraft:
        """Keep what a reviewer is writing; returns it with saved_at set once it is on the disk."""
        saved = replace(draft, saved_at=float(self._clock()) if words_since is None else words_since)

        def write(connection: sqlite3.Connection, _: "Database") -> int:
            before = review_drafts.read_review_draft(connection, draft.subject)
            review_drafts.write_review_draft(connection, saved)
            return drafts.hidden_digits(saved.body) - (drafts.hidden_digits(before.body) if before is not None else 0)

        counted = PARKED_REVIEW + draft.subject
        begun = counted not in self._counted
        await self._forget_half_numbers(await self._thread.write(write, counts=begun))
        self._counted.add(counted)
        return saved

    async def review_drafts(self) -> list[ReviewDraft]:
        """All of them, the latest first."""
        return await self._thread.read(lambda connection, _: review_drafts.read_review_drafts(connection))

    async def review_draft(self, subject: str) -> ReviewDraft | None:
        """The one about a subject, if there is one."""
        return await self._thread.read(lambda connection, _: review_drafts.read_review_draft(connection, subject))

    async def discard_review_draft(self, subject: str) -> None:
        """Forget one because it was handed in, or somebody said so."""
        await self._thread.write(lambda connection, _: review_drafts.delete_review_draft(connection, subject))

    async def park_review_draft(self, subject: str, reason: Sentence) -> None:
        """Put one that cannot be written on into the outbox, in one transaction."""
        at = float(self._clock())

        def park(connection: sqlite3.Connection, _: "Database") -> None:
            found = review_drafts.read_review_draft(connection, subject)
            if found is not None:
                review_drafts.delete_review_draft(connection, subject)
                outbox_rows.insert_rows(connection, [record_row(review_drafts.as_record(found), reason, at)])

        await self._thread.write(park, counts=True)

    async def _forget_half_numbers(self, hidden: int) -> None:
        """Where so many digits more were hidden than before: leave nothing of them in the log either."""
        self._half_numbers = self._half_numbers or hidden >= _CARD_DIGITS
        if self._half_numbers:
            with suppress(StoreError):  # what was to be kept is kept; the rest is done with the next that is
                self._half_numbers = not await self._thread.read(lambda connection, _: erasure.empty_log(connection))

    # Outbox

    async def enqueue(
        self, rows: Sequence[OutboxRow], *, drop_draft: str | None, drop_row: str | None = None
    ) -> list[OutboxRow]:
        """Insert the rows and delete the draft of interaction `drop_draft` or the parked row `drop_row`, all at once.

        Returns the rows as they are kept: for a key that is known already, the row that was there.
        Raises ValueError for a row whose SHA-256 is not that of its payload (empty: it is filled in), LookupError
        when `drop_row` is not there, or is not parked.
        """
        made = [outbox_rows.checked(row) for row in rows]

        def insert(connection: sqlite3.Connection, _: "Database") -> tuple[list[OutboxRow], int]:
            before = drafts.hidden_digits_of(connection, drop_draft) if drop_draft is not None else 0
            if drop_row is not None and outbox_rows.take_out(connection, drop_row, RecordStep.HAND_OVER) is None:
                raise LookupError(f"no parked outbox row {drop_row}")
            kept = outbox_rows.insert_rows(connection, made)
            if drop_draft is not None:
                drafts.delete_draft(connection, drop_draft)
            return kept, drafts.hidden_digits(*(row.payload for row in kept)) - before

        kept, hidden = await self._thread.write(insert, counts=True)
        await self._forget_half_numbers(hidden)
        if drop_draft is not None:
            self._unsaved.pop(drop_draft, None)
        return kept

    async def handed_over(self, interaction_id: str) -> list[OutboxRow]:
        """The records of an interaction that were handed over, in order, delivered ones too."""
        return await self._thread.read(
            lambda connection, _: outbox_rows.rows_of_interaction(connection, interaction_id, outbox_rows.WRAP_UP)
        )

    async def newest_handed_over(self, limit: int = 200) -> list[OutboxRow]:
        """The newest records that were handed over, the oldest first, delivered ones too."""
        return await self._thread.read(
            lambda connection, _: outbox_rows.newest_rows(connection, outbox_rows.WRAP_UP, limit)
        )

    async def newest_sent(self, limit: int = 200) -> list[OutboxRow]:
        """The newest follow-ups that were to be sent, delivered or not, the oldest first."""
        return await self._thread.read(
            lambda connection, _: outbox_rows.newest_rows(connection, outbox_rows.FOLLOW_UP, limit)
        )

    async def replace_parked(self, key: str, row: OutboxRow) -> OutboxRow:
        """Put what the agent made of a parked row in its place. Raises LookupError when it is not parked any more."""
        made = outbox_rows.checked(row)
        return await self._thread.write(lambda connection, _: outbox_rows.replace_row(connection, key, made))

    async def put_in_place(self, row: OutboxRow) -> tuple[list[str], OutboxRow]:
        """Keep a row instead of those of its kind and interaction that are not delivered; their keys, and it."""
        made = outbox_rows.checked(row)
        return await self._thread.write(lambda connection, _: outbox_rows.put_in_place(connection, made), counts=True)

    async def discard_parked(self, key: str) -> OutboxRow | None:
        """Forget a parked row because the agent said so; None when it is not there or not parked any more."""
        return await self._thread.write(lambda connection, _: outbox_rows.take_out(connection, key, RecordStep.DISCARD))

    async def heal(self) -> int:
        """Make whole records of what an earlier version parked in pieces; answers how many there were."""
        return await self._thread.write(lambda connection, _: heal_parked(connection))

    async def outbox(self, *, include_delivered: bool = False) -> list[OutboxRow]:
        """The rows in the order they were made."""
        return await self._thread.read(
            lambda connection, _: outbox_rows.read_rows(connection, include_delivered=include_delivered)
        )

    async def outbox_row(self, key: str) -> OutboxRow | None:
        """The row of a key, if there is one."""
        return await self._thread.read(lambda connection, _: outbox_rows.read_row(connection, key))

    async def due(self, now: float) -> list[OutboxRow]:
        """The waiting rows whose time has come, oldest first. A damaged one is parked instead of returned."""
        rows, damaged = await self._thread.read(lambda connection, _: outbox_rows.due_rows(connection, now))
        if damaged:
            await self._set_aside(damaged)
        return rows

    async def mark_delivered(self, key: str, receipt: str) -> OutboxRow:
        """The backend has it and said so. Raises LookupError when there is no such row, as do the next three."""
        at = float(self._clock())
        return await self._thread.write(lambda connection, _: outbox_rows.set_delivered(connection, key, receipt, at))

    async def mark_sending(self, key: str) -> None:
        """An attempt begins whose end must not be left open: the far side would take the same twice."""
        await self._thread.write(lambda connection, _: outbox_rows.set_sending(connection, key))

    async def mark_waiting(self, key: str, reason: Sentence, not_before: float, doubts: int = 0) -> OutboxRow:
        """An attempt failed for now; the next one may come at not_before. Never undoes a delivery."""
        return await self._thread.write(
            lambda connection, _: outbox_rows.set_waiting(connection, key, reason, not_before, doubts)
        )

    async def park(self, key: str, reason: Sentence, doubts: int = 0) -> OutboxRow:
        """An attempt failed for good; a person has to look. Never undoes a delivery."""
        return await self._thread.write(lambda connection, _: outbox_rows.set_parked(connection, key, reason, doubts))

    async def retry(self, key: str) -> OutboxRow:
        """Send a parked row again, at once. Raises StoreDamaged for a row whose text was changed on the disk."""
        return await self._thread.write(lambda connection, _: outbox_rows.set_retried(connection, key))

    async def _set_aside(self, row_ids: list[int]) -> None:
        def park(connection: sqlite3.Connection, _: "Database") -> None:
            for row_id in row_ids:
                outbox_rows.set_aside(connection, row_id)

        await self._thread.write(park)

    # Messages from and to customers

    async def keep_message(self, message: InboundMessage) -> None:
        """Keep what a customer wrote; the same message again changes nothing."""
        at = float(self._clock())
        await self._thread.write(lambda connection, _: kept_messages.write_message(connection, message, at))

    async def messages(self, limit: int = 200) -> list[InboundMessage]:
        """What customers wrote, the oldest first; the newest `limit` of it."""
        return await self._thread.read(lambda connection, _: kept_messages.read_messages(connection, limit))

    async def keep_sent_message(self, message: SentMessage) -> None:
        """Keep how far a message of ours has come."""
        at = float(self._clock())
        await self._thread.write(lambda connection, _: kept_messages.write_sent_message(connection, message, at))

    async def sent_messages(self, limit: int = 200) -> list[SentMessage]:
        """What customers were sent, the oldest first; the newest `limit` of it."""
        return await self._thread.read(lambda connection, _: kept_messages.read_sent_messages(connection, limit))

    # Links between records of several systems

    async def keep_link(self, link: IdentityLink) -> None:
        """Keep what the agent said of two records."""
        at = float(self._clock())
        await self._thread.write(lambda connection, _: kept_links.write_link(connection, link, at))

    async def forget_link(self, link: IdentityLink) -> None:
        """Forget what the agent said of two records."""
        await self._thread.write(lambda connection, _: kept_links.delete_link(connection, link))

    async def links(self) -> list[IdentityLink]:
        """What the agent said of records, the oldest first."""
        return await self._thread.read(lambda connection, _: kept_links.read_links(connection))

    # Customer cache, preferences

    async def cache_customer(
        self, customer_id: str, json: str, fetched_at: float, source: str, keys: Iterable[str]
    ) -> None:
        """Keep a customer's record (JSON text), found from now on under exactly these keys."""
        customer, found_by = CachedCustomer(customer_id, json, fetched_at, source), tuple(keys)
        await self._thread.write(lambda _, database: customer_cache.write_customer(database, customer, found_by))

    async def cached_by_key(self, key: str) -> list[CachedCustomer]:
        """The kept records under a phone number or address, the freshest first."""
        return await self._thread.read(lambda _, database: customer_cache.read_by_key(database, key))

    async def cached_of_source(self, source: str) -> list[CachedCustomer]:
        """All kept records of one source, the freshest first."""
        return await self._thread.read(lambda _, database: customer_cache.read_of_source(database, source))

    async def preference(self, name: str) -> Any:
        """The JSON value of a preference, None when it was never set."""
        return await self._thread.read(lambda _, database: preferences.read_preference(database, name))

    async def set_preference(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        await self._thread.write(lambda _, database: preferences.write_preference(database, name, value))

    # Care of the file

    async def hide_cards(self) -> int:
        """Hide the card numbers that an earlier version kept; answers in how many drafts and rows there were some."""
        changed = await self._thread.write(hide_in_older_file)
        if changed:
            with suppress(StoreError):  # what is hidden stays hidden; traces go with the next rewriting of the file
                await self._thread.read(erasure.leave_no_byte)
        return changed

    async def check(self) -> StoreHealth:
        """Look over the whole file; unless read_only, park damaged outbox rows and forget damaged records."""
        findings = await self._thread.read(lambda connection, _: store_health.examine(connection))
        forgotten: list[str] = []
        has_ballast = self._thread.ballast.is_there
        if not self._thread.read_only:
            if not findings.problems:
                forgotten = await self._thread.write(
                    lambda connection, database: store_health.mend(connection, database, findings)
                )
            has_ballast = await self._thread.read(lambda *_: self._thread.ballast.take_on())
        return store_health.report(findings, forgotten, has_ballast)

    async def traces(self, customer_id: str, addresses: Collection[str] = ()) -> Traces:
        """How many rows are about a customer, whose addresses these are, too."""
        return await self._thread.read(lambda connection, _: erasure.find_traces(connection, customer_id, addresses))

    async def erase_customer(self, customer_id: str, addresses: Collection[str] = ()) -> Traces:
        """Delete every row about a customer, undelivered ones too, and leave no byte of them in the files.

        Returns how many rows went. Raises StoreLocked when a reader kept traces in use: call again.
        """
        gone = await self._thread.write(
            lambda connection, _: erasure.delete_customer(connection, customer_id, addresses)
        )
        await self._thread.read(erasure.leave_no_byte)
        return gone

    async def purge(self, now: float) -> Purged:
        """Delete what is older than its retention; never a waiting or parked row, never unsent text."""
        purged = await self._thread.write(lambda connection, _: erasure.purge_old(connection, now, self._retention))
        await self._thread.read(lambda *_: self._thread.ballast.take_on())
        return purged
