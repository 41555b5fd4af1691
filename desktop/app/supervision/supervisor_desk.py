"""Everything a supervisor's screen does beyond looking, without a screen."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from desktop.app.commands.runner import CommandRunner
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.storage.local_store import LocalStore
from desktop.app.supervision.alert_watch import AlertWatch
from desktop.app.supervision.preferences import FloorPreferences
from desktop.app.supervision.schedules import FloorSchedules
from desktop.app.supervision.supervisor_commands import SupervisorCommands
from desktop.domain.entities.words import Role
from desktop.domain.select.centres import offered_at
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm

if TYPE_CHECKING:
    from desktop.app.notes.unsaved_text import Unsaved
    from desktop.app.reviews.quality_desk import QualityDesk
    from desktop.app.staffing.staffing_desk import StaffingDesk
    from desktop.domain.reviews.sampling import Scorecards


class SupervisorDesk:
    """Holds the parts of it, and says who may use them: on the server's word only."""

    def __init__(
        self,
        runner: CommandRunner,
        contact_center: ContactCenter | None,
        opened: Callable[[], LocalStore],
        crms: Mapping[str, Crm] | None = None,
    ) -> None:
        """`opened` is the profile's file; `crms` by source know what was written back after a contact."""
        self._runner = runner
        self._store = store = runner.store
        backend_calls = runner.backend_calls
        self.acts = SupervisorCommands(runner)
        self.history = HistoryDesk(store, backend_calls, contact_center, crms)
        self.schedules = FloorSchedules(runner, self.history.today)
        self.habits = FloorPreferences(opened)
        self.alerts = AlertWatch(store, backend_calls.timing, lambda: self.open, self.schedules)
        self._opened = opened
        self._quality: QualityDesk | None = None
        self.scorecards: Callable[[], Scorecards] | None = None
        """Reads the forms of the profile; None where nobody said where they are."""
        self._staffing: StaffingDesk | None = None

    @property
    def staffing(self) -> "StaffingDesk":
        """How many agents are needed. Made when it is asked for; from then on it watches the queues' pace."""
        if self._staffing is None:
            from desktop.app.staffing.staffing_desk import StaffingDesk

            self._staffing = StaffingDesk(self._store, self.history)
        return self._staffing

    @property
    def quality(self) -> "QualityDesk":
        """Scorecards, calibration and coaching; for an agent, what is theirs of it. Made when it is asked for."""
        if self._quality is None:
            from desktop.app.reviews.quality_desk import QualityDesk

            self._quality = QualityDesk(self._runner, self.history, self._opened)
        return self._quality

    async def save_anew(self) -> None:
        """The file was replaced: what was on it may not be there any more."""
        if self._quality is not None:
            await self._quality.words.save_anew()

    async def restore(self) -> None:
        """Take up words of the last run that were not handed over.

        Raises:
            StoreError: they cannot be read.
        """
        if self._quality is not None or await self._opened().review_drafts():
            await self.quality.restore()

    async def flush(self) -> None:
        """Put every word on disk."""
        if self._quality is not None:
            await self._quality.words.flush()

    def unsaved(self) -> "tuple[Unsaved, ...]":
        """The words that are in memory only."""
        return self._quality.words.unsaved() if self._quality is not None else ()

    async def close(self) -> None:
        """Put every word on disk, and stop."""
        if self._quality is not None:
            await self._quality.close()

    @property
    def open(self) -> bool:
        """Whether the contact centre says that this principal is a supervisor."""
        state = self._store.state
        me = state.agents.get(state.me)
        return me is not None and me.role is Role.SUPERVISOR

    def offers(self, capability: Capability) -> bool:
        """Whether the contact centre can do it."""
        return capability.value in offered_at(self._store.state)
