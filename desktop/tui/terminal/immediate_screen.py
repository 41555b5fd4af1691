"""A screen that paints when something has changed, and not with the next tick of Textual's 60 a second."""

import time
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.screen import Screen

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.terminal.incremental_compositor import IncrementalCompositor
from desktop.tui.terminal.input_priority import LOOK_SECONDS


class ImmediateScreen(Screen[None]):
    """Whatever is dirty is painted as soon as the screen has no more messages; how often there are news is the app's.

    While a key is on its way nothing is painted: it goes with what the key changes, when that has been applied. Should
    the key never come to that, Textual's clock paints.
    """

    LINES_AT_ONCE: ClassVar[int | None] = None
    """How many lines of news are painted before a key may have its turn again; None for all."""

    _compositor: IncrementalCompositor
    _more_comes = False

    def __init__(self) -> None:
        super().__init__()
        self._compositor = IncrementalCompositor()

    def _on_timer_update(self) -> None:
        if self.key_under_way and not self._follows_key:
            return
        self._paint(super()._on_timer_update)

    def _paint(self, paint: Callable[[], None]) -> None:
        began = time.monotonic()
        self._compositor.most_lines = None if self._follows_key else self.LINES_AT_ONCE
        paint()
        if self._compositor.has_more:
            self._more_comes = self._more_comes or self.call_later(self._paint_more)
        if isinstance(self.app, TerminalApp):
            self.app.painted(time.monotonic() - began, all_of_it=not self._compositor.has_more)

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
        # Textual calls its own handler of this event, too, and after this one: what is still to be painted then waits
        # for its clock.
        wanted = self._layout_required or self._scroll_required or self._repaint_required or self._recompose_required
        if (wanted or self._dirty_widgets) and self.is_current and not self.app._batch_count:
            self._on_timer_update()

    @property
    def key_under_way(self) -> bool:
        """Whether what could wait must wait now."""
        return isinstance(self.app, TerminalApp) and self.app.input_priority.under_way

    @property
    def _follows_key(self) -> bool:
        return isinstance(self.app, TerminalApp) and self.app.input_priority.just_applied
