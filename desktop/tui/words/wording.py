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
from desktop.words import formats
from desktop.words.catalogue import ntr, ptr, tr, word
from desktop.words.marks import mark
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

# sign, word to be translated where it is shown, style
AVAILABILITY = {
    Availability.AVAILABLE: ("●", mark("Available"), "$success"),
    Availability.NOT_READY: ("◐", mark("Not ready"), "$warning"),
    Availability.OFFLINE: ("○", mark("Offline"), "$muted"),
}
PRESENCE = {
    PresenceState.AVAILABLE: ("●", mark("available"), "$success"),
    PresenceState.BUSY: ("◐", mark("busy"), "$warning"),
    PresenceState.DO_NOT_DISTURB: ("⊘", mark("do not disturb"), "$error"),
    PresenceState.AWAY: ("◌", mark("away"), "$muted"),
    PresenceState.OFFLINE: ("○", mark("offline"), "$muted"),
    PresenceState.UNKNOWN: ("?", mark("unknown"), "$muted"),
}
HEALTH = {
    Health.LIVE: ("●", mark("live"), "$success"),
    Health.STALE: ("◐", mark("stale"), "$warning"),
    Health.DOWN: ("✕", mark("down"), "$error"),
    Health.CONNECTING: ("◌", mark("connecting"), "$muted"),
}
DELIVERY = {
    DeliveryState.QUEUED: ("◌", mark("on its way"), "$muted"),
    DeliveryState.SENT: ("◌", mark("sent"), "$muted"),
    DeliveryState.DELIVERED: ("●", mark("delivered"), "$success"),
    DeliveryState.FAILED: ("✕", mark("failed"), "$error"),
    DeliveryState.UNKNOWN: ("?", mark("not known"), "$warning"),
}
PHONE_CALL = {
    CallState.RINGING: mark("ringing"),
    CallState.DIALING: mark("dialling"),
    CallState.ACTIVE: mark("talking"),
    CallState.HELD: mark("on hold"),
    CallState.ENDED: mark("ended"),
}
LEG_FAILED: Mapping[LegFailure | None, str] = {
    LegFailure.BUSY: mark("is busy"),
    LegFailure.NO_ANSWER: mark("did not answer"),
    LegFailure.DECLINED: mark("declined"),
    LegFailure.INVALID: mark("cannot be dialled"),
    LegFailure.UNREACHABLE: mark("cannot be reached"),
}
_FAILED: Mapping[LegFailure | None, str] = {
    LegFailure.BUSY: mark("{name} is busy"),
    LegFailure.NO_ANSWER: mark("{name} did not answer"),
    LegFailure.DECLINED: mark("{name} declined"),
    LegFailure.INVALID: mark("{name} cannot be dialled"),
    LegFailure.UNREACHABLE: mark("{name} cannot be reached"),
}


_UNITS = ((3_600, "h"), (60, "min"), (1, "s"))


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


def limit(seconds: float | None) -> str:
    """A limit as it was set, in the greatest unit that says it whole: `20 s`, `10 min`, `4 h`."""
    if seconds is None:
        return UNKNOWN
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size and not seconds % size), _UNITS[-1])
    return f"{seconds / size:.0f} {unit}"


