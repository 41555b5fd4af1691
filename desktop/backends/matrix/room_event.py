"""Events of rooms, which anybody may have written: what cannot be used is left out, and everything has a bound."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from desktop.backends.wire.html_text import clean
from desktop.domain.entities.model import Attachment, Instant
from desktop.domain.text.file_names import safe_name
from desktop.domain.text.printable import printable

KIND: Final = "org.agent_desktop.contact"
"""The type of our own events: who has the customer of a room."""
KEY: Final = "org.agent_desktop.key"
"""Where a reply of ours has what its key makes of it, so that it is known again."""
LONGEST_TEXT: Final = 65_536
"""Characters of a message; the specification allows so many bytes for a whole event."""
FILE: Final = "file"
"""The id of a message's one file."""
USER_ID: Final = re.compile(r"@[!-~]{0,253}:[!-~]{1,253}")
ROOM_ID: Final = re.compile(r"![!-~]{1,254}")
_EVENT_ID = re.compile(r"\$[!-~]{1,254}")
_MXC = re.compile(r"mxc://([A-Za-z0-9.:\[\]-]{1,255})/([A-Za-z0-9_-]{1,255})")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_FILES = frozenset({"m.file", "m.image", "m.audio", "m.video"})
_MOST_EVENTS = 5_000
_LATEST: Final = 1e11
UNREADABLE: Final = "(encrypted, and cannot be read here)"


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """One event of a room's timeline or state."""

    id: str
    kind: str
    sender: str
    at: Instant
    content: Mapping[object, object]
    state_key: str | None
    redacts: str
    redacted: bool


@dataclass(frozen=True, slots=True)
class Media:
    """Where a file is kept."""

    server: str
    id: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says."""

    text: str
    media_type: str = "text/plain"
    attachment: Attachment | None = None
    media: Media | None = None
    automatic: bool = False
    in_reply_to: str = ""


def read_events(raw: object) -> list[RoomEvent]:
    """Those of a list that can be used."""
    found = (read_event(one) for one in raw[:_MOST_EVENTS]) if isinstance(raw, list) else ()
    return [one for one in found if one is not None]


def read_event(raw: object) -> RoomEvent | None:
    """An event; None when it is none."""
    if not isinstance(raw, dict):
        return None
    kind, sender, event_id, state_key = (raw.get(one) for one in ("type", "sender", "event_id", "state_key"))
    if not isinstance(kind, str) or not isinstance(sender, str) or not USER_ID.fullmatch(sender) or len(sender) > 255:
        return None
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        return None
    content, unsigned = mapping(raw.get("content")), mapping(raw.get("unsigned"))
    redacts = next((one for one in (content.get("redacts"), raw.get("redacts")) if isinstance(one, str)), "")
    return RoomEvent(
        id=event_id,
        kind=kind[:255],
        sender=sender,
        at=_instant(raw.get("origin_server_ts")),
        content=content,
        state_key=state_key[:255] if isinstance(state_key, str) else None,
        redacts=redacts,
        redacted=isinstance(unsigned.get("redacted_because"), dict),
    )


def said(content: Mapping[object, object]) -> Said:
    """What the content of a message says."""
    kind, body = text_of(content.get("msgtype")), text_of(content.get("body"))
    relates = mapping(content.get("m.relates_to"))
    answered = mapping(relates.get("m.in_reply_to")).get("event_id")
    in_reply_to = answered if isinstance(answered, str) and _EVENT_ID.fullmatch(answered) else ""
    if kind in _FILES and isinstance(content.get("file"), dict):
        return Said(f"{body} {UNREADABLE}".strip(), in_reply_to=in_reply_to)
    if kind in _FILES and (found := _MXC.fullmatch(text_of(content.get("url")))):
        named = text_of(content.get("filename"))
        info = mapping(content.get("info"))
        media_type, size = info.get("mimetype"), info.get("size")
        known = isinstance(media_type, str) and _MEDIA_TYPE.fullmatch(media_type)
        attachment = Attachment(
            FILE,
            safe_name(named or body),
            str(media_type) if known else "application/octet-stream",
            size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 40 else None,
        )
        words = body if named and named != body else ""
        return Said(words, attachment=attachment, media=Media(found[1], found[2]), in_reply_to=in_reply_to)
    if in_reply_to and body.startswith("> "):
        body = _without_quotation(body)
    html = content.get("formatted_body")
    if content.get("format") == "org.matrix.custom.html" and isinstance(html, str) and kind != "m.emote":
        shown = text_of(html)
        if shown.startswith("<mx-reply>"):
            shown = shown.partition("</mx-reply>")[2]
        return Said(shown, "text/html", automatic=kind == "m.notice", in_reply_to=in_reply_to)
    return Said(f"* {body}" if kind == "m.emote" else body, automatic=kind == "m.notice", in_reply_to=in_reply_to)


def replaced(event: RoomEvent) -> tuple[str, Mapping[object, object]] | None:
    """The message that an event edits, and its new content; None when it edits none."""
    relates = mapping(event.content.get("m.relates_to"))
    which, content = relates.get("event_id"), event.content.get("m.new_content")
    if relates.get("rel_type") != "m.replace" or not isinstance(which, str) or not isinstance(content, dict):
        return None
    return which, content


def mapping(value: object) -> Mapping[object, object]:
    """A JSON object; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str:
    """A text within its bounds and without control characters; "" for anything else."""
    return clean(value[:LONGEST_TEXT]) if isinstance(value, str) else ""


def line_of(value: object, most: int) -> str:
    """A text on one line."""
    return " ".join(printable(text_of(value)).split())[:most]


def _without_quotation(body: str) -> str:
    """Older programs write what they answer before their answer, line by line."""
    lines = body.split("\n")
    first = next((at for at, one in enumerate(lines) if not one.startswith(">")), len(lines))
    return "\n".join(lines[first:]).strip("\n")


def _instant(value: object) -> Instant:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST * 1_000:
        return 0.0
    return value / 1_000
