"""Intervals side by side: over the whole width there is, however many they are."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from desktop.tui.report.axis import axis
from desktop.tui.report.raster import Raster
from tests.tui.report.report_desk import DAYS


@given(st.integers(1, 400), st.integers(12, 220), st.data())
def test_bars_fill_the_width_and_touch_no_neighbour(count: int, cells: int, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, count - 1))
    at = axis([n * 1_800.0 for n in range(count)], 1_800.0, DAYS, cells, cursor)
    assert cursor in at.shown
    assert at.x(at.first) == at.left and at.x(at.end) == cells
    for index in at.shown:
        assert 1 <= at.bar(index) <= at.x(index + 1) - at.x(index)


def test_a_chart_has_its_scale_and_name_at_the_line() -> None:
    at = axis([0.0], 1_800.0, DAYS, 20, 0)
    raster = Raster(20, 4)
    at.frame(raster, 0, 4, "28", "abandoned")
    at.target(raster, 1, "80%")
    assert [one.plain.rstrip() for one in raster.lines()] == [
        "      28 ┤",
        "     80% ┼┄┄┄┄┄┄┄┄┄┄",
        "         │",
        "abandoned│",
    ]


def test_a_day_that_began_within_the_hour_says_when() -> None:
    at = axis([1_800.0], 1_800.0, DAYS, 20, 0)
    raster = Raster(20, 1)
    replace(at, dated=False).write(raster, 0)
    assert raster.lines()[0].plain.split() == ["01:30"]
