"""The words for closed lists and for the kinds of backend, as they stand in the middle of a sentence."""

from collections.abc import Mapping
from typing import Final

from desktop.domain.entities.words import Availability, Channel, PresenceState
from desktop.words.marks import mark

TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "channel": {
        Channel.VOICE: mark("call"),
        Channel.CHAT: mark("chat"),
        Channel.EMAIL: mark("e-mail"),
        Channel.SMS: mark("SMS"),
    },
    "verb": {},
    "phase": {},
    "availability": {
        Availability.AVAILABLE: mark("available"),
        Availability.NOT_READY: mark("not ready"),
        Availability.OFFLINE: mark("offline"),
    },
    "presence": {
        PresenceState.AVAILABLE: mark("available"),
    },
    "severity": {},
    "table": {
        "drafts": mark("notes"),
        "outbox": mark("outbox"),
        "messages": mark("messages"),
        "links": mark("links"),
        "preferences": mark("preferences"),
    },
}

THE_SOURCES: Final[Mapping[str, str]] = {
    "contact_center": mark("the contact centre"),
    "crm": mark("the CRM"),
    "presence": mark("the directory"),
    "messaging": mark("the message service"),
    "voice": mark("the phone"),
    "assist": mark("the assist"),
}
"""With the article, since other languages have several."""
SOURCES: Final[Mapping[str, str]] = {
    "contact_center": mark("contact centre"),
    "crm": mark("CRM"),
    "presence": mark("directory"),
    "messaging": mark("message service"),
    "voice": mark("phone"),
    "assist": mark("assist"),
}