def age(seconds: float | None) -> str:
    """How old a figure is, in at most four characters: `now`, `4s`, `12m`, `3h`, `2d`; `—` when not known."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 1:
        return ptr("age", "now")
    if seconds < 100:
        return ptr("age", "{n}s", n=int(seconds))
    if seconds < 6000:
        return ptr("age", "{n}m", n=int(seconds // 60))
    if seconds < 172_800:
        return ptr("age", "{n}h", n=int(seconds // 3600))
    return ptr("age", "{n}d", n=int(seconds // 86_400))


def since(seconds: float | None) -> str:
    """`age` as words after a figure: `now`, `4s ago`; `—` when not known."""
    text = age(seconds)
    return text if seconds is None or seconds < 1 or text == UNKNOWN else tr("{age} ago", age=text)


def file_size(size: int) -> str:
    """How large a file is: `912 B`, `12 KB`, `3.4 MB`."""
    if size < 1_000:
        return tr("{n} B", n=size)
    if size < 1_000_000:
        return tr("{n:.0f} KB", n=size / 1_000)
    return tr("{n:.1f} MB", n=size / 1_000_000)


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
        return tr("today")
    if days == 1:
        return tr("yesterday")
    return formats.day_of_month(then.date(), year=then.year != today.year)


def listed(instant: Instant, now: Instant) -> str:
    """When something in a list was, shortly: `14:03` today, `Mon 14:03` in the last six days, else as `day` has it."""
    then, today = _local(instant), _local(now)
    if then is None or today is None:
        return UNKNOWN
    days = (today.date() - then.date()).days
    if not days:
        return f"{then:%H:%M}"
    return f"{formats.weekday(then.date())} {then:%H:%M}" if 0 < days < 7 else day(instant, now)


def moment(instant: Instant) -> str:
    """The day and the time in full, `Thu 12 Nov 2026, 09:12`; `—` for a time that is none."""
    then = _local(instant)
    return UNKNOWN if then is None else f"{formats.day_and_year(then.date())}, {then:%H:%M}"


def due(instant: Instant | None, now: Instant) -> str:
    """When something was promised for: `by 14 Nov`, `due 14 Nov, overdue`; nothing when no day was named."""
    if instant is None:
        return ""
    if instant < now:
        return tr("due {day}, overdue", day=day(instant, now))
    return tr("by {day}", day=day(instant, now))


def waited(interaction: Interaction, now: Instant) -> str:
    """How long the customer waited for an agent, `waited 00:52`; of a callback when it is due and how late it is.

    Nobody waits on the line for a callback: `callback due 10:00, 60m late`.
    """
    until = now if interaction.answered_at is None else interaction.answered_at
    at = interaction.callback_at
    if at is None:
        return tr("waited {time}", time=duration(until - interaction.arrived_at))
    named = day(at, now)
    when = clock(at)[:5] if named == tr("today") else f"{named} {clock(at)[:5]}"
    if until - at < 60:
        return tr("callback due {when}", when=when)
    return tr("callback due {when}, {age} late", when=when, age=age(until - at))


def planned(instant: Instant, zone: tzinfo, customer: tzinfo | None = None) -> str:
    """When something is to be done: `Mon 23 Nov 10:00`, or `Mon 23 Nov 10:00, 09:00 in London`.

    Args:
        zone: the agent's.
        customer: the customer's; its city and time are added where its clock shows another. None where it is not known.

    A time outside of the calendar is `—`.
    """
    try:
        here = datetime.fromtimestamp(instant, zone)
        there = here.astimezone(customer)
    except (ValueError, OverflowError, OSError):
        return UNKNOWN
    text = f"{formats.weekday_and_day(here.date())} {here:%H:%M}"
    if customer is None:
        return text
    if there.utcoffset() == here.utcoffset():
        return text
    day = "" if there.date() == here.date() else f"{formats.weekday(there.date())} "
    city = (getattr(customer, "key", None) or there.tzname() or "").rpartition("/")[2].replace("_", " ")
    return tr("{here}, {there} in {city}", here=text, there=f"{day}{there:%H:%M}", city=city)


WITHHELD = mark("Number withheld")


def address(value: Address) -> str:
    """A number in its country's groups, or the address as it is; that it is withheld when it was hidden."""
    return tr(WITHHELD) if value.withheld else number(value.value)


def number(value: str) -> str:
    """A number in its country's groups; any other text as it is."""
    return readable(value)


def on_file(match: Match, came_from: Address) -> tuple[tuple[str, str], ...]:
    """Whether the record of the only customer found has the address a contact came from, with a style.

    It is no proof of who is on the line, and is not written like one.
    """
    if came_from.withheld or not came_from.value:
        return ()
    by_phone = came_from.kind == "phone"
    if is_on_file(match, came_from):
        return ((f"  {tr('number on file') if by_phone else tr('address on file')}", "$muted"),)
    return ((f"  {tr('number not on file') if by_phone else tr('address not on file')}", "$warning"),)


