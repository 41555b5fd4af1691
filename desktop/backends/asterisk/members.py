"""Agents as members of queues."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.backends.asterisk.framing import Message
from desktop.domain.words import Availability

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
