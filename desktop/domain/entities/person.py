"""People of the company directory, and what is known of where they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import PresenceState


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody an agent may ask for help. Skill levels run from 1 (knows some) to 5 (knows all)."""

    id: str
    name: str
    title: str = ""
    team: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    time_zone: str = ""
    address: str = ""  # what to dial
    email: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """What the directory says of a person, when it was observed, and the native word it was read from."""

    person_id: str
    version: int
    state: PresenceState
    observed_at: Instant
    activity: str = ""
    in_call: bool | None = None
    in_meeting: bool | None = None
    until: Instant | None = None
    device: str = ""
    source: str = ""
    native: str = ""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of the chat between the agent and an expert."""

    id: str
    person_id: str
    at: Instant
    mine: bool
    text: str
    delivered: bool = True


@dataclass(frozen=True, slots=True)
class PastHelp:
    """How often a person was asked before and took it, so that those who help rank higher."""

    person_id: str
    asked: int
    helped: int
    last_at: Instant
