"""The one way the state changes: a state and a batch of events make the next state."""

from collections.abc import Sequence
from dataclasses import replace

from desktop.domain.entities.customer import CustomerDetails, TimelineEntry
from desktop.domain.entities.message import InboundMessage, SentMessage, further
from desktop.domain.entities.words import Health, Older
from desktop.domain.news import notices
from desktop.domain.news.news import see_news, take_news
from desktop.domain.reduce import contacts as work
from desktop.domain.reduce import directory as people
from desktop.domain.reduce import phone as handset
from desktop.domain.reduce.streams import Fit, admit, admit_snapshot, check_head, mark_healing, needs_snapshot
from desktop.domain.state.batch import DETAILS, HANDED_OVER, MESSAGES, Batch
from desktop.domain.state.events import (
    AgentChanged,
    ChatReceived,
    ContactCenterSnapshot,
    DeliveryChanged,
    Envelope,
    Gap,
    Heartbeat,
    InteractionChanged,
    MessageReceived,
    MessagingSnapshot,
    PersonChanged,
    PhoneCallChanged,
    PhoneRegistrationChanged,
    PhoneSnapshot,
    PresenceChanged,
    PresenceSnapshot,
    QueueChanged,
)
from desktop.domain.state.floor_events import (
    AgentMessaged,
    AlertAcknowledged,
    CoachingChanged,
    FloorChanged,
    HelpChanged,
)
from desktop.domain.state.own_events import (
    AlertsChanged,
    AvailabilityAwaited,
    CapabilitiesKnown,
    ClockRead,
    DetailsChanged,
    DraftDropped,
    DraftSaved,
    HealthChanged,
    LinksChanged,
    LookedOdd,
    MessageWithdrawn,
    NewsCame,
    NewsSeen,
    Noticed,
    OlderChanged,
    OutboxChanged,
    PastHelpKnown,
    PendingChanged,
    PolicyDeclared,
    PopChanged,
    RecordHandedOver,
    Settled,
    SourcesDeclared,
)
from desktop.domain.state.state import AppState, Notice, SourceHealth

__all__ = ["needs_snapshot", "reduce"]


def reduce(state: AppState, envelopes: Sequence[Envelope]) -> AppState:
    """The state after the events, in the order they came in.

    A whole batch costs one copy of each mapping it touches; a mapping nothing happened to stays the same object,
    and so does the state. Reducing a batch in one go equals reducing it event by event. Events that are late,
    doubled or lost do no harm (see `streams`): at worst `needs_snapshot` becomes true.
    """
    batch = Batch(state)
    for envelope in envelopes:
        _apply(batch, envelope)
        handset.follow(batch, envelope.event)
    people.join(batch)
    return batch.finish()


def _apply(batch: Batch, envelope: Envelope) -> None:
    event = envelope.event
    match event:
        case ContactCenterSnapshot() | PresenceSnapshot() | MessagingSnapshot() | PhoneSnapshot():
            fit = admit_snapshot(batch, envelope)
            if fit is Fit.STALE:
                return
            if isinstance(event, ContactCenterSnapshot):
                work.apply_snapshot(batch, envelope.source, event, fit)
            elif isinstance(event, MessagingSnapshot):
                _messages(batch, event.sent, event.received)
            elif isinstance(event, PhoneSnapshot):
                handset.apply_snapshot(batch, envelope, event)
            else:
                people.apply_snapshot(batch, envelope.source, event, fit)
        case Heartbeat():
            _heard(batch, envelope)
            check_head(batch, envelope, event)
        case Gap():
            mark_healing(batch, envelope.source)
        case _:
            if admit(batch, envelope):
                _apply_admitted(batch, envelope)


