"""How the panes of the agent's screen are laid out in a size: three columns, two, one, or a word about the size."""

from textual.geometry import Size

from desktop.tui.agent.panes.tabs import TABS

SPACIOUS, WIDE, MEDIUM = 180, 140, 100
"""Columns from which three columns with room, three, or two are shown."""
SMALLEST = (60, 18)
LAYOUT = frozenset({"small", "spacious", "wide", "medium", "narrow", *(f"show-{name}" for name, _ in TABS)})
"""Every class that says how panes stand."""


def classes_for(size: Size, tab: str) -> set[str]:
    """The classes of the screen in this size with this tab in front."""
    narrow = size.width < MEDIUM
    fits = {
        "small": size.width < SMALLEST[0] or size.height < SMALLEST[1],
        "spacious": size.width >= SPACIOUS,
        "wide": size.width >= WIDE,
        "medium": MEDIUM <= size.width < WIDE,
        "narrow": narrow,
        f"show-{tab}": narrow,
    }
    return {name for name, on in fits.items() if on}