def help_state(request: HelpRequest) -> str:
    """Where a request for help stands, in words."""
    if request.state is HelpState.OPEN:
        return tr("help requested")
    return f"{request.answered_by_name or tr('a supervisor')}: {request.answer or tr('On my way.')}"


def answers(count: int) -> str:
    """How many answers to coaching notes there are to read."""
    return ntr("{n} answer", "{n} answers", count)


def leg(value: Leg, heard: Hearing | None) -> str:
    """Where a leg stands, in words; `heard` is who hears whom in its call."""
    if value.kind is LegKind.SUPERVISOR:
        if value.phase is not LegPhase.ACTIVE:
            return ptr("a party", "left")
        return tr("on the line")
    if heard is not None and value.id in heard.waiting:
        return tr("on hold")
    if heard is not None and value.id in heard.joined and heard.everybody:
        return tr("in conference")
    if value.phase is LegPhase.FAILED:
        return tr(LEG_FAILED[value.failure]) if value.failure in LEG_FAILED else tr("failed")
    return tr(_LEG[value.phase])


_LEG: Mapping[LegPhase, str] = {
    LegPhase.REQUESTED: mark("dialling"),
    LegPhase.RINGING: mark("ringing"),
    LegPhase.ACTIVE: mark("talking"),
    LegPhase.COMPLETED: mark("took over"),
    LegPhase.CANCELLED: mark("ended"),
}


def who_hears_whom(heard: Hearing, customer: str) -> str:
    """Who hears whom, in a sentence or two; "" where there is only the customer, who hears the agent.

    Args:
        customer: the customer's name.
    """
    partner = heard.partner
    name = "" if partner is None else partner.target_name or partner.target
    waits = tr("{name} is on hold.", name=customer) if CUSTOMER in heard.waiting else ""
    said: list[str] = []
    if heard.ended is not None:
        said.append(_alone_with(heard, customer, _why_gone(heard.ended)))
    elif heard.everybody:
        said.append(tr("All three hear each other."))
    elif partner is not None and partner.id in heard.joined:
        said += [tr("You are talking to {name}.", name=name), waits]
    elif partner is not None and partner.id in heard.waiting:
        said += [tr("You are talking to {name}.", name=customer), tr("{name} is on hold.", name=name)]
    elif partner is not None:
        rings = partner.phase is LegPhase.RINGING
        said.append(tr("{name} is ringing.", name=name) if rings else tr("{name} is being dialled.", name=name))
        said.append(waits or tr("You are talking to {name}.", name=customer))
    else:
        said.append(waits)
    for one in heard.supervisors:
        doing = _SUPERVISES.get(one.monitoring, _ON_THE_LINE)
        said.append(tr(doing, name=one.target_name or tr("A supervisor")))
    if heard.muted:
        said.append(tr("You are muted: no one hears you."))
    return " ".join(filter(None, said))


_SUPERVISES: Mapping[Monitoring | None, str] = {
    Monitoring.LISTEN: mark("{name} is listening; no one hears them."),
    Monitoring.WHISPER: mark("{name} is speaking to you; no one else hears it."),
    Monitoring.BARGE: mark("{name} has joined in; everyone hears them."),
}
_ON_THE_LINE = mark("{name} is on the line.")


def _why_gone(value: Leg) -> str:
    name = value.target_name or value.target
    if value.phase is LegPhase.FAILED:
        return why_failed(name, value.failure)
    return (
        tr("{name} has left", name=name)
        if value.phase is LegPhase.COMPLETED
        else tr("The call to {name} has ended", name=name)
    )


def why_failed(name: str, failure: LegFailure | None) -> str:
    """Why somebody who was called did not come, as a clause."""
    return tr(_FAILED.get(failure, _NOT_REACHED), name=name)


_NOT_REACHED = mark("{name} could not be reached")


def _alone_with(heard: Hearing, customer: str, why: str) -> str:
    if CUSTOMER in heard.joined:
        return tr("{why}; you are talking to {name}.", why=why, name=customer)
    if CUSTOMER in heard.waiting:
        return tr("{why}; {name} is on hold.", why=why, name=customer)
    return tr("{why}; {name} has left.", why=why, name=customer)


