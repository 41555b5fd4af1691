"""Applying what the agent's phone tells: calls, registration, and what of it shows on interactions and on health."""

from dataclasses import replace

from desktop.domain.entities.model import Instant
from desktop.domain.entities.phone import CallState, PhoneCall, PhoneRegistration, Registration, call_of
from desktop.domain.entities.source import Source, holder
from desktop.domain.entities.words import Health
from desktop.domain.state.batch import Batch
from desktop.domain.state.events import (
    ContactCenterSnapshot,
    Envelope,
    Event,
    InteractionChanged,
    PhoneCallChanged,
    PhoneSnapshot,
)
from desktop.domain.state.own_events import HealthChanged
from desktop.domain.state.state import SourceHealth
from desktop.domain.text.sentence import verbatim

_ENDED = CallState.ENDED
PHONE = "voice"
"""The kind of source whose health follows the registration."""


def apply_snapshot(batch: Batch, envelope: Envelope, event: PhoneSnapshot) -> None:
    """Replace all that the phone told before."""
    known = batch.phone_calls.now
    batch.phone_calls.swap(
        {call.id: _known_as(batch, known.get(call.id), call) for call in event.calls if call.state is not _ENDED}
    )
    apply_registration(batch, envelope, event.registration)


def apply_call(batch: Batch, call: PhoneCall) -> None:
    """Take the call as it is now; one that has ended leaves."""
    if call.state is _ENDED:
        batch.phone_calls.drop(call.id)
    else:
        batch.phone_calls.put(call.id, _known_as(batch, batch.phone_calls.get(call.id), call))


def _known_as(batch: Batch, known: PhoneCall | None, call: PhoneCall) -> PhoneCall:
    interaction_id = known.interaction_id if known is not None else ""
    return replace(call, since=call.since + batch.skew, interaction_id=interaction_id)


def server_time(batch: Batch, envelope: Envelope) -> Instant:
    """When the server's clock showed it: a phone is a part of this machine, and its times are this machine's."""
    return envelope.at + batch.skew if Source.of(envelope.source).kind == PHONE else envelope.at


def apply_registration(batch: Batch, envelope: Envelope, registration: PhoneRegistration) -> None:
    """Take the registration, and let the phone's health follow it: a phone nobody can reach is down."""
    batch.phone = replace(registration, since=registration.since + batch.skew)
    known = batch.health.get(envelope.source)
    health = _health_of(registration)
    since = known.since if known is not None and known.health is health else server_time(batch, envelope)
    heard = known.last_heard if known is not None else None
    batch.health.put(envelope.source, SourceHealth(health, since, verbatim(registration.why), heard))


def health_of_source(batch: Batch, source: str, told: HealthChanged) -> HealthChanged:
    """What is to be believed of a source's health: a stream that lives says nothing of a phone that is not registered.

    Args:
        source: where it comes from, such as `voice` or `voice:desk`.
        told: what the stream's keeper says.
    """
    if Source.of(source).kind != PHONE or told.health is not Health.LIVE or batch.phone is None:
        return told
    return HealthChanged(_health_of(batch.phone), verbatim(batch.phone.why))


def follow(batch: Batch, event: Event) -> None:
    """After an event about calls or contacts of mine: find which call of the phone carries which contact.

    On that contact shows whether the phone mutes us, unless the contact centre does the muting itself. A phone mutes
    by sending silence, which no contact centre can see; so here alone the phone is the authority.
    """
    match event:
        case PhoneCallChanged() | PhoneSnapshot() | ContactCenterSnapshot():
            _join(batch)
        case InteractionChanged(interaction=interaction) if interaction.agent_id == batch.me:
            _join(batch)


def _join(batch: Batch) -> None:
    if not batch.phone_calls.now:
        return
    mine = [one for one in batch.interactions.now.values() if one.agent_id == batch.me]
    for interaction in mine:
        call = call_of(interaction, mine, batch.phone_calls.now)
        if call is None:
            continue
        for other in list(batch.phone_calls.now.values()):
            if other.interaction_id == interaction.id and other.id != call.id:
                # Taken for it by its number until the contact centre said which one it is: a call of its own.
                batch.phone_calls.put(other.id, replace(other, interaction_id=""))
        batch.phone_calls.put(call.id, replace(call, interaction_id=interaction.id))
        able = batch.capabilities.get(holder(batch.sources, interaction.id)) or ()
        if "mute" not in able and call.muted is not None and call.muted is not interaction.muted:
            batch.interactions.put(interaction.id, replace(interaction, muted=call.muted))


def _health_of(registration: PhoneRegistration) -> Health:
    match registration.state:
        case Registration.REGISTERED:
            return Health.LIVE
        case Registration.REGISTERING:
            return Health.CONNECTING
        case Registration.UNREGISTERED:
            return Health.DOWN
