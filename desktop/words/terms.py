"""The words for closed lists and for the kinds of backend, as they stand in the middle of a sentence."""

from collections.abc import Mapping
from typing import Final

from desktop.domain.entities.words import Availability, Channel, Phase, PresenceState, Verb
from desktop.words.marks import mark

TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "channel": {
        Channel.VOICE: mark("call"),
        Channel.CHAT: mark("chat"),
        Channel.EMAIL: mark("e-mail"),
        Channel.SMS: mark("SMS"),
    },
    "verb": {
        Verb.ACCEPT: mark("accept"),
        Verb.DECLINE: mark("decline"),
        Verb.HOLD: mark("hold"),
        Verb.RESUME: mark("resume"),
        Verb.MUTE: mark("mute"),
        Verb.UNMUTE: mark("unmute"),
        Verb.DTMF: mark("tones"),
        Verb.SEND_MESSAGE: mark("send message"),
        Verb.CONSULT: mark("consult"),
        Verb.CANCEL_LEG: mark("back to the customer"),
        Verb.SWAP: mark("swap"),
        Verb.PAUSE_RECORDING: mark("pause recording"),
        Verb.RESUME_RECORDING: mark("resume recording"),
        Verb.COMPLETE_TRANSFER: mark("hand over"),
        Verb.CONFERENCE: mark("conference"),
        Verb.BLIND_TRANSFER: mark("blind transfer"),
        Verb.END: mark("end"),
        Verb.EXTEND_WRAP_UP: mark("more time"),
        Verb.WRAP_UP: mark("wrap-up"),
        Verb.CALLBACK: mark("callback"),
        Verb.PARK: mark("park"),
        Verb.UNPARK: mark("unpark"),
    },
    "phase": {
        Phase.QUEUED: mark("queued"),
        Phase.OFFERED: mark("being offered"),
        Phase.CONNECTING: mark("connecting"),
        Phase.ACTIVE: mark("active"),
        Phase.WRAP_UP: mark("wrap-up"),
        Phase.CLOSED: mark("closed"),
    },
    "availability": {
        Availability.AVAILABLE: mark("available"),
        Availability.NOT_READY: mark("not ready"),
        Availability.OFFLINE: mark("offline"),
    },
    "presence": {
        PresenceState.AVAILABLE: mark("available"),
    },
    "severity": {},
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