def recording(interaction: Interaction, now: Instant, *, refused: bool, policy: RecordingConsent) -> tuple[str, str]:
    """Whether the call is recorded and may be, as a sign with its words, and their style; "" where it is not.

    Args:
        refused: the customer does not want to be recorded.
    """
    if interaction.phase is not Phase.ACTIVE:
        return "", ""
    match interaction.recording:
        case Recording.ACTIVE if refused and policy is RecordingConsent.IGNORE:
            return tr("● rec, refused; recorded by policy"), "$warning"
        case Recording.ACTIVE if refused:
            return tr("! Recorded although refused"), "bold $error"
        case Recording.ACTIVE:
            return tr("● rec"), "$error"
        case Recording.PAUSED:
            since = interaction.recording_since
            words = tr("⏸ rec paused") if since is None else tr("⏸ rec paused {time}", time=duration(now - since))
            return f"{words} {tr('(refused)')}" if refused else words, "$warning"
        case Recording.UNKNOWN if refused and interaction.channel in CALLS:
            return tr("? recording not known (refused)"), "$warning"
    return "", ""


def how_contact_ended(state: AppState, interaction: Interaction) -> str:
    """How a contact in wrap-up ended; "" where nobody told."""
    match contact_end(state, interaction):
        case ContactEnd.AGENT_ENDED:
            return tr("ended by you")
        case ContactEnd.CUSTOMER_LEFT:
            return tr("customer hung up") if interaction.channel in CALLS else tr("customer left")
        case ContactEnd.TRANSFERRED:
            to = who_took_over(with_leg_names(state, interaction))
            if to is None:
                return tr("transferred")
            return tr("transferred to {name}", name=to.target_name or to.target.partition(":")[2])
        case ContactEnd.TAKEN_OVER:
            return tr("taken over by a supervisor")
        case ContactEnd.REASSIGNED:
            return tr("reassigned by a supervisor")
    return ""


def cannot_pause(interaction: Interaction | None) -> str:
    """Why the recording can be neither paused nor resumed."""
    if interaction is not None and interaction.channel not in CALLS:
        return tr("Only calls are recorded.")
    if interaction is None or interaction.phase is not Phase.ACTIVE:
        return tr("There is no call whose recording could be paused.")
    if interaction.recording is Recording.NONE:
        return tr("This call is not being recorded.")
    if interaction.recording is Recording.UNKNOWN:
        return tr("The contact centre does not say whether this call is recorded, and cannot pause it from here.")
    return tr("Recording cannot be paused from here: the contact centre does not offer it, or is already asked.")


def talk(interaction: Interaction) -> str:
    """As `phase`, with a word for who is on the line besides the customer."""
    heard = hearing(interaction)
    if heard is not None and heard.partner is not None and heard.partner.id in heard.joined:
        return tr("conference") if heard.everybody else tr("consulting")
    return phase(interaction)


def phase(interaction: Interaction) -> str:
    """What is going on, in one or two words."""
    if interaction.phase is Phase.ACTIVE:
        if interaction.held:
            return tr("on hold")
        if interaction.parked:
            return ptr("contact", "parked")
        return tr("talking") if interaction.channel in CALLS else ptr("phase", "open")
    if interaction.phase is Phase.OFFERED:
        return tr("ringing") if interaction.channel in CALLS else ptr("phase", "offered")
    if interaction.phase is Phase.WRAP_UP:
        return ptr("phase", "wrap-up")
    if interaction.phase is Phase.QUEUED:
        return ptr("phase", "waiting")
    return tr("connecting") if interaction.phase is Phase.CONNECTING else tr("closed")


def too_long(characters: int, most: int) -> str:
    """Why a paste was not taken: with it there would be so many characters."""
    return tr(
        "Too long to paste: the text would have {characters:,} characters, and {most:,} is the most."
        " Nothing was pasted; what was there is as it was.",
        characters=characters,
        most=most,
    )
