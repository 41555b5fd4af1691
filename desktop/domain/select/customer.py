"""Questions about the customer of an interaction: who they are, what was promised and allowed, what happened before."""

import re
from collections.abc import Iterable, Iterator, Mapping

from desktop.domain.entities.customer import (
    Case,
    Consent,
    Customer,
    CustomerPromise,
    HistoryEntry,
    Match,
    SeenEntry,
    TimelineEntry,
)
from desktop.domain.entities.model import Address, Instant, Interaction, Leg
from desktop.domain.entities.phone import same_number
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import (
    Channel,
    DeliveryState,
    LegKind,
    LegPhase,
    Phase,
    PopAnswer,
    Recording,
    RecordingConsent,
)
from desktop.domain.select.contact_end import who_took_over
from desktop.domain.select.merged_details import details_of, past_of
from desktop.domain.state.lifecycle import is_open
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence, verbatim


def pop(state: AppState, interaction_id: str) -> ScreenPop | None:
    """The screen pop of an interaction, once it began."""
    return state.pops.get(interaction_id)


def customer_of(state: AppState, interaction_id: str) -> Customer | None:
    """The customer the interaction is linked to; None while there is none."""
    found = state.pops.get(interaction_id)
    match = found.match if found is not None else None
    return match.customer if match is not None else None


def possible_customers(state: AppState, interaction_id: str) -> tuple[Match, ...]:
    """Who the customer may be, where the CRM named some and none is chosen."""
    found = state.pops.get(interaction_id)
    if found is None or found.answer not in (PopAnswer.ONE, PopAnswer.MANY) or found.match is not None:
        return ()
    return found.matches


def unsettled_pop(state: AppState, interaction_id: str) -> bool:
    """Whether nobody knows yet who the customer of an interaction is: no CRM has answered, and no agent said it."""
    found = state.pops.get(interaction_id)
    if found is None:
        return True
    unanswered = found.answer in (PopAnswer.SEARCHING, PopAnswer.COULD_NOT_ASK)
    return unanswered and found.match is None and not found.decided


def came_from(match: Match, asked: Address) -> tuple[Address, ...]:
    """Those addresses of a customer's record that are the one a contact came from, however the record writes it.

    Args:
        match: the customer, with what they were found by.
        asked: the address of the contact.
    """
    if asked.withheld or not asked.value:
        return ()
    found_by_it = match.verified and match.matched_on == asked.kind
    return tuple(
        one
        for one in match.customer.addresses
        if _plain(one) == _plain(asked)
        or (found_by_it and one.kind == asked.kind == "phone" and same_number(asked, one.value))
    )


def is_on_file(match: Match, asked: Address) -> bool:
    """Whether the record has the address that a contact came from. It says nothing of who is on the line."""
    found_by_it = match.verified and match.matched_on == asked.kind and bool(asked.value) and not asked.withheld
    return found_by_it or bool(came_from(match, asked))


def _plain(address: Address) -> tuple[str, str]:
    if address.kind == "phone":
        return address.kind, "".join(sign for sign in address.value if sign in "+0123456789")
    return address.kind, address.value.strip().casefold().removeprefix("@")


def promise_is_late(promise: CustomerPromise, now: Instant) -> bool:
    """Whether an open promise is past its due time."""
    return promise.kept is None and promise.due is not None and promise.due < now


def may_contact(customer: Customer, topic: str) -> bool | None:
    """Whether the customer allows `topic` (sms, email, recording, …), by their newest answer; None: never asked."""
    granted: bool | None = None
    newest = float("-inf")
    for consent in customer.consents:
        at = float("-inf") if consent.at is None else consent.at
        if consent.topic == topic and consent.granted is not None and at >= newest:
            granted, newest = consent.granted, at
    return granted


def recording_refused(state: AppState, interaction: Interaction) -> bool:
    """Whether the customer of the interaction has said that they are not to be recorded."""
    customer = customer_of(state, interaction.id)
    return customer is not None and may_contact(customer, "recording") is False


