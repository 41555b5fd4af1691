"""The team's schedules, and what an agent did over the day, as the contact centre has them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from desktop.app.commands.action_result import CONTACT_CENTER, absent
from desktop.app.connections.backend_calls import READ_SECONDS, BackendCalls
from desktop.app.supervision.command_outcome import Looked, refused
from desktop.domain.entities.floor import Schedule, StateStretch
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError

T = TypeVar("T")


class FloorSchedules:
    """Asked for when somebody looks."""

    def __init__(self, asking: BackendCalls, contact_center: ContactCenter | None, today: Callable[[], date]) -> None:
        """`today` is the day it is at the centre."""
        self._backend_calls = asking
        self._contact_center = contact_center
        self._today = today

    async def of_team(self) -> Looked[Mapping[str, Schedule]]:
        """Today's schedules by agent."""

        async def put(center: ContactCenter) -> Mapping[str, Schedule]:
            return {one.agent_id: one for one in await center.schedules(self._today())}

        return await self._look(put, "The schedules could not be had.")

    async def day_of(self, agent_id: str) -> Looked[Sequence[StateStretch]]:
        """What an agent's availability was today, oldest first."""

        async def put(center: ContactCenter) -> Sequence[StateStretch]:
            return await center.agent_day(agent_id, self._today())

        return await self._look(put, "The agent's day could not be had.")

    async def _look(self, put: Callable[[ContactCenter], Awaitable[T]], not_done: str) -> Looked[T]:
        center = self._contact_center
        try:
            if center is None:
                raise absent(self._backend_calls)
            return Looked(
                await self._backend_calls.ask(lambda: put(center), CONTACT_CENTER, seconds=READ_SECONDS, changing=False)
            )
        except BackendError as error:
            result = refused(error, not_done)
            return Looked(None, result.text, result.error)