def _apply_admitted(batch: Batch, envelope: Envelope) -> None:
    event = envelope.event
    match event:
        case InteractionChanged():
            work.apply_interaction(batch, envelope, event)
        case AgentChanged():
            work.apply_agent(batch, envelope.source, event)
        case QueueChanged():
            work.apply_queue(batch, event)
        case FloorChanged():
            work.apply_floor(batch, envelope.source, event)
        case HelpChanged():
            work.apply_help(batch, event.help)
        case AgentMessaged():
            batch.agent_messages.put_last(event.message.id, event.message, MESSAGES)
        case AlertAcknowledged():
            work.apply_acknowledgement(batch, event.acknowledgement)
        case CoachingChanged():
            work.apply_coaching(batch, envelope.source, event.news)
        case PresenceChanged():
            work.put_newer(batch.presence, event.presence.person_id, event.presence)
        case PersonChanged():
            batch.people.put(event.person.id, event.person)
        case ChatReceived():
            people.apply_chats(batch, (event.line,))
        case DeliveryChanged():
            _messages(batch, (event.message,), ())
        case MessageReceived():
            _messages(batch, (), (event.message,))
        case PhoneCallChanged():
            handset.apply_call(batch, event.call)
        case PhoneRegistrationChanged():
            handset.apply_registration(batch, envelope, event.registration)
        case HealthChanged():
            _health(batch, envelope, event)
        case ClockRead():
            _clock(batch, event)
        case CapabilitiesKnown():
            batch.capabilities.put(envelope.source, event.capabilities)
        case _:
            _apply_own(batch, envelope)


def _apply_own(batch: Batch, envelope: Envelope) -> None:
    """What the desktop itself found out or did."""
    event = envelope.event
    match event:
        case PopChanged():
            _pop(batch, event)
        case DetailsChanged():
            _details(batch, event)
        case OlderChanged():
            _older(batch, event)
        case DraftSaved():
            _draft(batch, event)
        case DraftDropped():
            _draft_dropped(batch, event.interaction_id)
        case RecordHandedOver():
            batch.handed_over.put_last(event.interaction_id, event.record, HANDED_OVER)
        case OutboxChanged():
            batch.set("outbox", event.outbox)
        case MessageWithdrawn():
            batch.sent.drop(event.key)
        case PendingChanged():
            if event.verbs:
                batch.pending.put(event.interaction_id, event.verbs)
            else:
                batch.pending.drop(event.interaction_id)
        case AvailabilityAwaited():
            batch.set("awaited", event.choice)
        case SourcesDeclared():
            batch.sources = event.sources
        case PolicyDeclared():
            batch.set("recording_consent", event.recording_consent)
        case LinksChanged():
            batch.links.swap({link.key: link for link in event.links})
        case AlertsChanged():
            batch.alerts.swap(dict(event.alerts))
        case PastHelpKnown():
            batch.past_help.put(event.help.person_id, event.help)
        case Noticed():
            notices.tell(batch, Notice(envelope.at, event.text, event.severity, event.subject))
        case Settled():
            notices.settle(batch, event.subject)
        case NewsCame():
            take_news(batch, event.news)
        case NewsSeen():
            see_news(batch, event.ids)
        case LookedOdd():
            batch.odd(event.text)


def _messages(batch: Batch, sent: Sequence[SentMessage], received: Sequence[InboundMessage]) -> None:
    news: dict[str, SentMessage] = {}
    for message in sent:  # one may be told twice: put once, so that what comes out the same stays the same mapping
        news[message.id] = further(news.get(message.id, batch.sent.get(message.id)), message)
    for message in news.values():
        if message.is_in_outbox:
            if any(one.key == message.key and not one.is_in_outbox for one in batch.sent.now.values()):
                continue  # a sender has it, and the outbox does not know yet
        elif message.key:
            batch.sent.drop(message.key)
        batch.sent.put_last(message.id, message, MESSAGES)
    for one in received:
        if batch.received.get(one.id) is None:
            batch.received.put_last(one.id, one, MESSAGES)


_SET = 2.0
"""Seconds from which another reading of a clock means that it was set, and not read better."""


def _clock(batch: Batch, event: ClockRead) -> None:
    """When we heard whom is noted by the server's clock: when that is set, what was noted moves with it.

    Else a dead server whose clock was set back would look alive until the old time is reached again.
    """
    moved = event.skew - batch.skew
    batch.set("skew", event.skew)
    if event.ours or abs(moved) < _SET:
        return
    for source, known in list(batch.health.now.items()):
        heard = None if known.last_heard is None else known.last_heard + moved
        batch.health.put(source, replace(known, since=known.since + moved, last_heard=heard))


