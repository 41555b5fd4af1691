"""How a command ends: in good order where it can, and within two seconds whatever hangs."""

import os
import signal
import threading
from collections.abc import Callable
from time import sleep
from typing import Final

from desktop.app.signal_watch import SignalWatch

GRACE: Final = 1.5
"""Seconds in which a command that is interrupted, or has its result, may end in good order."""

_INTERRUPTED: Final = 130


def in_time(command: Callable[[], int]) -> int:
    """Run a command as the whole of this process.

    It is over `GRACE` after ctrl+c, whether or not anything in it hears of that, and as soon after its result: a
    thread that a server keeps waiting would hold Python's own end for as long as it waits.

    Args:
        command: returns the exit code.

    Returns:
        That exit code, for `sys.exit`.
    """
    SignalWatch(_interrupted).begin()
    code = command()
    threading.Thread(target=_end, args=(code,), name="ending", daemon=True).start()
    return code


def _interrupted(number: int) -> None:
    if number == signal.SIGINT:
        _end(_INTERRUPTED)


def _end(code: int) -> None:
    sleep(GRACE)
    os._exit(code)
