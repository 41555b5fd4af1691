"""What is known of each task of ours, put together from its reservation, itself and its conference.

No number of Twilio's covers all three, so the versions of our interactions are counted here, one for each change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from desktop.backends.twilio.api.account import Desk
from desktop.backends.twilio.api.attributes import channel_of, facts_of
from desktop.backends.twilio.api.records import ENDS, RANKS, Participant, Reservation, Task
from desktop.backends.twilio.thread import Thread
from desktop.domain.entities.model import Interaction, Leg, WrapUpRule
from desktop.domain.entities.words import Channel, LegKind, LegPhase, Outcome, Phase
from desktop.domain.state.events import Change

OPEN_LEGS = frozenset({LegPhase.REQUESTED, LegPhase.RINGING, LegPhase.ACTIVE})
LEG_PHASES = {"ringing": LegPhase.RINGING, "connected": LegPhase.ACTIVE}
TRANSFER = "transfer-"
CONSULT = "consult-"
ENDED_KEPT = 200  # contacts that are over, so that what comes late is known for old
_ENDED = 3


@dataclass(slots=True)
class Contact:
    """One task and what we know of it."""

    task: Task
    reservation: Reservation
    ringing: bool = False  # the agent's phone was told to ring, and the reservation is not accepted yet
    conference: str = ""
    customer_call: str = ""
    worker_call: str = ""
    customer_on: bool = True
    held: bool = False
    held_since: float | None = None
    muted: bool = False
    legs: dict[str, Leg] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)  # call of a leg -> label
    thread: Thread | None = None  # of a written contact
    transferred: bool = False
    answered_at: float | None = None
    phase_since: float = 0.0
    deadline: float | None = None
    shown: Interaction | None = None
    told: Interaction | None = None

    @property
    def live(self) -> bool:
        """Whether it is still ours."""
        return RANKS[self.reservation.status] < _ENDED

    @property
    def talking(self) -> bool:
        """Whether it is a call that is going on."""
        return self.reservation.status == "accepted" and channel_of(self.task.channel) is Channel.VOICE

    @property
    def open_legs(self) -> list[Leg]:
        """Legs that ring or talk."""
        return [leg for leg in self.legs.values() if leg.phase in OPEN_LEGS]


class Contacts:
    """All tasks of one worker."""

    def __init__(self, desk: Desk, now: Callable[[], float]) -> None:
        self._desk = desk
        self._now = now
        self._version = 0
        self.all: dict[str, Contact] = {}

    def take_task(self, task: Task) -> None:
        """Take in a task unless a newer state of it is known. One that is not ours is left alone."""
        known = self.all.get(task.sid)
        if known is None:
            return
        old = known.task
        older = (
            task.version < old.version
            if task.version is not None and old.version is not None
            else task.updated < old.updated
        )
        if not older:
            known.task = task
            self._refresh(known)

    def take_reservation(self, reservation: Reservation, task: Task | None) -> bool:
        """Take in a reservation unless it is known to be further, or its task was offered anew since.

        Returns False when the task is not known and has to be fetched first.
        """
        known = self.all.get(reservation.task_sid)
        if known is None:
            if task is None:
                return False
            known = self.all[task.sid] = Contact(task, reservation, phase_since=reservation.updated)
        elif reservation.sid != known.reservation.sid:
            if reservation.created < known.reservation.created or RANKS[reservation.status] == _ENDED:
                return True
            known = self._offered_anew(known, reservation)
        elif RANKS[reservation.status] >= RANKS[known.reservation.status]:
            timeout = reservation.timeout or known.reservation.timeout
            code = reservation.reason_code or known.reservation.reason_code
            known.reservation = replace(reservation, timeout=timeout, reason_code=code)
        if reservation.timeout is not None:
            known.deadline = reservation.created + reservation.timeout
        if task is not None:
            self.take_task(task)
        self._refresh(known)
        return True

    def _offered_anew(self, known: Contact, reservation: Reservation) -> Contact:
        fresh = Contact(known.task, reservation, phase_since=reservation.updated, shown=known.shown, told=known.told)
        fresh.thread = known.thread
        self.all[known.task.sid] = fresh
        return fresh

    def take_parties(self, contact: Contact, parties: Iterable[Participant]) -> list[str]:
        """Take in who is on the line. Answers the calls of legs that are not there any more."""
        there = {one.call_sid: one for one in parties}
        customer = there.pop(contact.customer_call, None)
        worker = there.pop(contact.worker_call, None)
        contact.customer_on = customer is not None
        held = customer is not None and customer.hold
        if held is not contact.held:
            contact.held, contact.held_since = held, self._now() if held else None
        contact.muted = worker is not None and worker.muted
        for call, one in there.items():
            self._take_leg(contact, call, one)
        self._refresh(contact)
        return [leg.id for leg in contact.open_legs if leg.id not in there]

    def _take_leg(self, contact: Contact, call: str, one: Participant) -> None:
        phase = LEG_PHASES.get(one.status, LegPhase.REQUESTED)
        if one.label.startswith(TRANSFER):
            kind = LegKind.TRANSFER
        elif phase is LegPhase.ACTIVE and not contact.held and not one.hold:
            kind = LegKind.CONFERENCE
        else:
            kind = LegKind.CONSULT
        old = contact.legs.get(call)
        contact.labels[call] = one.label
        if old is None:
            contact.legs[call] = Leg(call, kind, phase, "", "", self._now())
        elif (old.kind, old.phase) != (kind, phase):
            contact.legs[call] = replace(old, kind=kind, phase=phase, since=self._now())

    def put_leg(self, contact: Contact, leg: Leg) -> None:
        """Take in a leg of our own making, or its end."""
        contact.legs[leg.id] = leg
        self._refresh(contact)

    def changed(self, contact: Contact) -> Interaction:
        """The interaction as it is now, after somebody changed fields of the contact."""
        return self._refresh(contact)

    def untold(self) -> list[tuple[Change, Interaction, str]]:
        """What has changed since it was last asked for, and marks it as told."""
        found: list[tuple[Change, Interaction, str]] = []
        for contact in self.all.values():
            new, old = contact.shown, contact.told
            if new is None or new is old:
                continue
            contact.told = new
            found.append((_change(contact, old, new), new, _reason(contact, new)))
        ended = [sid for sid, contact in self.all.items() if not contact.live]
        for sid in ended[:-ENDED_KEPT]:
            del self.all[sid]
        return found

    def live(self) -> list[Contact]:
        """Those that are ours now."""
        return [contact for contact in self.all.values() if contact.live]

    # -- from what we know to what is shown

    def _phase(self, contact: Contact) -> Phase:
        match contact.reservation.status:
            case "pending":
                return Phase.CONNECTING if contact.ringing else Phase.OFFERED
            case "accepted":
                return Phase.ACTIVE  # of a call too: Twilio accepts when the worker's phone is picked up
            case "wrapping":
                return Phase.WRAP_UP
            case "rejected" | "timeout" | "rescinded":
                return Phase.QUEUED
            case _:
                return Phase.CLOSED

    def _refresh(self, contact: Contact) -> Interaction:
        phase, old = self._phase(contact), contact.shown
        if old is None or old.phase is not phase:
            contact.phase_since = contact.reservation.updated if contact.reservation.updated else self._now()
        if phase is Phase.ACTIVE and contact.answered_at is None:
            contact.answered_at = contact.reservation.updated
        if phase not in (Phase.ACTIVE, Phase.CONNECTING):
            contact.held = contact.muted = False
            contact.held_since = None
            for leg in contact.open_legs:
                ended = LegPhase.COMPLETED if contact.transferred else LegPhase.CANCELLED
                contact.legs[leg.id] = replace(leg, phase=ended)
        new = self._interaction(contact, phase, old.version if old is not None else 0)
        if old is None or new != old:
            self._version += 1
            new = replace(new, version=self._version)
            contact.shown = new
        return contact.shown if contact.shown is not None else new

    def _interaction(self, contact: Contact, phase: Phase, version: int) -> Interaction:
        task, reservation = contact.task, contact.reservation
        facts, thread = facts_of(task.attributes, channel_of(task.channel)), contact.thread
        over = phase in (Phase.WRAP_UP, Phase.CLOSED)
        mine = phase is not Phase.QUEUED
        return Interaction(
            id=task.sid,
            version=version,
            channel=facts.channel,
            direction=facts.direction,
            phase=phase,
            queue=task.queue,
            customer=facts.customer,
            arrived_at=task.created,
            phase_since=contact.phase_since,
            agent_id=self._desk.worker if mine else None,
            customer_name=facts.name,
            subject=facts.subject,
            attributes=facts.shown,
            offer_deadline=contact.deadline if phase is Phase.OFFERED else None,
            answered_at=contact.answered_at,
            ended_at=contact.phase_since if over else None,
            wrap_up_rule=WrapUpRule(codes=self._desk.rule, seconds=0.0, extend_seconds=0.0, extensions=0),
            held=contact.held,
            held_since=contact.held_since,
            muted=contact.muted,
            customer_connected=contact.customer_on and not over and not (thread is not None and thread.closed),
            unread=thread.unread if thread is not None else 0,
            messages=thread.shown if thread is not None else (),
            earlier=thread.earlier if thread is not None else 0,
            legs=tuple(contact.legs.values()),
            outcome=self._outcome(contact) if over else None,
            raw_state=f"{task.status}/{reservation.status}",
        )

    def _outcome(self, contact: Contact) -> Outcome | None:
        if contact.reservation.status == "canceled" and contact.answered_at is None:
            return Outcome.FAILED if contact.reservation.reason_code else Outcome.ABANDONED
        if contact.reservation.status == "wrapping" and not contact.transferred:
            return None
        return Outcome.TRANSFERRED if contact.transferred else Outcome.HANDLED


def _change(contact: Contact, old: Interaction | None, new: Interaction) -> Change:
    if contact.reservation.status in ENDS and contact.answered_at is None:
        return Change.OFFER_ENDED
    if old is None or old.phase is not new.phase:
        return {
            Phase.OFFERED: Change.OFFERED,
            Phase.CONNECTING: Change.CONNECTING,
            Phase.ACTIVE: Change.CONNECTED,
            Phase.WRAP_UP: Change.WRAP_UP,
            Phase.CLOSED: Change.CLOSED,
            Phase.QUEUED: Change.QUEUED,
        }[new.phase]
    return Change.LEG if old.legs != new.legs else Change.UPDATED


def _reason(contact: Contact, new: Interaction) -> str:
    status = contact.reservation.status
    if status in ENDS and contact.answered_at is None:
        return "failed" if status == "canceled" and contact.reservation.reason_code else ENDS[status]
    return "transferred" if contact.transferred and new.phase is Phase.WRAP_UP else ""
