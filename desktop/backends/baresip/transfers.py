"""Handing a caller over: by REFER, with Replaces where the target is another call of ours."""

import asyncio
from typing import TYPE_CHECKING

from desktop.backends.baresip.failures import as_ours
from desktop.backends.baresip.line import Line
from desktop.domain.entities.phone import CallEnd
from desktop.ports.errors import BackendError

if TYPE_CHECKING:
    from baresip import TransferFailed

TRANSFER_SECONDS = 20.0
_TOO_EARLY = 400
_TRIES, _PAUSE = 5, 0.2


async def hand_over(line: Line, target: "Line | str") -> None:
    """Hand the far side of a line over to another line's, or to a SIP address; returns when it is there.

    Raises:
        Rejected: the far side refused, or nobody took the call; ours stays.
        BackendError: it could not be asked.
    """
    lines = [line, target] if isinstance(target, Line) else [line]
    for one in lines:
        one.leaving = CallEnd.TRANSFERRED
    try:
        await as_ours(_refer(line, target))
    except BackendError:
        for one in lines:
            one.leaving = None
        raise


async def _refer(line: Line, target: "Line | str") -> None:
    import baresip

    for attempt in range(_TRIES):
        try:
            if isinstance(target, Line):
                await line.call.attended_transfer(target.call, timeout=TRANSFER_SECONDS)
            else:
                await line.call.transfer(target, timeout=TRANSFER_SECONDS)
        except baresip.TransferFailed as error:
            if attempt + 1 == _TRIES or not _too_early(error):
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return


def _too_early(error: "TransferFailed") -> bool:
    """Asterisk answers 400 while it still joins a call that was answered just now; nothing has happened then."""
    return error.status == _TOO_EARLY
