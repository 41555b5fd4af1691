"""Faults planted into the desktop, one at a time: the checker must find every one of them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from desktop.app import background
from desktop.app.notes import autosave as autosave
from desktop.app.notes import backend_delivery, notes, outbox, parked_records, record_merge, wrap_up_rows, wrap_ups
from desktop.app.storage import erasure, local_store
from desktop.app.storage.tables import drafts, outbox_rows, parked_record_rows
from desktop.domain.entities.customer import WrapUpRecord
from desktop.domain.entities.wrap_up_record import OutboxView
from desktop.domain.state.own_events import OutboxChanged
from desktop.ports.errors import AuthFailed, Forbidden

Make = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: what is put in the place of which function or constant."""

    name: str
    holder: Any
    attribute: str
    make: Make

    @contextmanager
    def there(self) -> Iterator[None]:
        """With the fault, for as long as the block lasts."""
        found = vars(self.holder).get(self.attribute, None)
        original = getattr(self.holder, self.attribute)
        made = self.make(original)
        if isinstance(found, staticmethod):
            made = staticmethod(made)
        with patch.object(self.holder, self.attribute, made):
            yield


def _always(value: Any) -> Make:
    return lambda original: lambda *arguments, **named: value


def _with(change: Callable[..., Any]) -> Make:
    """The original, whose answer is changed."""
    return lambda original: lambda *arguments, **named: change(original(*arguments, **named))


def _draft_first(change: Callable[[Any], Any]) -> Make:
    """The original, whose first argument is changed."""
    return lambda original: lambda first, *rest, **named: original(change(first), *rest, **named)


def _saves_nothing(original: Any) -> Any:
    async def save_draft(self: Any, draft: Any, **when: Any) -> Any:
        return replace(draft, saved_at=float(self._clock()))

    return save_draft


def _keeps_the_draft(original: Any) -> Any:
    async def enqueue(self: Any, rows: Any, *, drop_draft: Any, drop_row: Any = None) -> Any:
        return await original(self, rows, drop_draft=None, drop_row=drop_row)

    return enqueue


def _keeps_the_parked_row(original: Any) -> Any:
    async def enqueue(self: Any, rows: Any, *, drop_draft: Any, drop_row: Any = None) -> Any:
        return await original(self, rows, drop_draft=drop_draft, drop_row=None)

    return enqueue


def _forgets_first(original: Any) -> Any:
    """The draft is deleted in a transaction of its own, before the rows are there."""

    async def enqueue(self: Any, rows: Any, *, drop_draft: Any, drop_row: Any = None) -> Any:
        if drop_draft is not None:
            await self.discard_draft(drop_draft)
        return await original(self, rows, drop_draft=None, drop_row=drop_row)

    return enqueue


def _one_row_only(original: Any) -> Any:
    async def enqueue(self: Any, rows: Any, **named: Any) -> Any:
        return await original(self, rows[:1], **named)

    return enqueue


def _lost_in_resuming(original: Any) -> Any:
    async def resume(self: Any, key: str, draft: Any) -> Any:
        return await original(self, key, replace(draft, codes=()))

    return resume


def _cancelled_with_the_caller(original: Any) -> Any:
    async def undisturbed(self: Any, work: Any) -> Any:
        return await work

    return undisturbed


def _sends_again(original: Any) -> Any:
    async def delivered(self: Any, key: str, receipt: str) -> None:
        self._receipts[key] = receipt
        try:
            await original(self, key, receipt)
        finally:
            self._receipts.pop(key, None)  # not remembered where the disk could not be told

    return delivered


def _sends_what_changed(original: Any) -> Any:
    async def send(self: Any, row: Any) -> None:
        await original(self, replace(row, sha256=outbox_rows.payload_sha256(row.payload)))

    return send


def _marked_before_it_is_sent(original: Any) -> Any:
    async def send(self: Any, row: Any) -> None:
        await self._local().mark_delivered(row.key, "early")
        await original(self, row)

    return send


def _forgets_on_failure(original: Any) -> Any:
    async def failed(self: Any, row: Any, error: Any) -> None:
        await self._local().mark_delivered(row.key, "given up")
        self.forget(row.key)

    return failed


def _takes_it_for_a_sign_in(original: Any) -> Any:
    async def failed(self: Any, row: Any, error: Any) -> None:
        await original(self, row, AuthFailed(error.message) if isinstance(error, Forbidden) else error)

    return failed


def _one_after_the_other(original: Any) -> Any:
    """One sender for all targets."""

    async def send_to(self: Any, target: str) -> None:
        lock = self.__dict__.setdefault("_planted", asyncio.Lock())
        async with lock:
            await original(self, target)

    return send_to


def _loads_nothing(original: Any) -> Any:
    async def load(self: Any) -> None:
        self._say(())

    return load


