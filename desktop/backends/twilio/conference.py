"""A call as Twilio carries it: a conference with the customer, the agent and whoever was brought in."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from desktop.backends.twilio.api.account import Account
from desktop.backends.twilio.api.attributes import channel_of, facts_of
from desktop.backends.twilio.api.records import Participant, Task, participant_of
from desktop.backends.twilio.api.rest import Rest
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.contacts import CONSULT, TRANSFER, Contact, Contacts
from desktop.backends.wire.http import segment
from desktop.domain.entities.model import Leg
from desktop.domain.entities.words import LegFailure, LegKind, LegPhase
from desktop.ports.errors import Conflict, NotFound, Rejected

RING_SECONDS = "30"
_ENDS: Mapping[str, tuple[LegPhase, LegFailure | None]] = {
    "busy": (LegPhase.FAILED, LegFailure.BUSY),
    "no-answer": (LegPhase.FAILED, LegFailure.NO_ANSWER),
    "failed": (LegPhase.FAILED, LegFailure.UNREACHABLE),
    "canceled": (LegPhase.CANCELLED, None),
    "completed": (LegPhase.COMPLETED, None),
}


def label_of(kind: str, key: str) -> str:
    """The label of a leg asked for under `key`: a conference takes each label once, so the far side keeps the key."""
    return kind + hashlib.sha256(key.encode()).hexdigest()[:24]


class Conferences:
    """Calls of one account."""

    def __init__(
        self,
        account: Account,
        clock: ServerClock,
        contacts: Contacts,
        task: Callable[[str], Awaitable[tuple[Task, str]]],
    ) -> None:
        """Nothing is opened yet. `task` reads a task anew."""
        self._task = task
        self._account = account
        self._clock = clock
        self._contacts = contacts
        self._rest = Rest(account.api_url, account, clock)
        self._base = f"/2010-04-01/Accounts/{segment(account.sid)}"

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    # -- reading

    async def look(self, contact: Contact, *, key: str = "") -> None:
        """Take in who is on the line, what became of legs that are gone, and bring a stranded customer back.

        Args:
            key: what changes are made under; without one, the contact's own.
        """
        if not await self._find(contact):
            return
        try:
            rows = await self._rest.listed(f"{self._path(contact)}/Participants.json", "participants")
        except NotFound:
            return  # the conference has ended; the reservation will say so
        parties = [participant_of(one) for one in rows]
        contact.worker_call = contact.worker_call or _unnamed(contact, parties)
        gone = self._contacts.take_parties(contact, parties)
        for call in gone:
            await self._take_end(contact, call)
        if gone and contact.held and not contact.open_legs:
            await self.hold(contact, on=False, key=key or contact.task.sid)

    async def _find(self, contact: Contact) -> bool:
        """Learn the conference and the calls in it: the task's attributes name them, or it is named by its task."""
        if not self._learn(contact):
            task, _ = await self._task(contact.task.sid)  # the conference is written into it when the call is taken
            self._contacts.take_task(task)
            self._learn(contact)
        if not contact.conference:
            asked = {"FriendlyName": contact.task.sid, "Status": "in-progress"}
            rows = await self._rest.listed(f"{self._base}/Conferences.json", "conferences", asked)
            sid = rows[0].get("sid") if rows else None
            contact.conference = sid if isinstance(sid, str) else ""
        return bool(contact.conference and contact.customer_call)

    def _learn(self, contact: Contact) -> bool:
        facts = facts_of(contact.task.attributes, channel_of(contact.task.channel))
        contact.customer_call = facts.customer_call or contact.customer_call
        contact.worker_call = facts.worker_call or contact.worker_call
        contact.conference = facts.conference or contact.conference
        return bool(contact.conference and contact.customer_call and contact.worker_call)

    async def _take_end(self, contact: Contact, call: str) -> None:
        try:
            body = (await self._rest.read(f"{self._base}/Calls/{segment(call)}.json")).body
        except NotFound:
            body = None
        status = body.get("status") if isinstance(body, dict) else None
        leg = contact.legs[call]
        phase, failure = _ENDS.get(str(status), (LegPhase.COMPLETED, None))
        if leg.phase is LegPhase.ACTIVE:
            phase, failure = (LegPhase.CANCELLED if phase is LegPhase.CANCELLED else LegPhase.COMPLETED), None
        ended = replace(leg, phase=phase, failure=failure, since=self._clock.now())
        self._contacts.put_leg(contact, ended)

    # -- changing

    def _path(self, contact: Contact) -> str:
        return f"{self._base}/Conferences/{segment(contact.conference)}"

    async def ready(self, contact: Contact) -> None:
        """See that there is a conference to act on.

        Raises:
            Conflict: there is none: the call is over, or was not taken as a conference.
        """
        if not await self._find(contact):
            raise Conflict("Twilio shows no conference for this call.")

    async def _change(self, contact: Contact, call: str, form: Mapping[str, str], key: str) -> None:
        if not call:
            raise Conflict("Twilio does not say which call of the conference is ours.")
        try:
            await self._rest.post(f"{self._path(contact)}/Participants/{segment(call)}.json", form, key=key)
        except NotFound:
            raise Conflict("That party is not on the line any more.") from None

    async def hold(self, contact: Contact, *, on: bool, key: str) -> None:
        """Have the customer listen to music, or talk."""
        await self._change(contact, contact.customer_call, {"Hold": _yes(on)}, key)
        if contact.held is not on:
            contact.held, contact.held_since = on, self._clock.now() if on else None
        self._contacts.changed(contact)

    async def hold_leg(self, contact: Contact, leg_id: str, *, on: bool, key: str) -> None:
        """Have a further party listen to music, or talk."""
        await self._change(contact, leg_id, {"Hold": _yes(on)}, key)

    async def mute(self, contact: Contact, *, on: bool, key: str) -> None:
        """Have the agent heard or not."""
        await self._change(contact, contact.worker_call, {"Muted": _yes(on)}, key)
        contact.muted = on
        self._contacts.changed(contact)

    async def invite(self, contact: Contact, uri: str, name: str, *, transfer: bool, key: str) -> None:
        """Ring a further party, once for a key.

        Raises:
            Rejected: there is no number of ours to call from, or Twilio cannot ring that party.
        """
        if not self._account.from_number:
            raise Rejected("from_number is not set: calls go out in the name of a number.")
        label = label_of(TRANSFER if transfer else CONSULT, key)
        if label in contact.labels.values():
            return
        form = {"From": self._account.from_number, "To": uri, "Label": label, "Timeout": RING_SECONDS}
        form |= {"EndConferenceOnExit": "false", "Beep": "false"}
        answer = await self._rest.post(f"{self._path(contact)}/Participants.json", form, key=key)
        made = participant_of(answer.body)
        kind = LegKind.TRANSFER if transfer else LegKind.CONSULT
        contact.labels[made.call_sid] = label
        leg = Leg(made.call_sid, kind, LegPhase.REQUESTED, name, name, self._clock.now())
        self._contacts.put_leg(contact, leg)

    async def remove(self, contact: Contact, call: str, *, key: str) -> None:
        """Have a further party leave; one that has gone is no error."""
        try:
            await self._rest.delete(f"{self._path(contact)}/Participants/{segment(call)}.json", key=key)
        except NotFound:
            return

    async def leave(self, contact: Contact, *, key: str) -> None:
        """Go, and let the others talk on."""
        await self._change(contact, contact.worker_call, {"EndConferenceOnExit": "false"}, key)
        contact.transferred = True
        await self.remove(contact, contact.worker_call, key=key)

    async def end(self, contact: Contact, *, key: str) -> None:
        """End it for everybody; one that has ended is no error."""
        if await self._find(contact):
            try:
                await self._rest.post(f"{self._path(contact)}.json", {"Status": "completed"}, key=key)
            except NotFound:
                return


def _unnamed(contact: Contact, parties: list[Participant]) -> str:
    """The agent's call where the task does not name it: the only one that is not the customer and has no label."""
    others = [one.call_sid for one in parties if one.call_sid != contact.customer_call and not one.label]
    return others[0] if len(others) == 1 else ""


def _yes(on: bool) -> str:
    return "true" if on else "false"
