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
_WIDEST = 16


@dataclass(frozen=True, slots=True)
class Axis:
    """Intervals `first` to before `end` of all `starts` are in sight, each `column` cells wide with its gap.

    `left`: cells for figures beside the chart. `dated`: whether the first time of a day has its date.
    """

    starts: Sequence[Instant]
    width: float
    days: CentreDays
    first: int
    end: int
    column: int
    left: int = LABEL
    dated: bool = True

    @property
    def bar(self) -> int:
        """Cells of a bar: from three cells on there is a gap between two."""
        return self.column - 1 if self.column > 2 else self.column

    def x(self, index: int) -> int:
        """Where the column of an interval begins."""
        return self.left + (index - self.first) * self.column

    @property
    def shown(self) -> range:
        """Indexes of the intervals in sight."""
        return range(self.first, self.end)

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
        if self.first > 0:
            raster.put(self.left - 2, y, "‹", "bold $accent")
        if self.end < len(self.starts):
            raster.put(raster.width - 1, y, "›", "bold $accent")


def axis(starts: Sequence[Instant], width: float, days: CentreDays, cells: int, cursor: int, left: int = LABEL) -> Axis:
    """As many intervals as fit into `cells` cells around the cursor."""
    room = max(1, cells - left)
    column = max(1, min(_WIDEST, room // max(1, len(starts))))
    fits = min(len(starts), room // column)
    first = max(0, min(cursor - fits // 2, len(starts) - fits))
    return Axis(starts, width, days, first, first + fits, column, left)


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
