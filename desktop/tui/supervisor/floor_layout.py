"""How the panes are laid out in a size: all of them, two, one, or a word about the size."""

from textual.geometry import Size

from desktop.tui.supervisor.floor_tabs import FLOOR_TABS

WIDE, WIDE_LINES = 170, 40
"""Columns and lines from which all panes are shown."""
MEDIUM, MEDIUM_LINES = 100, 30
"""The same for two of them."""
SMALLEST = (60, 18)
LAYOUT = frozenset({"small", "wide", "medium", "narrow", *(f"show-{name}" for name, _ in FLOOR_TABS)})
"""Every class that says how panes stand."""


def classes_for(size: Size, tab: str) -> set[str]:
    """The classes of the screen in this size with this tab in front."""
    classes = set()
    if size.width < SMALLEST[0] or size.height < SMALLEST[1]:
        classes.add("small")
    if size.width >= WIDE and size.height >= WIDE_LINES:
        return classes | {"wide"}
    medium = size.width >= MEDIUM and size.height >= MEDIUM_LINES
    return classes | {"medium" if medium else "narrow", f"show-{tab}"}
