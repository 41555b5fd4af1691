"""How facts are written on screen: signs with their words, durations, ages, clock times.

Colour is never alone: everything here is told apart without it.
"""

import math
from collections.abc import Mapping
from datetime import datetime, tzinfo

from desktop.domain.floor import HelpRequest, HelpState
from desktop.domain.model import Address, Instant, Interaction, Leg
from desktop.domain.phone import CallState
from desktop.domain.words import (
    Availability,
    Channel,
    DeliveryState,
    Health,
    LegFailure,
    LegKind,
    LegPhase,
    Monitoring,
    OfferEnd,
    Phase,
    PresenceState,
)

UNKNOWN = "—"

CHANNEL_SIGN = {Channel.VOICE: "☎", Channel.CHAT: "❝", Channel.EMAIL: "✉", Channel.SMS: "✆"}
TIMELINE_SIGN = {
    **{channel.value: sign for channel, sign in CHANNEL_SIGN.items()},
    "note": "✎",
    "purchase": "£",
    "case": "#",
    "expert": "→",
}

# sign, word, style
AVAILABILITY = {
    Availability.AVAILABLE: ("●", "Available", "$success"),
    Availability.NOT_READY: ("◐", "Not ready", "$warning"),
    Availability.OFFLINE: ("○", "Offline", "$muted"),
}
PRESENCE = {
    PresenceState.AVAILABLE: ("●", "available", "$success"),
    PresenceState.BUSY: ("◐", "busy", "$warning"),
    PresenceState.DO_NOT_DISTURB: ("⊘", "do not disturb", "$error"),
    PresenceState.AWAY: ("◌", "away", "$muted"),
    PresenceState.OFFLINE: ("○", "offline", "$muted"),
    PresenceState.UNKNOWN: ("?", "unknown", "$muted"),
}
HEALTH = {
    Health.LIVE: ("●", "live", "$success"),
    Health.STALE: ("◐", "stale", "$warning"),
    Health.DOWN: ("✕", "down", "$error"),
    Health.CONNECTING: ("◌", "connecting", "$muted"),
}
DELIVERY = {
    DeliveryState.QUEUED: ("◌", "on its way", "$muted"),
    DeliveryState.SENT: ("◌", "sent", "$muted"),
    DeliveryState.DELIVERED: ("●", "delivered", "$success"),
    DeliveryState.FAILED: ("✕", "failed", "$error"),
}
SOURCE = {"contact_center": "cc", "voice": "phone", "crm": "crm", "presence": "people", "messaging": "msg"}
PHONE_CALL = {
    CallState.RINGING: "ringing",
    CallState.DIALING: "dialling",
    CallState.ACTIVE: "talking",
    CallState.HELD: "on hold",
    CallState.ENDED: "ended",
}
LEG_FAILED = {
    LegFailure.BUSY: "is busy",
    LegFailure.NO_ANSWER: "did not answer",
    LegFailure.DECLINED: "declined",
    LegFailure.INVALID: "cannot be dialled",
    LegFailure.UNREACHABLE: "cannot be reached",
}
OFFER_ENDED = {
    OfferEnd.MISSED: "not answered in time",
    OfferEnd.DECLINED: "declined",
    OfferEnd.ABANDONED: "the customer hung up",
    OfferEnd.RESCINDED: "given to a colleague",
    OfferEnd.FAILED: "could not be connected",
}


def source(name: str) -> str:
    """A source as the header names it, `crm` or `crm shop`; "" for one it does not show."""
    kind, _, own = name.partition(":")
    short = SOURCE.get(kind, "")
    return f"{short} {own}" if short and own else short


def source_tag(name: str) -> str:
    """The shortest name of a source: that of one of several, else its kind."""
    kind, _, own = name.partition(":")
    return own or kind or SOURCE["crm"]


def _local(instant: Instant) -> datetime | None:
    """The local time; None for what lies outside of the calendar."""
    try:
        return datetime.fromtimestamp(instant)
    except (ValueError, OverflowError, OSError):
        return None


