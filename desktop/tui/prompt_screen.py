"""A screen that paints at once after a pause or a key, instead of with the next tick of Textual's 60 a second."""

import time
from typing import Final

from textual import events
from textual.screen import Screen

from desktop.tui.base_app import TerminalApp
from desktop.tui.sparing_compositor import SparingCompositor

PERIOD: Final = 1 / 60
"""Seconds between the end of one paint and a start of another that does not wait for the clock."""


class PromptScreen(Screen[None]):
    """The first thing to be painted after a pause need not wait up to 17 ms: the ring, a key's echo.

    More is painted with Textual's own clock, so that a stream of changes costs no more than before; news not while a
    key is on its way, and what the key changed at once.
    """

    _painted_at = float("-inf")

    def __init__(self) -> None:
        super().__init__()
        self._compositor = SparingCompositor()

    def _on_timer_update(self) -> None:
        if self.key_under_way and not self._follows_key:
            return  # the clock goes on
        began = time.monotonic()
        super()._on_timer_update()
        self._painted_at = time.monotonic()
        if isinstance(self.app, TerminalApp):
            self.app.painted(self._painted_at - began)

    async def _on_idle(self, event: events.Idle) -> None:
        # Textual calls its own handler of this event, too, and after this one: it finds nothing left to paint.
        if (
            (self._layout_required or self._repaint_required or self._dirty_widgets)
            and self.is_current
            and not self.app._batch_count
            and (self._follows_key or time.monotonic() - self._painted_at >= PERIOD)
        ):
            self._on_timer_update()

    @property
    def key_under_way(self) -> bool:
        """Whether what could wait must wait now."""
        return isinstance(self.app, TerminalApp) and self.app.keys_first.under_way

    @property
    def _follows_key(self) -> bool:
        return isinstance(self.app, TerminalApp) and self.app.keys_first.just_applied
