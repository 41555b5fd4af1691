"""`outbox list`, `outbox show`, `outbox retry` and `outbox drop`."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop.cli.connection import DEFAULT_TIMEOUT, Chosen, profile_of, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.local_data import kept_drafts, kept_outbox
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.words.catalogue import in_words, ntr, tr
from desktop.words.marks import mark

if TYPE_CHECKING:
    from desktop.app.storage.tables.drafts import Draft
    from desktop.app.storage.tables.outbox_rows import OutboxRow

UNKNOWN = mark("There is no record {key} in the outbox.")


def state_words(row: "OutboxRow") -> str:
    """What is to become of a row, and why it has not yet."""
    if row.state == "delivered":
        return tr("delivered")
    if row.state == "parked":
        return tr("needs you: {why}", why=row.reason) if row.reason else tr("needs you")
    return tr("waits: {why}", why=row.reason) if row.reason else tr("waits to be sent")


def summary(row: "OutboxRow") -> dict[str, object]:
    """A row without its text, with what a wrap-up that was not finished lacks."""
    from desktop.app.notes.outbox_items import item_of

    item = item_of(row)
    return {
        "key": row.key,
        "kind": row.kind,
        "interaction_id": row.interaction_id,
        "target": row.target,
        "customer": item.customer,
        "author": item.author,
        "state": row.state,
        "words": state_words(row),
        "reason": in_words(row.reason),
        "missing": list(item.missing),
        "intact": item.intact,
        "attempts": row.attempts,
        "not_before": row.not_before,
        "created_at": row.created_at,
        "delivered_at": row.delivered_at,
    }


def in_progress(draft: "Draft") -> dict[str, object]:
    """A note that was not finished yet, as `summary` tells of a row; it has no key before it is."""
    facts = draft.facts
    return {
        "key": "",
        "kind": "draft",
        "interaction_id": draft.interaction_id,
        "target": "",
        "customer": facts.customer_name if facts is not None else "",
        "author": facts.agent_id if facts is not None else "",
        "state": "in_progress",
        "words": tr("in progress: the desktop goes on with it"),
        "reason": "",
        "missing": [],
        "intact": draft.intact,
        "attempts": 0,
        "not_before": 0.0,
        "created_at": draft.saved_at,
        "delivered_at": None,
    }


def _text(payload: str) -> object:
    """The payload as JSON, or as it stands when it is not JSON any more: a person must be able to read it."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload


def _unknown(key: str) -> CommandError:
    return CommandError(tr(UNKNOWN, key=repr(key)), Exit.REFUSED)


async def _retry(profile: Profile, key: str | None, seconds: float) -> "list[OutboxRow]":
    """Send one record again, or everything that is not delivered, parked or not; the rows as they are then.

    Raises:
        CommandError: there is no such record.
        StoreError: this one was changed on the disk, or nothing can be written.
    """
    from desktop.app.storage.errors import StoreDamaged
    from desktop.app.storage.tables.parked_record_rows import NotSendable
    from desktop.cli.headless_session import sent, session_alone

    rows = await kept_outbox(profile)
    wanted = {row.key for row in rows} if key is None else {key}
    parked = [row.key for row in rows if row.state == "parked"] if key is None else [key]
    async with session_alone(profile) as session:
        for one in parked:
            try:
                sent_now = {row.key for row in await session.outbox.retry(one)}
                wanted = (wanted - {one}) | sent_now  # a refused one goes under another key
            except NotSendable as lacks:
                if key is not None:
                    raise CommandError(in_words(lacks.sentence), Exit.REFUSED) from lacks
            except LookupError:
                if key is not None:
                    raise _unknown(key) from None
            except StoreDamaged as damaged:
                if key is not None:
                    raise CommandError(in_words(damaged.sentence), Exit.REFUSED) from damaged
        session.outbox.wake()
        return await sent(session, lambda row: row.key in wanted, seconds)


def _became(rows: "Sequence[OutboxRow]", key: str | None) -> Exit:
    """Say what is not delivered, and answer the exit code for it."""
    states = Counter(row.state for row in rows)
    if key is not None:
        for row in rows:
            if row.state != "delivered":
                say(tr("It was not delivered; it {state}.", state=state_words(row)))
        if states["parked"]:
            return Exit.REFUSED
        return Exit.UNAVAILABLE if states["waiting"] else Exit.OK
    parked, waiting = states["parked"], states["waiting"]
    left = [ntr("{n} need you", "{n} need you", parked)] if parked else []
    left += [ntr("{n} wait", "{n} wait", waiting)] if waiting else []
    if left:
        told = tr(
            "Delivered {n} of {all}; {left}. `outbox list` says why.",
            n=states["delivered"],
            all=len(rows),
            left=tuple(left),
        )
        say(told)
    return Exit.REFUSED if left else Exit.OK


async def _drop(profile: Profile, key: str) -> object:
    """Discard a parked record for good, and tell what it was."""
    from desktop.cli.headless_session import session_alone

    row = next((row for row in await kept_outbox(profile, include_delivered=True) if row.key == key), None)
    if row is None:
        raise _unknown(key)
    if row.state != "parked":
        raise CommandError(tr("{key} does not need attention, so it cannot be dropped.", key=repr(key)), Exit.REFUSED)
    async with session_alone(profile) as session:
        try:
            await session.outbox.discard(key)
        except LookupError:  # its contact is back, and took it
            raise _unknown(key) from None
    return summary(row)


async def _answer(profile: Profile, chosen: Chosen) -> object:
    if chosen["action"] == "drop":
        return await _drop(profile, chosen["key"])
    if chosen["action"] == "list":
        rows = await kept_outbox(profile, include_delivered=chosen["all"])
        return [*map(summary, rows), *map(in_progress, await kept_drafts(profile))]
    rows = await kept_outbox(profile, include_delivered=True)
    row = next((row for row in rows if row.key == chosen["key"]), None)
    if row is None:
        raise _unknown(chosen["key"])
    return summary(row) | {"receipt": row.receipt, "payload": _text(row.payload)}


def run(chosen: Chosen) -> int:
    """Print what was asked for. A profile that cannot be used still lets its outbox be read."""
    if chosen["action"] == "retry":
        seconds = chosen.get("timeout", DEFAULT_TIMEOUT) / 2
        rows = within(chosen, _retry(usable_profile(chosen), chosen["key"], seconds))
        emit([summary(row) for row in rows])
        return _became(rows, chosen["key"])
    profile = usable_profile(chosen) if chosen["action"] == "drop" else profile_of(chosen)
    emit(within(chosen, _answer(profile, chosen)))
    return Exit.OK
