"""Who else is in a call, and where the customer is meanwhile. Pure: no clock, no network."""

from collections.abc import Callable
from dataclasses import replace

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.contact import (
    CALL_REJECTED,
    DECLINED,
    Branch,
    Contact,
    Line,
    known_name,
    on_channel,
)
from desktop.domain.entities.model import Instant, Leg
from desktop.domain.entities.words import LegKind, LegPhase, Outcome, Phase
from desktop.domain.state.events import Change

Tell = Callable[[Change, Contact, str], None]


class Parties:
    """Keeps legs, spies and hold of the calls in `contacts`, which belongs to `Calls`."""

    def __init__(self, contacts: dict[str, Contact], tell: Tell) -> None:
        self._contacts = contacts
        self._tell = tell
        self.bridges: dict[str, str] = {}  # channel -> bridge

    def held(self, message: Message, at: Instant) -> None:
        """The agent's phone holds the call, or no longer does."""
        contact = on_channel(self._contacts, message["Uniqueid"])
        if contact is None or contact.interaction.phase is not Phase.ACTIVE:
            return
        # While an expert is asked these events say who hears music, and in conference that a phone is held.
        contact.phone_held = message["Event"].lower() == "hold" and contact.leg() is None
        self._see_hold(contact, at)

    def bridged(self, message: Message, at: Instant) -> None:
        """A channel came into a room or left it."""
        uid = message["Uniqueid"]
        if message["Event"].lower() == "bridgeenter":
            self.bridges[uid] = message["BridgeUniqueid"]
        elif self.bridges.get(uid) == message["BridgeUniqueid"]:
            del self.bridges[uid]
        for contact in self._contacts.values():
            if contact.caller is not None and contact.caller.uid == uid:
                self._see_fetched(contact)
            if contact.branch is not None and uid in {contact.agent.uid, contact.caller.uid if contact.caller else ""}:
                self._see_hold(contact, at)

    def _see_fetched(self, contact: Contact) -> None:
        """A customer who comes into another room than their agent's, and not for an expert's sake, was fetched."""
        agents, callers = (
            self.bridges.get(contact.agent.uid),
            self.bridges.get(contact.caller.uid if contact.caller else ""),
        )
        if contact.branch is None and contact.interaction.phase is Phase.ACTIVE and agents and callers:
            contact.fetched_away = agents != callers

    def _see_hold(self, contact: Contact, at: Instant) -> None:
        """The customer is held by the phone, or because the agent is in another room with the expert."""
        held = contact.phone_held
        if contact.branch is not None and contact.caller is not None:
            agents, callers = self.bridges.get(contact.agent.uid), self.bridges.get(contact.caller.uid)
            if agents is None or callers is None:
                return  # on the way from one room to the other
            held = agents != callers or held
        if held is not contact.interaction.held:
            contact.change(held=held, held_since=at if held else None)
            self._tell(Change.UPDATED, contact, "held" if held else "resumed")

    def channel(self, message: Message) -> None:
        """A channel was made: it may be a half of a leg's local channel."""
        contact = next((one for one in self._contacts.values() if one.linked == message["Linkedid"]), None)
        branch = contact.branch if contact is not None else None
        name, uid = message["Channel"], message["Uniqueid"]
        if contact is None or branch is None or not name.startswith(f"Local/{branch.exten}@"):
            return
        if name.endswith(";1") and branch.near is None:
            branch.near = Line(uid, name)
        elif name.endswith(";2") and branch.through is None:
            branch.through = Line(uid, name)

    def dialling(self, contact: Contact, message: Message, at: Instant) -> None:
        """Something is dialled: the expert's phone may ring."""
        branch, leg = contact.branch, contact.leg()
        ringing = message["Event"].lower() == "dialstate" and message["DialStatus"].upper() == "RINGING"
        if branch is None or branch.near is None or not ringing or message["DestUniqueid"] != branch.near.uid:
            return
        if leg is not None and leg.phase is LegPhase.REQUESTED and contact.move_leg(LegPhase.RINGING, at):
            self._tell(Change.LEG, contact, "")

    def dialled(self, contact: Contact, message: Message, at: Instant) -> bool:
        """Dialling came to an end; says whether it was that of this call's leg."""
        status, to, branch = message["DialStatus"].upper(), message["DestUniqueid"], contact.branch
        if branch is not None and branch.through is not None and message["Uniqueid"] == branch.through.uid:
            branch.status = status
            if status == "ANSWER":
                branch.far = Line(to, message["DestChannel"])
            else:
                branch.rang = to
            return True
        if branch is not None and branch.near is not None and to == branch.near.uid:
            if status == "ANSWER":
                if contact.move_leg(LegPhase.ACTIVE, at):
                    self._see_hold(contact, at)
                    self._tell(Change.LEG, contact, "answer")
            else:
                branch.status = branch.status or status
                self._end_leg(contact, branch, at)
            return True
        return False

    def spliced(self, message: Message, at: Instant) -> None:
        """The server takes a leg's local channel out."""
        one = message["LocalOneUniqueid"]
        for contact in self._contacts.values():
            if contact.branch is not None and contact.branch.near is not None and contact.branch.near.uid == one:
                contact.branch.spliced = contact.branch.far is not None

    def transferred(self, message: Message, at: Instant) -> None:
        """The attended transfer was done, or made into a conference."""
        contact = on_channel(self._contacts, message["OrigTransfererUniqueid"])
        if contact is None or message["Result"].lower() != "success":
            return
        if message["DestType"].lower() == "threeway":
            contact.join_leg(at)
            self._tell(Change.LEG, contact, "joined")
            return
        contact.leaving = True  # the end that follows is told as the agent's own when the expert had only just answered
        if contact.interaction.phase is Phase.WRAP_UP:
            contact.change(outcome=Outcome.TRANSFERRED)
            self._tell(Change.UPDATED, contact, "transferred")
        elif contact.move_leg(LegPhase.COMPLETED, at):
            self._tell(Change.LEG, contact, "transferred")

    def spied(self, message: Message, at: Instant) -> None:
        """A supervisor began to listen, or left."""
        contact, spy = on_channel(self._contacts, message["SpyeeUniqueid"]), message["SpyerUniqueid"]
        begins = message["Event"].lower() == "chanspystart"
        if begins and contact is not None and contact.interaction.phase is Phase.ACTIVE:
            name = message["SpyerConnectedLineName"] or message["SpyerCallerIDName"]
            leg = Leg(f"spy-{spy}", LegKind.SUPERVISOR, LegPhase.ACTIVE, message["SpyerChannel"], known_name(name), at)
            contact.spies[spy] = leg.id
            contact.set_leg(leg)
            self._tell(Change.LEG, contact, "supervised")
        elif not begins:
            for one in self._contacts.values():
                self.spy_left(one, spy, at)

    def spy_left(self, contact: Contact, spy: str, at: Instant) -> None:
        """A channel that may have been a supervisor's is gone."""
        leg_id = contact.spies.pop(spy, "")
        leg = next((one for one in contact.interaction.legs if one.id == leg_id), None)
        if leg is not None:
            contact.set_leg(replace(leg, phase=LegPhase.COMPLETED, since=at))
            self._tell(Change.LEG, contact, "unsupervised")

    def channel_gone(self, contact: Contact, branch: Branch, uid: str, cause: int, at: Instant) -> None:
        """A channel of a call with a leg is gone."""
        branch.causes[uid] = cause
        end = branch.far if branch.spliced else branch.near
        if branch.over or (end is not None and end.uid == uid):
            self._end_leg(contact, branch, at)

    def _end_leg(self, contact: Contact, branch: Branch, at: Instant) -> None:
        """A leg is over. Only the expert's own channel tells a refusal from a phone that nobody answers, so a leg that
        was not answered is told as failed once that one is gone too; either may be gone first.
        """
        leg = contact.leg()
        if leg is not None and leg.phase is not LegPhase.ACTIVE and not branch.cancelled and branch.rang:
            branch.over = branch.rang not in branch.causes
            if branch.over:
                return
            if branch.causes[branch.rang] == CALL_REJECTED:
                branch.status = DECLINED
        if contact.end_leg(at):
            contact.phone_held = False
            self._tell(Change.LEG, contact, "")
            self._see_hold(contact, at)
