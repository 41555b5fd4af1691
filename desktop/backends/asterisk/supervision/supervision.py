"""The supervisor's side of the adapter.

The server knows no roles: a manager user may do all that its rights allow, to everybody. Who is a supervisor, and of
which queues, is what the profile says; a keeper who wants more gives agents a manager user without `originate`.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from desktop.backends.asterisk.rights import SUPERVISORS
from desktop.backends.asterisk.supervision.action_log import ActionLog
from desktop.backends.asterisk.supervision.actions import SupervisorActions
from desktop.backends.asterisk.supervision.monitoring import MonitoringCalls
from desktop.backends.asterisk.supervision.waiting_line import WaitingLine
from desktop.backends.asterisk.switchboard import Switchboard
from desktop.backends.asterisk.verbs.pickup import Pickup
from desktop.backends.asterisk.verbs.transfers import Transfers
from desktop.backends.wire.once import Once
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Monitoring, Phase
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, NotFound
from desktop.ports.supervision import Supervision, refuse

T = TypeVar("T")
_MODES = {
    Monitoring.LISTEN: (Capability.MONITOR, FloorVerb.LISTEN),
    Monitoring.WHISPER: (Capability.WHISPER, FloorVerb.WHISPER),
    Monitoring.BARGE: (Capability.BARGE, FloorVerb.BARGE),
}


class AsteriskSupervision(Supervision):
    """Each call: offered at all, once under its key, written down first, done."""

    def __init__(self, board: Switchboard, once: Once, transfers: Transfers) -> None:
        self._board = board
        self._once = once
        self._log = ActionLog(board)
        self._line = WaitingLine(board)
        self._oversight = SupervisorActions(board, transfers, self._log, self._line)
        self._spying = MonitoringCalls(board)
        self._fetching = Pickup(board)
        self._offered: frozenset[Capability] = SUPERVISORS

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        capability, verb = _MODES[mode]

        async def work() -> str:
            async with self._log.written(verb, why, agent=agent_id):
                return await self._spying.begin(agent_id, mode, key)

        return await self._act(capability, key, work)

    async def end_monitor(self, monitor_id: str, *, key: str) -> None:
        await self._act(Capability.MONITOR, key, lambda: self._spying.end(monitor_id))

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        async def work() -> Interaction:
            uid, channel, queue = await self._caller(interaction_id)
            async with self._log.written(FloorVerb.TAKE_OVER, why, queue=queue, uid=uid):
                await self._spying.end_own()  # the phone is to ring for the caller
                return await self._fetching.to_me(uid, channel, key)

        return await self._act(Capability.TAKE_OVER, key, work)

    async def reassign(self, interaction_id: str, agent_id: str, *, why: str, key: str) -> Interaction:
        async def work() -> Interaction:
            uid, channel, queue = await self._caller(interaction_id)
            if not self._board.floor.of(agent_id):
                raise NotFound("Nobody of that name is signed in.")
            async with self._log.written(FloorVerb.REASSIGN, why, queue=queue, uid=uid, agent=agent_id):
                await self._fetching.to_agent(uid, channel, agent_id, key)
            return await self._oversight.interaction(interaction_id)

        return await self._act(Capability.REASSIGN, key, work)

    async def move(self, interaction_id: str, queue: str, *, why: str, key: str) -> Interaction:
        return await self._act(Capability.MOVE, key, lambda: self._oversight.move(interaction_id, queue, why))

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        return await self._act(
            Capability.PRIORITY, key, lambda: self._oversight.set_priority(interaction_id, priority, why)
        )

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        return await self._act(Capability.WITHDRAW, key, lambda: self._oversight.withdraw(interaction_id, why))

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        return await self._act(
            Capability.SUPERVISE, key, lambda: self._oversight.become(agent_id, availability, reason, why)
        )

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        await self._need_to_supervise(Capability.SUPERVISE)
        return [one.interaction for one in (await self._line.of(queue))[: max(limit, 0)]]

    async def interaction(self, interaction_id: str) -> Interaction:
        await self._need_to_supervise(Capability.SUPERVISE)
        return await self._oversight.interaction(interaction_id)

    async def _act(self, capability: Capability, key: str, work: Callable[[], Awaitable[T]]) -> T:
        await self._need_to_supervise(capability)
        return await self._once.do(key, work)

    async def _need_to_supervise(self, capability: Capability) -> None:
        if capability not in self._offered:
            raise refuse(capability)
        await self._board.link()

    async def _caller(self, interaction_id: str) -> tuple[str, str, str]:
        """Channel's id, channel's name and queue of a caller who waits, rings or talks.

        Raises:
            NotFound, Conflict: nobody is on the line.
        """
        contact = self._oversight.contact(interaction_id)
        if contact is not None and contact.interaction.phase is not Phase.OFFERED:
            if contact.interaction.phase is not Phase.ACTIVE or contact.caller is None or not contact.caller.name:
                raise Conflict("Nobody is on the line any more.")
            if self._board.is_mine(contact):
                raise Conflict("That call is yours already.")
            return contact.caller.uid, contact.caller.name, contact.interaction.queue
        one = await self._line.find(interaction_id)
        return one.uid, one.channel, one.queue
