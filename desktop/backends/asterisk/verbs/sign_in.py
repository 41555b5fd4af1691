"""Signing in to queues, pausing with a reason, and what the agent becomes when a contact is done."""

import asyncio

from desktop.backends.asterisk.model.contact import Contact
from desktop.backends.asterisk.model.members import MISSED, OFFLINE, WRAP_UP
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import IN_HAND, Availability, OfferEnd
from desktop.domain.state.events import Change
from desktop.ports.errors import Conflict, NotFound, Rejected


class SignIn:
    """The agent's availability, as membership and pause of the queues.

    During wrap-up the agent is paused with its reason, while `after` says what they are shown as and become then.
    """

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._interface = board.settings.interface
        self._wrapping_up = False
        self._turn = asyncio.Lock()  # what takes several actions is not mixed with what was asked for after it
        self._chosen = False  # what comes after the wrap-up was asked for in its course
        self.after: tuple[Availability, str] = (Availability.AVAILABLE, "")
        board.heard.append(self._heard)

    async def choose(self, availability: Availability, reason: str, *, after_current: bool) -> Agent:
        """Become something now, or after the current contact.

        Raises:
            Rejected: the reason is not one of the profile's.
        """
        board = self._board
        if availability is not Availability.NOT_READY:
            reason = ""
        elif reason and reason not in {one.id for one in board.settings.reasons}:
            raise Rejected(f"There is no reason {reason[:40]!r}.")
        await board.link()
        async with self._turn:
            return await self._choose(availability, reason, after_current=after_current)

    async def _choose(self, availability: Availability, reason: str, *, after_current: bool) -> Agent:
        board = self._board
        if after_current and self._working():
            board.own |= {"next": availability, "next_reason": reason}
        else:
            board.own.pop("next", None)
            board.own.pop("next_reason", None)
            if self._wrapping_up:
                self.wrapping_up(availability, reason)
                self._chosen = True
                if availability is Availability.OFFLINE:
                    await self._become(availability, "")
            else:
                await self._become(availability, reason)
        board.own["requested"] = availability
        board.tell_floor("chosen")
        return board.me()

    async def cancel_next(self) -> Agent:
        """Forget what was chosen for after the contact."""
        self._board.own.pop("next", None)
        self._board.own.pop("next_reason", None)
        self._board.tell_floor("next_cancelled")
        return self._board.me()

    async def pause_for_wrap_up(self) -> None:
        """No new call until the wrap-up is done."""
        async with self._turn:
            board = self._board
            if not self._wrapping_up:
                me = board.me()
                following, why = board.own.pop("next", None), str(board.own.pop("next_reason", ""))
                after, reason = (following, why) if isinstance(following, Availability) else (me.observed, me.reason)
                self.wrapping_up(after, reason)
            if board.floor.mine():
                await self._pause(True, WRAP_UP)

    def wrapping_up(self, after: Availability, reason: str) -> None:
        """A wrap-up is under way, and this is what comes after it."""
        self._wrapping_up, self._chosen = True, False
        self.after = (after, reason)
        self._board.own |= {"observed": after, "reason": reason}

    async def wrapped_up(self) -> None:
        """Become what was kept for after the wrap-up."""
        async with self._turn:
            own = self._board.own
            following, reason = own.get("next"), str(own.get("next_reason", ""))
            after = (following, reason) if isinstance(following, Availability) else self.after
            given = await self._given()
            if given not in ("", WRAP_UP, OFFLINE) and not self._chosen:
                after = (Availability.NOT_READY, given)  # by a supervisor, in the course of the wrap-up
            if self._board.floor.mine() or self._chosen or isinstance(following, Availability):
                await self._become(*after)  # whom the server has forgotten meanwhile is not signed in unasked
            self._wrapping_up = False
            for name in ("next", "next_reason", "observed", "reason"):  # not before: it may have to be tried again
                own.pop(name, None)

    async def _given(self) -> str:
        """The reason of our pause, by the server itself: what was told of it may still be on its way."""
        fields = (("Member", self._interface),)
        members = await (await self._board.link()).listing("QueueStatus", *fields)
        ours = [one for one in members if one["Location"] == self._interface and one["Paused"] == "1"]
        return next((one["PausedReason"] for one in ours), "")

    async def _become(self, availability: Availability, reason: str) -> None:
        board = self._board
        if availability is Availability.OFFLINE:
            for queue, member in board.floor.joined().items():
                await self._leave(queue, dynamic=member.dynamic)
            await board.until(lambda: board.floor.observed()[0] is availability, "signed out")
            return
        joined = board.floor.joined()
        for queue in board.settings.queues:
            if queue not in joined:
                await self._join(queue)
        await self._pause(availability is Availability.NOT_READY, reason)
        await board.until(lambda: board.floor.observed() == (availability, reason), availability.value)

    async def _join(self, queue: str) -> None:
        """Join paused, so that no call comes before all queues are joined and the reason is known."""
        name = self._board.settings.name or self._interface.partition("/")[2]
        try:
            await self._board.act(
                "QueueAdd",
                ("Queue", queue),
                ("Interface", self._interface),
                ("MemberName", name),
                ("Paused", "true"),
            )
        except Rejected as error:
            if "already there" not in error.message.lower():
                raise

    async def _leave(self, queue: str, *, dynamic: bool) -> None:
        who = (("Queue", queue), ("Interface", self._interface))
        try:
            if dynamic:
                await self._board.act("QueueRemove", *who)
                return
        except Rejected as error:
            if "not there" in error.message.lower():
                return
            if "not dynamic" not in error.message.lower():
                raise
        # Whom the configuration puts into a queue cannot leave it, but can be passed over.
        await self._board.act("QueuePause", *who, ("Paused", "true"), ("Reason", OFFLINE))

    async def _pause(self, paused: bool, reason: str) -> None:
        """Pause or unpause in every queue at once.

        Raises:
            Conflict: the agent is in no queue.
        """
        fields = [("Interface", self._interface), ("Paused", "true" if paused else "false")]
        if reason:
            fields.append(("Reason", reason))
        try:
            await self._board.act("QueuePause", *fields)
        except NotFound as error:
            raise Conflict("You are in no queue.", error.detail) from error

    def _working(self) -> bool:
        return any(
            one.interaction.agent_id == self._interface and one.interaction.phase in IN_HAND
            for one in self._board.calls.contacts.values()
        )

    def _heard(self, change: Change, contact: Contact, reason: str) -> None:
        missed = change is Change.OFFER_ENDED and reason == OfferEnd.MISSED.value
        if missed and self._board.settings.pause_when_missed and contact.agent.name.startswith(f"{self._interface}-"):
            self._board.spawn(self._missed())

    async def _missed(self) -> None:
        board = self._board
        board.own["missed"] = int(str(board.own.get("missed", 0))) + 1
        async with self._turn:
            if board.floor.observed()[0] is Availability.AVAILABLE:  # else something was chosen just now
                await self._pause(True, MISSED)
