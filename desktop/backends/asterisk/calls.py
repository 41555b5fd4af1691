"""What the calls are doing, from the server's events. Pure: no clock, no network."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.backends.asterisk.contact import Branch, Contact, Line, known_name, phone_number
from desktop.backends.asterisk.framing import Message
from desktop.backends.asterisk.settings import Settings
from desktop.domain.events import Change
from desktop.domain.model import Instant, Interaction, Leg, Waiting
from desktop.domain.words import Channel, Direction, LegKind, LegPhase, OfferEnd, Outcome, Phase, Role

Tell = Callable[[Change, Contact, str], None]

_REFUSED = {17, 21}  # user busy, call rejected: what a phone says when somebody presses its red key
_UNREACHABLE = {1, 3, 20, 27, 34, 38, 41, 42, 44, 50, 58}
_WORD_SECONDS = 0.5
_ENDED_BY = {"caller": "customer_left", "agent": "agent_ended", "transfer": "transferred"}


@dataclass(frozen=True, slots=True)
class InQueue:
    """Somebody who waits."""

    queue: str
    waiting: Waiting


def contact_id(caller_uid: str, agent_uid: str) -> str:
    """The id of one handling of a call: a caller who comes back to the same agent is another one."""
    return f"{caller_uid}-{agent_uid.rpartition('.')[2]}"


class Calls:
    """Every contact that this principal may see: the agent's own, or for a supervisor everybody's."""

    def __init__(self, settings: Settings, tell: Tell) -> None:
        """`tell` hears of each change after it was made; it must not change anything here."""
        self._settings = settings
        self._tell = tell
        self.contacts: dict[str, Contact] = {}
        self.waiting: dict[str, InQueue] = {}  # by the caller's channel
        self.bridges: dict[str, str] = {}  # channel -> bridge
        self._vanished: list[tuple[Contact, Instant]] = []
        self._handlers: dict[str, Callable[[Message, Instant], None]] = {
            "queuecallerjoin": self._joined,
            "queuecallerleave": self._left,
            "queuecallerabandon": self._abandoned,
            "agentcalled": self._called,
            "agentconnect": self._connected,
            "agentringnoanswer": self._unanswered,
            "agentcomplete": self._completed,
            "hold": self._held,
            "unhold": self._held,
            "newchannel": self._channel,
            "rename": self._renamed,
            "dialbegin": self._dialling,
            "dialstate": self._dialling,
            "dialend": self._dialled,
            "bridgeenter": self._bridged,
            "bridgeleave": self._bridged,
            "localoptimizationbegin": self._spliced,
            "attendedtransfer": self._transferred,
            "chanspystart": self._spied,
            "chanspystop": self._spied,
            "hangup": self._hung_up,
            "originateresponse": self._originated,
        }

    def apply(self, message: Message, at: Instant) -> None:
        """Take in one event; others than those of calls are ignored at the cost of one look-up."""
        handler = self._handlers.get(message["Event"].lower())
        if handler is not None:
            handler(message, at)
        if self._vanished:
            self.settle(at)

    def settle(self, at: Instant) -> None:
        """Offers whose channel went without a word, and of which no later event said why, were taken back."""
        for contact in [one for one, since in self._vanished if at - since > _WORD_SECONDS]:
            self._offer_over(contact, OfferEnd.RESCINDED, at)

    def of_agent(self, uid: str) -> Contact | None:
        """The contact whose agent is on that channel."""
        return next((one for one in self.contacts.values() if one.agent.uid == uid), None) if uid else None

    def head(self, queue: str) -> tuple[Waiting, ...]:
        """Who waits in a queue, longest first."""
        found = [one.waiting for one in self.waiting.values() if one.queue == queue]
        return tuple(sorted(found, key=lambda one: one.since))

    def wait(self, queue: str, waiting: Waiting) -> None:
        """Somebody waits, as a list tells."""
        self.waiting[waiting.interaction_id] = InQueue(queue, waiting)

    def forget(self, contact: Contact) -> None:
        """It is over."""
        self.contacts.pop(contact.interaction.id, None)

    def dialled_out(self, contact: Contact) -> None:
        """A call of the agent's own making begins."""
        self.contacts[contact.interaction.id] = contact
        self._tell(Change.CONNECTING, contact, "dialled")

    def not_reached(self, contact: Contact, at: Instant) -> None:
        """A call of the agent's own making came to nothing."""
        if self.contacts.get(contact.interaction.id) is contact:
            contact.move(Phase.CLOSED, at, outcome=Outcome.FAILED, ended_at=at, raw_state="Hangup")
            self.forget(contact)
            self._tell(Change.CLOSED, contact, "not_reached")

    def ended_unseen(self, contact: Contact, at: Instant) -> None:
        """It was talking and is no more, and nobody saw how it ended."""
        if contact.interaction.id in self.contacts:
            self._talk_over(contact, "ended_unseen", at)

    # The queue

    def _joined(self, message: Message, at: Instant) -> None:
        caller = message["Uniqueid"]
        address = phone_number(message["CallerIDNum"], message["CallerIDName"])
        self.waiting[caller] = InQueue(message["Queue"], Waiting(caller, address, at))

    def _left(self, message: Message, at: Instant) -> None:
        self.waiting.pop(message["Uniqueid"], None)

    def _abandoned(self, message: Message, at: Instant) -> None:
        self.waiting.pop(message["Uniqueid"], None)
        for contact in self._offers(message["Uniqueid"]):
            contact.change(customer_connected=False)
            self._offer_over(contact, OfferEnd.ABANDONED, at)

    def _called(self, message: Message, at: Instant) -> None:
        interface, caller, agent = message["Interface"], message["Uniqueid"], message["DestUniqueid"]
        mine = interface == self._settings.interface
        if not (mine or self._settings.role is Role.SUPERVISOR) or not caller or not agent:
            return
        queue = message["Queue"]
        waits = self.waiting.get(caller)
        arrived = waits.waiting.since if waits is not None else at
        interaction = Interaction(
            id=contact_id(caller, agent),
            version=0,
            channel=Channel.VOICE,
            direction=Direction.INBOUND,
            phase=Phase.OFFERED,
            queue=queue,
            customer=phone_number(message["CallerIDNum"], message["CallerIDName"]),
            customer_name=known_name(message["CallerIDName"]),
            arrived_at=arrived,
            phase_since=at,
            agent_id=interface,
            offer_deadline=at + self._settings.rings_for(queue),
            wrap_up_rule=self._settings.rule,
            attributes=attributes(message),
            raw_state="AgentCalled",
        )
        contact = Contact(
            interaction, message["Linkedid"], Line(agent, message["DestChannel"]), Line(caller, message["Channel"])
        )
        if interaction.id in self.contacts:
            return
        self.contacts[interaction.id] = contact
        self._tell(Change.OFFERED, contact, "")

    def _connected(self, message: Message, at: Instant) -> None:
        contact = self.of_agent(message["DestUniqueid"])
        for other in self._offers(message["Uniqueid"]):
            if other is not contact:
                other.ending = OfferEnd.RESCINDED
                if any(one is other for one, _ in self._vanished):
                    self._offer_over(other, OfferEnd.RESCINDED, at)
        if contact is None or contact.interaction.phase not in (Phase.OFFERED, Phase.CONNECTING):
            return
        contact.move(Phase.ACTIVE, at, answered_at=at, offer_deadline=None, raw_state="AgentConnect")
        self._tell(Change.CONNECTED, contact, "")

    def _unanswered(self, message: Message, at: Instant) -> None:
        contact = self.of_agent(message["DestUniqueid"])
        if contact is not None:
            contact.unanswered = True  # the cause of its channel's end says why

    def _completed(self, message: Message, at: Instant) -> None:
        contact = self.of_agent(message["DestUniqueid"])
        if contact is not None:
            self._talk_over(contact, _ENDED_BY.get(message["Reason"].lower(), message["Reason"]), at)

    # The agent's phone

    def _held(self, message: Message, at: Instant) -> None:
        contact = self.of_agent(message["Uniqueid"])
        if contact is None or contact.interaction.phase is not Phase.ACTIVE:
            return
        # While an expert is asked these events say who hears music, and in conference that a phone is held.
        contact.phone_held = message["Event"].lower() == "hold" and contact.leg() is None
        self._see_hold(contact, at)

    def _bridged(self, message: Message, at: Instant) -> None:
        uid = message["Uniqueid"]
        if message["Event"].lower() == "bridgeenter":
            self.bridges[uid] = message["BridgeUniqueid"]
        elif self.bridges.get(uid) == message["BridgeUniqueid"]:
            del self.bridges[uid]
        for contact in self.contacts.values():
            if contact.branch is not None and uid in {contact.agent.uid, contact.caller.uid if contact.caller else ""}:
                self._see_hold(contact, at)

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

    # A further party

    def _channel(self, message: Message, at: Instant) -> None:
        made = self.contacts.get(message["Uniqueid"])
        if made is not None and made.agent.uid == message["Uniqueid"]:
            made.agent.name = message["Channel"]
            self._tell(Change.UPDATED, made, "ringing")
            return
        contact = next((one for one in self.contacts.values() if one.linked == message["Linkedid"]), None)
        branch = contact.branch if contact is not None else None
        name, uid = message["Channel"], message["Uniqueid"]
        if contact is None or branch is None or not name.startswith(f"Local/{branch.exten}@"):
            return
        if name.endswith(";1") and branch.near is None:
            branch.near = Line(uid, name)
        elif name.endswith(";2") and branch.through is None:
            branch.through = Line(uid, name)

    def _renamed(self, message: Message, at: Instant) -> None:
        for contact in self.contacts.values():
            for line in contact.lines:
                if line.uid == message["Uniqueid"]:
                    line.name = message["Newname"] or line.name

    def _dialling(self, message: Message, at: Instant) -> None:
        ringing = message["Event"].lower() == "dialstate" and message["DialStatus"].upper() == "RINGING"
        for contact in tuple(self.contacts.values()):
            branch, agent = contact.branch, contact.agent.uid
            if (
                branch is not None
                and branch.near is not None
                and ringing
                and message["DestUniqueid"] == branch.near.uid
            ):
                leg = contact.leg()
                if leg is not None and leg.phase is LegPhase.REQUESTED and contact.move_leg(LegPhase.RINGING, at):
                    self._tell(Change.LEG, contact, "")
            outbound = contact.interaction.direction is Direction.OUTBOUND
            if outbound and message["Uniqueid"] == agent and contact.caller is None and message["DestUniqueid"]:
                contact.caller = Line(message["DestUniqueid"], message["DestChannel"])

    def _dialled(self, message: Message, at: Instant) -> None:
        status, to = message["DialStatus"].upper(), message["DestUniqueid"]
        for contact in tuple(self.contacts.values()):
            branch = contact.branch
            if branch is not None and branch.through is not None and message["Uniqueid"] == branch.through.uid:
                branch.status = status
                if status == "ANSWER":
                    branch.far = Line(to, message["DestChannel"])
            elif branch is not None and branch.near is not None and to == branch.near.uid:
                if status != "ANSWER":
                    branch.status = branch.status or status
                if contact.move_leg(LegPhase.ACTIVE, at) if status == "ANSWER" else contact.end_leg(at):
                    self._see_hold(contact, at)
                    self._tell(Change.LEG, contact, status.lower())
            elif (
                contact.interaction.phase is Phase.CONNECTING
                and contact.caller is not None
                and to == contact.caller.uid
            ):
                self._out_answered(contact, status, at)
            elif contact.interaction.phase is Phase.OFFERED and to == contact.agent.uid and status == "ANSWER":
                contact.move(Phase.CONNECTING, at, offer_deadline=None, raw_state="DialEnd")
                self._tell(Change.CONNECTING, contact, "")

    def _out_answered(self, contact: Contact, status: str, at: Instant) -> None:
        if contact.interaction.direction is not Direction.OUTBOUND:
            return
        if status != "ANSWER":
            self.not_reached(contact, at)
        else:
            contact.move(Phase.ACTIVE, at, answered_at=at, raw_state="DialEnd")
            self._tell(Change.CONNECTED, contact, "")

    def _spliced(self, message: Message, at: Instant) -> None:
        one = message["LocalOneUniqueid"]
        for contact in self.contacts.values():
            if contact.branch is not None and contact.branch.near is not None and contact.branch.near.uid == one:
                contact.branch.spliced = contact.branch.far is not None

    def _transferred(self, message: Message, at: Instant) -> None:
        contact = self.of_agent(message["OrigTransfererUniqueid"])
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

    def _spied(self, message: Message, at: Instant) -> None:
        contact, spy = self.of_agent(message["SpyeeUniqueid"]), message["SpyerUniqueid"]
        begins = message["Event"].lower() == "chanspystart"
        if begins and contact is not None and contact.interaction.phase is Phase.ACTIVE:
            name = message["SpyerConnectedLineName"] or message["SpyerCallerIDName"]
            leg = Leg(f"spy-{spy}", LegKind.SUPERVISOR, LegPhase.ACTIVE, message["SpyerChannel"], known_name(name), at)
            contact.spies[spy] = leg.id
            contact.set_leg(leg)
            self._tell(Change.LEG, contact, "supervised")
        elif not begins:
            for one in self.contacts.values():
                self._spy_left(one, spy, at)

    def _spy_left(self, contact: Contact, spy: str, at: Instant) -> None:
        leg_id = contact.spies.pop(spy, "")
        leg = next((one for one in contact.interaction.legs if one.id == leg_id), None)
        if leg is not None:
            contact.set_leg(replace(leg, phase=LegPhase.COMPLETED, since=at))
            self._tell(Change.LEG, contact, "unsupervised")

    # Endings

    def _originated(self, message: Message, at: Instant) -> None:
        contact = self.contacts.get(message["Uniqueid"])
        if contact is not None and message["Response"].lower() == "failure":
            self.not_reached(contact, at)

    def _hung_up(self, message: Message, at: Instant) -> None:
        uid = message["Uniqueid"]
        self.bridges.pop(uid, None)
        self.waiting.pop(uid, None)
        for contact in tuple(self.contacts.values()):
            self._spy_left(contact, uid, at)
            if contact.caller is not None and contact.caller.uid == uid and contact.interaction.phase is Phase.ACTIVE:
                contact.change(customer_connected=False)
            if contact.agent.uid == uid:
                self._agent_gone(contact, message.number("Cause") or 0, at)
            elif contact.branch is not None:
                self._leg_gone(contact, contact.branch, uid, at)

    def _leg_gone(self, contact: Contact, branch: Branch, uid: str, at: Instant) -> None:
        end = branch.far if branch.spliced else branch.near
        if end is not None and end.uid == uid and contact.end_leg(at):
            contact.phone_held = False
            self._tell(Change.LEG, contact, "")
            self._see_hold(contact, at)

    def _agent_gone(self, contact: Contact, cause: int, at: Instant) -> None:
        phase = contact.interaction.phase
        if phase is Phase.ACTIVE:
            self._talk_over(contact, "agent_ended", at)
        elif phase is Phase.CONNECTING and contact.interaction.direction is Direction.OUTBOUND:
            self.not_reached(contact, at)
        elif phase in (Phase.OFFERED, Phase.CONNECTING):
            how = contact.ending or _why(contact, cause)
            if how is not None:
                self._offer_over(contact, how, at)
            else:  # why comes a moment after: the caller gave up, or another took it
                self._vanished.append((contact, at))

    def _offers(self, caller: str) -> list[Contact]:
        return [
            one
            for one in self.contacts.values()
            if one.caller is not None and one.caller.uid == caller and one.interaction.phase is Phase.OFFERED
        ]

    def _offer_over(self, contact: Contact, how: OfferEnd, at: Instant) -> None:
        self._vanished = [one for one in self._vanished if one[0] is not contact]
        gone = how is OfferEnd.ABANDONED
        changes: dict[str, object] = {"outcome": Outcome.ABANDONED, "ended_at": at} if gone else {}
        contact.move(Phase.CLOSED if gone else Phase.QUEUED, at, offer_deadline=None, raw_state=how.value, **changes)
        contact.change(agent_id=contact.interaction.agent_id if gone else None)
        self.forget(contact)
        self._tell(Change.OFFER_ENDED, contact, how.value)

    def _talk_over(self, contact: Contact, why: str, at: Instant) -> None:
        if contact.interaction.phase not in (Phase.ACTIVE, Phase.CONNECTING):
            return
        if contact.leaving:
            why = "transferred"
        if contact.leg() is not None:
            contact.move_leg(LegPhase.COMPLETED if why == "transferred" else LegPhase.CANCELLED, at)
        contact.change(held=False, held_since=None, muted=False, customer_connected=False)
        contact.move(Phase.WRAP_UP, at, ended_at=at, raw_state="AgentComplete")
        if why == "transferred":
            contact.change(outcome=Outcome.TRANSFERRED)
        self._tell(Change.WRAP_UP, contact, why)


def attributes(message: Message) -> dict[str, str]:
    """The channel variables that the server puts into its events (`channelvars` of manager.conf)."""
    found = {}
    for _, pair in message.prefixed("ChanVariable"):
        name, equals, value = pair.partition("=")
        if equals and value:
            found[name.strip()[:80]] = value[:500]
    return found


def _why(contact: Contact, cause: int) -> OfferEnd | None:
    if cause in _REFUSED:
        return OfferEnd.DECLINED
    if cause in _UNREACHABLE:
        return OfferEnd.FAILED
    return OfferEnd.MISSED if contact.unanswered else None
