"""Days and weeks of a zone as the archive cuts them: 23 or 25 hours where the clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mock_backends.acd.midnights import Midnights

QUARTER, DAY, WEEK = 900.0, 86_400.0, 604_800.0


def spans(zone: str, since: float, until: float, width: float) -> tuple[list[float], list[float]]:
    """Begin and end of each day, or each week from Monday, that touches [since, until)."""
    midnights, place = Midnights(zone), ZoneInfo(zone)
    begin = midnights.before(since)
    if width == WEEK:
        while datetime.fromtimestamp(begin, place).weekday():
            begin = midnights.before(begin - 1.0)
    edges = [begin]
    while edges[-1] < until:
        following = midnights.after(edges[-1])
        if width == WEEK:
            while datetime.fromtimestamp(following, place).weekday():
                following = midnights.after(following)
        edges.append(following)
    return edges[:-1], edges[1:]


def offsets(zone: str, since: float, until: float) -> tuple[list[float], list[float]]:
    """From when on a zone's clocks are how many seconds ahead of UTC in [since, until).

    Clocks change at a quarter of an hour, and not twice within a day.
    """
    place = ZoneInfo(zone)

    def ahead(at: float) -> float:
        shift = datetime.fromtimestamp(at, place).utcoffset()
        return shift.total_seconds() if shift is not None else 0.0

    at = since // QUARTER * QUARTER
    begins, found = [at], [ahead(at)]
    while at < until:
        if ahead(at + DAY) != found[-1]:
            while ahead(at) == found[-1]:
                at += QUARTER
            begins.append(at)
            found.append(ahead(at))
        at += DAY
    return begins, found
