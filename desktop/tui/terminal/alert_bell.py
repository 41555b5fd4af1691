"""Calls a supervisor to new alerts: the bell, and a notification of the desktop where the terminal shows them."""

import os
from collections.abc import Callable, Mapping

from desktop.domain.entities.alert import Alert, Severity, news
from desktop.tui.widgets.safe_text import safe
from desktop.words.catalogue import in_words, tr

LONGEST = 160
_ESC = "\x1b"
_OSC, _END = f"{_ESC}]", f"{_ESC}\\"
_TITLE = "agent-desktop"


def notification(text: str, environ: Mapping[str, str]) -> str:
    """What asks a terminal for a desktop notification; terminals that know none ignore it.

    Args:
        text: anything; comes out in one line without control characters.
        environ: the environment, which tells the terminals of the rxvt and VTE families (OSC 777) from others (OSC 9).
            Inside of tmux it is handed through to the terminal around it, where tmux allows that.
    """
    return passed_on(_sequence(text, environ), environ)


def passed_on(sequence: str, environ: Mapping[str, str]) -> str:
    """An escape sequence, wrapped for the terminal around tmux where there is one."""
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC * 2)}{_END}" if environ.get("TMUX") else sequence


def _sequence(text: str, environ: Mapping[str, str]) -> str:
    plain = "".join(sign for sign in safe(text, limit=LONGEST) if sign.isprintable())
    if environ.get("TERM", "").startswith(("rxvt", "foot")) or "VTE_VERSION" in environ:
        return f"{_OSC}777;notify;{_TITLE};{plain.replace(';', ',')}{_END}"
    # A number first would be another command to some terminals, so the name goes before.
    return f"{_OSC}9;{_TITLE}: {plain}{_END}"


class AlertBell:
    """Rings once for all alerts that came together; rules say whether they want it."""

    def __init__(self, ring: Callable[[], None], write: Callable[[str], None]) -> None:
        """`ring` sounds the bell, `write` hands bytes to the terminal as they are."""
        self._ring = ring
        self._write = write
        self._known: Mapping[str, Alert] = {}

    def hear(self, alerts: Mapping[str, Alert]) -> None:
        """Take in the alerts there are now."""
        known, self._known = self._known, alerts
        if alerts is known:
            return
        fresh = news(known, alerts)
        if any(one.ring for one in fresh):
            self._ring()
        told = sorted((one for one in fresh if one.notify), key=lambda one: one.severity is not Severity.CRITICAL)
        if told:
            more = f" {tr('(and {n} more)', n=len(told) - 1)}" if len(told) > 1 else ""
            self._write(notification(in_words(told[0].text)[: LONGEST - len(more)] + more, os.environ))
