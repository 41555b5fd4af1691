"""The words of the field, as closed lists. Wire, screens, command line and code all use these and no others."""

from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """How the customer reached us."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    SMS = "sms"


class Direction(StrEnum):
    """Who began it."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Phase(StrEnum):
    """Where an interaction stands between arrival and the end of its wrap-up."""

    QUEUED = "queued"
    OFFERED = "offered"
    CONNECTING = "connecting"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


IN_HAND: Final = frozenset({Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP})
"""Phases in which an agent has work with an interaction: ringing does not count, the wrap-up does."""


class OfferEnd(StrEnum):
    """Why an offer ended without being accepted: five different facts, never folded into one."""

    MISSED = "missed"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    RESCINDED = "rescinded"
    FAILED = "failed"


class Outcome(StrEnum):
    """How a closed interaction ended."""

    HANDLED = "handled"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # closed by a supervisor before anyone had talked to the customer


class ContactEnd(StrEnum):
    """Why the talking was over and the wrap-up began."""

    AGENT_ENDED = "agent_ended"
    CUSTOMER_LEFT = "customer_left"
    TRANSFERRED = "transferred"
    TAKEN_OVER = "taken_over"
    REASSIGNED = "reassigned"


class Monitoring(StrEnum):
    """How a supervisor takes part in an agent's call: heard by nobody, by the agent, or by both."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class Recording(StrEnum):
    """Whether the call is being recorded; unknown where the contact centre does not say."""

    UNKNOWN = "unknown"
    NONE = "none"
    ACTIVE = "active"
    PAUSED = "paused"


class RecordingConsent(StrEnum):
    """What the profile does about a customer who is recorded and has refused it."""

    PAUSE = "pause"  # the recording is paused once by itself where the contact centre can, and warned of otherwise
    WARN = "warn"
    IGNORE = "ignore"


class LegKind(StrEnum):
    """What a further party was brought in for."""

    CONSULT = "consult"
    TRANSFER = "transfer"
    CONFERENCE = "conference"
    SUPERVISOR = "supervisor"


class LegPhase(StrEnum):
    """Where a leg stands."""

    REQUESTED = "requested"
    RINGING = "ringing"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class LegFailure(StrEnum):
    """Why a leg failed."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    INVALID = "invalid"
    UNREACHABLE = "unreachable"


class Availability(StrEnum):
    """What the agent chose."""

    OFFLINE = "offline"
    NOT_READY = "not_ready"
    AVAILABLE = "available"


class Occupancy(StrEnum):
    """What the agent's interactions make of them; computed, never stored."""

    IDLE = "idle"
    OFFERED = "offered"
    ENGAGED = "engaged"
    WRAPPING_UP = "wrapping_up"


class PresenceState(StrEnum):
    """What the directory says of a person. Busy and do-not-disturb are never merged; unknown is never offline."""

    AVAILABLE = "available"
    BUSY = "busy"
    DO_NOT_DISTURB = "do_not_disturb"
    AWAY = "away"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a principal may do, decided by the server."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Health(StrEnum):
    """What we know of the connection to a source."""

    LIVE = "live"
    STALE = "stale"
    DOWN = "down"
    CONNECTING = "connecting"


class PopAnswer(StrEnum):
    """The five answers of a screen pop, and that it is still being asked."""

    SEARCHING = "searching"
    NOT_ASKED = "not_asked"  # there was nothing to ask by: the number is withheld
    NO_MATCH = "no_match"
    ONE = "one"
    MANY = "many"
    COULD_NOT_ASK = "could_not_ask"


class Older(StrEnum):
    """Whether a customer's timeline goes on before what was read of it."""

    NONE = "none"
    MORE = "more"
    LOADING = "loading"
    FAILED = "failed"  # asked for, and not to be had


class CodeRule(StrEnum):
    """How many wrap-up codes a queue wants."""

    NONE = "none"
    OPTIONAL_ONE = "optional_one"
    ONE = "one"
    MANY = "many"


class DeliveryState(StrEnum):
    """How far a message to the customer has come."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"  # it may have gone out, and nobody can say


class Verb(StrEnum):
    """Everything an agent can do to an interaction or one of its legs."""

    ACCEPT = "accept"
    DECLINE = "decline"
    HOLD = "hold"
    RESUME = "resume"
    MUTE = "mute"
    UNMUTE = "unmute"
    DTMF = "dtmf"
    SEND_MESSAGE = "send_message"
    CONSULT = "consult"
    CANCEL_LEG = "cancel_leg"
    SWAP = "swap"
    PAUSE_RECORDING = "pause_recording"
    RESUME_RECORDING = "resume_recording"
    COMPLETE_TRANSFER = "complete_transfer"
    CONFERENCE = "conference"
    BLIND_TRANSFER = "blind_transfer"
    END = "end"
    EXTEND_WRAP_UP = "extend_wrap_up"
    WRAP_UP = "wrap_up"
    CALLBACK = "callback"
    PARK = "park"
    UNPARK = "unpark"
