"""How intervals stand side by side: which of them are in sight, how wide each is, and what is written under them."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.history import DAY, WEEK
from desktop.domain.entities.instant import Instant
from desktop.tui.report.raster import Raster
from desktop.words import formats
from desktop.words.catalogue import tr

LABEL = 10
"""Cells for figures to the left of a chart."""
_WIDEST = 15
"""Cells of a bar."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Intervals `first` to before `end` of all `starts` are in sight, side by side over the whole of `room` cells.

    `left`: cells for figures beside the chart. `dated`: whether the first time of a day has its date.
    """

    starts: Sequence[Instant]
    width: float
    days: CentreDays
    first: int
    end: int
    room: int
    left: int = LABEL
    dated: bool = True

    def bar(self, index: int) -> int:
        """Cells of a bar. Bars are equally wide where there is a gap between two; else they touch, and fill the row."""
        column = self.room // max(1, self.end - self.first)
        return min(_WIDEST, column - 1) if column > 2 else self.x(index + 1) - self.x(index)

    def x(self, index: int) -> int:
        """Where the column of an interval begins."""
        return self.left + (index - self.first) * self.room // max(1, self.end - self.first)

    @property
    def shown(self) -> range:
        """Indexes of the intervals in sight."""
        return range(self.first, self.end)

    def frame(self, raster: Raster, top: int, rows: int, most: str, name: str) -> None:
        """The upright line of a chart: the greatest value at its top, its name at the foot."""
        for y in range(top, top + rows):
            raster.put(self.left - 1, y, "│", "$rule")
        raster.put(0, top, f"{most:>{self.left - 2}} ┤", "$muted")
        if rows > 1:
            raster.put(0, top + rows - 1, f"{name[: self.left - 1]:<{self.left - 1}}", "")

    def target(self, raster: Raster, row: int, value: str) -> None:
        """The line of what is wanted, with its value beside it."""
        raster.put(0, row, f"{value:>{self.left - 2}} ┼", "$muted")
        raster.put(self.left, row, "┄" * self.room, "$muted")

    def write(self, raster: Raster, y: int) -> None:
        """Times under the columns, as many as there is room for; arrows where there is more to the sides."""
        free = self.left
        day = None
        for index in self.shown:
            local = self.days.local(self.starts[index])
            fresh = self.dated and local.date() != day
            text = label(self.starts[index], self.width, self.days, fresh=fresh and self.width < DAY)
            x = self.x(index)
            whole_hour = self.width >= DAY or local.minute == 0
            if whole_hour and x >= free and x + len(text) <= raster.width and (fresh or local.hour % 2 == 0):
                raster.put(x, y, text, "bold" if fresh and self.width < DAY else "$muted")
                free = x + len(text) + 1
                day = local.date()
        if free == self.left and self.shown:  # a day that has just begun, without a whole hour yet
            raster.put(self.left, y, f"{self.days.local(self.starts[self.first]):%H:%M}", "$muted")
        if self.first > 0:
            raster.put(self.left - 2, y, "‹", "bold $accent")
        if self.end < len(self.starts):
            raster.put(raster.width - 1, y, "›", "bold $accent")


def axis(starts: Sequence[Instant], width: float, days: CentreDays, cells: int, cursor: int, left: int = LABEL) -> Axis:
    """As many intervals as fit into `cells` cells around the cursor."""
    room = max(1, cells - left)
    fits = min(len(starts), room)
    first = max(0, min(cursor - fits // 2, len(starts) - fits))
    return Axis(starts, width, days, first, first + fits, room, left)


def label(start: Instant, width: float, days: CentreDays, *, fresh: bool) -> str:
    """An interval in as few signs as will do; `fresh` names the day, too."""
    local = days.local(start)
    if width >= WEEK:
        return formats.day_of_month(local.date())
    return formats.short_day(local.date()) if fresh or width >= DAY else f"{local.hour:02}"


def name(start: Instant, end: Instant, width: float, days: CentreDays) -> str:
    """An interval in full: `Tue 10 Nov 09:30–10:00`."""
    local, until = days.local(start), days.local(end)
    if width >= WEEK:
        return tr("week of {day}", day=formats.day_of_month(local.date(), year=True))
    if width >= DAY:
        return formats.long_day(local.date())
    return f"{formats.weekday_and_day(local.date())} {local:%H:%M}–{until:%H:%M}"
