"""How facts are written on screen: signs with their words, durations, ages, clock times.

Colour is never alone: everything here is told apart without it.
"""

import math
from collections.abc import Mapping
from datetime import datetime, tzinfo

from desktop.app.screen_pop.contact_keys import readable
from desktop.domain.entities.channels import CALLS, TRAITS
from desktop.domain.entities.customer import Match
from desktop.domain.entities.floor import HelpRequest, HelpState
from desktop.domain.entities.model import Address, Instant, Interaction, Leg
from desktop.domain.entities.phone import CallState
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import (
    Availability,
    ContactEnd,
    DeliveryState,
    Health,
    LegFailure,
    LegKind,
    LegPhase,
    Monitoring,
    OfferEnd,
    Phase,
    PresenceState,
    Recording,
    RecordingConsent,
)
from desktop.domain.select.contact_end import contact_end, who_took_over
from desktop.domain.select.customer import is_on_file
from desktop.domain.select.hearing import CUSTOMER, Hearing, hearing
from desktop.domain.select.leg_names import with_leg_names
from desktop.domain.state.state import AppState
from desktop.words.catalogue import word
from desktop.words.terms import SHORT_SOURCES

UNKNOWN = "—"

CHANNEL_SIGN: Mapping[str, str] = {channel.value: traits.sign for channel, traits in TRAITS.items()}
"""By the word of the channel, as records of the past have it."""
TIMELINE_SIGN = {
    **CHANNEL_SIGN,
    "note": "✎",
    "purchase": "¤",  # of whatever currency
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
    kind, own = Source.of(name)
    short = word(SHORT_SOURCES.get(kind, kind))
    return f"{short} {own}" if short and own else short


def source_tag(name: str) -> str:
    """The shortest name of a source: that of one of several, else its kind."""
    kind, own = Source.of(name)
    return own or kind or word(SHORT_SOURCES["crm"])


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
    """When something was promised for: `by 14 Nov`, `by 14 Nov, overdue`; nothing when no day was named."""
    if instant is None:
        return ""
    return f"by {day(instant, now)}" + (", overdue" if instant < now else "")


def waited(interaction: Interaction, now: Instant) -> str:
    """How long the customer waited for an agent, `waited 00:52`; of a callback when it is due and how late it is.

    Nobody waits on the line for a callback: `callback due 10:00, 60m late`.
    """
    until = now if interaction.answered_at is None else interaction.answered_at
    at = interaction.callback_at
    if at is None:
        return f"waited {duration(until - interaction.arrived_at)}"
    named = day(at, now)
    late = f", {age(until - at)} late" if until - at >= 60 else ""
    return f"callback due {'' if named == 'today' else f'{named} '}{clock(at)[:5]}{late}"


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


WITHHELD = "Number withheld"


def address(value: Address) -> str:
    """A number in its country's groups, or the address as it is; that it is withheld when it was hidden."""
    return WITHHELD if value.withheld else number(value.value)


def number(value: str) -> str:
    """A number in its country's groups; any other text as it is."""
    return readable(value)


def on_file(match: Match, came_from: Address) -> tuple[tuple[str, str], ...]:
    """Whether the record of the only customer found has the address a contact came from, with a style.

    It is no proof of who is on the line, and is not written like one.
    """
    if came_from.withheld or not came_from.value:
        return ()
    kind = "number" if came_from.kind == "phone" else "address"
    return ((f"  {kind} on file", "$muted") if is_on_file(match, came_from) else (f"  {kind} not on file", "$warning"),)


MONITORING: Mapping[Monitoring | None, str] = {
    Monitoring.LISTEN: "listens",
    Monitoring.WHISPER: "speaks to you alone",
    Monitoring.BARGE: "in the call, the customer hears them",
}


def help_state(request: HelpRequest) -> str:
    """Where a request for help stands, in words."""
    if request.state is HelpState.OPEN:
        return "help requested"
    return f"{request.answered_by_name or 'a supervisor'}: {request.answer or 'On my way.'}"


def answers(count: int) -> str:
    """How many answers to coaching notes there are to read."""
    return f"{count} answer" if count == 1 else f"{count} answers"


def leg(value: Leg, heard: Hearing | None) -> str:
    """Where a leg stands, in words; `heard` is who hears whom in its call."""
    if value.kind is LegKind.SUPERVISOR:
        return MONITORING.get(value.monitoring, "on the line") if value.phase is LegPhase.ACTIVE else "left"
    if heard is not None and value.id in heard.waiting:
        return "on hold"
    if heard is not None and value.id in heard.joined and heard.everybody:
        return "in conference"
    if value.phase is LegPhase.FAILED:
        return LEG_FAILED.get(value.failure, "failed") if value.failure else "failed"
    return {
        LegPhase.REQUESTED: "dialling",
        LegPhase.RINGING: "ringing",
        LegPhase.ACTIVE: "talking",
        LegPhase.COMPLETED: "took over",
        LegPhase.CANCELLED: "ended",
    }[value.phase]


def who_hears_whom(heard: Hearing, customer: str) -> str:
    """Who hears whom, in a sentence or two; "" where there is only the customer, who hears the agent.

    Args:
        customer: the customer's name.
    """
    partner = heard.partner
    name = "" if partner is None else partner.target_name or partner.target
    waits = f"{customer} is on hold." if CUSTOMER in heard.waiting else ""
    said: list[str] = []
    if heard.ended is not None:
        said.append(f"{_why_gone(heard.ended)}; {_alone_with(heard, customer)}")
    elif heard.everybody:
        said.append("All three hear each other.")
    elif partner is not None and partner.id in heard.joined:
        said += [f"You are talking to {name}.", waits]
    elif partner is not None and partner.id in heard.waiting:
        said += [f"You are talking to {customer}.", f"{name} is on hold."]
    elif partner is not None:
        rings = "ringing" if partner.phase is LegPhase.RINGING else "being dialled"
        said += [f"{name} is {rings}.", waits or f"You are talking to {customer}."]
    else:
        said.append(waits)
    for one in heard.supervisors:
        said.append(f"{one.target_name or 'A supervisor'} {_SUPERVISES.get(one.monitoring, 'is on the line')}.")
    if heard.muted:
        said.append("You are muted: no one hears you.")
    return " ".join(filter(None, said))


_SUPERVISES: Mapping[Monitoring | None, str] = {
    Monitoring.LISTEN: "is listening; no one hears them",
    Monitoring.WHISPER: "is speaking to you; no one else hears it",
    Monitoring.BARGE: "has joined in; everyone hears them",
}


def _why_gone(value: Leg) -> str:
    name = value.target_name or value.target
    if value.phase is LegPhase.FAILED:
        return f"{name} {LEG_FAILED[value.failure] if value.failure else 'could not be reached'}"
    return f"{name} has left" if value.phase is LegPhase.COMPLETED else f"The call to {name} has ended"


def _alone_with(heard: Hearing, customer: str) -> str:
    if CUSTOMER in heard.joined:
        return f"you are talking to {customer}."
    return f"{customer} is on hold." if CUSTOMER in heard.waiting else f"{customer} has left."


def recording(interaction: Interaction, now: Instant, *, refused: bool, policy: RecordingConsent) -> tuple[str, str]:
    """Whether the call is recorded and may be, as a sign with its words, and their style; "" where it is not.

    Args:
        refused: the customer does not want to be recorded.
    """
    if interaction.phase is not Phase.ACTIVE:
        return "", ""
    match interaction.recording:
        case Recording.ACTIVE if refused and policy is RecordingConsent.IGNORE:
            return "● rec, refused; recorded by policy", "$warning"
        case Recording.ACTIVE if refused:
            return "! recording although refused", "bold $error"
        case Recording.ACTIVE:
            return "● rec", "$error"
        case Recording.PAUSED:
            time = "" if interaction.recording_since is None else f" {duration(now - interaction.recording_since)}"
            return f"⏸ rec paused{time}{' (refused)' if refused else ''}", "$warning"
        case Recording.UNKNOWN if refused and interaction.channel in CALLS:
            return "? recording not known (refused)", "$warning"
    return "", ""


def how_contact_ended(state: AppState, interaction: Interaction) -> str:
    """How a contact in wrap-up ended; "" where nobody told."""
    match contact_end(state, interaction):
        case ContactEnd.AGENT_ENDED:
            return "you ended it"
        case ContactEnd.CUSTOMER_LEFT:
            return "customer hung up" if interaction.channel in CALLS else "customer left"
        case ContactEnd.TRANSFERRED:
            to = who_took_over(with_leg_names(state, interaction))
            return (
                f"transferred to {to.target_name or to.target.partition(':')[2]}" if to is not None else "transferred"
            )
        case ContactEnd.TAKEN_OVER:
            return "taken over by a supervisor"
        case ContactEnd.REASSIGNED:
            return "reassigned by a supervisor"
    return ""


def recording_in_brief(interaction: Interaction) -> str:
    """What is odd about the recording, where there is little room."""
    return {Recording.PAUSED: "⏸ rec paused", Recording.ACTIVE: "! rec, refused"}.get(
        interaction.recording, "? rec, refused"
    )


def cannot_pause(interaction: Interaction | None) -> str:
    """Why the recording can be neither paused nor resumed."""
    if interaction is None or interaction.phase is not Phase.ACTIVE:
        return "There is no call whose recording could be paused."
    if interaction.recording is Recording.NONE:
        return "This call is not being recorded."
    if interaction.recording is Recording.UNKNOWN:
        return "The contact centre does not say whether this call is recorded, and cannot pause it from here."
    return "Recording cannot be paused from here: the contact centre does not offer it, or is already asked."


def talk(interaction: Interaction) -> str:
    """As `phase`, with a word for who is on the line besides the customer."""
    heard = hearing(interaction)
    if heard is not None and heard.partner is not None and heard.partner.id in heard.joined:
        return "conference" if heard.everybody else "consulting"
    return phase(interaction)


def phase(interaction: Interaction) -> str:
    """What is going on, in one or two words."""
    if interaction.phase is Phase.ACTIVE:
        if interaction.held:
            return "on hold"
        return "talking" if interaction.channel in CALLS else "open"
    return {
        Phase.QUEUED: "waiting",
        Phase.OFFERED: "ringing" if interaction.channel in CALLS else "offered",
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
