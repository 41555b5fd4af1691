"""What a contact centre is to the desktop."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence

from desktop.domain.entities.model import Address, Agent, Instant, Interaction, Reply, WrapUpCode
from desktop.domain.entities.words import Availability
from desktop.domain.state.events import Envelope
from desktop.ports.base import Capability
from desktop.ports.past import Past
from desktop.ports.quality import Quality
from desktop.ports.supervision import Supervision, refuse


class ContactCenter(Supervision, Past, Quality):
    """Queues, offers and calls. A changing call takes an idempotency key and answers the entity as it is after it."""

    @abstractmethod
    async def snapshot(self) -> Envelope:
        """All this principal may see, as one `ContactCenterSnapshot` numbered with the last event it includes."""

    @abstractmethod
    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events after the given (epoch, seq), or from now on.

        Yields `Heartbeat`s too. Yields a `Gap` when it cannot resume: the host then takes a snapshot.
        Ends or raises when the connection is lost; the host reconnects.
        """

    @abstractmethod
    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        """Ask for an availability, now or after the current contact."""

    async def cancel_next(self, *, key: str) -> Agent:
        """Forget the availability asked for after the current contact."""
        raise refuse(Capability.NEXT_AVAILABILITY)

    @abstractmethod
    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        """Take an offer. Raises Conflict when it has ended or is another's.

        Where PHONE is offered the agent's phone takes it, and this raises Rejected with what to do there.
        """

    @abstractmethod
    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        """Give an offer back."""

    @abstractmethod
    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        """End the contact with the customer; wrap-up begins."""

    @abstractmethod
    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        """Send a line on a messaging channel."""

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        """Send a reply with all it has. A backend that declares neither ATTACHMENTS nor COPIES sends plain ones only.

        The text is "" where files go alone.

        Raises:
            Rejected: a file is too large or of a type that is not taken; an address is none.
        """
        if not reply.plain:
            raise refuse(Capability.ATTACHMENTS if reply.files else Capability.COPIES)
        return await self.send_message(interaction_id, reply.text, key=key)

    def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        """The content of an attachment, in pieces of at most 64 KiB.

        Raises:
            NotFound: it is not, or no longer, there.
        """
        raise refuse(Capability.ATTACHMENTS)

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        """The agent has seen the message and all before it: they are no longer `unread`."""
        raise refuse(Capability.READ)

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        """Let the customer know that the agent is writing; it is forgotten by itself after 10 s."""
        raise refuse(Capability.TYPING)

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        """Put a written contact aside (`on`), or take it up again. A parked one takes none of the agent's capacity and
        comes back by itself when the customer writes.

        Raises:
            Conflict: it is not being worked on; or to take it up, the agent has no room for it.
        """
        raise refuse(Capability.PARK)

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        """Take a written contact that waits in a queue, without being offered it.

        Raises:
            Conflict: another has it, or the agent has no room for it.
            Forbidden: the queue does not allow it.
        """
        raise refuse(Capability.PULL)

    @abstractmethod
    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        """Finish the wrap-up. The note itself goes to the CRM."""

    @abstractmethod
    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        """The codes in force."""

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        """Hold (`on`) or resume the customer."""
        raise refuse(Capability.HOLD)

    async def mute(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        """Mute (`on`) or unmute the agent."""
        raise refuse(Capability.MUTE)

    async def dtmf(self, interaction_id: str, digits: str, *, key: str) -> Interaction:
        """Send tones: 0-9, *, #, A-D."""
        raise refuse(Capability.DTMF)

    async def pause_recording(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        """Pause (`on`) or resume the recording of a call: all of it, both sides. Paused stays paused until resumed.

        Raises:
            Conflict: the call is not being recorded, or not connected.
        """
        raise refuse(Capability.PAUSE_RECORDING)

    async def consult(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        """Hold the customer and ring `target`: `person:ID`, `agent:ID` or `tel:NUMBER`.

        A contact centre without the capability PEOPLE does not know the directory; the host names a person to it by
        their number.
        """
        raise refuse(Capability.CONSULT)

    async def cancel_leg(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """End an open leg and come back to the customer."""
        raise refuse(Capability.CONSULT)

    async def swap(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Talk to the other of customer and consulted expert."""
        raise refuse(Capability.SWAP)

    async def complete_transfer(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Warm transfer: the leg takes the customer and the agent goes to wrap-up."""
        raise refuse(Capability.WARM_TRANSFER)

    async def conference(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Join customer, expert and agent."""
        raise refuse(Capability.CONFERENCE)

    async def blind_transfer(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        """Hand the customer over without talking first; `queue:NAME` is a target too."""
        raise refuse(Capability.BLIND_TRANSFER)

    async def extend_wrap_up(self, interaction_id: str, *, key: str) -> Interaction:
        """Ask for more time."""
        raise refuse(Capability.WRAP_UP_EXTEND)

    async def hand_over(self, interaction_id: str, *, note: str, customer_id: str, key: str) -> Interaction:
        """HANDOVER: what the caller knew of a contact of theirs whose customer went on with another agent or queue.

        It is told to the new contact as `Interaction.previous`. Called again, the newer words take its place.

        Args:
            note: what they wrote so far; "" for nothing.
            customer_id: whom they linked it to, as the CRM calls them; "" for nobody.

        Returns:
            The caller's own contact.

        Raises:
            Conflict: nobody went on with the customer.
        """
        raise refuse(Capability.HANDOVER)

    async def callback(
        self, interaction_id: str, *, queue: str, address: Address, at: Instant, note: str, key: str
    ) -> str:
        """Plan a callback; answers its id."""
        raise refuse(Capability.CALLBACK)

    async def dial(self, address: Address, *, queue: str, key: str) -> Interaction:
        """Call a customer. The interaction is CONNECTING: where PHONE is offered, the agent's own phone rings first.

        Args:
            queue: on whose behalf; "" where it does not matter.

        Raises:
            Conflict: the agent is on another call.
            Rejected: the address cannot be called.
        """
        raise refuse(Capability.DIAL)
