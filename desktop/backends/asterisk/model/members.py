"""Agents as members of queues."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

from desktop.backends.asterisk.ami.framing import Message
from desktop.domain.entities.words import Availability

WRAP_UP = "wrap-up"
MISSED = "missed"
OFFLINE = "offline"
_AUTO_PAUSE = "Auto-Pause"  # the server's own reason after an unanswered ring
IDLE, INVALID, UNAVAILABLE = "1", "4", "5"  # device states; 0 is unknown, the others are some kind of busy
MEMBER_EVENTS = {"queuemember", "queuememberadded", "queuememberpause", "queuememberstatus", "queuememberpenalty"}


@dataclass(frozen=True, slots=True)
class Member:
    """An agent in one queue."""

    name: str
    paused: bool
    reason: str
    device: str
    dynamic: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What the server counted in a queue since it loaded it."""

    completed: int | None
    abandoned: int | None
    level_seconds: int | None
    level: float | None


def member_of(message: Message, old: Member | None) -> Member:
    """What an event or an entry of a list tells of a membership."""
    return Member(
        name=message["MemberName"] or message["Name"],
        paused=message["Paused"] == "1",
        reason=message["PausedReason"],
        device=message["Status"],
        dynamic=(message["Membership"] or ("dynamic" if old is None or old.dynamic else "")) != "static",
    )


def observed_in(members: Sequence[Member]) -> tuple[Availability, str]:
    """What memberships together say of an agent, and the reason."""
    if not members or all(one.paused and one.reason == OFFLINE for one in members):
        return Availability.OFFLINE, ""
    if any(not one.paused for one in members):
        return Availability.AVAILABLE, ""
    reason = next((one.reason for one in members if one.reason), "")
    return Availability.NOT_READY, MISSED if reason == _AUTO_PAUSE else reason


class Members:
    """All memberships, found by the agent and by the queue; and whose changed since that was last asked."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Member]] = {}  # interface, queue
        self._in: dict[str, dict[str, Member]] = {}  # queue, interface
        self._changed: set[str] = set()

    def of(self, interface: str) -> Mapping[str, Member]:
        """An agent's queues."""
        return self._of.get(interface, _NOTHING)

    def in_queue(self, queue: str) -> Collection[Member]:
        """Everybody in a queue."""
        return self._in.get(queue, _NOTHING).values()

    def everybody(self) -> Collection[str]:
        """The interfaces of all."""
        return self._of.keys()

    def put(self, queue: str, interface: str, message: Message) -> None:
        """Somebody is a member, or is so in another way."""
        member = member_of(message, self._of.get(interface, _NOTHING).get(queue))
        self._of.setdefault(interface, {})[queue] = member
        self._in.setdefault(queue, {})[interface] = member
        self._changed.add(interface)

    def remove(self, queue: str, interface: str) -> None:
        """Somebody is no member any more."""
        for outer, inner, key in ((self._of, interface, queue), (self._in, queue, interface)):
            found = outer.get(inner, {})
            found.pop(key, None)
            if not found:
                outer.pop(inner, None)
        self._changed.add(interface)

    def keep(self, interfaces: Set[str]) -> None:
        """Forget everybody but these."""
        for interface in [one for one in self._of if one not in interfaces]:
            for queue in list(self._of[interface]):
                self.remove(queue, interface)

    def touch(self, interface: str) -> None:
        """Something else is otherwise about an agent."""
        self._changed.add(interface)

    def changes(self) -> Set[str]:
        """Whose memberships changed since this was last asked."""
        found, self._changed = self._changed, set()
        return found


_NOTHING: Mapping[str, Member] = MappingProxyType({})
