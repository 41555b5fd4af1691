"""What a finished wrap-up leaves to be delivered: the record, and a row for each follow-up somebody must act on."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from desktop.app.connections.targets import CRM, Targets
from desktop.app.notes.follow_up_json import follow_up_from, follow_up_json
from desktop.app.notes.wrap_up_json import message_json, record_json
from desktop.app.storage.schema import canonical_json
from desktop.app.storage.tables.drafts import Draft, with_replies_in_note
from desktop.app.storage.tables.outbox_rows import CASE, FOLLOW_UP, TASK, WRAP_UP, OutboxRow, new_row, outbox_key
from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.customer import Consent, Customer, FollowUp, Match, WrapUpRecord
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel
from desktop.domain.notes.contact_facts import ConsentGiven, ContactFacts
from desktop.domain.select import call_capabilities, consent_to, customer_of, expert_outcomes, opted_out_at
from desktop.domain.select.centres import own_id
from desktop.domain.select.leg_names import with_leg_names
from desktop.domain.state.state import AppState
from desktop.domain.text.card_numbers import masked
from desktop.ports.base import Capability
from desktop.ports.messaging import OutgoingMessage

_IN_CRM = {"case": CASE, "task": TASK}


class WrapUpRows:
    """Makes outbox rows out of a record and what it knows of its contact. The same record makes the same keys."""

    def __init__(
        self, profile: str, state: Callable[[], AppState], clock: Callable[[], float], targets: Targets | None = None
    ) -> None:
        self._profile = profile
        self._state = state
        self._clock = clock
        self._targets = targets if targets is not None else Targets({})

    def facts(
        self, state: AppState, interaction: Interaction, codes: Sequence[str], follow_ups: Sequence[FollowUp]
    ) -> ContactFacts:
        """What a state knows of a contact, as a record needs it once the contact is gone."""
        found = state.pops.get(interaction.id)
        match = found.match if found is not None else None
        customer = customer_of(state, interaction.id)
        agent = state.agents.get(state.me)
        address = "" if interaction.customer.withheld else interaction.customer.value
        messages = {(MESSAGE_KINDS[one.kind], one.to or address) for one in follow_ups if one.kind in MESSAGE_KINDS}
        return ContactFacts(
            agent_id=own_id(state, interaction.id),
            agent_name=agent.name if agent is not None else "",
            channel=interaction.channel.value,
            queue=interaction.queue,
            address=address,
            customer_name=customer.name if customer is not None else "",
            started_at=interaction.answered_at if interaction.answered_at is not None else interaction.arrived_at,
            ended_at=interaction.ended_at,
            taken_at=self._clock() + state.skew,
            code_rule=interaction.wrap_up_rule.codes.value,
            note_required=interaction.wrap_up_rule.note_required,
            experts=expert_outcomes(with_leg_names(state, interaction)),
            code_labels=self.labels(codes),
            records=tuple(self._targets.records(match)),
            customer_ids=match.ids if match is not None else (),
            link_decided=found is not None and found.decided,
            consents=tuple(_consents(state, customer, messages)) if customer is not None else (),
            callbacks=Capability.CALLBACK.value in call_capabilities(state, interaction.id),
            tasks=customer is not None and self._takes_tasks(state, customer),
        )

    def facts_of_message(self, state: AppState, match: Match, channel: Channel, to: str) -> ContactFacts:
        """What a state knows of a customer who is written to outside of a contact."""
        agent = state.agents.get(state.me)
        return ContactFacts(
            agent_id=state.me,
            agent_name=agent.name if agent is not None else "",
            channel=channel.value,
            address=to,
            customer_name=match.customer.name,
            taken_at=self._clock() + state.skew,
            records=self.records_of(match.ids),
            customer_ids=match.ids,
            link_decided=True,
            consents=tuple(_consents(state, match.customer, {(channel, to)})),
        )

    def rows(
        self,
        draft: Draft,
        facts: ContactFacts,
        revision: int,
        under_way: Collection[FollowUp] = (),
    ) -> list[OutboxRow]:
        """The record first, once for each CRM it goes to, then the follow-ups, without those under way already.

        Args:
            draft: the words; a follow-up that was not added is left out.
            facts: what is known of the contact; its own or those of now.
            revision: which record of the interaction it is, counted from 1.
        """
        follow_ups = tuple(follow_up_from(kept) for kept in draft.follow_ups)
        records = facts.records or self.legacy_records(draft)
        ended_at = facts.ended_at if facts.ended_at is not None else facts.taken_at or 0.0
        record = WrapUpRecord(
            key="",
            interaction_id=draft.interaction_id,
            customer_id=None,
            agent_id=facts.agent_id,
            channel=facts.channel,
            queue=facts.queue,
            started_at=facts.started_at if facts.started_at is not None else ended_at,
            ended_at=ended_at,
            codes=draft.codes,
            note=with_replies_in_note(draft).note,
            follow_ups=follow_ups,
            experts=facts.experts,
            address=facts.address,
            agent_name=facts.agent_name,
            code_labels=tuple(facts.code_labels.get(code) or code for code in draft.codes),
        )
        made = [
            self._record_row(replace(record, customer_id=customer_id), target, revision, facts)
            for target, customer_id in records
        ]
        for part, follow_up in enumerate(follow_ups):
            row = self._follow_up(draft.interaction_id, replace(facts, records=records), follow_up, revision, part)
            if row is not None and follow_up not in under_way:
                made.append(row)
        return made

    def message_row(self, draft_id: str, key: str, facts: ContactFacts, text: str, subject: str) -> OutboxRow | None:
        """A message to a customer outside of a contact; None where they did not agree to it, or do not any more."""
        channel, to = Channel(facts.channel), facts.address
        consent = self._consent(facts, channel, to)
        if consent is None:
            return None
        message = self._message(key, facts, channel, to, text, consent, subject)
        return self._message_row(draft_id, channel, message, facts)

    def record_keys(self, interaction_id: str, revision: int) -> list[str]:
        """The keys that a record of this revision may have, whichever CRM it went to."""
        targets = [self._targets.of(source) for source in self._targets.crms] or [CRM]
        return [outbox_key(self._profile, interaction_id, self._record_kind(one), revision) for one in targets]

    def follow_up_keys(
        self, interaction_id: str, follow_ups: Sequence[FollowUp], revision: int
    ) -> Iterator[tuple[FollowUp, str]]:
        """Each follow-up with the key of the row it would be."""
        for part, follow_up in enumerate(follow_ups):
            yield follow_up, self._follow_up_key(interaction_id, follow_up, revision, part)

    def _follow_up_key(self, interaction_id: str, follow_up: FollowUp, revision: int, part: int) -> str:
        """The far side may know revisions that are not known here any more: other words never share a key."""
        kind = _IN_CRM.get(follow_up.kind, FOLLOW_UP)
        words = canonical_json(follow_up_json(follow_up))
        return outbox_key(self._profile, interaction_id, f"{kind} {words}", revision, part)

    def records_of(self, customer_ids: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
        """Each CRM that a record of this customer goes to, with the customer's id there."""
        known = [self._targets.record(one) for one in customer_ids]
        if not known:
            return tuple(self._targets.records(None))
        return tuple(known if self._targets.write_back == "all" else known[:1])

    def record_at(self, target: str, customer_ids: Sequence[str]) -> tuple[str, str | None]:
        """Where a copy of a record goes that was for this target, now that it is about this customer.

        Of several copies each stays with its CRM, known there or not: the others have theirs.
        """
        records = self.records_of(customer_ids)
        own = next((one for one in records if one[0] == target), None)
        if own is None and self._targets.write_back == "all" and self._targets.several_crms:
            return target, None
        return own or records[0]

    def legacy_records(self, draft: Draft) -> tuple[tuple[str, str | None], ...]:
        """The same for a draft of an earlier version, which remembers the customer and their CRM alone."""
        if draft.customer_id is None:
            return tuple(self._targets.records(None))
        # What the draft remembers: since then the profile may have got another CRM with the same number in it.
        return ((draft.target or self._targets.record(draft.customer_id)[0], draft.customer_id),)

    def labels(self, codes: Sequence[str]) -> dict[str, str]:
        """The label of each code; the code itself where it has none."""
        labels = {code.id: code.label for code in self._state().codes}
        return {code: labels.get(code) or code for code in codes}

    def attached(self, draft: Draft, match: Match | None) -> Draft:
        """A record about another customer, or about nobody."""
        state, facts = self._state(), draft.facts or ContactFacts()
        ids = match.ids if match is not None else ()
        records = self.records_of(ids)
        half = () if draft.half is None else (draft.half,)
        kept = (follow_up_from(one) for one in (*draft.follow_ups, *half))
        messages = {(MESSAGE_KINDS[one.kind], one.to or facts.address) for one in kept if one.kind in MESSAGE_KINDS}
        customer = match.customer if match is not None else None
        customer_id = records[0][1]
        return replace(
            draft,
            customer_id=customer_id,
            also=tuple(one for one in ids if one != customer_id),
            target=records[0][0] if customer_id is not None else "",
            facts=replace(
                facts,
                customer_name=customer.name if customer is not None else "",
                records=records,
                customer_ids=ids,
                link_decided=True,
                consents=tuple(_consents(state, customer, messages)) if customer is not None else (),
                tasks=customer is not None and self._takes_tasks(state, customer),
            ),
        )

    def _record_kind(self, target: str) -> str:
        return f"{WRAP_UP} {target}" if self._targets.several_crms else WRAP_UP

    def _follow_up(
        self, interaction_id: str, facts: ContactFacts, follow_up: FollowUp, revision: int, part: int
    ) -> OutboxRow | None:
        """A row of its own where a machine must act; what nobody can do stands in the record only."""
        to = follow_up.to or facts.address
        key = self._follow_up_key(interaction_id, follow_up, revision, part)
        customer_id = next((one for _, one in facts.records if one is not None), None)
        if follow_up.kind == "callback" and facts.callbacks and to:
            payload: dict[str, Any] = {
                "kind": "callback",
                "queue": facts.queue,
                "address": {"kind": "phone", "value": to},
                "at": follow_up.due if follow_up.due is not None else facts.taken_at or 0.0,
                "note": follow_up.text,
            }
            return self._row(key, FOLLOW_UP, interaction_id, self._targets.centre(interaction_id), payload, facts)
        if follow_up.kind in MESSAGE_KINDS and to:
            channel = MESSAGE_KINDS[follow_up.kind]
            consent = self._consent(facts, channel, to)
            message = self._message(key, facts, channel, to, follow_up.text, consent)
            return self._message_row(interaction_id, channel, message, facts)
        if follow_up.kind == "case" and customer_id is not None:
            payload = {"customer_id": customer_id, "subject": follow_up.text, "text": follow_up.text}
            return self._row(key, CASE, interaction_id, self._targets.record(customer_id)[0], payload, facts)
        if follow_up.kind == "task" and customer_id is not None and facts.tasks:
            payload = {"customer_id": customer_id, "text": follow_up.text, "due": follow_up.due}
            return self._row(key, TASK, interaction_id, self._targets.record(customer_id)[0], payload, facts)
        return None

    def _message(
        self,
        key: str,
        facts: ContactFacts,
        channel: Channel,
        to: str,
        text: str,
        consent: Consent | None,
        subject: str = "",
    ) -> OutgoingMessage:
        customer_id = next((one for _, one in facts.records if one is not None), None)
        # An earlier version kept what the agent said is no card in messages, too.
        return OutgoingMessage(key, channel, to, masked(text), consent, masked(subject), customer_id)

    def _message_row(
        self, interaction_id: str, channel: Channel, message: OutgoingMessage, facts: ContactFacts
    ) -> OutboxRow:
        target, payload = self._targets.message(channel), message_json(message)
        return self._row(message.key, FOLLOW_UP, interaction_id, target, payload, facts)

    def _consent(self, facts: ContactFacts, channel: Channel, to: str) -> Consent | None:
        """The consent there was, unless the customer has written STOP since."""
        consent = facts.consent(channel.value, to)
        stopped_at = opted_out_at(self._state(), channel, to) if consent is not None else None
        if consent is None or stopped_at is None or (consent.at is not None and consent.at > stopped_at):
            return consent
        return None

    def _takes_tasks(self, state: AppState, customer: Customer) -> bool:
        source = self._targets.source(self._targets.record(customer.id)[0])
        return source is not None and Capability.TASKS.value in state.capabilities.get(source, frozenset())

    def _record_row(self, record: WrapUpRecord, target: str, revision: int, facts: ContactFacts) -> OutboxRow:
        """One CRM's copy of a record. Of several CRMs, each one's has a key of its own."""
        key = outbox_key(self._profile, record.interaction_id, self._record_kind(target), revision)
        payload = record_json(replace(record, key=key), facts.customer_ids)
        return self._row(key, WRAP_UP, record.interaction_id, target, payload, facts)

    def _row(
        self, key: str, kind: str, interaction_id: str, target: str, payload: Any, facts: ContactFacts
    ) -> OutboxRow:
        return new_row(
            key,
            kind,
            interaction_id,
            target,
            payload,
            created_at=self._clock(),
            author=facts.agent_id,
            customer=facts.customer_name,
        )


def _consents(state: AppState, customer: Customer, messages: Collection[tuple[Channel, str]]) -> Iterator[ConsentGiven]:
    for channel, to in sorted(messages):
        consent = consent_to(state, customer, channel, to)
        if consent is not None:
            yield ConsentGiven(channel.value, to, consent)
