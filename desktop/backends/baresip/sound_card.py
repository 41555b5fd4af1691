"""The machine's own sound by ALSA: what of it fails is told, and none of it is printed over the screen."""

import asyncio
import ctypes
import logging
import re
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

_FAILED = re.compile(r"could not open (auplay|ausrc) device '([^']{0,127})' \((.{0,100})\)")
_NATIVE = "baresip.native"
_MAPS = Path("/proc/self/maps")
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)


def _unheard(file: bytes, number: int, function: bytes, error: int, text: bytes) -> None:
    """What ALSA would print to the terminal that the desktop is drawn on; the stack's log says the same."""


_UNHEARD = _Handler(_unheard)  # kept for as long as the program runs: ALSA calls it


def keep_quiet() -> None:
    """Have ALSA, which the stack brings, print nothing. On systems without it nothing happens."""
    try:
        paths = {line.rpartition(" ")[2] for line in _MAPS.read_text().splitlines() if "libasound" in line}
    except OSError:
        return
    for path in paths:
        try:
            ctypes.CDLL(path).snd_lib_error_set_handler(_UNHEARD)
        except (OSError, AttributeError) as error:
            log.info("ALSA may print over the screen: %s", type(error).__name__)


class SoundAlarm(logging.Handler):
    """Listens to the stack's log for a device that could not be opened: nothing else tells of it."""

    def __init__(self, failed: Callable[[str], None]) -> None:
        """`failed` hears of it in words, on the loop's thread."""
        super().__init__(logging.WARNING)
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        logging.getLogger(_NATIVE).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        found = _FAILED.search(record.getMessage())
        if found is not None and not self._loop.is_closed():
            what = "loudspeaker" if found[1] == "auplay" else "microphone"
            words = f"There is no sound: the {what} {found[2]!r} cannot be opened ({found[3]})."
            self._loop.call_soon_threadsafe(self._failed, words)

    def close(self) -> None:
        """Listen no more."""
        logging.getLogger(_NATIVE).removeHandler(self)
        super().close()
