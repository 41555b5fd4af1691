"""What a finished wrap-up leaves to be delivered: the record, and a row for each follow-up somebody must act on."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from desktop.app.drafts import Draft
from desktop.app.follow_up_json import follow_up_from
from desktop.app.outbox_rows import OutboxRow, new_row, outbox_key
from desktop.app.targets import CONTACT_CENTER, CRM, Targets
from desktop.app.wrap_up_json import message_json, record_json
from desktop.domain.customer import Customer, FollowUp, WrapUpRecord
from desktop.domain.leg_names import with_leg_names
from desktop.domain.model import Interaction
from desktop.domain.select import call_capabilities, consent_to, customer_of, expert_outcomes
from desktop.domain.state import AppState
from desktop.domain.words import Channel
from desktop.ports.base import Capability
from desktop.ports.messaging import OutgoingMessage

WRAP_UP, FOLLOW_UP, CASE, TASK = "wrap_up", "follow_up", "case", "task"
_IN_CRM = {"case": CASE, "task": TASK}
_MESSAGES = {"sms": Channel.SMS, "email": Channel.EMAIL}


class WrapUpRows:
    """Makes outbox rows out of the state. The same work makes the same keys, in any process."""

    def __init__(
        self, profile: str, state: Callable[[], AppState], clock: Callable[[], float], targets: Targets | None = None
    ) -> None:
        self._profile = profile
        self._state = state
        self._clock = clock
        self._targets = targets if targets is not None else Targets({})

    def rows(
        self,
        interaction: Interaction,
        codes: Sequence[str],
        note: str,
        follow_ups: Sequence[FollowUp],
        revision: int,
        under_way: Collection[FollowUp] = (),
    ) -> list[OutboxRow]:
        """The record first, once for each CRM it goes to, then the follow-ups, without those under way already."""
        state = self._state()
        customer = customer_of(state, interaction.id)
        found = state.pops.get(interaction.id)
        match = found.match if found is not None else None
        now = self._clock() + state.skew
        record = WrapUpRecord(
            key="",
            interaction_id=interaction.id,
            customer_id=None,
            agent_id=state.me,
            channel=interaction.channel.value,
            queue=interaction.queue,
            started_at=interaction.answered_at if interaction.answered_at is not None else interaction.arrived_at,
            ended_at=interaction.ended_at if interaction.ended_at is not None else now,
            codes=tuple(codes),
            note=note,
            follow_ups=tuple(follow_ups),
            experts=expert_outcomes(with_leg_names(state, interaction)),
            address="" if interaction.customer.withheld else interaction.customer.value,
            agent_name=_agent_name(state),
            code_labels=_labels(state, codes),
        )
        ids = match.ids if match is not None else ()
        rows = [
            self._record_row(replace(record, customer_id=customer_id), target, revision, ids)
            for target, customer_id in self._targets.records(match)
        ]
        for part, follow_up in enumerate(follow_ups):
            row = self._follow_up(state, interaction, customer, follow_up, revision, part)
            if row is not None and follow_up not in under_way:
                rows.append(row)
        return rows

    def record_keys(self, interaction_id: str, revision: int) -> list[str]:
        """The keys that a record of this revision may have, whichever CRM it went to."""
        targets = [self._targets.of(source) for source in self._targets.crms] or [CRM]
        return [outbox_key(self._profile, interaction_id, self._record_kind(one), revision) for one in targets]

    def _record_kind(self, target: str) -> str:
        return f"{WRAP_UP} {target}" if self._targets.several_crms else WRAP_UP

    def follow_up_keys(
        self, interaction_id: str, follow_ups: Sequence[FollowUp], revision: int
    ) -> Iterator[tuple[FollowUp, str]]:
        """Each follow-up with the key of the row it would be."""
        for part, follow_up in enumerate(follow_ups):
            kind = _IN_CRM.get(follow_up.kind, FOLLOW_UP)
            yield follow_up, outbox_key(self._profile, interaction_id, kind, revision, part)

    def row_for_draft(self, interaction: Interaction | None, draft: Draft) -> OutboxRow:
        """The record a draft would have become. Without the interaction it says no more than is known."""
        follow_ups = tuple(follow_up_from(kept) for kept in draft.follow_ups)
        if interaction is not None:
            return self.rows(interaction, draft.codes, draft.note, follow_ups, draft.revision)[0]
        state = self._state()
        saved_at = draft.saved_at + state.skew
        record = WrapUpRecord(
            key="",
            interaction_id=draft.interaction_id,
            customer_id=draft.customer_id,
            agent_id=state.me,
            channel="",
            queue="",
            started_at=saved_at,
            ended_at=saved_at,
            codes=draft.codes,
            note=draft.note,
            follow_ups=follow_ups,
            agent_name=_agent_name(state),
            code_labels=_labels(state, draft.codes),
        )
        target = next(self._targets.records(None))[0]
        if draft.customer_id is not None:
            # What the draft remembers: since then the profile may have got another CRM with the same number in it.
            target = draft.target or self._targets.record(draft.customer_id)[0]
        return self._record_row(record, target, draft.revision)

    def _follow_up(
        self,
        state: AppState,
        interaction: Interaction,
        customer: Customer | None,
        follow_up: FollowUp,
        revision: int,
        part: int,
    ) -> OutboxRow | None:
        """A row of its own where a machine must act; what nobody can do stands in the record only."""
        to = follow_up.to or ("" if interaction.customer.withheld else interaction.customer.value)
        if follow_up.kind == "callback" and Capability.CALLBACK.value in call_capabilities(state) and to:
            key = outbox_key(self._profile, interaction.id, FOLLOW_UP, revision, part)
            address = {"kind": "phone", "value": to}
            due = follow_up.due if follow_up.due is not None else self._clock() + state.skew
            payload: dict[str, Any] = {
                "kind": "callback",
                "queue": interaction.queue,
                "address": address,
                "at": due,
                "note": follow_up.text,
            }
            return self._row(key, FOLLOW_UP, interaction.id, CONTACT_CENTER, payload)
        if follow_up.kind in _MESSAGES and to:
            key = outbox_key(self._profile, interaction.id, FOLLOW_UP, revision, part)
            message = OutgoingMessage(
                key=key,
                channel=_MESSAGES[follow_up.kind],
                to=to,
                text=follow_up.text,
                consent=consent_to(state, customer, _MESSAGES[follow_up.kind], to) if customer is not None else None,
                customer_id=customer.id if customer is not None else None,
            )
            return self._row(
                key, FOLLOW_UP, interaction.id, self._targets.message(message.channel), message_json(message)
            )
        if follow_up.kind == "case" and customer is not None:
            key = outbox_key(self._profile, interaction.id, CASE, revision, part)
            payload = {"customer_id": customer.id, "subject": follow_up.text, "text": follow_up.text}
            return self._row(key, CASE, interaction.id, self._targets.record(customer.id)[0], payload)
        if follow_up.kind == "task" and customer is not None and self._takes_tasks(state, customer):
            key = outbox_key(self._profile, interaction.id, TASK, revision, part)
            payload = {"customer_id": customer.id, "text": follow_up.text, "due": follow_up.due}
            return self._row(key, TASK, interaction.id, self._targets.record(customer.id)[0], payload)
        return None

    def _takes_tasks(self, state: AppState, customer: Customer) -> bool:
        source = self._targets.source(self._targets.record(customer.id)[0])
        return source is not None and Capability.TASKS.value in state.capabilities.get(source, frozenset())

    def _record_row(self, record: WrapUpRecord, target: str, revision: int, ids: Sequence[str] = ()) -> OutboxRow:
        """One CRM's copy of a record. Of several CRMs, each one's has a key of its own."""
        key = outbox_key(self._profile, record.interaction_id, self._record_kind(target), revision)
        payload = record_json(replace(record, key=key), ids)
        return self._row(key, WRAP_UP, record.interaction_id, target, payload)

    def _row(self, key: str, kind: str, interaction_id: str, target: str, payload: Any) -> OutboxRow:
        return new_row(key, kind, interaction_id, target, payload, created_at=self._clock())


def _agent_name(state: AppState) -> str:
    agent = state.agents.get(state.me)
    return agent.name if agent is not None else ""


def _labels(state: AppState, codes: Sequence[str]) -> tuple[str, ...]:
    """A code's label, or the code where there is none."""
    labels = {code.id: code.label for code in state.codes}
    return tuple(labels.get(code) or code for code in codes)
