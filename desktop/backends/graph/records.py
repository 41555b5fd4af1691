"""Graph's users and presences, read into the records of the directory."""

import html
import re
from collections.abc import Mapping

from desktop.backends.graph.words import meaning
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.words import PresenceState

SELECTED = "id,displayName,jobTitle,department,mail,userPrincipalName,businessPhones,mobilePhone,accountEnabled"
"""The fields of a user that are asked for."""
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_LINE = 300


def line(value: object) -> str:
    """Text from outside as one printable line of at most 300 characters; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in " ".join(value[: _LINE * 4].split()))[:_LINE].strip()


def identifier(value: object) -> str:
    """An id of Graph's; empty when it is none."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def person_of(record: object, source: str) -> Person | None:
    """A user as a person; None when it is no user, or one who may not sign in any more."""
    if not isinstance(record, dict) or record.get("accountEnabled") is False:
        return None
    person_id, phones = identifier(record.get("id")), record.get("businessPhones")
    if not person_id:
        return None
    numbers = [*(phones if isinstance(phones, list) else []), record.get("mobilePhone")]
    mail = line(record.get("mail")) or line(record.get("userPrincipalName"))
    return Person(
        person_id,
        line(record.get("displayName")) or mail or person_id,
        line(record.get("jobTitle")),
        line(record.get("department")),
        address=next((number for number in map(line, numbers) if re.fullmatch(r"[+*#0-9() ./-]{2,40}", number)), ""),
        email=mail,
        source=source,
    )


def sequence(record: Mapping[object, object]) -> str:
    """What orders the presences of one person, as text does; empty when there is none."""
    text = record.get("sequenceNumber")
    return text if isinstance(text, str) and re.fullmatch(r"[!-~]{1,64}", text) else ""


def presence_of(record: Mapping[object, object], source: str, *, version: int, now: float) -> Presence | None:
    """A presence as it was observed now; None when it is nobody's."""
    person_id = identifier(record.get("id"))
    if not person_id:
        return None
    words = [line(record.get(name))[:60] for name in ("availability", "activity")]
    said = meaning(*words)
    office, message = record.get("outOfOfficeSettings"), record.get("statusMessage")
    away = isinstance(office, dict) and office.get("isOutOfOffice") is True
    doing = said.doing or ("out of office" if away else "") or _written(message)
    known = said.state not in (PresenceState.UNKNOWN, PresenceState.OFFLINE)
    return Presence(
        person_id,
        version,
        said.state,
        now,
        doing,
        in_call=said.in_call if known else None,
        in_meeting=said.in_meeting if known else None,
        source=source,
        native="/".join(word for word in words if word) or "nothing",
    )


def _written(message: object) -> str:
    """The status message, which may be HTML."""
    body = message.get("message") if isinstance(message, dict) else None
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(content, str) or not isinstance(body, dict):
        return ""
    text = content[: _LINE * 10]
    if str(body.get("contentType", "")).casefold() == "html":
        text = html.unescape(re.sub(r"<[^<>]*>", " ", text))
    return line(text)