def _miscounts(original: Any) -> Any:
    def say(self: Any, delivered: Any) -> None:
        original(self, delivered)
        state = self._store.drain().outbox
        self._store.publish(OutboxChanged(OutboxView(max(state.waiting - 1, 0), state.parked, state.oldest, state.why)))

    return say


def _another_key_each_time(original: Any) -> Any:
    times = iter(range(10**9))

    async def deliver(self: Any, row: Any) -> str:
        backend = self._backends.get(self._targets.source(row.target) or "")
        if row.kind == "wrap_up" and backend is not None:
            key = f"{row.key}-{next(times)}"
            row = replace(row, key=key, payload=row.payload.replace(row.key, key))
        answer: str = await original(self, row)
        return answer

    return deliver


def _purges_drafts(original: Any) -> Any:
    def purge(connection: Any, now: float, retention: Any) -> Any:
        connection.execute("DELETE FROM drafts WHERE saved_at < ?", (now - 7 * 86_400.0,))
        return original(connection, now, retention)

    return purge


def _purges_rows(original: Any) -> Any:
    def purge(connection: Any, now: float, retention: Any) -> Any:
        connection.execute("DELETE FROM outbox WHERE created_at < ?", (now - 7 * 86_400.0,))
        return original(connection, now, retention)

    return purge


def _erases_drafts_only(original: Any) -> Any:
    def erase(connection: Any, customer_id: str, addresses: Any = ()) -> Any:
        kept = connection.execute("SELECT * FROM outbox").fetchall()
        gone = original(connection, customer_id, addresses)
        connection.execute("DELETE FROM outbox")
        for row in kept:
            connection.execute(f"INSERT INTO outbox VALUES ({', '.join('?' * len(row))})", row)
        return gone

    return erase


def _erases_everybody(original: Any) -> Any:
    def erase(connection: Any, customer_id: str, addresses: Any = ()) -> Any:
        connection.execute("DELETE FROM drafts")
        return original(connection, customer_id, addresses)

    return erase


def _restores_nothing(original: Any) -> Any:
    async def restore(self: Any) -> None:
        self._autosave.restored = True

    return restore


def _writes_back_all(original: Any) -> Any:
    """What the editor shows takes the place of what was found on the disk."""
    return lambda older, newer: replace(newer, facts=newer.facts or older.facts)


def _in_my_name(original: Any) -> Any:
    def rows(self: Any, draft: Any, facts: Any, *rest: Any) -> Any:
        return original(self, draft, replace(facts, agent_id=self._state().me), *rest)

    return rows


def _first_crm_only(original: Any) -> Any:
    def rows(self: Any, draft: Any, facts: Any, *rest: Any) -> Any:
        return original(self, draft, replace(facts, records=facts.records[:1]), *rest)

    return rows


def _without(**gone: Any) -> Callable[[Any], Any]:
    return lambda draft: replace(draft, **gone)


def _facts_without(**gone: Any) -> Callable[[Any], Any]:
    return lambda draft: replace(draft, facts=replace(draft.facts, **gone)) if draft.facts is not None else draft


def _last_word_lost(record: WrapUpRecord) -> WrapUpRecord:
    return replace(record, note=record.note.rpartition(" ")[0] or record.note)


def _words_turned_round(record: WrapUpRecord) -> WrapUpRecord:
    return replace(record, note=" ".join(reversed(record.note.split())))


