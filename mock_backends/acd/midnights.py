"""Where a day begins: the midnights of a time zone, whatever its clock changes do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


class Midnights:
    """The midnights of an IANA time zone as epoch seconds.

    A day has 23 or 25 hours where the clocks change. Where they change at midnight itself, the day begins at the first
    moment that has its date.
    """

    def __init__(self, zone: str) -> None:
        """:raises zoneinfo.ZoneInfoNotFoundError: there is no such zone."""
        self._zone = ZoneInfo(zone)

    def before(self, now: float) -> float:
        """The last midnight at or before `now`."""
        return self._begin(now, 0)

    def after(self, now: float) -> float:
        """The first midnight after `now`."""
        return self._begin(now, 1)

    def _begin(self, now: float, days: int) -> float:
        day = datetime.fromtimestamp(now, self._zone).date() + timedelta(days=days)
        return datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp()
