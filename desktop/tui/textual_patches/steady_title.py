"""A title of a border that paints nothing but itself, and only when it is another one: many have an age in them.

Where a border has no side, the title has its space there all the same: Textual gives it one beside corners only.

Upstream: `textual.widget._BorderTitle`, the descriptor behind `Widget.border_title` and `border_subtitle`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/widget.py#L249-L285
Why: it paints the whole widget whenever a title is set, the same one too: a screenful a second while nothing happens.
Switch: titles
"""

from typing import Any, Final

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget, _BorderTitle

from desktop.tui.textual_patches.switch import is_plain

_NO_EDGE: Final = ("", "none")
_BESIDE_TITLE: Final = 6
"""Cells of the border that may change with a title: a corner, a dash and a space at each end."""


class SteadyTitle(_BorderTitle):
    """To be put in the place of `border_title` or `border_subtitle` of a class."""

    def __set__(self, obj: Widget, title: Any) -> None:
        new = _beside_open_sides(obj, obj.render_str(title).expand_tabs(4).split()[0])  # as Textual does it
        if is_plain("titles"):
            super().__set__(obj, new)
            return
        before = getattr(obj, self._internal_name, None)
        if before is not None and new.is_same(before):
            return
        setattr(obj, self._internal_name, new)
        first_line = self._internal_name == "_border_title"
        align = obj.styles.border_title_align if first_line else obj.styles.border_subtitle_align
        size = obj.outer_size
        cells = size.width
        if before is not None and align != "center":
            cells = min(cells, max(before.cell_length, new.cell_length) + _BESIDE_TITLE)
        edge = Region(size.width - cells if align == "right" else 0, 0 if first_line else size.height - 1, cells, 1)
        obj.refresh(edge.translate(-obj.content_offset))

    def __get__(self, obj: Widget, objtype: type[Widget] | None = None) -> str | None:
        """See the base class; without what a click does, for which markup has no word."""
        title: Content | None = getattr(obj, self._internal_name, None)
        if title is None:
            return None
        return Content(title.plain, [span for span in title.spans if isinstance(span.style, str)]).markup


def _beside_open_sides(obj: Widget, title: Content) -> Content:
    if not title.cell_length or not obj.is_attached:
        return title
    left, right = obj.styles.border_left[0], obj.styles.border_right[0]
    padded = title if left not in _NO_EDGE else title.pad_left(1)
    return padded if right not in _NO_EDGE else padded.pad_right(1)
