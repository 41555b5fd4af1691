"""What a record knows of its contact, so that it can be delivered after the contact is gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from desktop.domain.entities.customer import Consent
from desktop.domain.entities.model import Instant


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The customer's consent to messages on a channel to one of their addresses."""

    channel: str
    to: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact as it was when its record was last saved. "" and None: not known.

    Args:
        agent_id: who wrote the record, and in whose name it is delivered.
        address: the customer's number or address; "" also where it is withheld.
        taken_at: when all this was so, on the server's clock.
        code_rule: how many codes the queue wants (a word of `CodeRule`).
        code_labels: the labels of the codes chosen, by code.
        records: each CRM the record goes to, as the outbox names it, with the customer's id there (None: nobody).
        customer_ids: the ids of all the customer's records.
        link_decided: whether the agent linked the contact to that customer, or to nobody, by hand.
        callbacks: whether the contact centre takes callbacks.
        tasks: whether the customer's CRM takes tasks.
    """

    agent_id: str = ""
    agent_name: str = ""
    channel: str = ""
    queue: str = ""
    address: str = ""
    customer_name: str = ""
    started_at: Instant | None = None
    ended_at: Instant | None = None
    taken_at: Instant | None = None
    code_rule: str = ""
    note_required: bool = False
    experts: tuple[str, ...] = ()
    code_labels: Mapping[str, str] = field(default_factory=dict)
    records: tuple[tuple[str, str | None], ...] = ()
    customer_ids: tuple[str, ...] = ()
    link_decided: bool = False
    consents: tuple[ConsentGiven, ...] = ()
    callbacks: bool = False
    tasks: bool = False

    def with_customer_of(self, known: "ContactFacts") -> "ContactFacts":
        """These facts about the contact, with who its customer is, and all that follows from it, as `known` has it."""
        return replace(
            self,
            customer_name=known.customer_name,
            records=known.records,
            customer_ids=known.customer_ids,
            link_decided=known.link_decided,
            consents=known.consents,
            tasks=known.tasks,
        )

    def consent(self, channel: str, to: str) -> Consent | None:
        """The consent to a message, if it was given."""
        return next((one.consent for one in self.consents if (one.channel, one.to) == (channel, to)), None)
