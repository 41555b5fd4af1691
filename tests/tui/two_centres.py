"""The work of two contact centres on one desk, as their snapshots make it: a call here, chats there, which is down."""

from dataclasses import replace

from desktop.app.connections.centre_ids import CentreIds
from desktop.domain.entities.model import Interaction, Message
from desktop.domain.entities.words import Availability, Channel, Health, Phase
from desktop.domain.reduce.reducer import reduce
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.domain.state.own_events import CapabilitiesKnown, HealthChanged, SourcesDeclared
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from tests.tui.states import ALL, CALL, CODES, IDLE, LIVE, MAYA, NOW, QUEUES

VOICE, WRITTEN = "contact_center:voice", "contact_center:written"


def _snapshot(source: str, *interactions: Interaction, availability: Availability) -> Envelope:
    ids = CentreIds(source, [one for one in (VOICE, WRITTEN) if one != source])
    agent = replace(MAYA, id="maya", observed=availability, in_use={"voice": 1} if source == VOICE else {"chat": 2})
    queues = tuple(replace(QUEUES[name], as_of=NOW - 2) for name in ("Billing", "Support"))
    shown = ContactCenterSnapshot("maya", interactions, (agent,), queues, CODES, IDLE.reasons)
    return ids.envelope(Envelope(source, shown, NOW - 2, "e", 1))


def two_centres() -> AppState:
    """Talking to Priya while two chats wait at the other, which has been gone for a moment and says I am not ready."""
    call = replace(CALL, phase=Phase.ACTIVE, answered_at=NOW - 41, phase_since=NOW - 41)
    said = (Message("t1", NOW - 75, "customer", "Hello, is somebody there?"),)
    chat = replace(
        CALL, channel=Channel.CHAT, phase=Phase.ACTIVE, subject="Invoice", messages=said, unread=1, phase_since=NOW - 70
    )
    second = replace(chat, id="i2", queue="Support", unread=0, customer_name="J. Ortega", phase_since=NOW - 50)
    start = AppState(people=IDLE.people, presence=IDLE.presence, health={one: LIVE[one] for one in ("crm", "presence")})
    return reduce(
        start,
        [
            Envelope("desktop", SourcesDeclared((VOICE, WRITTEN)), NOW),
            *(Envelope(source, CapabilitiesKnown(ALL), NOW) for source in (VOICE, WRITTEN, "crm", "presence")),
            _snapshot(VOICE, call, availability=Availability.AVAILABLE),
            _snapshot(WRITTEN, chat, second, availability=Availability.NOT_READY),
            Envelope(VOICE, HealthChanged(Health.LIVE), NOW - 1),
            Envelope(WRITTEN, HealthChanged(Health.DOWN, verbatim("no answer")), NOW - 11),
        ],
    )