def _heard(batch: Batch, envelope: Envelope) -> None:
    known = batch.health.get(envelope.source)
    at = handset.server_time(batch, envelope)
    if known is None:
        known = SourceHealth(Health.LIVE, since=at)
    batch.health.put(envelope.source, replace(known, last_heard=max(at, known.last_heard or at)))


def _health(batch: Batch, envelope: Envelope, event: HealthChanged) -> None:
    event = handset.health_of_source(batch, envelope.source, event)
    known = batch.health.get(envelope.source)
    since = known.since if known is not None and known.health is event.health else envelope.at
    last_heard = known.last_heard if known is not None else None
    batch.health.put(envelope.source, SourceHealth(event.health, since, event.why, last_heard))


def _pop(batch: Batch, event: PopChanged) -> None:
    key = event.interaction_id
    if batch.tombstones.get(key) is not None and batch.drafts.get(key) is None:
        return  # the answer came after the interaction went
    known, pop = batch.pops.get(key), event.pop
    if known is not None and known.answer is pop.answer:
        pop = replace(pop, since=known.since)
    batch.pops.put(key, pop)


def _details(batch: Batch, event: DetailsChanged) -> None:
    known, fresh = batch.details.get(event.customer_id), event.details
    if known is not None:
        # A part that could not be had this time is shown as it was, with the age it had.
        kept = any(
            old is not None and new is None
            for old, new in (
                (known.cases, fresh.cases),
                (known.timeline, fresh.timeline),
                (known.purchases, fresh.purchases),
            )
        )
        timeline, older = _with_older(known, fresh)
        fresh = replace(
            fresh,
            cases=known.cases if fresh.cases is None else fresh.cases,
            timeline=timeline,
            older=older,
            purchases=known.purchases if fresh.purchases is None else fresh.purchases,
            fetched_at=known.fetched_at if kept else fresh.fetched_at,
        )
    batch.details.put_last(event.customer_id, fresh, DETAILS)
    if event.failed:
        batch.details_failed.put_last(event.customer_id, event.failed, DETAILS)
    else:
        batch.details_failed.drop(event.customer_id)


def _with_older(known: CustomerDetails, fresh: CustomerDetails) -> tuple[tuple[TimelineEntry, ...] | None, Older]:
    """The newest entries, just read again, with the older ones that were read before, unless there is a gap between."""
    if fresh.timeline is None:
        return known.timeline, known.older
    if fresh.older is Older.NONE or not fresh.timeline or not known.timeline:
        return fresh.timeline, fresh.older
    last = fresh.timeline[-1].id
    place = next((place for place, entry in enumerate(known.timeline) if entry.id == last), None)
    if place is None:
        return fresh.timeline, fresh.older
    return fresh.timeline + known.timeline[place + 1 :], Older.MORE if known.older is Older.FAILED else known.older


def _older(batch: Batch, event: OlderChanged) -> None:
    known = batch.details.get(event.customer_id)
    if known is None or not known.timeline or known.timeline[-1].id != event.after:
        return  # it was read anew meanwhile
    grown = replace(known, timeline=known.timeline + event.entries, older=event.older)
    batch.details.put_last(event.customer_id, grown, DETAILS)
    failed = dict(batch.details_failed.get(event.customer_id) or {})
    failed.pop("older", None)
    if event.why:
        failed["older"] = event.why
    if failed:
        batch.details_failed.put_last(event.customer_id, failed, DETAILS)
    else:
        batch.details_failed.drop(event.customer_id)


def _draft(batch: Batch, event: DraftSaved) -> None:
    known = batch.drafts.get(event.interaction_id)
    if known is not None and event.draft.revision < known.revision:
        return  # a slow save of an older text
    batch.drafts.put(event.interaction_id, event.draft)


def _draft_dropped(batch: Batch, interaction_id: str) -> None:
    batch.drafts.drop(interaction_id)
    batch.unfinished.drop(interaction_id)
    if batch.interactions.get(interaction_id) is None:
        batch.pops.drop(interaction_id)
