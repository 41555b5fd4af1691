"""The one agent at a system that keeps none itself: they are what was chosen here."""

from collections.abc import Callable, Sequence

from desktop.domain.entities.model import Agent, Instant
from desktop.domain.entities.words import Availability, Channel, Role


class SignedInAgent:
    """Their availability, what comes after the current work, and how many offers they missed."""

    def __init__(
        self,
        agent_id: str,
        name: str,
        channel: Channel,
        capacity: int,
        queues: Sequence[str],
        clock: Callable[[], Instant],
    ) -> None:
        """Offline at first. `capacity` is how many contacts of `channel` they have in hand at most."""
        self.availability = Availability.OFFLINE
        self.next: tuple[Availability, str] | None = None
        """The availability, with its reason, that comes after the current work."""
        self._id, self._name = agent_id, name
        self._channel, self._capacity, self._queues = channel.value, capacity, tuple(queues)
        self._clock = clock
        self._reason = ""
        self._since = clock()
        self._missed = 0
        self._version = int(clock() * 1_000)

    def choose(self, availability: Availability, reason: str) -> None:
        """Be available, or not; nothing else comes after the current work."""
        self.availability, self._reason, self.next = availability, reason, None
        self._since = self._clock()

    def miss(self) -> None:
        """An offer was not answered: they are not ready until they say otherwise."""
        self._missed += 1
        self.choose(Availability.NOT_READY, "missed")

    def shown(self, in_use: int) -> Agent:
        """The agent as they are now, with so many contacts in hand; each time a newer version."""
        self._version += 1
        chosen, reason = self.next or (None, "")
        return Agent(
            id=self._id,
            version=self._version,
            name=self._name,
            role=Role.AGENT,
            team="",
            observed=self.availability,
            since=self._since,
            reason=self._reason,
            next=chosen,
            next_reason=reason,
            capacity={self._channel: self._capacity},
            in_use={self._channel: in_use},
            queues=self._queues,
            missed=self._missed,
        )
