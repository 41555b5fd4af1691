"""What every backend is: a manifest that can be read without connecting, and an open/close pair."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from desktop.ports.deadlines import HOST, Deadlines
from desktop.ports.kinds import Kind
from desktop.ports.options import Option

__all__ = ["API", "OLDEST_API", "Backend", "Capability", "Kind", "Manifest"]

API = 2
"""The version of the ports. It is raised whenever a backend that was written for the ports as they were would be called
in another way, or lacks something; `tests/kit/ports.json` has the signatures that belong to it."""

OLDEST_API = 1
"""The oldest version that is still loaded, with a warning. It follows `API` one release later."""


class Capability(StrEnum):
    """What a backend may offer beyond what its port demands. Declared must work, undeclared must refuse."""

    HOLD = "hold"
    MUTE = "mute"
    DTMF = "dtmf"
    PAUSE_RECORDING = "pause_recording"
    CONSULT = "consult"
    SWAP = "swap"
    CONFERENCE = "conference"
    BLIND_TRANSFER = "blind_transfer"
    WARM_TRANSFER = "warm_transfer"
    DIAL = "dial"
    CALLBACK = "callback"
    ATTACHMENTS = "attachments"  # files come and go with messages
    COPIES = "copies"  # a reply has a subject and recipients of its own
    READ = "read"
    TYPING = "typing"
    PARK = "park"
    PULL = "pull"
    WRAP_UP_EXTEND = "wrap_up_extend"
    HANDOVER = "handover"  # what an agent knew of a contact goes on with its customer
    NEXT_AVAILABILITY = "next_availability"
    EVENT_REPLAY = "event_replay"
    QUEUE_HEAD = "queue_head"
    SUPERVISE = "supervise"  # others' work can be looked at, and their availability changed
    TAKE_OVER = "take_over"
    REASSIGN = "reassign"
    MOVE = "move"
    PRIORITY = "priority"
    WITHDRAW = "withdraw"
    HELP = "help"
    AGENT_MESSAGE = "agent_message"
    ACKNOWLEDGE = "acknowledge"
    AUDIT = "audit"
    SCHEDULE = "schedule"
    QUALITY = "quality"
    MONITOR = "monitor"
    WHISPER = "whisper"
    BARGE = "barge"
    BROADCAST = "broadcast"  # one message to several agents
    HISTORY = "history"
    HISTORY_SEARCH = "history_search"  # finished interactions are found by words in them
    RECORDINGS = "recordings"  # of finished interactions
    TIMELINE = "timeline"
    CASES = "cases"
    PURCHASES = "purchases"
    CONSENT = "consent"
    CREATE_CUSTOMER = "create_customer"
    CREATE_CASE = "create_case"
    LINK = "link"
    KNOWLEDGE = "knowledge"
    TASKS = "tasks"
    WRAP_UPS = "wrap_ups"  # what was written back after an interaction can be read again
    CHAT = "chat"
    SET_OWN = "set_own"
    CALENDAR = "calendar"
    VERIFY = "verify"
    INBOUND = "inbound"
    DELIVERY_EVENTS = "delivery_events"
    WHATSAPP = "whatsapp"
    SUGGEST = "suggest"
    SUMMARISE = "summarise"
    TRANSFER = "transfer"
    PEOPLE = "people"  # a person of the directory can be named as a target; without it, only by their number
    PHONE = "phone"  # the agent's phone carries the call: accept is done there, and what else is not declared here


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backend says of itself before it is opened.

    `api` is the number of the ports it was written for, as a literal. `capabilities` is the most it can ever offer;
    `open()` answers what this server really does.
    """

    kind: Kind
    name: str
    api: int
    title: str
    capabilities: frozenset[Capability]
    options: tuple[Option, ...] = ()


class Backend(ABC):
    """One connection to one outside system. Time-outs belong to the host, retries too."""

    manifest: ClassVar[Manifest]
    deadlines: ClassVar[Deadlines] = HOST
    """How long the host waits, so that a plug-in can give up in time and say why."""

    @classmethod
    @abstractmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        """A backend for the given option values, not yet connected.

        Raises:
            Rejected: an option has a value the backend cannot use.
        """

    @abstractmethod
    async def open(self) -> frozenset[Capability]:
        """Connect, and answer what this server really offers (a subset of the manifest's)."""

    @abstractmethod
    async def close(self) -> None:
        """Give everything back. May be called twice, and after a failed `open`."""
