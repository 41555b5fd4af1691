"""Planned callbacks, kept in the server's own database, and called when they are due by one desktop of many.

A callback is a row that survives the desktop and the server. Whoever calls it claims it first, looks whether another
claimed it at the same time, and makes a channel with the callback's id, of which the server allows one at a time. The
row goes when the call waits in the queue. So one is called twice only when the desktop that called it ends between
these two steps, and the call is over before the claim runs out; and one is lost only when the server ends while it
waits in the queue, or within the second that the server takes to write its database to disk.
"""

import asyncio
import json
import logging
import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from desktop.backends.asterisk.model.call_details import NOTE
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.transfers import Transfers
from desktop.domain.entities.model import Address, Instant
from desktop.ports.errors import BackendError, NotFound, Rejected

log = logging.getLogger(__name__)

FAMILY = "agent-desktop-callback"
CLAIMS = "agent-desktop-callback-claim"
NAMESPACE = uuid.UUID("5f0d8a51-6b0c-4c39-a1a0-6f2f8f0e2b7d")
LOOK_EVERY = 5.0
CLAIM_SECONDS = 60.0
SETTLE_SECONDS = 0.5
_LONGEST_WAIT_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Planned:
    """One callback."""

    id: str
    queue: str
    number: str
    at: Instant
    note: str


class Callbacks:
    """Plans callbacks, and calls those of the agent's own queues."""

    def __init__(self, board: Switchboard, transfers: Transfers) -> None:
        self._board = board
        self._transfers = transfers
        self._me = secrets.token_hex(6)

    async def plan(self, queue: str, address: Address, at: Instant, note: str, key: str) -> str:
        """Keep a callback; the same key is the same row, whoever asks and however often.

        Raises:
            Rejected: the queue or the number cannot be called.
        """
        if address.kind != "phone" or address.withheld:
            raise Rejected("Only numbers can be called back.")
        await self._transfers.reachable(f"queue:{queue}")
        _, number = await self._transfers.reachable(f"tel:{address.value}")
        callback_id = str(uuid.uuid5(NAMESPACE, key))
        row = {"queue": queue, "number": number, "at": at, "note": note[:200]}
        text = urlsafe_b64encode(json.dumps(row).encode()).decode()
        await self._board.act("DBPut", ("Family", FAMILY), ("Key", callback_id), ("Val", text))
        return callback_id

    async def planned(self) -> list[Planned]:
        """Every callback that waits for its time."""
        rows = await (await self._board.link()).listing("DBGetTree", ("Family", FAMILY))
        return [one for row in rows if (one := _read(row["Key"], row["Val"])) is not None]

    async def run(self) -> None:
        """Call what is due, until cancelled."""
        while True:
            try:
                planned = await self.planned()
            except BackendError as error:
                log.info("asterisk: callbacks could not be looked at: %s", error.detail)
                planned = []
            for one in planned:
                if one.at <= self._board.now() and one.queue in self._board.settings.queues:
                    try:
                        await self._call(one)
                    except BackendError as error:  # that one waits for its next turn, and not those behind it
                        log.warning("asterisk: a callback could not be made: %s", error.detail)
            await asyncio.sleep(LOOK_EVERY)

    async def _call(self, one: Planned) -> None:
        if not await self._claimed(one.id):
            return
        board = self._board
        note = "".join(";" if letter == "," else letter for letter in one.note if letter.isprintable())
        await board.act(
            "Originate",
            ("Channel", f"Local/{one.queue}@{board.settings.queue_context}/n"),
            ("Context", board.settings.dial_context),
            ("Exten", one.number),
            ("Priority", "1"),
            ("CallerID", f"<{one.number}>"),
            ("Timeout", str(_LONGEST_WAIT_MS)),
            ("Async", "true"),
            ("ChannelId", f"agent-desktop-callback-{one.id}"),
            ("Variable", f"__{NOTE}={note}"),
        )
        for family in (FAMILY, CLAIMS):
            await board.act("DBDel", ("Family", family), ("Key", one.id))

    async def _claimed(self, callback_id: str) -> bool:
        """Whether this desktop is the one to call it. The last writer wins, and everybody looks after a while."""
        board = self._board
        held_by, _, since = (await self._get(CLAIMS, callback_id)).partition(" ")
        if held_by and since.isascii() and since.isdigit() and board.now() - float(since) < CLAIM_SECONDS:
            return False
        mine = f"{self._me} {int(board.now())}"
        await board.act("DBPut", ("Family", CLAIMS), ("Key", callback_id), ("Val", mine))
        await asyncio.sleep(SETTLE_SECONDS)
        still_there = await self._get(FAMILY, callback_id)
        return bool(still_there) and await self._get(CLAIMS, callback_id) == mine

    async def _get(self, family: str, key: str) -> str:
        link = await self._board.link()
        try:
            rows = await link.listing("DBGet", ("Family", family), ("Key", key))
        except NotFound:
            return ""  # "Database entry not found"
        return rows[0]["Val"] if rows else ""


def _read(path: str, text: str) -> Planned | None:
    try:
        row = json.loads(urlsafe_b64decode(text.encode()))
        return Planned(
            path.rpartition("/")[2], str(row["queue"]), str(row["number"]), float(row["at"]), str(row["note"])
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        log.warning("asterisk: a planned callback cannot be read: %r", path[:80])
        return None
