"""How the panes are laid out in a size: all of them, all but one, one, or a word about the size."""

from textual.geometry import Size

from desktop.tui.supervisor.floor_tabs import FLOOR_TABS

WIDE, WIDE_LINES = 140, 32
"""Columns and lines from which all panes are shown."""
MEDIUM, MEDIUM_LINES = 100, 24
"""The same for queues and alerts over either the agents or the details."""
SMALLEST = (60, 18)
BELOW = ("agents", "detail")
"""The panes that take turns below the queues in a medium window."""
LAYOUT = frozenset(
    {
        *("small", "wide", "medium", "narrow"),
        *(f"show-{name}" for name, _ in FLOOR_TABS),
        *(f"below-{name}" for name in BELOW),
    }
)
"""Every class that says how panes stand."""


def classes_for(size: Size, tab: str, below: str) -> set[str]:
    """The classes of the screen in this size with this tab in front, and this pane below the queues."""
    classes = set()
    if size.width < SMALLEST[0] or size.height < SMALLEST[1]:
        classes.add("small")
    if size.width >= WIDE and size.height >= WIDE_LINES:
        return classes | {"wide"}
    medium = size.width >= MEDIUM and size.height >= MEDIUM_LINES
    return classes | ({"medium", f"below-{below}"} if medium else {"narrow", f"show-{tab}"})
