"""A contact of somebody else, as far as a row and a dialog need it."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.floor import AgentWork, FloorVerb
from desktop.domain.entities.model import Instant, Interaction
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.select.floor_verbs import Standing, for_interaction, for_work
from desktop.tui.supervisor.agent_activity import customer_of, group_word, in_hand
from desktop.tui.words import wording
from desktop.words.catalogue import tr


@dataclass(frozen=True, slots=True)
class Contact:
    """`who` is what the contact centre calls the customer; `offered` the verbs that make sense."""

    id: str
    who: str
    queue: str
    channel: Channel
    phase: Phase
    word: str
    since: Instant
    arrived_at: Instant
    priority: int = 0
    agent_id: str = ""
    offered: tuple[FloorVerb, ...] = ()

    @property
    def sign(self) -> str:
        """Of its channel, or of a wrap-up."""
        return "✎" if self.phase is Phase.WRAP_UP else TRAITS[self.channel].sign


def contact_of_work(work: AgentWork, agent_id: str, who: Standing) -> Contact:
    """One that an agent has in hand."""
    return Contact(
        work.interaction_id,
        customer_of(work) or tr("customer in {queue}", queue=work.queue),
        work.queue,
        work.channel,
        work.phase,
        group_word(in_hand(work)),
        work.since,
        work.since,
        agent_id=agent_id,
        offered=for_work(work, who) if agent_id != who.me else (),
    )


def contact_of_interaction(interaction: Interaction, who: Standing) -> Contact:
    """One that waits or rings; a callback that is due is not said to wait."""
    is_due = interaction.callback_at is not None and interaction.phase is Phase.QUEUED
    return Contact(
        interaction.id,
        interaction.customer_name or wording.address(interaction.customer),
        interaction.queue,
        interaction.channel,
        interaction.phase,
        tr("callback") if is_due else wording.phase(interaction),
        interaction.phase_since,
        interaction.arrived_at if interaction.callback_at is None else interaction.callback_at,
        interaction.priority,
        interaction.agent_id or "",
        for_interaction(interaction, who),
    )


def named(contact: Contact, now: Instant) -> str:
    """The contact as a dialog names it."""
    return f"{contact.sign} {contact.who} · {contact.queue} · {contact.word} {wording.duration(now - contact.since)}"


def offering(contacts: Sequence[Contact], verb: FloorVerb) -> tuple[Contact, ...]:
    """Those of some contacts for which a verb makes sense."""
    return tuple(contact for contact in contacts if verb in contact.offered)
