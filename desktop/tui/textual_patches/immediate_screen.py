"""A screen that paints when something has changed, and not with the next tick of Textual's 60 a second.

Upstream: `textual.screen.Screen._on_idle`, `_compositor_refresh`, `_on_timer_update` and `_refresh_layout`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/screen.py#L1172-L1398
Why: a key waits for the tick, 8 ms in the middle and more where the loop is busy; and news must not be painted before a
key that is on its way. And a layout is painted before the widgets it resized are drawn for their new size, which are
then painted again. There is no public way to say when a screen paints.
Switch: screen
"""

import asyncio
import time
from collections.abc import Callable
from typing import ClassVar, Final, Protocol, runtime_checkable

from textual import events
from textual.geometry import Size
from textual.screen import Screen

from desktop.tui.textual_patches.incremental_compositor import IncrementalCompositor
from desktop.tui.textual_patches.switch import is_plain

_RETRY_SECONDS: Final = 0.002
"""How soon what is left to be painted looks again whether it may be."""


class _Priority(Protocol):
    @property
    def under_way(self) -> bool: ...

    @property
    def just_applied(self) -> bool: ...


@runtime_checkable
class PacedApp(Protocol):
    """An app that knows which keys are under way, and wants to know what painting costs."""

    @property
    def input_priority(self) -> _Priority:
        """What is told of each key."""

    def painted(self, seconds: float, *, all_of_it: bool) -> None:
        """A screen was painted, or a part of what there is to paint, which took so long."""


class ImmediateScreen(Screen[None]):
    """Whatever is dirty is painted as soon as the screen has no more messages; how often there are news is the app's.

    While a key is on its way nothing is painted: it goes with what the key changes, when that has been applied. Should
    the key never come to that, Textual's clock paints.
    """

    LINES_AT_ONCE: ClassVar[int | None] = None
    """How many lines of news are painted before a key may have its turn again; None for all."""

    _compositor: IncrementalCompositor
    _more_comes = False
    _in_layout = False
    _laid_out = False  # and not painted yet

    def __init__(self) -> None:
        super().__init__()
        self._compositor = IncrementalCompositor()

    def _on_timer_update(self) -> None:
        if is_plain("screen"):
            super()._on_timer_update()
            return
        if self.key_under_way and not self._follows_key:
            return
        self._paint(super()._on_timer_update)

    def _paint(self, paint: Callable[[], None]) -> None:
        began = time.monotonic()
        self._compositor.most_lines = None if self._follows_key else self.LINES_AT_ONCE
        paint()
        if self._compositor.has_more and not self._laid_out:
            self._more_comes = self._more_comes or self.call_later(self._paint_more)
        if isinstance(self.app, PacedApp):
            self.app.painted(time.monotonic() - began, all_of_it=not self._compositor.has_more)

    def _paint_more(self) -> None:
        self._more_comes = False
        if self._laid_out or not self._compositor.has_more or not self.is_current:
            return
        if self._dirty_widgets or self._layout_required or self._repaint_required:
            self._on_timer_update()
        elif not self.app._batch_count and (self._follows_key or not self.key_under_way):
            self._paint(self._compositor_refresh)
        if self._compositor.has_more and not self._more_comes:
            self._more_comes = True
            self.set_timer(_RETRY_SECONDS, self._paint_more)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._in_layout = not is_plain("screen")
        try:
            super()._refresh_layout(size, scroll)
        finally:
            self._in_layout = False

    def _compositor_refresh(self) -> None:
        if not self._in_layout:
            super()._compositor_refresh()
        elif not self._laid_out:
            # First the widgets with another size draw for it; otherwise their old content would be painted, too.
            self._laid_out = True
            asyncio.get_running_loop().call_soon(self._paint_layout)

    def _paint_layout(self) -> None:
        self._laid_out = False
        if not self.is_attached or not self.is_current:
            return
        self._compositor.update_widgets(self._dirty_widgets)  # painting forgets which are dirty
        if self.app._batch_count:
            self.call_later(self._compositor_refresh)
            return
        try:
            self._paint(super()._compositor_refresh)
        except Exception as error:
            self.app._handle_exception(error)

    async def _on_idle(self, event: events.Idle) -> None:
        # Textual calls its own handler of this event, too, and after this one: what is still to be painted then waits
        # for its clock.
        if is_plain("screen"):
            return
        wanted = self._layout_required or self._scroll_required or self._repaint_required or self._recompose_required
        if (wanted or self._dirty_widgets) and self.is_current and not self.app._batch_count:
            self._on_timer_update()

    @property
    def key_under_way(self) -> bool:
        """Whether what could wait must wait now."""
        return isinstance(self.app, PacedApp) and self.app.input_priority.under_way

    @property
    def _follows_key(self) -> bool:
        return isinstance(self.app, PacedApp) and self.app.input_priority.just_applied
