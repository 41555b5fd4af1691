"""What the calls are doing, from the server's events. Pure: no clock, no network."""

from collections.abc import Callable, Iterable

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.callers import Callers
from desktop.backends.asterisk.model.contact import (
    Contact,
    Line,
    fetched_caller,
    on_channel,
)
from desktop.backends.asterisk.model.new_contacts import fetching_contact, offered_contact
from desktop.backends.asterisk.model.parties import Parties, Tell
from desktop.backends.asterisk.model.recordings import Recordings
from desktop.backends.asterisk.settings import Settings
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Direction, LegPhase, OfferEnd, Outcome, Phase, Role
from desktop.domain.state.events import Change

_WORD_SECONDS = 0.5
_ENDED_BY = {"caller": "customer_left", "agent": "agent_ended", "transfer": "transferred"}


class Calls:
    """Every contact that this principal may see: the agent's own, or for a supervisor everybody's."""

    def __init__(self, settings: Settings, tell: Tell) -> None:
        """`tell` hears of each change after it was made; it must not change anything here."""
        self._settings = settings
        self.recordings = Recordings()

        def with_recording(change: Change, contact: Contact, reason: str) -> None:
            self.recordings.show(contact)
            tell(change, contact, reason)

        self._tell: Tell = with_recording
        self.contacts: dict[str, Contact] = {}  # one and the same for good: `parties` reads it too
        self.callers = Callers()
        self.parties = Parties(self.contacts, self._tell)
        self._vanished: list[tuple[Contact, Instant]] = []
        self._handlers: dict[str, Callable[[Message, Instant], None]] = {
            "queuecallerjoin": self.callers.joined,
            "queuecallerleave": self._left,
            "hanguprequest": self.callers.hangs_up,
            "queuecallerabandon": self._abandoned,
            "agentcalled": self._called,
            "agentconnect": self._connected,
            "agentringnoanswer": self._unanswered,
            "agentcomplete": self._completed,
            "hold": self.parties.held,
            "unhold": self.parties.held,
            "newchannel": self._channel,
            "rename": self._renamed,
            "dialbegin": self._dialling,
            "dialstate": self._dialling,
            "dialend": self._dialled,
            "bridgeenter": self._bridged,
            "bridgeleave": self.parties.bridged,
            "localoptimizationbegin": self.parties.spliced,
            "attendedtransfer": self.parties.transferred,
            "chanspystart": self.parties.spied,
            "chanspystop": self.parties.spied,
            "hangup": self._hung_up,
            "originateresponse": self._originated,
            "mixmonitorstart": self._recorded,
            "mixmonitorstop": self._recorded,
            "mixmonitormute": self._recorded,
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
        return on_channel(self.contacts, uid)

    def replace(self, contacts: Iterable[Contact]) -> None:
        """These are all there are now."""
        now = {one.interaction.id: one for one in contacts}
        self.contacts.clear()
        self.contacts.update(now)

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

    # Recordings

    def _recorded(self, message: Message, at: Instant) -> None:
        self.recordings.apply(message, at)
        for contact in tuple(self.contacts.values()):
            if message["Uniqueid"] in {line.uid for line in contact.lines}:
                self.see_recording(contact)

    def see_recording(self, contact: Contact) -> None:
        """Tell whether the call is recorded, where that has changed."""
        if self.recordings.show(contact):
            self._tell(Change.UPDATED, contact, f"recording_{contact.interaction.recording.value}")

    # The queue

    def _left(self, message: Message, at: Instant) -> None:
        self.callers.left(message["Uniqueid"])

    def _abandoned(self, message: Message, at: Instant) -> None:
        gave_up = self.callers.gave_up(message["Uniqueid"])
        self.callers.left(message["Uniqueid"])
        for contact in self.offers(message["Uniqueid"]):
            contact.change(customer_connected=not gave_up)
            self._offer_over(contact, OfferEnd.ABANDONED if gave_up else OfferEnd.RESCINDED, at)

    def _called(self, message: Message, at: Instant) -> None:
        interface, caller, agent = message["Interface"], message["Uniqueid"], message["DestUniqueid"]
        mine = interface == self._settings.interface
        queue = message["Queue"]
        theirs = self._settings.role is Role.SUPERVISOR and queue in self._settings.queues
        if not (mine or theirs) or not caller or not agent:
            return
        waits = self.callers.waiting.get(caller)
        arrived = waits.waiting.since if waits is not None else at
        contact = offered_contact(self._settings, message, arrived, at)
        if contact.interaction.id in self.contacts:
            return
        self.contacts[contact.interaction.id] = contact
        self._tell(Change.OFFERED, contact, "")

    def _connected(self, message: Message, at: Instant) -> None:
        contact = self.of_agent(message["DestUniqueid"])
        for other in self.offers(message["Uniqueid"]):
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

    # The agent's own channel

    def _channel(self, message: Message, at: Instant) -> None:
        made = self.contacts.get(message["Uniqueid"])
        uid, name = message["Uniqueid"], message["Channel"]
        if made is not None and made.agent.uid == uid:
            made.agent.name = name
            self._tell(Change.UPDATED, made, "ringing")
        elif fetched_caller(uid):
            interface = name.rpartition("-")[0]
            if interface == self._settings.interface or self._settings.role is Role.SUPERVISOR:
                self.fetches(self.fetching(uid, interface, at), name)
        else:
            self.parties.channel(message)

    # Callers who are fetched to a phone

    def fetching(self, uid: str, interface: str, at: Instant) -> Contact:
        """A contact that fetches a caller, out of the line or from another agent, to an agent's phone."""
        caller = fetched_caller(uid)
        before = next((one for one in self.contacts.values() if one.caller and one.caller.uid == caller), None)
        return fetching_contact(self._settings, uid, interface, self.callers.waiting.get(caller), before, at)

    def fetches(self, contact: Contact, name: str = "") -> None:
        """Such a contact begins; `name` is its channel's, once there is one."""
        self.contacts[contact.interaction.id] = contact
        contact.agent.name = name or contact.agent.name
        self._tell(Change.CONNECTING, contact, "fetched")

    def _bridged(self, message: Message, at: Instant) -> None:
        uid = message["Uniqueid"]
        if uid in self.callers.waiting:  # fetched out of the line, which is told by nothing else
            self.callers.left(uid)
            for offer in self.offers(uid):
                self._offer_over(offer, OfferEnd.RESCINDED, at)
        self.parties.bridged(message, at)
        contact = self.of_agent(uid)
        if contact is not None and fetched_caller(uid) and contact.interaction.phase is Phase.CONNECTING:
            contact.move(Phase.ACTIVE, at, answered_at=at, raw_state="BridgeEnter")
            self._tell(Change.CONNECTED, contact, "fetched")

    def _renamed(self, message: Message, at: Instant) -> None:
        for contact in self.contacts.values():
            for line in contact.lines:
                if line.uid == message["Uniqueid"]:
                    line.name = message["Newname"] or line.name

    def _dialling(self, message: Message, at: Instant) -> None:
        for contact in tuple(self.contacts.values()):
            outbound = contact.interaction.direction is Direction.OUTBOUND and contact.caller is None
            if outbound and message["Uniqueid"] == contact.agent.uid and message["DestUniqueid"]:
                contact.caller = Line(message["DestUniqueid"], message["DestChannel"])
            self.parties.dialling(contact, message, at)

    def _dialled(self, message: Message, at: Instant) -> None:
        status, to = message["DialStatus"].upper(), message["DestUniqueid"]
        for contact in tuple(self.contacts.values()):
            phase = contact.interaction.phase
            if self.parties.dialled(contact, message, at):
                continue
            if phase is Phase.CONNECTING and contact.caller is not None and to == contact.caller.uid:
                self._out_answered(contact, status, at)
            elif phase is Phase.OFFERED and to == contact.agent.uid and status == "ANSWER":
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

    # Endings

    def _originated(self, message: Message, at: Instant) -> None:
        contact = self.contacts.get(message["Uniqueid"])
        if contact is not None and message["Response"].lower() == "failure":
            self.not_reached(contact, at)

    def _hung_up(self, message: Message, at: Instant) -> None:
        uid = message["Uniqueid"]
        self.parties.bridges.pop(uid, None)
        self.callers.left(uid)
        self.recordings.forget(uid)
        for contact in tuple(self.contacts.values()):
            self.parties.spy_left(contact, uid, at)
            if contact.caller is not None and contact.caller.uid == uid and contact.interaction.phase is Phase.ACTIVE:
                contact.change(customer_connected=False)
            if contact.agent.uid == uid:
                self._agent_gone(contact, message.number("Cause") or 0, at)
            elif contact.branch is not None:
                self.parties.channel_gone(contact, contact.branch, uid, message.number("Cause") or 0, at)

    def _agent_gone(self, contact: Contact, cause: int, at: Instant) -> None:
        phase = contact.interaction.phase
        if phase is Phase.ACTIVE:
            fetched = bool(fetched_caller(contact.agent.uid))
            left = fetched and not contact.interaction.customer_connected
            self._talk_over(contact, "customer_left" if left else "agent_ended", at)
        elif phase is Phase.CONNECTING and (
            contact.interaction.direction is Direction.OUTBOUND or fetched_caller(contact.agent.uid)
        ):
            self.not_reached(contact, at)
        elif phase in (Phase.OFFERED, Phase.CONNECTING):
            how = contact.ending or contact.why(cause)
            if how is not None:
                self._offer_over(contact, how, at)
            else:  # why comes a moment after: the caller gave up, or another took it
                self._vanished.append((contact, at))

    def offers(self, caller: str) -> list[Contact]:
        """The agents at whose phones a caller rings."""
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
        elif contact.fetched_away:
            why = "fetched_away"
        if contact.leg() is not None:
            contact.move_leg(LegPhase.COMPLETED if why == "transferred" else LegPhase.CANCELLED, at)
        contact.change(held=False, held_since=None, muted=False, customer_connected=False)
        contact.move(Phase.WRAP_UP, at, ended_at=at, raw_state="AgentComplete")
        if why in ("transferred", "fetched_away"):
            contact.change(outcome=Outcome.TRANSFERRED)
        self._tell(Change.WRAP_UP, contact, why)
