"""What a supervisor does to others' state and to who waits."""

from dataclasses import replace

from desktop.backends.asterisk.model.contact import Contact
from desktop.backends.asterisk.model.members import OFFLINE, WRAP_UP
from desktop.backends.asterisk.supervision.action_log import ActionLog
from desktop.backends.asterisk.supervision.waiting_line import InLine, WaitingLine
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.transfers import Transfers
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Outcome, Phase
from desktop.ports.errors import Conflict, NotFound, Rejected

MOST_PRIORITY = 1000


class SupervisorActions:
    """Everything is within the queues of the profile; the server itself would let a manager user do all."""

    def __init__(self, board: Switchboard, transfers: Transfers, log: ActionLog, line: WaitingLine) -> None:
        self._board = board
        self._transfers = transfers
        self._log = log
        self._line = line

    def contact(self, interaction_id: str) -> Contact | None:
        """A call with an agent of the profile's queues."""
        contact = self._board.calls.contacts.get(interaction_id)
        if contact is None:
            return None
        ours = contact.interaction.queue in self._board.settings.queues
        return contact if ours or self._board.is_mine(contact) else None

    async def interaction(self, interaction_id: str) -> Interaction:
        """One who waits, rings or talks, as it is now; whoever was fetched meanwhile is with whom they are now.

        Raises:
            NotFound: they are not there any more.
        """
        contact = self.contact(interaction_id)
        if contact is not None:
            return contact.interaction
        callers = {interaction_id, interaction_id.rpartition("-")[0]} - {""}
        for uid in callers & set(self._board.calls.callers.waiting):
            return (await self._line.find(uid)).interaction
        found = [one for one in self._board.calls.contacts.values() if one.caller and one.caller.uid in callers]
        if not found:
            raise NotFound("They are not there any more.")
        return found[-1].interaction

    async def become(self, agent_id: str, availability: Availability, reason: str, why: str) -> Agent:
        """Make an agent something else.

        The server passes over whoever is paused from now on and lets them finish the call they are on.

        Raises:
            NotFound: they are in no queue of the profile. The server cannot sign in whom it does not know.
            Conflict: they are wrapping up, and become available by themselves.
            Rejected: there is no such reason.
        """
        board = self._board
        members = board.floor.of(agent_id)
        if not members:
            raise NotFound("Nobody of that name is signed in.")
        reason = reason if availability is Availability.NOT_READY else ""
        if reason and reason not in {one.id for one in board.settings.reasons}:
            raise Rejected(f"There is no reason {reason[:40]!r}.")
        wrapping = board.floor.observed_of(agent_id) == (Availability.NOT_READY, WRAP_UP)
        if wrapping and availability is Availability.AVAILABLE:
            raise Conflict("They are wrapping up, and are available again when they are done.")
        async with self._log.written(
            FloorVerb.AGENT_STATE, why, what=f"{availability} {reason}".strip(), agent=agent_id
        ):
            for queue, member in members.items():
                who = (("Queue", queue), ("Interface", agent_id))
                if availability is Availability.OFFLINE and member.dynamic:
                    await board.act("QueueRemove", *who)
                else:
                    paused = "false" if availability is Availability.AVAILABLE else "true"
                    because = OFFLINE if availability is Availability.OFFLINE else reason
                    await board.act("QueuePause", *who, ("Paused", paused), ("Reason", because))
            wanted = (availability, reason)
            await board.until(lambda: board.floor.observed_of(agent_id) == wanted, availability.value)
        agents = board.floor.agents(board.now(), board.own)
        board.tell_floor("supervised")
        return next(one for one in agents if one.id == agent_id)

    async def set_priority(self, interaction_id: str, priority: int, why: str) -> Interaction:
        """Put somebody who waits before those of less priority. Raises NotFound, Conflict, Rejected."""
        if abs(priority) > MOST_PRIORITY:
            raise Rejected(f"A priority is from -{MOST_PRIORITY} to {MOST_PRIORITY}.")
        one = await self._line.find(interaction_id)
        fields = (("Queue", one.queue), ("Caller", one.channel), ("Priority", str(priority)), ("Immediate", "yes"))
        async with self._log.written(FloorVerb.PRIORITY, why, what=str(priority), queue=one.queue, uid=one.uid):
            await self._board.act("QueueChangePriorityCaller", *fields)
        return (await self._line.find(interaction_id)).interaction

    async def move(self, interaction_id: str, queue: str, why: str) -> Interaction:
        """Send somebody who waits into another queue, at whose end they are: the server knows no other place.

        Raises:
            NotFound: there is no such caller or queue.
            Conflict: they wait no longer.
        """
        board = self._board
        one = await self._line.find(interaction_id)
        if queue not in board.floor.figures:
            raise NotFound("There is no such queue.")
        if queue == one.queue:
            raise Conflict("They wait there already.")
        context, extension = await self._transfers.reachable(f"queue:{queue}")
        where = (("Context", context), ("Exten", extension), ("Priority", "1"))
        async with self._log.written(FloorVerb.MOVE, why, what=f"to {queue}", queue=one.queue, uid=one.uid):
            await board.act("Redirect", ("Channel", one.channel), *where)
            await board.until(lambda: _waits_in(board, one.uid) == queue, "moved")
        return (await self._line.find(one.uid)).interaction if queue in board.settings.queues else one.interaction

    async def withdraw(self, interaction_id: str, why: str) -> Interaction:
        """Send somebody who waits or rings back into the dialplan, behind the queue, as if its time had run out.

        Raises:
            NotFound: there is no such caller.
            Conflict: somebody talks to them.
        """
        board = self._board
        one = await self._line.find(interaction_id)
        async with self._log.written(FloorVerb.WITHDRAW, why, queue=one.queue, uid=one.uid):
            if one.interaction.phase is Phase.QUEUED:
                info = ("WithdrawInfo", "".join(letter if letter.isprintable() else " " for letter in why))
                await board.act("QueueWithdrawCaller", ("Queue", one.queue), ("Caller", one.channel), info)
            else:
                await self._go_on(one)  # the server would let it ring to the end before it looks
            await board.until(lambda: _waits_in(board, one.uid) != one.queue, "withdrawn")
        at = board.now()
        return replace(
            one.interaction,
            phase=Phase.CLOSED,
            phase_since=at,
            ended_at=at,
            outcome=Outcome.WITHDRAWN,
            agent_id=None,
            offer_deadline=None,
        )

    async def _go_on(self, one: InLine) -> None:
        """Send a caller to the step of the dialplan after the one they are at."""
        entries = await (await self._board.link()).listing("Status", ("Channel", one.channel))
        step = entries[0].number("Priority") if entries else None
        if not entries or step is None:
            raise NotFound("They are not there any more.")
        where = (("Context", entries[0]["Context"]), ("Exten", entries[0]["Exten"]), ("Priority", str(step + 1)))
        await self._board.act("Redirect", ("Channel", one.channel), *where)


def _waits_in(board: Switchboard, uid: str) -> str:
    entry = board.calls.callers.waiting.get(uid)
    return entry.queue if entry is not None else ""
