"""What a supervisor does, written into the server's own queue log before it is done.

The log is the server's file, where its reports look. The manager interface writes it and cannot read it, so nobody is
shown it here; and the server believes whoever has the manager user's secret: the name in it is what the desktop says.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desktop.backends.asterisk.switchboard import Switchboard
from desktop.domain.entities.floor import FloorVerb
from desktop.ports.errors import BackendError, Rejected

EVENT = "SUPERVISOR"
LONGEST_WHY = 300


class ActionLog:
    """Lines `SUPERVISOR | verb | who | why`, and another one where it was refused."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    @asynccontextmanager
    async def written(
        self, verb: FloorVerb, why: str, *, what: str = "", queue: str = "", uid: str = "", agent: str = ""
    ) -> AsyncIterator[None]:
        """Do something inside; not at all when it cannot be written down first.

        Args:
            what: from what to what.
            uid: the caller's channel. agent: the interface of whom it concerns.

        Raises:
            Rejected: there is no reason given, or it is longer than 300 characters.
        """
        why = _line(why)
        if not why or len(why) > LONGEST_WHY:
            raise Rejected("Say why, in 1 to 300 characters.")
        await self._write(verb, f"{what}: {why}" if what else why, queue, uid, agent)
        try:
            yield
        except BackendError as error:
            await self._write(verb, f"refused: {_line(error.message)}", queue, uid, agent)
            raise

    async def _write(self, verb: FloorVerb, text: str, queue: str, uid: str, agent: str) -> None:
        await self._board.act(
            "QueueLog",
            ("Queue", queue or "NONE"),
            ("Event", EVENT),
            ("Uniqueid", uid or "NONE"),
            ("Interface", agent or "NONE"),
            ("Message", f"{verb.value}|{self._board.settings.interface}|{text}"),
        )


def _line(text: str) -> str:
    """Text that makes neither a line nor a column of its own in the log."""
    return "".join("/" if letter == "|" else letter if letter.isprintable() else " " for letter in text).strip()