def recorded_against_will(state: AppState, interaction: Interaction) -> bool:
    """Whether the call is recorded, the customer has refused that, and the profile's policy minds."""
    recorded = interaction.recording is Recording.ACTIVE and interaction.phase is Phase.ACTIVE
    minds = state.recording_consent is not RecordingConsent.IGNORE
    return recorded and minds and recording_refused(state, interaction)


def timeline(state: AppState, interaction: Interaction) -> tuple[HistoryEntry, ...]:
    """This contact, the experts asked during it, messages to and from the customer, and what the CRM knows of before,
    purchases among it; newest first."""
    found = state.pops.get(interaction.id)
    match = found.match if found is not None else None
    before = past_of(details_of(state, match))
    customer = match.customer if match is not None else None
    entries: list[HistoryEntry] = [
        _contact(state, interaction),
        *_legs(state, interaction),
        *_chats(state, interaction),
    ]
    addresses = (interaction.customer, *(customer.addresses if customer is not None else ()))
    entries += [*_messages(state, addresses), *before]
    return tuple(sorted(entries, key=lambda entry: (-entry.at, entry.id)))


def timeline_of_customer(state: AppState, match: Match | None) -> tuple[HistoryEntry, ...]:
    """The same of a customer who is looked at without a contact: messages to and from them, and what was before."""
    addresses = match.customer.addresses if match is not None else ()
    entries: list[HistoryEntry] = [*_messages(state, addresses), *past_of(details_of(state, match))]
    return tuple(sorted(entries, key=lambda entry: (-entry.at, entry.id)))


def entries_of(case: Case, entries: Iterable[HistoryEntry]) -> tuple[TimelineEntry, ...]:
    """What of a customer's history belongs to a case: the CRM says so, or the case is named by its number."""
    return tuple(one for one in entries if isinstance(one, TimelineEntry) and _belongs(one, case))


def case_of(entry: HistoryEntry, cases: Iterable[Case]) -> Case | None:
    """The case that something on the timeline belongs to."""
    return next((one for one in cases if isinstance(entry, TimelineEntry) and _belongs(entry, one)), None)


def _belongs(entry: TimelineEntry, case: Case) -> bool:
    if entry.source != case.source:
        return False
    if entry.case_id:
        return entry.case_id == case.id
    if entry.channel == "case" and entry.id == case.id:
        return True
    named = re.compile(rf"#{re.escape(case.id)}(?!\w)")
    return any(f"#{case.id}" in text and named.search(text) for text in (entry.summary, entry.detail))


def expert_outcomes(interaction: Interaction) -> tuple[str, ...]:
    """Who was brought in and what came of it, in order, for the record in the CRM: one language for all who read it."""
    return tuple(
        f"{_RECORDED_KIND[leg.kind]} {leg.target_name or leg.target}: {_recorded_outcome(interaction, leg)}"
        for leg in interaction.legs
        if leg.kind is not LegKind.SUPERVISOR
    )


def _by(state: AppState, agent_id: str | None) -> Sentence:
    """An agent as people call them."""
    agent = state.agents.get(agent_id or "")
    return verbatim(agent.name if agent is not None else agent_id or "")


def _contact(state: AppState, interaction: Interaction) -> SeenEntry:
    began = Sentence(f"timeline.{interaction.direction}", channel=interaction.channel)
    what = verbatim(interaction.subject) or began
    queue = interaction.queue
    return SeenEntry(
        id=f"contact:{interaction.id}",
        at=interaction.arrived_at,
        channel=interaction.channel.value,
        summary=Sentence("timeline.contact_of_queue", what=what, queue=queue) if queue else what,
        agent=_by(state, interaction.agent_id),
    )


def _legs(state: AppState, interaction: Interaction) -> Iterator[SeenEntry]:
    for leg in interaction.legs:
        if leg.kind is not LegKind.SUPERVISOR:
            name, outcome = leg.target_name or leg.target, _outcome(interaction, leg)
            words = Sentence(f"timeline.{leg.kind}", name=name, outcome=outcome)
            yield SeenEntry(f"leg:{leg.id}", leg.since, "expert", words, _by(state, interaction.agent_id))


