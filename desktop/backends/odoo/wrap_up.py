"""The message that a wrap-up becomes on the contact's page."""

from datetime import UTC, datetime

from desktop.backends.odoo.connection import digest
from desktop.backends.wire.html_text import to_html
from desktop.domain.entities.customer import WrapUpRecord
from desktop.domain.entities.words import Channel

_CHANNELS = frozenset(Channel)


def message_id(record: WrapUpRecord) -> str:
    """The message's own id, by which anybody can find what was written under a key."""
    channel = record.channel if record.channel in _CHANNELS else ""
    return f"<wrap-up.{channel}.{digest(record.key)}@agent-desktop>"


def body(record: WrapUpRecord) -> str:
    """The note first, then what was around it."""
    began = datetime.fromtimestamp(record.started_at, UTC).strftime("%Y-%m-%d %H:%M")
    seconds = max(0, round(record.ended_at - record.started_at))
    facts = [record.channel, record.queue, f"{began} UTC", f"{seconds // 60}:{seconds % 60:02}"]
    lines = [" · ".join(fact for fact in facts if fact)]
    rows = {
        "Customer": "" if record.customer_id is not None else f"not known ({record.address or 'number withheld'})",
        "Address": record.address if record.customer_id is not None else "",
        "Codes": ", ".join(record.outcome),
        "Agent": record.agent,
        "Experts": "; ".join(record.experts),
        "Interaction": record.interaction_id,
    }
    lines += [f"{label}: {value}" for label, value in rows.items() if value]
    for one in record.follow_ups:
        due = datetime.fromtimestamp(one.due, UTC).strftime(", due %Y-%m-%d %H:%M UTC") if one.due is not None else ""
        lines.append(f"Follow-up: {one.kind}{due}{f', to {one.to}' if one.to else ''}: {one.text}")
    note = to_html(record.note) if record.note.strip() else ""
    return note + to_html("\n".join(lines))
