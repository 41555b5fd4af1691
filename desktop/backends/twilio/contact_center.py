"""Twilio TaskRouter as a contact centre, with calls carried as conferences and what is written as conversations."""

import asyncio
import importlib.util
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import ClassVar, Self
from urllib.parse import quote

from desktop.backends.twilio.api.account import ADDRESSES, CREDENTIALS, TASK_ROUTER, Desk, desk_of, is_sid
from desktop.backends.twilio.api.attributes import channel_of, parsed
from desktop.backends.twilio.api.records import Reservation
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.api.task_router import TaskRouter
from desktop.backends.twilio.conference import Conferences, label_of
from desktop.backends.twilio.contacts import CONSULT, TRANSFER, Contact, Contacts
from desktop.backends.twilio.conversations import Conversations
from desktop.backends.twilio.me import Me
from desktop.backends.twilio.pushes import Pushes
from desktop.backends.twilio.supervision import SUPERVISION, TwilioSupervision
from desktop.backends.twilio.team import Team
from desktop.backends.twilio.webhook import Webhook
from desktop.domain.entities.model import Agent, Interaction, QueueStats, Reply, WrapUpCode
from desktop.domain.entities.words import Availability, Channel, CodeRule, LegKind, LegPhase, Role
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound, Rejected, Unavailable, Unsupported

log = logging.getLogger(__name__)

_CALLS = frozenset(
    {
        Capability.HOLD,
        Capability.MUTE,
        Capability.CONSULT,
        Capability.SWAP,
        Capability.CONFERENCE,
        Capability.WARM_TRANSFER,
        Capability.BLIND_TRANSFER,
    }
)
_THREADS = frozenset({Capability.ATTACHMENTS, Capability.READ})