def duration(seconds: float | None) -> str:
    """`03:41`, or `1:02:09` from an hour on; `—` when not known. Negative counts as zero."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes:02}:{secs:02}"


def age(seconds: float | None) -> str:
    """How old a figure is, in at most four characters: `now`, `4s`, `12m`, `3h`, `2d`; `—` when not known."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 1:
        return "now"
    for limit, size, unit in ((100, 1, "s"), (6000, 60, "m"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds // 86_400)}d"


def since(seconds: float | None) -> str:
    """`age` as words after a figure: `now`, `4s ago`; `—` when not known."""
    text = age(seconds)
    return text if text in ("now", UNKNOWN) else f"{text} ago"


def clock(instant: Instant | None) -> str:
    """The local time of day, `14:03:22`; `—` when not known."""
    moment = None if instant is None else _local(instant)
    return UNKNOWN if moment is None else f"{moment:%H:%M:%S}"


def day(instant: Instant, now: Instant) -> str:
    """`today`, `yesterday`, `12 Nov`, or `12 Nov 2024` for another year; `—` for a time that is none."""
    then, today = _local(instant), _local(now)
    if then is None or today is None:
        return UNKNOWN
    days = (today.date() - then.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    text = f"{then.day} {then:%b}"
    return text if then.year == today.year else f"{text} {then.year}"


def due(instant: Instant | None, now: Instant) -> str:
    """When something was promised for: `by 14 Nov (late)`; nothing when no day was named."""
    if instant is None:
        return ""
    return f"by {day(instant, now)}" + (" (late)" if instant < now else "")


def planned(instant: Instant, zone: tzinfo, customer: tzinfo | None = None) -> str:
    """When something is to be done: `Mon 23 Nov 10:00`, or `Mon 23 Nov 10:00, 09:00 in London`.

    Args:
        zone: the agent's.
        customer: the customer's; its city and time are added where it is another one. None where it is not known.

    A time outside of the calendar is `—`.
    """
    try:
        here = datetime.fromtimestamp(instant, zone)
        there = here.astimezone(customer)
    except (ValueError, OverflowError, OSError):
        return UNKNOWN
    text = f"{here:%a} {here.day} {here:%b %H:%M}"
    if customer is None:
        return text
    names = [getattr(one, "key", None) for one in (zone, customer)]
    if there.utcoffset() == here.utcoffset() and (None in names or names[0] == names[1]):
        return text
    day = "" if there.date() == here.date() else f"{there:%a} "
    city = (names[1] or there.tzname() or "").rpartition("/")[2].replace("_", " ")
    return f"{text}, {day}{there:%H:%M} in {city}"


def address(value: Address) -> str:
    """A number in groups, or the address as it is; `withheld` when it was hidden."""
    if value.withheld:
        return "number withheld"
    if value.kind != "phone" or not value.value.startswith("+"):
        return value.value
    digits = value.value
    for code in ("+44", "+1", "+49", "+33", "+34", "+39", "+46", "+31", "+48", "+91", "+81", "+61"):
        if digits.startswith(code):
            rest = digits[len(code) :]
            return f"{code} {rest[:-8]} {rest[-8:-4]} {rest[-4:]}" if len(rest) > 8 else f"{code} {rest}"
    return digits


MONITORING: Mapping[Monitoring | None, str] = {
    Monitoring.LISTEN: "listens",
    Monitoring.WHISPER: "speaks to you alone",
    Monitoring.BARGE: "in the call, the customer hears them",
}


def help_state(request: HelpRequest) -> str:
    """Where a request for help stands, in words."""
    if request.state is HelpState.OPEN:
        return "help asked for"
    return f"{request.answered_by_name or 'a supervisor'}: {request.answer or 'I am coming.'}"


def answers(count: int) -> str:
    """How many answers to coaching notes there are to read."""
    return f"{count} answer" if count == 1 else f"{count} answers"


def leg(value: Leg) -> str:
    """Where a leg stands, in words."""
    if value.kind is LegKind.SUPERVISOR:
        return MONITORING.get(value.monitoring, "on the line") if value.phase is LegPhase.ACTIVE else "left"
    if value.phase is LegPhase.FAILED:
        return LEG_FAILED.get(value.failure, "failed") if value.failure else "failed"
    return {
        LegPhase.REQUESTED: "dialling",
        LegPhase.RINGING: "ringing",
        LegPhase.ACTIVE: "talking",
        LegPhase.COMPLETED: "took over",
        LegPhase.CANCELLED: "ended",
    }[value.phase]


def phase(interaction: Interaction) -> str:
    """What is going on, in one or two words."""
    if interaction.phase is Phase.ACTIVE:
        if interaction.held:
            return "on hold"
        return "talking" if interaction.channel is Channel.VOICE else "open"
    return {
        Phase.QUEUED: "waiting",
        Phase.OFFERED: "ringing" if interaction.channel is Channel.VOICE else "offered",
        Phase.CONNECTING: "connecting",
        Phase.WRAP_UP: "wrap-up",
        Phase.CLOSED: "closed",
    }[interaction.phase]


def too_long(characters: int, most: int) -> str:
    """Why a paste was not taken: with it there would be so many characters."""
    return (
        f"Too long to paste: the text would have {characters:,} characters, and {most:,} is the most."
        " Nothing was pasted; what was there is as it was."
    )
