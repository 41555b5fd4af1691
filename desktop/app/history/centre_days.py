"""The days of the contact centre: where they begin and end, in its own time zone."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from desktop.domain.entities.history import DAY, WEEK
from desktop.domain.entities.instant import Instant

UTC = "UTC"
MONDAY = 0


class CentreDays:
    """Between instants and the local days, weeks and clock times of one IANA zone.

    Two days a year are 23 and 25 hours long in most zones; nothing here assumes that a day has 24.
    """

    def __init__(self, zone: str) -> None:
        """`zone` "" or one this machine does not know counts as UTC, and `zone` says so."""
        from zoneinfo import ZoneInfo  # not needed to start

        try:
            self._zone = ZoneInfo(zone or UTC)
        except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError; the others: a hostile name
            self._zone = ZoneInfo(UTC)
        self.zone = str(self._zone)

    def midnight(self, day: date) -> Instant:
        """When a day begins. Where midnight does not exist, the first moment after the gap."""
        begun = datetime.combine(day, time(), self._zone)
        # A time inside a gap comes back as another one, an hour on.
        return begun.timestamp()

    def day(self, at: Instant) -> date:
        """The day that an instant is in."""
        return self.local(at).date()

    def local(self, at: Instant) -> datetime:
        """An instant as date and clock time there."""
        return datetime.fromtimestamp(at, self._zone)

    def period(self, first: date, until: date) -> tuple[Instant, Instant]:
        """From the midnight that begins `first` to the one that begins `until`."""
        return self.midnight(first), self.midnight(until)

    def monday(self, day: date) -> date:
        """The Monday of the week that a day is in."""
        return day - timedelta(days=(day.weekday() - MONDAY) % 7)

    def edges(self, since: Instant, until: Instant, width: float) -> Iterator[Instant]:
        """Where the intervals begin that begin in [since, until), oldest first.

        A day's intervals are counted from its midnight, and the next midnight begins anew: where a clock change is no
        multiple of `width` (Lord Howe Island), the last interval of that day is shorter.
        """
        day = self.day(since)
        step = timedelta(days=7) if width == WEEK else timedelta(days=1)
        if width == WEEK:
            day = self.monday(day)
        begin = self.midnight(day)
        while begin < until:
            following = self.midnight(day + step)
            at = begin
            while at < following:
                if since <= at < until:
                    yield at
                at = following if width >= DAY else at + width
            begin, day = following, day + step