class TwilioContactCenter(TwilioSupervision, ContactCenter):
    """One worker of a TaskRouter workspace. An interaction has the SID of its task."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CONTACT_CENTER,
        name="twilio",
        api=API,
        title="Twilio TaskRouter",
        capabilities=_CALLS | _THREADS | SUPERVISION,
        options=(*CREDENTIALS, *TASK_ROUTER, *ADDRESSES),
    )

    def __init__(self, desk: Desk, clock: Callable[[], float] | None = None) -> None:
        """Nothing is opened yet. `clock`: our own, seconds since the epoch."""
        self.desk = desk
        self.clock = ServerClock(clock) if clock is not None else ServerClock()
        self._router = TaskRouter(desk, self.clock)
        self.contacts = Contacts(desk, self.clock.now)
        self._conferences = Conferences(desk.account, self.clock, self.contacts, self._router.task)
        self.me = Me(desk, self._router)
        self._team = Team(self.me, self._router, desk.worker)
        self._conversations = Conversations(desk, self.clock, self.contacts, lambda: self.me.name)
        self._pushes = Pushes(self)
        self._webhook: Webhook | None = None
        self._queues: dict[str, str] = {}

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(desk_of(options))

    async def open(self) -> frozenset[Capability]:
        if importlib.util.find_spec("websockets") is None:
            raise Unsupported("Twilio needs one more package: pip install 'agent-desktop[twilio]'")
        await self.me.learn()
        await self._conversations.open()
        await self._listen()
        offered = _CALLS if self.desk.accept == "conference" else frozenset()
        offered |= _THREADS if self._conversations.on else frozenset()
        return offered | SUPERVISION if self.desk.role is Role.SUPERVISOR else offered

    async def _listen(self) -> None:
        """Have Twilio call us. Where a desktop of ours listens already, this one asks, as without webhooks."""
        if not self._conversations.on or self.desk.webhooks is None or self._webhook is not None:
            return
        webhook = Webhook(self.desk.webhooks, self.desk.account.sid, self.desk.worker, self._knock)
        try:
            await webhook.start()
        except (Unavailable, Rejected) as error:
            log.warning("Twilio's calls cannot be heard: %s", error.detail or error.message)
            return
        self._webhook, self._conversations.webhook = webhook, webhook.url

    def _knock(self, conversation: str) -> None:
        if self._conversations.knock(conversation):
            self._pushes.look_at_threads_now()

    async def close(self) -> None:
        self._pushes.end()
        webhook, self._webhook = self._webhook, None
        if webhook is not None:
            await webhook.stop()
        await self._conversations.close()
        await self._router.close()
        await self._conferences.close()

    # -- what there is

    async def snapshot(self) -> Envelope:
        known = {contact.reservation.sid for contact in self.contacts.live()}
        me, reservations, self._queues = await asyncio.gather(
            self.me.look(), self._router.reservations(), self._router.queues()
        )
        figures = await self._router.figures(self._queues)
        others = (await self._team.look())[0] if self.desk.role is Role.SUPERVISOR else []
        await asyncio.gather(*(self._take(one) for one in reservations))
        there = {one.sid for one in reservations}
        gone = [one for one in self.contacts.live() if one.reservation.sid in known - there]
        await asyncio.gather(*(self._see_end(contact) for contact in gone))
        await self.look_at_calls()
        await self._conversations.look_all(whole=True)
        event = ContactCenterSnapshot(
            me=self.desk.worker,
            interactions=tuple(one.shown for one in self.contacts.live() if one.shown is not None),
            agents=(self.me.agent(me, self._queues.values()), *others),
            queues=tuple(figures),
            codes=self.desk.codes,
            reasons=self.me.reasons,
            zone=self.desk.zone,
        )
        return Envelope(self.manifest.kind.value, event, self.clock.now())

    async def _take(self, reservation: Reservation) -> None:
        """Take in a reservation with its task, and when its offer ends where that can be known."""
        try:
            task, _ = await self._router.task(reservation.task_sid)
        except NotFound:
            return  # completed and deleted meanwhile
        self.contacts.take_reservation(reservation, task)
        contact = self.contacts.all.get(task.sid)
        if contact is not None and contact.deadline is None and reservation.status == "pending":
            seconds = await self._router.offer_seconds(task.workflow)
            if seconds is not None:
                contact.deadline = reservation.created + seconds
                self.contacts.changed(contact)

    async def _see_end(self, contact: Contact) -> None:
        """What became of a reservation that is no longer listed."""
        try:
            self.contacts.take_reservation(await self._router.reservation(contact.reservation.sid), None)
        except NotFound:
            ended = Reservation(
                sid=contact.reservation.sid,
                task_sid=contact.task.sid,
                worker_sid=self.desk.worker,
                status="completed" if contact.answered_at is not None else "canceled",
                created=contact.reservation.created,
                updated=self.clock.now(),
            )
            self.contacts.take_reservation(ended, None)

    def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        return self._pushes.follow(after)

    async def queue_figures(self) -> Sequence[QueueStats]:
        """How our queues stand now."""
        return await self._router.figures(self._queues)

    async def team_changes(self) -> Sequence[Agent]:
        """Who of the others changed since the last look."""
        return (await self._team.look())[1]

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return self.desk.codes

    # -- the agent

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        if after_current:
            raise Unsupported(
                "TaskRouter changes an activity at once: what is in hand goes on, nothing new is offered."
            )
        worker = await self._router.set_activity(await self.me.activity_for(availability, reason), key=key)
        agent = self.me.agent(worker, self._queues.values())
        self._pushes.tell_agent(agent)
        return agent

    # -- offers and endings

    async def _contact(self, interaction_id: str) -> Contact:
        """One of ours: as it is known here, or else as Twilio has it. Raises NotFound."""
        known = self.contacts.all.get(interaction_id)
        if known is not None and known.live:
            return known  # a question less; that it has changed is found out by what Twilio answers
        if not is_sid(interaction_id, "WT"):
            raise NotFound("Twilio has no such task.")
        mine = [one for one in await self._router.reservations_of(interaction_id) if one.worker_sid == self.desk.worker]
        if not mine:
            raise NotFound("That task was never offered to us.")
        await self._take(mine[-1])
        contact = self.contacts.all.get(interaction_id)
        if contact is None:
            raise NotFound("Twilio has no such task.")
        return contact

    def _done(self, contact: Contact) -> Interaction:
        self._pushes.tell()
        return self.contacts.changed(contact)

    async def _move(self, contact: Contact, form: Mapping[str, str], wanted: frozenset[str], key: str) -> None:
        """Move a reservation on. That it is there already is as good; that it is elsewhere is a Conflict.

        Twilio answers both a wrong parameter and a reservation in another state with 400, so it is looked at again.
        """
        sid = contact.reservation.sid
        try:
            moved = await self._router.update_reservation(sid, form, key=key)
        except (Conflict, Rejected) as error:
            moved = await self._router.reservation(sid)
            if moved.status not in wanted:
                self.contacts.take_reservation(moved, None)
                self._pushes.tell()
                if isinstance(error, Rejected) and moved.status in ("pending", "accepted", "wrapping"):
                    raise
                raise Conflict(f"The offer is {moved.status} at Twilio.", error.detail) from error
        self.contacts.take_reservation(moved, None)

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        contact = await self._contact(interaction_id)
        status = contact.reservation.status
        if status == "pending" and not contact.ringing:
            form = self._instruction(contact)
            await self._move(contact, form, frozenset({"accepted", "wrapping"}), key)
            contact.ringing = contact.reservation.status == "pending"
        elif status not in ("pending", "accepted", "wrapping"):
            raise Conflict(f"The offer is {status} at Twilio.")
        if contact.talking:
            await self._conferences.look(contact)
        elif contact.reservation.status == "accepted":
            await self._take_part(contact, key)
        return self._done(contact)

    async def _take_part(self, contact: Contact, key: str) -> None:
        """Be in the conversation of what we have accepted. What fails now is done with the next look at it."""
        thread = self._conversations.thread_of(contact)
        if thread is None:
            return
        try:
            await self._conversations.look(contact, thread, whole=True)
            if not thread.closed:
                await self._conversations.join(contact, thread, key=key)
        except BackendError as error:
            log.info("a conversation was not joined yet: %s", error.detail or error.message)

    def _instruction(self, contact: Contact) -> dict[str, str]:
        how = self.desk.accept if channel_of(contact.task.channel) is Channel.VOICE else "accept"
        to, from_ = self.desk.contact_uri, self.desk.account.from_number
        if how == "conference":
            form = {"Instruction": "conference", "EndConferenceOnExit": "true", "EndConferenceOnCustomerExit": "true"}
            return form | ({"To": to} if to else {}) | ({"From": from_} if from_ else {})
        if how == "dequeue":
            named = ({"DequeueTo": to} if to else {}) | ({"DequeueFrom": from_} if from_ else {})
            return {"Instruction": "dequeue"} | named
        return {"ReservationStatus": "accepted"}

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        contact = await self._contact(interaction_id)
        if contact.reservation.status != "rejected":
            form = {"ReservationStatus": "rejected"}
            activity = self.me.named(reason)
            if activity:
                form["WorkerActivitySid"] = activity
            await self._move(contact, form, frozenset({"rejected"}), key)
        return self._done(contact)

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        contact = await self._contact(interaction_id)
        if contact.reservation.status == "pending" and not contact.ringing:
            raise Conflict("The offer is not accepted.")
        if contact.live and contact.reservation.status != "wrapping":
            if contact.talking:
                await self._conferences.end(contact, key=key)
            else:
                await self._conversations.end(contact, key=key)
            await self._wrap(contact, key)
        return self._done(contact)

    async def _wrap(self, contact: Contact, key: str) -> None:
        """Have the wrap-up begin; where Twilio was faster, it has."""
        await self._move(contact, {"ReservationStatus": "wrapping"}, frozenset({"wrapping", "completed"}), key)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await self.send_reply(interaction_id, Reply(text), key=key)

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        """Send it as one message, or as many as it has files."""
        contact = await self._contact(interaction_id)
        await self._conversations.send(contact, reply, key=key)
        return self._done(contact)

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        contact = await self._contact(interaction_id)
        await self._conversations.mark_read(contact, message_id, key=key)
        return self._done(contact)

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncGenerator[bytes, None]:
        contact = await self._contact(interaction_id)
        async for piece in self._conversations.content(contact, message_id, attachment_id):
            yield piece

    async def look_at_threads(self) -> None:
        """See what is new in the conversations whose turn it is."""
        await self._conversations.look_all()

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        contact = await self._contact(interaction_id)
        if contact.reservation.status != "completed":
            if contact.reservation.status != "wrapping":
                raise Conflict("There is no wrap-up to finish.")
            self._check_codes(codes)
            try:
                task = await self._router.write_wrap_up(interaction_id, codes, note_given=note_given, key=key)
            except Conflict:  # somebody wrote between our reading and writing; once more from what is there now
                task = await self._router.write_wrap_up(interaction_id, codes, note_given=note_given, key=key)
            self.contacts.take_task(task)
            await self._move(contact, {"ReservationStatus": "completed"}, frozenset({"completed"}), key)
        return self._done(contact)

    def _check_codes(self, codes: Sequence[str]) -> None:
        known = {code.id for code in self.desk.codes}
        fits = {
            CodeRule.NONE: not codes,
            CodeRule.OPTIONAL_ONE: len(codes) <= 1,
            CodeRule.ONE: len(codes) == 1,
            CodeRule.MANY: len(codes) >= 1,
        }[self.desk.rule]
        if not fits or len(set(codes)) != len(codes) or not set(codes) <= known:
            raise Rejected("These wrap-up codes do not fit the profile's rule.")

    # -- calls: each verb in the steps that Twilio needs for it

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
        if contact.thread is not None:
            raise Rejected("What is written cannot be handed over at Twilio: its task is ours until it is completed.")
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
