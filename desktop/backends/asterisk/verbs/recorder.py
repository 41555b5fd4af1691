"""Pausing the server's recordings of a call, which it does by recording silence."""

from desktop.backends.asterisk.model.contact import Contact, Line
from desktop.backends.asterisk.model.recordings import PAUSED
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Rejected

_NOT_RECORDED = "The call is not being recorded."


class Recorder:
    """Acts on every recording of a call: a queue may record the caller, and a dialplan the agent as well."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    async def pause(self, contact: Contact, *, on: bool) -> None:
        """Pause (`on`) or resume.

        Raises:
            Conflict: nothing is recorded, or the call is over.
        """
        calls = self._board.calls
        lines = calls.recordings.lines(contact)
        if not lines:
            raise Conflict(_NOT_RECORDED)
        for line in lines:
            try:
                await self._switch(line, on=on)
            except (Rejected, NotFound) as error:
                calls.recordings.forget(line.uid)  # it was stopped while nobody listened
                calls.see_recording(contact)
                raise Conflict(_NOT_RECORDED, error.detail) from error
            calls.recordings.set(line.uid, paused=on, at=self._board.now())
        calls.see_recording(contact)

    async def _switch(self, line: Line, *, on: bool) -> None:
        """Both sides at once. The channel is marked as paused only while that is certain, for whoever connects anew."""
        if not on:
            await self._mark(line, "0")
        try:
            await self._board.act(
                "MixMonitorMute", ("Channel", line.name), ("Direction", "both"), ("State", "1" if on else "0")
            )
        except OutcomeUnknown:
            raise
        except BackendError:
            if not on:
                await self._mark(line, f"{self._board.now():.3f}")
            raise
        if on:
            await self._mark(line, f"{self._board.now():.3f}")

    async def _mark(self, line: Line, value: str) -> None:
        await self._board.act("Setvar", ("Channel", line.name), ("Variable", PAUSED), ("Value", value))
