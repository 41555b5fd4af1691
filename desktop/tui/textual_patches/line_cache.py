"""Lines of a table with their borders, kept as long as what stands between the borders is the same strip.

Upstream: `textual._styles_cache.StylesCache.render_line`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/_styles_cache.py#L267
Why: Textual keeps lines by their place. A table that scrolls by one line, or whose title is another one, is so put
together anew line by line: borders, filters, escape codes, some 10 ms for 25 lines. A `Strip` keeps what the filters
made of it and its escape codes in itself, so that to give out the same one again is all that is needed.
Switch: lines
"""

from rich.terminal_theme import TerminalTheme
from textual._styles_cache import RenderLineCallback, StylesCache
from textual.color import Color
from textual.content import Content
from textual.css.styles import StylesBase
from textual.geometry import Size, Spacing
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from desktop.tui.textual_patches.switch import is_plain

_Title = tuple[Content, Color, Color, Style] | None


class LineCache(StylesCache):
    """For widgets without tint, hatch or outline."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[int, tuple[Strip, Strip]] = {}  # by the identity of what it is made of, which it holds
        self._made_for: tuple[object, ...] = ()

    def render_line(
        self,
        styles: StylesBase,
        y: int,
        size: Size,
        content_size: Size,
        padding: Spacing,
        base_background: Color,
        background: Color,
        render_content_line: RenderLineCallback,
        border_title: _Title,
        border_subtitle: _Title,
        opacity: float,
        ansi_theme: TerminalTheme,
        native_ansi: bool,
    ) -> Strip:
        """See the base class."""
        made_for = (size.width, content_size.width, padding, base_background, background, styles.border, opacity)
        if made_for != self._made_for or len(self._kept) >= 2 * size.height:  # each holds seven caches of Textual's
            self._made_for = made_for
            self._kept.clear()

        def made(render: RenderLineCallback) -> Strip:
            return super(LineCache, self).render_line(
                styles, y, size, content_size, padding, base_background, background, render,
                border_title, border_subtitle, opacity, ansi_theme, native_ansi,
            )  # fmt: skip

        top = styles.gutter.top
        if is_plain("lines") or not top <= y < top + content_size.height:
            return made(render_content_line)
        inner = render_content_line(y - top)
        kept = self._kept.get(id(inner))
        if kept is None:
            kept = self._kept[id(inner)] = (inner, made(lambda _: inner))
        return kept[1]


def keep_lines(widget: Widget) -> None:
    """Have a widget without tint, hatch or outline keep its lines."""
    widget._styles_cache = LineCache()
