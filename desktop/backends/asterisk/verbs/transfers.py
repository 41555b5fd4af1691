"""Asking an expert, joining them, and handing the customer over: the server's own attended and blind transfers.

An attended transfer is steered as the agent's phone would do it: by the feature codes, which the server is made to
hear. It keeps the customer safe by itself: whoever hangs up, nobody is left alone with silence for ever.
"""

import asyncio
import contextlib
import re

from desktop.backends.asterisk.model.contact import Branch, Contact
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import LegFailure, LegKind, LegPhase, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Rejected, Unsupported

_EXTENSION = re.compile(r"[A-Za-z0-9_.+*#-]{1,60}")
_BETWEEN_DIGITS = 0.12
_BEGIN_SECONDS = 6.0
_GRACE_SECONDS = 1.5
_JOIN_SECONDS = 1.0
_LOOKS = (0.05, 0.2, 0.5, 1.0, 2.0)  # seconds from one look at who is left to the next
_SOUND_SECONDS = 1.2  # the agent hears a sound when the customer is back, and the server no code meanwhile


class Transfers:
    """The verbs with a further party."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._back_at: dict[str, float] = {}  # when the customer was back with the agent, by the loop's clock
        board.heard.append(self._heard)

    async def consult(self, interaction_id: str, target: str, key: str, kind: LegKind = LegKind.CONSULT) -> Interaction:
        """Ring somebody while the customer hears music.

        Raises:
            Conflict: the call is not in a state for it.
            Rejected: nobody is reached at that target, or the server has no attended transfer configured.
        """
        board, contact = self._board, self._alone(interaction_id)
        context, extension = await self.reachable(target)
        if contact.branch is not None:  # after another consult the customer may still be on the way back
            await board.until(lambda: not contact.interaction.held, "the customer is back")
            back_at = self._back_at.get(interaction_id, 0.0)
            await asyncio.sleep(back_at + _SOUND_SECONDS - asyncio.get_running_loop().time())
        with contextlib.suppress(OutcomeUnknown):  # a code that comes before the two are joined is lost
            await board.until(lambda: contact.agent.uid in board.calls.parties.bridges, "joined", seconds=_JOIN_SECONDS)
        contact = self._alone(interaction_id)  # much may have happened meanwhile
        leg_id = f"leg-{key}"
        contact.branch = Branch(leg_id, extension)
        contact.set_leg(Leg(leg_id, kind, LegPhase.REQUESTED, target, "", board.now()))
        contact.phone_held = False
        board.tell(Change.LEG, contact, "requested")
        board.spawn(self._begins(contact, leg_id))
        try:
            await board.act("Atxfer", ("Channel", contact.agent.name), ("Context", context), ("Exten", extension))
        except OutcomeUnknown:
            raise
        except BackendError as error:
            contact.move_leg(LegPhase.FAILED, board.now(), LegFailure.INVALID)
            board.tell(Change.LEG, contact, LegFailure.INVALID.value)
            if "feature code" in error.detail.lower():
                raise Rejected("The telephone system has no attended transfer: features.conf needs atxfer.") from error
            raise
        await board.until(lambda: not _requested(contact, leg_id), "the expert's phone")
        return contact.interaction

    async def cancel(self, interaction_id: str, leg_id: str) -> Interaction:
        """End the leg; the customer is back with the agent."""
        contact, leg = self._with_leg(interaction_id, leg_id)
        branch = contact.branch
        if branch is None:
            raise Conflict("That party has left the line.")
        branch.cancelled = True
        if leg.kind is LegKind.CONFERENCE:
            await self._hang_up(branch.channel())
        else:
            try:
                await self._board.act("CancelAtxfer", ("Channel", contact.agent.name))
                await self._board.until(lambda: contact.leg() is None, "cancelled", seconds=_GRACE_SECONDS)
            except (OutcomeUnknown, Rejected):
                await self._hang_up(branch.channel())
        await self._board.until(lambda: contact.leg() is None, "the leg ends")
        return contact.interaction

    async def swap(self, interaction_id: str, leg_id: str) -> Interaction:
        """Talk to the other one."""
        contact, leg = self._with_leg(interaction_id, leg_id)
        if leg.phase is not LegPhase.ACTIVE or leg.kind is LegKind.CONFERENCE:
            raise Conflict("There is nobody to swap with.")
        before = contact.interaction.held
        await self._press(contact, self._board.settings.swap_code)
        await self._board.until(lambda: contact.interaction.held is not before or contact.leg() is None, "swapped")
        if contact.leg() is None:
            raise Conflict("That party has left the line.")
        return contact.interaction

    async def complete(self, interaction_id: str, leg_id: str) -> Interaction:
        """Leave customer and expert alone."""
        contact, leg = self._with_leg(interaction_id, leg_id)
        if leg.phase is not LegPhase.ACTIVE:
            raise Conflict("The expert is not on the line yet.")
        if leg.kind is LegKind.CONFERENCE:
            contact.leaving = True
            try:
                await self._board.act("Hangup", ("Channel", contact.agent.name))
            except OutcomeUnknown:
                raise
            except BackendError:
                contact.leaving = False  # the agent stays, and the end to come is another one
                raise
        else:
            await self._press(contact, self._board.settings.complete_code)
        await self._over(contact)
        return contact.interaction

    async def conference(self, interaction_id: str, leg_id: str) -> Interaction:
        """Everybody talks."""
        contact, leg = self._with_leg(interaction_id, leg_id)
        if leg.phase is not LegPhase.ACTIVE:
            raise Conflict("The expert is not on the line yet.")
        if leg.kind is not LegKind.CONFERENCE:
            await self._press(contact, self._board.settings.conference_code)
            await self._board.until(lambda: _joined(contact), "joined")
            if contact.leg() is None:
                raise Conflict("That party has left the line.")
        return contact.interaction

    async def blind(self, interaction_id: str, target: str, key: str) -> Interaction:
        """Send the customer elsewhere.

        The server's own blind transfer loses the customer when the target is busy. So it is used for queues only, which
        take everybody; to a person the customer goes when that person answers, and is back with the agent otherwise.

        Raises:
            Rejected: nothing is there; the server would hang up on the customer.
        """
        if not target.startswith("queue:"):
            return await self.consult(interaction_id, target, key, LegKind.TRANSFER)
        self._alone(interaction_id)
        context, extension = await self.reachable(target)
        contact = self._alone(interaction_id)
        channel = contact.agent.name
        await self._board.act("BlindTransfer", ("Channel", channel), ("Context", context), ("Exten", extension))
        await self._over(contact)
        return contact.interaction

    async def end_others(self, contact: Contact) -> None:
        """Hang up on the customer, then on the further party by whatever of its channels there is."""
        if contact.caller is not None:
            await self._hang_up(contact.caller.name)
        for line in [one for one in contact.lines if one not in (contact.caller, contact.agent)]:
            await self._hang_up(line.name)

    async def end_all(self, contact: Contact) -> None:
        """See to it that nobody of a call is left on the line.

        The server replaces channels while it joins them, and may have done so between our look and our hanging up.

        Raises:
            OutcomeUnknown: somebody still is.
        """
        for pause in _LOOKS:
            channels = await (await self._board.link()).listing("Status")
            left = [one["Channel"] for one in channels if one["Linkedid"] == contact.linked]
            if not left:
                return
            for name in left:
                await self._hang_up(name)
            await asyncio.sleep(pause)
        raise OutcomeUnknown("Somebody is still on the line.", "channels are left")

    def _extension(self, target: str) -> tuple[str, str]:
        settings = self._board.settings
        kind, _, name = target.partition(":")
        if kind == "queue":
            if not settings.queue_context:
                raise Unsupported("The profile names no queue_context to transfer into.")
            context = settings.queue_context
        elif kind == "agent":
            context, name = settings.dial_context, name.rpartition("/")[2]
        elif kind == "tel":
            context, name = settings.dial_context, re.sub(r"[\s()/]", "", name)
        else:
            raise Rejected("The telephone system needs a number for that person.")
        if not _EXTENSION.fullmatch(name):
            raise Rejected(f"{name[:40]!r} cannot be dialled.")
        return context, name

    async def reachable(self, target: str) -> tuple[str, str]:
        """Context and extension of a target that the dialplan knows. Raises Rejected, Unsupported."""
        context, extension = self._extension(target)
        if target.startswith("queue:") and extension not in self._board.floor.figures:
            raise Rejected(f"The telephone system has no queue {extension[:40]}.")
        if await self._board.ask(f"DIALPLAN_EXISTS({context},{extension},1)") != "1":
            option = "queue_context" if target.startswith("queue:") else "dial_context"
            raise Rejected(f"The telephone system does not know {extension[:40]} in its context {context} ({option}).")
        return context, extension

    def _talking(self, interaction_id: str) -> Contact:
        contact = self._board.contact(interaction_id)
        if contact.interaction.phase is not Phase.ACTIVE:
            raise Conflict("The call is not connected.")
        return contact

    def _alone(self, interaction_id: str) -> Contact:
        contact = self._talking(interaction_id)
        if contact.leg() is not None:
            raise Conflict("Somebody else is on the line already.")
        return contact

    def _with_leg(self, interaction_id: str, leg_id: str) -> tuple[Contact, Leg]:
        contact = self._talking(interaction_id)
        leg = contact.leg()
        if leg is None or leg.id != leg_id:
            raise Conflict("That party has left the line.")
        return contact, leg

    async def _press(self, contact: Contact, code: str) -> None:
        """Make the server hear a feature code from the agent's phone."""
        channel = ("Channel", contact.agent.name)
        for position, digit in enumerate(code):
            if position:
                await asyncio.sleep(_BETWEEN_DIGITS)
            await self._board.act("PlayDTMF", channel, ("Digit", digit), ("Duration", "100"), ("Receive", "true"))

    async def _over(self, contact: Contact) -> None:
        await self._board.until(lambda: contact.interaction.phase is not Phase.ACTIVE, "the call leaves")

    async def _hang_up(self, channel: str) -> None:
        if not channel:
            raise Conflict("That party has left the line.")
        try:
            await self._board.act("Hangup", ("Channel", channel))
        except NotFound:
            return  # gone by itself

    async def _begins(self, contact: Contact, leg_id: str) -> None:
        """A transfer that the server took and did not begin (no sounds, no time) is told as failed, not waited for."""
        await asyncio.sleep(_BEGIN_SECONDS)
        branch = contact.branch
        if _requested(contact, leg_id) and branch is not None and branch.near is None:
            contact.move_leg(LegPhase.FAILED, self._board.now(), LegFailure.UNREACHABLE)
            self._board.tell(Change.LEG, contact, LegFailure.UNREACHABLE.value)

    def _heard(self, change: Change, contact: Contact, reason: str) -> None:
        branch = contact.branch
        if not self._board.is_mine(contact):
            return  # its own desktop sees to it
        if change is Change.UPDATED and reason == "resumed" and branch is not None:
            self._back_at[contact.interaction.id] = asyncio.get_running_loop().time()
        elif change in (Change.WRAP_UP, Change.CLOSED):
            self._back_at.pop(contact.interaction.id, None)
        leg = contact.leg()
        if change is Change.LEG and leg is not None and leg.kind is LegKind.TRANSFER and leg.phase is LegPhase.ACTIVE:
            self._board.spawn(self._press(contact, self._board.settings.complete_code))
        if change is not Change.LEG or branch is None or branch.near is None or leg is not None:
            return
        failed = next((one for one in contact.interaction.legs if one.id == branch.leg_id), None)
        if failed is not None and failed.phase is LegPhase.FAILED and contact.interaction.phase is Phase.ACTIVE:
            # A dialplan that plays a tone after a failed call keeps the agent in it, and the customer on hold.
            self._board.spawn(self._come_back(contact))

    async def _come_back(self, contact: Contact) -> None:
        await asyncio.sleep(_GRACE_SECONDS)  # most often the server brings the customer back by itself
        if not contact.interaction.held or contact.leg() is not None:
            return
        try:
            await self._board.act("CancelAtxfer", ("Channel", contact.agent.name))
        except BackendError:
            return  # it did so just now


def _requested(contact: Contact, leg_id: str) -> bool:
    leg = contact.leg()
    return leg is not None and leg.id == leg_id and leg.phase is LegPhase.REQUESTED


def _joined(contact: Contact) -> bool:
    leg = contact.leg()
    return leg is None or leg.kind is LegKind.CONFERENCE