def _chats(state: AppState, interaction: Interaction) -> Iterator[SeenEntry]:
    """The first question to each expert since the interaction began, and the last answer."""
    until = float("inf") if interaction.ended_at is None else interaction.ended_at
    for person_id, lines in state.chats.items():
        during = [line for line in lines if interaction.arrived_at <= line.at <= until]
        asked = next((line for line in during if line.mine), None)
        if asked is None:
            continue
        person = state.people.get(person_id)
        answers = [line.text for line in during if not line.mine]
        yield SeenEntry(
            id=f"chat:{asked.id}",
            at=asked.at,
            channel="expert",
            summary=Sentence("timeline.asked_by_chat", name=person.name if person is not None else person_id),
            agent=_by(state, state.me),
            detail="\n".join([asked.text, *answers[-1:]]),
        )


def consent_to(state: AppState, customer: Customer, channel: Channel, to: str) -> Consent | None:
    """The customer's newest answer to messages on a channel, if it was yes and they have not written STOP since."""
    answers = [one for one in customer.consents if one.topic == channel.value and one.granted is not None]
    newest = max(reversed(answers), key=_answered_at, default=None)
    if newest is None or not newest.granted:
        return None
    stopped_at = opted_out_at(state, channel, to)
    return None if stopped_at is not None and stopped_at >= _answered_at(newest) else newest


def _answered_at(consent: Consent) -> float:
    return consent.at if consent.at is not None else float("-inf")


def opted_out_at(state: AppState, channel: Channel, to: str) -> Instant | None:
    """When the owner of an address last wrote that they want no more messages; None: not that we know."""
    said = [
        one.at
        for one in state.received.values()
        if one.opts_out and one.channel is channel and one.sender.value.casefold() == to.casefold()
    ]
    return max(said, default=None)


def _messages(state: AppState, addresses: Iterable[Address]) -> Iterator[SeenEntry]:
    """What a customer wrote and was sent outside an interaction, by any of their addresses."""
    if not (state.received or state.sent):
        return
    theirs = {address.value.casefold() for address in addresses if address.value and not address.withheld}
    for one in state.received.values():
        if one.sender.value.casefold() in theirs:
            words = f"{one.subject}: {one.text}" if one.subject else one.text
            by = Sentence("timeline.customer")
            yield SeenEntry(f"in:{one.id}", one.at, one.channel.value, verbatim(words), by, one.text)
    for sent in state.sent.values():
        if sent.to.casefold() in theirs:
            said = Sentence(f"timeline.message_{sent.state}", text=sent.text)
            if sent.is_in_outbox and sent.state is DeliveryState.FAILED:
                said = Sentence("timeline.message_refused", text=sent.text, why=sent.why)
            elif sent.is_in_outbox and sent.state is DeliveryState.QUEUED:
                said = Sentence("timeline.message_in_outbox", text=sent.text)
            elif sent.state is DeliveryState.FAILED and sent.detail:
                said = Sentence("timeline.message_failed_because", text=sent.text, why=sent.detail)
            yield SeenEntry(f"out:{sent.id}", sent.at, sent.channel.value, said, _by(state, state.me), sent.text)


_TOOK_OVER = "took_over"
_RECORDED_KIND = {
    LegKind.CONSULT: "consulted",
    LegKind.TRANSFER: "transfer to",
    LegKind.CONFERENCE: "conference with",
}
_RECORDED_OUTCOME: Mapping[str, str] = {
    LegPhase.REQUESTED: "asked",
    LegPhase.ACTIVE: "talking",
    LegPhase.COMPLETED: "done",
    LegPhase.CANCELLED: "called off",
}


def _outcome(interaction: Interaction, leg: Leg) -> str:
    """What came of a leg: it took over, why it failed, or its phase."""
    if leg.failure is not None and not is_open(leg):
        return leg.failure.value
    return _TOOK_OVER if leg is who_took_over(interaction) else leg.phase.value


def _recorded_outcome(interaction: Interaction, leg: Leg) -> str:
    outcome = _outcome(interaction, leg)
    return _RECORDED_OUTCOME.get(outcome, outcome.replace("_", " "))


def names_crm(state: AppState) -> bool:
    """Whether the profile names a CRM, be it there or not."""
    return any(Source.of(source).kind == "crm" for source in state.health)
