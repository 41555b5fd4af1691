"""Calls the agent to an offer when they look elsewhere: bell, notification, window title, taskbar."""

import os
from collections.abc import Callable, Mapping

from desktop.config.setting import WINDOW
from desktop.tui.terminal.alert_bell import notification, passed_on
from desktop.tui.terminal.news_bell import NONE, Wanted
from desktop.tui.widgets.safe_text import safe
from desktop.words.catalogue import tr

BOTH, TITLE, TASKBAR, _ = WINDOW
LONGEST_TITLE = 80
# The terminal keeps the title there was, and gives it back: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
_KEEP, _GIVE_BACK, _SET = "\x1b[22;2t", "\x1b[23;2t", "\x1b]2;{}\x1b\\"
# A pulse without an end: https://conemu.github.io/en/AnsiEscapeCodes.html#ConEmu_specific_OSC
_PULSE, _NO_PULSE = "\x1b]9;4;3;0\x1b\\", "\x1b]9;4;0;0\x1b\\"


class OfferBell:
    """Rings once for each offer, and shows in the window's title and the taskbar that one rings until none does."""

    def __init__(self, ring: Callable[[], None], write: Callable[[str], None], wanted: Wanted) -> None:
        """`ring` sounds the bell, `write` hands bytes to the terminal as they are."""
        self._ring = ring
        self._write = write
        self.wanted = wanted
        self._known: frozenset[str] = frozenset()
        self._titled = ""

    def hear(self, offers: Mapping[str, tuple[str, str]]) -> None:
        """Take in what is offered now.

        Args:
            offers: by id, in order: what it is and for which queue, which may stand where others read it; and who.
        """
        fresh = [offer for key, offer in offers.items() if key not in self._known]
        self._known = frozenset(offers)
        if fresh:
            self._ring()
            if self.wanted.notify != NONE:
                self._write(notification(" · ".join(part for part in fresh[0] if part), os.environ))
        self._show(next(iter(offers.values()))[0] if offers else "")

    def want(self, wanted: Wanted) -> None:
        """Go by this from now on; an offer that rings is shown so at the next one."""
        self.close()
        self.wanted = wanted

    def close(self) -> None:
        """Leave title and taskbar as they were."""
        self._show("")

    def _show(self, title: str) -> None:
        before, self._titled = self._titled, title
        if title == before:
            return
        if self.wanted.window in (BOTH, TITLE):
            plain = "".join(sign for sign in safe(title, limit=LONGEST_TITLE) if sign.isprintable())
            kept = "" if before else _KEEP
            self._write(f"{kept}{_SET.format(tr('{offer} – agent-desktop', offer=plain))}" if title else _GIVE_BACK)
        if self.wanted.window in (BOTH, TASKBAR) and not (title and before):
            self._write(passed_on(_PULSE if title else _NO_PULSE, os.environ))