PLANTED: tuple[Planted, ...] = (
    # Storage
    Planted("a draft is said to be saved and is not written", local_store.LocalStore, "save_draft", _saves_nothing),
    Planted("codes are not written with a draft", drafts, "draft_body", _draft_first(_without(codes=()))),
    Planted("what is half typed is not written", drafts, "draft_body", _draft_first(_without(half=None))),
    Planted("the channel is not kept with a draft", drafts, "draft_body", _draft_first(_facts_without(channel=""))),
    Planted("the agent is not kept with a draft", drafts, "draft_body", _draft_first(_facts_without(agent_id=""))),
    Planted("handing over leaves the draft", local_store.LocalStore, "enqueue", _keeps_the_draft),
    Planted("sending leaves the parked record", local_store.LocalStore, "enqueue", _keeps_the_parked_row),
    Planted("the draft goes before its rows are there", local_store.LocalStore, "enqueue", _forgets_first),
    Planted("only the first row is kept", local_store.LocalStore, "enqueue", _one_row_only),
    Planted("codes are lost when a contact is back", local_store.LocalStore, "resume", _lost_in_resuming),
    Planted("seals are not looked at in drafts", drafts, "is_sealed", _always(True)),
    Planted("a changed outbox row is sent", outbox.Outbox, "_send", _sends_what_changed),
    Planted(
        "every follow-up has the same key",
        wrap_up_rows,
        "outbox_key",
        lambda original: lambda profile, contact, kind, revision, part=0: original(profile, contact, kind, revision),
    ),
    Planted(
        "every contact has the same keys",
        wrap_up_rows,
        "outbox_key",
        lambda original: lambda profile, contact, kind, revision, part=0: original(profile, "", kind, revision, part),
    ),
    # Notes
    Planted("nothing is saved by itself", autosave.Autosave, "_begin_saving", _always(None)),
    Planted("what was typed while finishing is dropped", record_merge, "written_since", _with(_without(note=""))),
    Planted(
        "follow-ups planned while finishing are dropped", record_merge, "written_since", _with(_without(follow_ups=()))
    ),
    Planted(
        "all of a note is written since", record_merge, "written_since", lambda original: lambda before, now, me: now
    ),
    Planted("the editor wins over a disk that comes late", record_merge, "joined", _writes_back_all),
    Planted("the last run's drafts are not taken up", notes.Notes, "restore", _restores_nothing),
    Planted("another agent's note is written on", drafts.Draft, "is_by_another", _always(False)),
    Planted("a contact that left is not noticed", parked_records.ParkedRecords, "_is_gone", _always(False)),
    Planted("who it was is forgotten at a restart", notes, "unsettled_pop", _always(False)),
    Planted(
        "follow-ups are parked without their note", parked_record_rows, "draft_body", _draft_first(_without(note=""))
    ),
    Planted(
        "a note is parked without its follow-ups",
        parked_record_rows,
        "draft_body",
        _draft_first(_without(follow_ups=())),
    ),
    Planted("the last keys are not collected", notes.Notes, "collected", lambda original: _not_collected),
    # Wrap-ups
    Planted("finished before is not looked up", local_store.LocalStore, "handed_over", lambda original: _nothing),
    Planted("a finish can be broken off", background.Background, "undisturbed", _cancelled_with_the_caller),
    Planted("what is half typed is not planned", wrap_ups, "_with_half", lambda original: lambda draft: draft),
    Planted("records go out in the name of who is signed in", wrap_up_rows.WrapUpRows, "rows", _in_my_name),
    Planted("only the first CRM gets a record", wrap_up_rows.WrapUpRows, "rows", _first_crm_only),
    # Outbox
    Planted("what was delivered is sent again on a full disk", outbox.Outbox, "_delivered", _sends_again),
    Planted("delivered before it is sent", outbox.Outbox, "_send", _marked_before_it_is_sent),
    Planted("a failure is the end of it", outbox.Outbox, "_failed", _forgets_on_failure),
    Planted("a refusal stops the target", outbox.Outbox, "_failed", _takes_it_for_a_sign_in),
    Planted("targets wait for each other", outbox.Outbox, "_send_to", _one_after_the_other),
    Planted("what the last run left is not sent", outbox.Outbox, "load", _loads_nothing),
    Planted("the count of what waits is wrong", outbox.Outbox, "_say", _miscounts),
    Planted("the pause between tries is an hour", outbox, "full_jitter", _always(3600.0)),
    Planted("every sender is thought to hold keys", backend_delivery.Deliveries, "repeats", _always(True)),
    Planted("a receipt is written as it came", outbox_rows, "writable", lambda original: lambda text: text),
    # Deliveries
    Planted("a key for every try", backend_delivery.Deliveries, "deliver", _another_key_each_time),
    Planted("the last word of a note is cut off", backend_delivery, "record_from", _with(_last_word_lost)),
    Planted("words are turned round", backend_delivery, "record_from", _with(_words_turned_round)),
    Planted("the queue is left out", backend_delivery, "record_from", _with(_without(queue="other"))),
    Planted("a message goes to another number", backend_delivery, "message_from", _with(_without(to="+4930999999"))),
    # Erasing and purging
    Planted("drafts are purged by age", erasure, "purge_old", _purges_drafts),
    Planted("waiting rows are purged by age", erasure, "purge_old", _purges_rows),
    Planted("erasing leaves the outbox", erasure, "delete_customer", _erases_drafts_only),
    Planted("erasing takes everybody's drafts", erasure, "delete_customer", _erases_everybody),
    Planted("erased words stay in the file", erasure, "leave_no_byte", _always(None)),
    Planted("records linked to nobody are not erased", erasure, "_is_about", _always(False)),
)


def _not_collected(self: Any, interaction_id: str) -> Any:
    open_draft = self._autosave.get(interaction_id)
    draft = open_draft.saved if open_draft is not None and open_draft.saved is not None else None
    return self._complete(draft or drafts.Draft(interaction_id, None, "", (), (), 1, 0.0))


async def _nothing(self: Any, interaction_id: str) -> list[Any]:
    return []
