"""A screen that paints at once after a pause, instead of at the next tick of Textual's clock of 60 a second."""

import time
from typing import Final

from textual import events
from textual.screen import Screen

PERIOD: Final = 1 / 60
"""Seconds between the end of one paint and a start of another that does not wait for the clock."""


class PromptScreen(Screen[None]):
    """The first thing to be painted after a pause need not wait up to 17 ms: the ring, a key's echo.

    More is painted with Textual's own clock, so that a stream of changes costs no more than before.
    """

    _painted_at = float("-inf")

    def _on_timer_update(self) -> None:
        super()._on_timer_update()
        self._painted_at = time.monotonic()

    async def _on_idle(self, event: events.Idle) -> None:
        # Textual calls its own handler of this event, too, and after this one: it finds nothing left to paint.
        if (
            (self._layout_required or self._repaint_required or self._dirty_widgets)
            and self.is_current
            and not self.app._batch_count
            and time.monotonic() - self._painted_at >= PERIOD
        ):
            self._on_timer_update()
