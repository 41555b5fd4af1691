"""Ends a server's processes when the tests that started them are no more, however these ended.

Run as a program of its own with the server's folder as the argument. It reads `+PID` for each process group to guard
and `-PID` for each that was ended, and acts when its input ends, which happens when the tests' process is gone. A death
signal of the kernel (`PR_SET_PDEATHSIG`) would not do: it comes when the starting thread ends, not the process, and is
lost when a server changes its user.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

_GOODBYE_SECONDS = 5.0


def main() -> None:
    """Guard until the input ends, then end what is left and take the folder away."""
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)  # whoever stops the tests by their group wants this to be done all the more
    groups: set[int] = set()
    for line in sys.stdin:
        groups.add(int(line[1:])) if line.startswith("+") else groups.discard(int(line[1:]))
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, sign)
        until = time.monotonic() + _GOODBYE_SECONDS
        while any(map(_lives, groups)) and time.monotonic() < until:
            time.sleep(0.02)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
