"""What HubSpot keeps of the contacts with a customer, and what we write into it."""

from datetime import UTC, datetime

from desktop.backends.hubspot.objects import Record
from desktop.backends.wire.html_text import to_html, to_text
from desktop.backends.wire.reading import LARGEST, SMALLEST
from desktop.domain.entities.customer import Case, FollowUp, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Instant

_SUMMARY = 120
_LONGEST_BODY = 60_000  # HubSpot takes 65,536 characters
# Kind of object -> channel of the entry, property of its title, property of its text.
ACTIVITIES = {
    "calls": ("voice", "hs_call_title", "hs_call_body"),
    "notes": ("note", "", "hs_note_body"),
    "emails": ("email", "hs_email_subject", "hs_email_text"),
    "tasks": ("note", "hs_task_subject", "hs_task_body"),
}
TICKET = ("subject", "hs_pipeline_stage", "hs_ticket_priority", "createdate", "closed_date")


def properties_of(kind: str) -> tuple[str, ...]:
    """What to read of an activity."""
    _, title, body = ACTIVITIES[kind]
    return tuple(name for name in ("hs_timestamp", "hs_createdate", title, body) if name)


def entry_of(kind: str, record: Record) -> TimelineEntry | None:
    """An activity as an entry of the timeline; None for one without a time."""
    channel, title, body = ACTIVITIES[kind]
    at = instant(record.properties.get("hs_timestamp") or record.properties.get("hs_createdate", ""))
    if at is None:
        return None
    text = to_text(record.properties.get(body, ""))
    heading = record.properties.get(title, "").strip() if title else ""
    first = text.partition("\n")[0]
    summary = ": ".join(part for part in (heading, first) if part) or kind.removesuffix("s")
    return TimelineEntry(f"{kind}:{record.id}", at, channel, summary[:_SUMMARY], detail=text)


def case_of(record: Record, stages: dict[str, tuple[str, bool]]) -> Case | None:
    """A ticket as a case; None for one without a time. `stages`: label of each stage, and whether it closes."""
    known = record.properties
    opened_at = instant(known.get("createdate", ""))
    if opened_at is None:
        return None
    label, closed = stages.get(known.get("hs_pipeline_stage", ""), ("open", bool(known.get("closed_date"))))
    status = "closed" if closed else label.lower()
    return Case(record.id, known.get("subject", ""), status, opened_at, known.get("hs_ticket_priority", "").lower())


def activity_of(record: WrapUpRecord) -> tuple[str, dict[str, str]]:
    """A wrap-up as a kind of object and its properties: a call for a call, a note for anything else."""
    body = to_html(_words(record))[:_LONGEST_BODY]
    if record.channel != "voice":
        return "notes", {"hs_timestamp": written(record.ended_at), "hs_note_body": body}
    milliseconds = max(0, round((record.ended_at - record.started_at) * 1000))
    title = " · ".join(part for part in ("Call", record.queue, ", ".join(record.outcome)) if part)
    return "calls", {
        "hs_timestamp": written(record.started_at),
        "hs_call_title": title[:250],
        "hs_call_body": body,
        "hs_call_duration": str(milliseconds),
        "hs_call_status": "COMPLETED",
    }


def task_of(text: str, due: Instant) -> dict[str, str]:
    """Something to be done, by `due`."""
    subject, _, rest = text.strip().partition("\n")
    known = {"hs_timestamp": written(due), "hs_task_subject": subject[:250], "hs_task_status": "NOT_STARTED"}
    return known | ({"hs_task_body": to_html(rest)} if rest.strip() else {}) | {"hs_task_type": "TODO"}


def _words(record: WrapUpRecord) -> str:
    said = {
        "Codes": ", ".join(record.outcome),
        "Channel": record.channel,
        "Queue": record.queue,
        "Address": record.address,
        "Experts": "; ".join(record.experts),
        "Then": "; ".join(map(_planned, record.follow_ups)),
        "Agent": record.agent,
    }
    return "\n".join([record.note, *(f"{name}: {value}" for name, value in said.items() if value)])


def _planned(one: FollowUp) -> str:
    due = datetime.fromtimestamp(one.due, UTC).strftime(", due %Y-%m-%d %H:%M UTC") if one.due is not None else ""
    return f"{one.kind}{due}{f', to {one.to}' if one.to else ''}: {one.text}"


def written(at: Instant) -> str:
    """A time as HubSpot takes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> Instant | None:
    """A time as HubSpot writes it, as ISO 8601 or as milliseconds; None when it is neither, or
    so far away that no screen can show it."""
    try:
        if text.isascii() and text.isdigit():
            found = int(text[:15]) / 1000
        else:
            moment = datetime.fromisoformat(text[:40])
            found = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        return None
    return found if SMALLEST <= found <= LARGEST else None
