"""`outbox list`, `outbox show`, `outbox retry` and `outbox drop`."""

import json
from typing import TYPE_CHECKING

from desktop.cli.connection import DEFAULT_TIMEOUT, Chosen, profile_of, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.kept import kept_outbox
from desktop.cli.output import emit
from desktop.config import Profile

if TYPE_CHECKING:
    from desktop.app.outbox_rows import OutboxRow

UNKNOWN = "There is no such record in the outbox."


def summary(row: "OutboxRow") -> dict[str, object]:
    """A row without its text, with what a wrap-up that was not finished lacks."""
    from desktop.app.outbox_items import item_of

    item = item_of(row)
    return {
        "key": row.key,
        "kind": row.kind,
        "interaction_id": row.interaction_id,
        "target": row.target,
        "customer": item.customer,
        "author": item.author,
        "state": row.state,
        "reason": row.reason,
        "missing": list(item.missing),
        "intact": item.intact,
        "attempts": row.attempts,
        "not_before": row.not_before,
        "created_at": row.created_at,
        "delivered_at": row.delivered_at,
    }


def _text(payload: str) -> object:
    """The payload as JSON, or as it stands when it is not JSON any more: a person must be able to read it."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload


async def _retry(profile: Profile, key: str | None, seconds: float) -> object:
    """Send one record again, or everything that waits, and tell what became of it."""
    from desktop.cli.screenless import sent, session_alone

    waiting = {row.key for row in await kept_outbox(profile) if row.state == "waiting"}
    async with session_alone(profile) as session:
        if key is not None:
            try:
                await session.outbox.retry(key)
            except LookupError:
                raise CommandError(UNKNOWN, Exit.REFUSED) from None
        session.outbox.kick()
        wanted = waiting if key is None else {key}
        return [summary(row) for row in await sent(session, lambda row: row.key in wanted, seconds)]


async def _drop(profile: Profile, key: str) -> object:
    """Discard a parked record for good, and tell what it was."""
    from desktop.cli.screenless import session_alone

    row = next((row for row in await kept_outbox(profile, include_delivered=True) if row.key == key), None)
    if row is None:
        raise CommandError(UNKNOWN, Exit.REFUSED)
    if row.state != "parked":
        raise CommandError("It does not need attention, so it cannot be dropped.", Exit.REFUSED)
    async with session_alone(profile) as session:
        try:
            await session.outbox.discard(key)
        except LookupError:  # its contact is back, and took it
            raise CommandError(UNKNOWN, Exit.REFUSED) from None
    return summary(row)


async def _answer(profile: Profile, chosen: Chosen) -> object:
    if chosen["action"] == "retry":
        return await _retry(profile, chosen["key"], chosen.get("timeout", DEFAULT_TIMEOUT) / 2)
    if chosen["action"] == "drop":
        return await _drop(profile, chosen["key"])
    if chosen["action"] == "list":
        return [summary(row) for row in await kept_outbox(profile, include_delivered=chosen["all"])]
    rows = await kept_outbox(profile, include_delivered=True)
    row = next((row for row in rows if row.key == chosen["key"]), None)
    if row is None:
        raise CommandError(UNKNOWN, Exit.REFUSED)
    return summary(row) | {"receipt": row.receipt, "payload": _text(row.payload)}


def run(chosen: Chosen) -> int:
    """Print what was asked for. A profile that cannot be used still lets its outbox be read."""
    profile = usable_profile(chosen) if chosen["action"] in ("retry", "drop") else profile_of(chosen)
    emit(within(chosen, _answer(profile, chosen)))
    return Exit.OK
