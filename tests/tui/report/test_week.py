"""The map of a week: as wide as there is room, with each half hour as wide as the others, give or take a cell."""

from itertools import pairwise

import pytest

from desktop.app.history.week_map import SLOTS, WeekMap
from desktop.domain.figures.service_level import DEFAULT_FORMULA
from desktop.tui.report.week import LABEL, NUMBERED, MapOf, week_lines
from tests.tui.supervisor.floor_states import counts


def day_of(first: int, last: int) -> MapOf:
    """A week in which something came in all of these half hours."""
    row = tuple(counts(40, 30, 38, 2, 9.0, 200.0) if first <= slot < last else None for slot in range(SLOTS))
    return MapOf(WeekMap((row,) * 7, (1,) * 7), "offered", DEFAULT_FORMULA, slot=first)


@pytest.mark.parametrize("hours", [(16, 36), (14, 41), (0, 48)])
@pytest.mark.parametrize("width", [60, 76, 96, 116, 117, 136, 196])
def test_the_map_of_a_week_uses_the_whole_width(width: int, hours: tuple[int, int]) -> None:
    first, last = hours
    ends = []
    for slot in range(first, last):
        shown = day_of(first, last)
        heading = week_lines(MapOf(shown.week, "offered", DEFAULT_FORMULA, 0, slot), width, 20)[0].plain
        ends.append((heading.index("▾"), heading.rindex("▾") + 1))
    assert ends[0][0] == LABEL and ends[-1][1] == width
    assert all(before[1] == after[0] for before, after in pairwise(ends)), "no gap, no overlap"
    cells = {end - begin for begin, end in ends}
    assert max(cells) - min(cells) <= 1
    if (width - LABEL) // (last - first) < NUMBERED:  # with shades, not grounds
        monday = week_lines(day_of(first, last), width, 20)[1].plain
        assert " " not in monday[LABEL:width]
