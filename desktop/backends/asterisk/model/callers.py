"""Who waits in which queue, from the server's events. Pure: no clock, no network."""

from dataclasses import dataclass

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.contact import phone_number
from desktop.domain.entities.model import Instant, Waiting


@dataclass(frozen=True, slots=True)
class InQueue:
    """Somebody who waits."""

    queue: str
    waiting: Waiting


class Callers:
    """`waiting` is by the caller's channel."""

    def __init__(self) -> None:
        self.waiting: dict[str, InQueue] = {}
        self._hanging_up: set[str] = set()

    def head(self, queue: str) -> tuple[Waiting, ...]:
        """Who waits in a queue, longest first."""
        found = [one.waiting for one in self.waiting.values() if one.queue == queue]
        return tuple(sorted(found, key=lambda one: one.since))

    def waiting_in(self, queue: str) -> int:
        """How many wait in a queue."""
        return sum(one.queue == queue for one in self.waiting.values())

    def wait(self, queue: str, waiting: Waiting) -> None:
        """Somebody waits, as a list tells."""
        self.waiting[waiting.interaction_id] = InQueue(queue, waiting)

    def joined(self, message: Message, at: Instant) -> None:
        """Somebody came into a queue."""
        caller = message["Uniqueid"]
        self.waiting[caller] = InQueue(message["Queue"], Waiting(caller, phone_number(message["CallerIDNum"]), at))

    def hangs_up(self, message: Message, at: Instant) -> None:
        """A phone was hung up, and what follows is its owner's will."""
        if message["Uniqueid"] in self.waiting:
            self._hanging_up.add(message["Uniqueid"])

    def gave_up(self, uid: str) -> bool:
        """Whether a caller whom the server says to have given up really did, or was moved or withdrawn."""
        return uid in self._hanging_up

    def left(self, uid: str) -> None:
        """Somebody waits no more."""
        self.waiting.pop(uid, None)
        self._hanging_up.discard(uid)
