"""All that is counted of the queues and their people, from one midnight (or link) to the next. Pure: no clock."""

from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.queue_sums import AgentSums
from desktop.backends.asterisk.model.staff_clock import Doing, StaffClock
from desktop.backends.asterisk.model.tally import Tally
from desktop.backends.asterisk.model.trend import Trend
from desktop.backends.asterisk.settings import Settings
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import AgentDay
from desktop.domain.entities.model import Instant


class QueueBook:
    """Sums, agents' times and trends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.zone) if settings.zone else None
        self._midnight: Instant | None = None  # the next one of the centre's zone
        self._trends = {name: Trend() for name in settings.queues}
        self._wrapping: set[str] = set()
        self.tally = Tally(settings.queues, settings.short_abandon_seconds)
        self.staff = StaffClock()

    def begin(self, at: Instant) -> None:
        """The link is new: nothing is known of what was before it."""
        self.tally.forget()
        self.tally.begin(at)
        self.staff = StaffClock()
        self._wrapping = set()
        self._trends = {name: Trend() for name in self._settings.queues}
        self._midnight = self._next_midnight(at)

    def apply(self, message: Message, at: Instant) -> tuple[Set[str], Set[str]]:
        """Take in one event; answers the interfaces that may do something else now, and the queues that may differ."""
        self.run(at)
        self.tally.apply(message, at)
        moved, self.tally.moved = self.tally.moved, set()
        touched, self.tally.touched = self.tally.touched, set()
        return moved, touched

    def run(self, at: Instant) -> None:
        """Time has gone by: perhaps over midnight."""
        while self._midnight is not None and at >= self._midnight:
            self.tally.begin(self._midnight)
            self.staff.begin(self._midnight)
            self._midnight = self._next_midnight(self._midnight)
        self.tally.settle(at)

    def see(self, interface: str, doing: Mapping[str, Doing], at: Instant, *, wrapping: bool) -> None:
        """What an agent does in each of their queues from now on."""
        self.staff.see(interface, doing, at)
        if wrapping is not (interface in self._wrapping):
            (self._wrapping.add if wrapping else self._wrapping.discard)(interface)
            self.tally.wrap_up(interface, on=wrapping, at=at)

    def note_waiting(self, queue: str, waiting: int, at: Instant) -> None:
        """So many wait in a queue now."""
        if queue in self._trends:
            self._trends[queue].note(waiting, at)

    def trend(self, queue: str, at: Instant) -> tuple[int, ...]:
        """The most who waited at once, by five minutes."""
        return self._trends[queue].peaks(at)

    def counts(self, queue: str, at: Instant) -> Counts | None:
        """The sums of a queue until now."""
        return self.tally.counts(queue, at, self.staff.staff(queue, at))

    def today(self, interface: str, at: Instant) -> AgentDay:
        """What an agent did since the book began."""
        sums, times = self.tally.agents.get(interface, AgentSums()), self.staff.of(interface, at)
        return AgentDay(
            since=self.tally.since,
            handled=sums.handled,
            missed=sums.missed,
            declined=sums.declined,
            signed_in=times.signed_in,
            idle=times.idle,
            engaged=times.engaged,
            load=times.load,
            until=at,
        )

    def _next_midnight(self, at: Instant) -> Instant | None:
        if self._zone is None:
            return None
        tomorrow = datetime.fromtimestamp(at, UTC).astimezone(self._zone).date() + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self._zone).timestamp()
