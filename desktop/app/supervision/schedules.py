"""The team's schedules, and what an agent did over the day, as the contact centre has them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from desktop.app.commands.runner import CommandRunner
from desktop.app.supervision.questions import Looked, ask
from desktop.domain.entities.floor import Schedule, StateStretch
from desktop.domain.text.sentence import Sentence
from desktop.ports.contact_center import ContactCenter


class FloorSchedules:
    """Asked for when somebody looks."""

    def __init__(self, runner: CommandRunner, today: Callable[[], date]) -> None:
        """`today` is the day it is at the centre."""
        self._runner = runner
        self._today = today

    async def of_team(self) -> Looked[Mapping[str, Schedule]]:
        """Today's schedules by agent."""

        async def put(center: ContactCenter) -> Mapping[str, Schedule]:
            return {one.agent_id: one for one in await center.schedules(self._today())}

        return await ask(self._runner, put, Sentence("floor.schedules_not_loaded"))

    async def day_of(self, agent_id: str) -> Looked[Sequence[StateStretch]]:
        """What an agent's availability was today, oldest first."""

        async def put(center: ContactCenter) -> Sequence[StateStretch]:
            return await center.agent_day(agent_id, self._today())

        return await ask(self._runner, put, Sentence("floor.day_not_loaded"))
