"""Where a box stands that is about a row: below it, or above where there is no room, so that the row stays in sight."""

from typing import Final

from textual.geometry import Offset, Region
from textual.widget import Widget

_INDENT: Final = 2
"""Cells by which the box stands to the right of its row."""


def place_beside(box: Widget, row: Offset, within: Region, width: int, height: int) -> None:
    """Put a box beside a row.

    Args:
        box: in the layer above the panes, placed absolutely.
        row: where it begins on the screen.
        within: the part of the screen that may be covered: never an offer, a banner or the footer.
        width: of the box where there is room for it, its border included.
        height: as many lines as it will have.
    """
    if not within.width:
        return  # the window is too small for any pane
    box.styles.width = width = min(width, within.width)
    below, above = row.y + 1, row.y - height
    fits_below = below + height <= within.bottom
    y = below if fits_below else above if above >= within.y else within.bottom - height
    x = min(row.x + _INDENT, within.right - width)
    box.styles.offset = (max(within.x, x), max(within.y, y))
