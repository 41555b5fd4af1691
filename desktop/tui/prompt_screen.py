"""A screen that paints at once after a pause or a key, instead of with the next tick of Textual's 60 a second."""

import time
from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.screen import Screen

from desktop.tui.base_app import TerminalApp
from desktop.tui.keys_first import LOOK_SECONDS
from desktop.tui.sparing_compositor import SparingCompositor

PERIOD: Final = 1 / 60
"""Seconds between the end of one paint and a start of another that does not wait for the clock."""


class PromptScreen(Screen[None]):
    """The first thing to be painted after a pause need not wait up to 17 ms: the ring, a key's echo.

    More is painted with Textual's own clock, so that a stream of changes costs no more than before; news not while a
    key is on its way, and what the key changed at once.
    """

    LINES_AT_ONCE: ClassVar[int | None] = None
    """How many lines of news are painted before a key may have its turn again; None for all."""

    _compositor: SparingCompositor
    _painted_at = float("-inf")
    _more_comes = False

    def __init__(self) -> None:
        super().__init__()
        self._compositor = SparingCompositor()

    def _on_timer_update(self) -> None:
        if self.key_under_way and not self._follows_key:
            return  # the clock goes on
        self._paint(super()._on_timer_update)

    def _paint(self, paint: Callable[[], None]) -> None:
        began = time.monotonic()
        self._compositor.most_lines = None if self._follows_key else self.LINES_AT_ONCE
        paint()
        self._painted_at = time.monotonic()
        if self._compositor.has_more:
            self._more_comes = self._more_comes or self.call_later(self._paint_more)
        if isinstance(self.app, TerminalApp):
            self.app.painted(self._painted_at - began, all_of_it=not self._compositor.has_more)

    def _paint_more(self) -> None:
        self._more_comes = False
        if not self._compositor.has_more or not self.is_current:
            return
        if self._dirty_widgets or self._layout_required or self._repaint_required:
            self._on_timer_update()
        elif not self.app._batch_count and (self._follows_key or not self.key_under_way):
            self._paint(self._compositor_refresh)
        if self._compositor.has_more and not self._more_comes:
            self._more_comes = True
            self.set_timer(LOOK_SECONDS, self._paint_more)

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
