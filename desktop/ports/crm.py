"""What a CRM is to the desktop."""

from abc import abstractmethod
from collections.abc import Sequence

from desktop.domain.entities.customer import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import Unsupported


def _refuse(capability: Capability) -> Unsupported:
    return Unsupported(Sentence("port.crm_lacks", capability=capability.value.replace("_", " ")))


class Crm(Backend):
    """Who the customer is. Every match must carry the key that was asked for; the adapter verifies it."""

    @abstractmethod
    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        """Customers that carry this number (E.164), e-mail or handle; none, one or several. `limit` 1-50."""

    @abstractmethod
    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        """Customers found by free text; any input is safe, and a number comes as it was typed. `limit` 1-50."""

    @abstractmethod
    async def customer(self, customer_id: str) -> Customer:
        """One record. Raises NotFound."""

    @abstractmethod
    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        """Write the wrap-up back under `record.key`; answers the CRM's id of the activity, which must echo the key."""

    async def wrap_ups(self, interaction_id: str) -> Sequence[WrapUpRecord]:
        """WRAP_UPS: what was written back after an interaction, oldest first; none where nothing was.

        Who may read it is the CRM's to say, as with the timeline.
        """
        raise _refuse(Capability.WRAP_UPS)

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        """What happened before `before`, newest first. `limit` 1-200; with fewer than that there is nothing older."""
        raise _refuse(Capability.TIMELINE)

    async def cases(self, customer_id: str) -> Sequence[Case]:
        """Open and closed matters, newest first."""
        raise _refuse(Capability.CASES)

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        """What was bought, newest first."""
        raise _refuse(Capability.PURCHASES)

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        """A new record."""
        raise _refuse(Capability.CREATE_CUSTOMER)

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        """Open a case."""
        raise _refuse(Capability.CREATE_CASE)

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        """Something to be done for a customer, by `due` if given; answers the CRM's id of the task."""
        raise _refuse(Capability.TASKS)

    async def set_consent(self, customer_id: str, topic: str, *, granted: bool, source: str, key: str) -> Customer:
        """Record that the customer allowed or refused `topic`, since when, and from where we have it (`source`)."""
        raise _refuse(Capability.CONSENT)

    async def link(self, interaction_id: str, customer_id: str, *, reason: str, key: str) -> None:
        """Say that the interaction is with this customer, and why we say so (`reason`)."""
        raise _refuse(Capability.LINK)

    async def unlink(self, interaction_id: str, *, key: str) -> None:
        """Take a link back."""
        raise _refuse(Capability.LINK)
