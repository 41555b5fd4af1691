"""What a page for people is made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.week_map import WeekMap
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.service_level import Formula


@dataclass(frozen=True, slots=True)
class Report:
    """A period with its figures.

    `title` is what the page is headed by, "" for the contact centre as a whole. `intervals` are those of the period,
    all queues together, `width` seconds each; `queues` the counts of each queue over all of it; `week` its half hours
    as a map. `as_of` is when the contact centre was asked. `narrowed` names the queues and channels that it is about,
    "" for all.
    """

    title: str
    since: Instant
    until: Instant
    width: float
    as_of: Instant
    formula: Formula
    days: CentreDays
    intervals: Sequence[Interval]
    queues: Sequence[tuple[str, Counts]]
    week: WeekMap
    narrowed: str = ""
