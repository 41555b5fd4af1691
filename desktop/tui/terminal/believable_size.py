"""How large a terminal may say it is."""

from typing import Final

MOST_CELLS: Final = (1_000, 500)
"""The widest and the highest screen that is drawn; a terminal that says it is larger is not believed."""


def believable(width: int, height: int) -> tuple[int, int]:
    """A size in cells as a terminal gives it, but no larger than a screen can be: each cell costs memory and time."""
    return min(width, MOST_CELLS[0]), min(height, MOST_CELLS[1])
