"""The words for closed lists and for the kinds of backend, as they stand in the middle of a sentence."""

from collections.abc import Mapping
from typing import Final

from desktop.domain.conversations.canned_replies import Placeholder
from desktop.domain.entities.floor import ActivityKind, FloorVerb
from desktop.domain.entities.words import Availability, Channel, LegFailure, LegPhase, Phase, PresenceState, Verb
from desktop.words.marks import mark

_CARD_FIELDS: Final[Mapping[str, str]] = {
    "name": mark("name"),
    "company": mark("company"),
    "tier": mark("tier"),
    "language": mark("language"),
    "time_zone": mark("time zone"),
    "place": mark("town"),
    "note": mark("note"),
    "url": mark("link"),
}
"""By the name of the field in `Customer`; a new one is called by its name until it has a word here."""

TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "channel": {
        Channel.VOICE: mark("call"),
        Channel.CHAT: mark("chat"),
        Channel.EMAIL: mark("e-mail"),
        Channel.SMS: mark("SMS"),
    },
    "timeline": {
        Channel.VOICE: mark("call"),
        Channel.CHAT: mark("chat"),
        Channel.EMAIL: mark("e-mail"),
        Channel.SMS: mark("SMS"),
        "note": mark("note"),
        "purchase": mark("purchase"),
        "case": mark("case"),
        "expert": mark("expert"),
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
        Verb.UNPARK: mark("take back"),
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
    "activity": {
        ActivityKind.WORK: mark("work"),
        ActivityKind.BREAK: mark("break"),
        ActivityKind.MEAL: mark("meal"),
        ActivityKind.MEETING: mark("meeting"),
        ActivityKind.TRAINING: mark("training"),
        ActivityKind.EXCEPTION: mark("exception"),
    },
    "seen": {
        Availability.AVAILABLE: mark("available"),
        Availability.NOT_READY: mark("not ready"),
        Availability.OFFLINE: mark("offline"),
        "engaged": mark("engaged"),
    },
    "floor_verb": {
        FloorVerb.LISTEN: mark("listen"),
        FloorVerb.WHISPER: mark("whisper"),
        FloorVerb.BARGE: mark("barge in"),
        FloorVerb.END_MONITOR: mark("stop listening"),
        FloorVerb.TAKE_OVER: mark("take over"),
        FloorVerb.REASSIGN: mark("reassign"),
        FloorVerb.MOVE: mark("move"),
        FloorVerb.PRIORITY: mark("priority"),
        FloorVerb.WITHDRAW: mark("withdraw"),
        FloorVerb.AGENT_STATE: mark("change state"),
        FloorVerb.ANSWER_HELP: mark("answer help"),
        FloorVerb.MESSAGE: mark("message"),
        FloorVerb.BROADCAST: mark("message the team"),
        FloorVerb.ACKNOWLEDGE: mark("acknowledge"),
        "ask_help": mark("ask for help"),
        "close_help": mark("close the help request"),
        "answer_supervisor": mark("answer a supervisor"),
    },
    "table": {
        "drafts": mark("notes"),
        "review_drafts": mark("reviews"),
        "outbox": mark("outbox"),
        "messages": mark("messages"),
        "links": mark("links"),
        "preferences": mark("preferences"),
    },
    "leg_outcome": {
        LegPhase.REQUESTED: mark("asked"),
        LegPhase.RINGING: mark("ringing"),
        LegPhase.ACTIVE: mark("talking"),
        LegPhase.COMPLETED: mark("done"),
        LegPhase.CANCELLED: mark("called off"),
        LegPhase.FAILED: mark("failed"),
        LegFailure.BUSY: mark("line busy"),
        LegFailure.NO_ANSWER: mark("no answer"),
        LegFailure.DECLINED: mark("declined"),
        LegFailure.INVALID: mark("invalid"),
        LegFailure.UNREACHABLE: mark("unreachable"),
        "took_over": mark("took over"),
    },
    "card_field": _CARD_FIELDS,
    "consent": {
        "sms": mark("SMS"),
        "email": mark("e-mail"),
        "recording": mark("recording"),
        "marketing": mark("marketing"),
        "whatsapp": mark("WhatsApp"),
    },
    "case_status": {
        "open": mark("open"),
        "pending": mark("pending"),
        "solved": mark("solved"),
        "closed": mark("closed"),
    },
    "placeholder": {
        Placeholder.CUSTOMER_NAME: mark("customer name"),
        Placeholder.CUSTOMER_COMPANY: mark("customer company"),
        Placeholder.CASE_ID: mark("case id"),
        Placeholder.CASE_SUBJECT: mark("case subject"),
        Placeholder.AGENT_NAME: mark("agent name"),
        Placeholder.QUEUE_NAME: mark("queue name"),
    },
    "copyable": {
        **_CARD_FIELDS,
        "phone": mark("number"),
        "email": mark("e-mail"),
        "handle": mark("handle"),
        "address": mark("address"),
        "came_from_phone": mark("contact's number"),
        "came_from_email": mark("contact's e-mail"),
        "came_from_handle": mark("contact's handle"),
        "came_from_address": mark("contact's address"),
        "customer_id": mark("customer id"),
        "contact_id": mark("contact id"),
        "case": mark("case"),
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
SHORT_SOURCES: Final[Mapping[str, str]] = {
    "contact_center": mark("cc"),
    "crm": mark("crm"),
    "presence": mark("directory"),
    "messaging": mark("messages"),
    "voice": mark("phone"),
    "assist": "",
}
"""In the header, where there is little room; "" for those that it does not show."""
