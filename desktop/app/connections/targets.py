"""Where a record goes: which of the profile's backends, and under which name the outbox knows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktop.domain.entities.customer import Match
from desktop.domain.entities.source import holder
from desktop.domain.entities.words import Channel
from desktop.ports.messaging import Messaging

CONTACT_CENTER, CRM, MESSAGING = "contact_center", "crm", "messaging"


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of a profile.

    `names` has the name of each source's target. `crms` and `senders` are in order of precedence. `write_back` "all"
    writes a wrap-up to every CRM that holds the customer, "first" to the one of them with precedence.
    """

    names: Mapping[str, str]
    crms: tuple[str, ...] = ()
    senders: Mapping[str, Messaging] | None = None
    write_back: str = "first"

    def of(self, source: str) -> str:
        """What rows for a source name as their target."""
        return self.names.get(source, source)

    def source(self, target: str) -> str | None:
        """The source that a row's target stands for; None when this profile does not have it.

        A target that is a kind alone was written for the only backend of its kind: now the first of several.
        """
        senders: tuple[str, ...] = tuple(self.senders or ())
        for source in (*self.names, *self.crms, *senders):
            if target in (source, self.of(source)):
                return source
        if target == CRM:
            return self.crms[0] if self.crms else None
        if target == MESSAGING:
            return senders[0] if senders else None
        return holder(self.names, "") if target == CONTACT_CENTER else None

    def centre(self, interaction_id: str) -> str:
        """The target of what the contact centre of a contact is to do."""
        return holder(self.names, interaction_id)

    @property
    def several_crms(self) -> bool:
        """Whether a record must say which CRM it is meant for."""
        return any(":" in source for source in self.crms)

    def records(self, match: Match | None) -> Iterator[tuple[str, str | None]]:
        """Each target that a wrap-up with this customer goes to, with the customer's id there."""
        known = [self.record(one) for one in match.ids] if match is not None else []
        if not known:
            yield self.of(self.crms[0] if self.crms else CRM), None
            return
        yield from known if self.write_back == "all" else known[:1]

    def record(self, customer_id: str) -> tuple[str, str]:
        """The target that holds a record, with its id as the desktop knows it.

        Where there are several, an id of a CRM that left the profile goes to nobody else: it waits.
        """
        name, colon, _ = customer_id.partition(":")
        named = f"{CRM}:{name}"
        if named in self.crms or (colon and self.several_crms):
            return self.of(named), customer_id
        return self.of(self.crms[0] if self.crms else CRM), customer_id

    def message(self, channel: Channel) -> str:
        """The target for a message: the first sender that carries the channel."""
        senders = self.senders or {}
        able = (source for source, sender in senders.items() if channel in sender.channels)
        return self.of(next(able, next(iter(senders), MESSAGING)))
