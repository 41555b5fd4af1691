"""What an agent does on a call: each verb in the steps that Twilio needs for it."""

from abc import ABC, abstractmethod
from urllib.parse import quote

from desktop.backends.twilio.account import Desk
from desktop.backends.twilio.attributes import parsed
from desktop.backends.twilio.conference import Conferences, label_of
from desktop.backends.twilio.contacts import CONSULT, TRANSFER, Contact, Contacts
from desktop.backends.twilio.task_router import TaskRouter
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import LegKind, LegPhase
from desktop.ports.errors import Conflict, NotFound, Rejected


class CallVerbs(ABC):
    """The part of the contact centre that acts on conferences."""

    desk: Desk
    _router: TaskRouter
    contacts: Contacts
    _conferences: Conferences

    @abstractmethod
    async def _contact(self, interaction_id: str) -> Contact: ...

    @abstractmethod
    async def _wrap(self, contact: Contact, key: str) -> None: ...

    @abstractmethod
    def _done(self, contact: Contact) -> Interaction: ...

    async def _talking(self, interaction_id: str) -> Contact:
        """A call of ours that is going on, with who is on the line now."""
        contact = await self._contact(interaction_id)
        if not contact.talking:
            raise Conflict("The call is not going on.")
        await self._conferences.ready(contact)
        await self._conferences.look(contact)
        return contact

    async def _leg(self, interaction_id: str, leg_id: str, *phases: LegPhase) -> Contact:
        """A call with this further party on it."""
        contact = await self._talking(interaction_id)
        leg = contact.legs.get(leg_id)
        if leg is None:
            raise NotFound("There is no such party on the call.")
        if phases and leg.phase not in phases:
            raise Conflict(f"That party is {leg.phase.value}.")
        return contact

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        """Hold or resume the customer."""
        contact = await self._talking(interaction_id)
        if contact.held is not on:
            await self._conferences.hold(contact, on=on, key=key)
        return self._done(contact)

    async def mute(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        """Mute or unmute ourselves."""
        contact = await self._talking(interaction_id)
        if contact.muted is not on:
            await self._conferences.mute(contact, on=on, key=key)
        return self._done(contact)

    async def consult(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        """Hold the customer, then ring."""
        return await self._bring_in(interaction_id, target, transfer=False, key=key)

    async def blind_transfer(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        """Ring, and leave as soon as they pick up: until then the customer has us, and is never stranded."""
        return await self._bring_in(interaction_id, target, transfer=True, key=key)

    async def _bring_in(self, interaction_id: str, target: str, *, transfer: bool, key: str) -> Interaction:
        contact = await self._contact(interaction_id)
        if transfer and contact.transferred:
            return self._done(contact)
        contact = await self._talking(interaction_id)
        label = label_of(TRANSFER if transfer else CONSULT, key)
        if label not in contact.labels.values():
            if contact.open_legs:
                raise Conflict("Another party is on the line already.")
            uri = await self._uri(target)
            await self._conferences.hold(contact, on=True, key=key)
            try:
                name = target.partition(":")[2]
                await self._conferences.invite(contact, uri, name, transfer=transfer, key=key)
            except (Rejected, Conflict, NotFound):
                await self._conferences.hold(contact, on=False, key=key)
                raise
        return self._done(contact)

    async def _uri(self, target: str) -> str:
        """What Twilio rings for a target.

        Raises:
            Rejected: Twilio cannot ring it.
        """
        kind, _, who = target.partition(":")
        if kind == "tel" and who.startswith("+") and who[1:].isdigit():
            return who
        if kind == "agent":
            try:
                worker = await self._router.worker(who)
            except NotFound:
                raise Rejected("Twilio has no such worker.") from None
            uri = parsed(worker.attributes).get("contact_uri")
            if isinstance(uri, str) and 0 < len(uri) < 200:
                return uri
            raise Rejected("That worker's attributes name no contact_uri.")
        if kind == "person" and self.desk.person_uri:
            return self.desk.person_uri.replace("{id}", quote(who, safe=""))
        if kind == "person":
            raise Rejected("How a person is called is not set; see person_uri.")
        if kind == "queue":
            raise Rejected("Twilio's API cannot hand a running call to a queue.")
        raise Rejected("That is no number in international form.")

    async def cancel_leg(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Have the party leave, and the customer back."""
        contact = await self._leg(interaction_id, leg_id)
        if contact.legs[leg_id] in contact.open_legs:
            await self._conferences.remove(contact, leg_id, key=key)
            await self._conferences.look(contact, key=key)
        return self._done(contact)

    async def swap(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Talk to the other one."""
        contact = await self._leg(interaction_id, leg_id, LegPhase.ACTIVE)
        if contact.legs[leg_id].kind is LegKind.CONFERENCE:
            raise Conflict("Everybody talks already.")
        to_customer = contact.held
        if to_customer:
            await self._conferences.hold_leg(contact, leg_id, on=True, key=key)
        await self._conferences.hold(contact, on=not to_customer, key=key)
        if not to_customer:
            await self._conferences.hold_leg(contact, leg_id, on=False, key=key)
        await self._conferences.look(contact)
        return self._done(contact)

    async def conference(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Everybody talks."""
        contact = await self._leg(interaction_id, leg_id, LegPhase.ACTIVE)
        await self._join(contact, leg_id, key)
        await self._conferences.look(contact)
        return self._done(contact)

    async def _join(self, contact: Contact, leg_id: str, key: str) -> None:
        if contact.legs[leg_id].kind is not LegKind.CONFERENCE:
            await self._conferences.hold_leg(contact, leg_id, on=False, key=key)
            if contact.held:
                await self._conferences.hold(contact, on=False, key=key)

    async def complete_transfer(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        """Bring customer and party together and go."""
        contact = await self._contact(interaction_id)
        if not contact.transferred:
            contact = await self._leg(interaction_id, leg_id, LegPhase.ACTIVE)
            await self._join(contact, leg_id, key)
            await self._conferences.leave(contact, key=key)
        await self._wrap(contact, key)
        return self._done(contact)

    async def look_at_calls(self) -> None:
        """See who is on the line of each call, and finish blind transfers that were answered."""
        for contact in [one for one in self.contacts.live() if one.talking]:
            await self._conferences.look(contact)
            for leg in contact.open_legs:
                if leg.kind is LegKind.TRANSFER and leg.phase is LegPhase.ACTIVE:
                    key = contact.labels.get(leg.id) or leg.id
                    await self._conferences.hold(contact, on=False, key=key)
                    await self._conferences.leave(contact, key=key)
                    await self._wrap(contact, key)
                    break
