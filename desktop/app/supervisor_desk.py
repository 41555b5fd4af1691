"""Everything a supervisor's screen does beyond looking, without a screen."""

from collections.abc import Awaitable, Callable

from desktop.app.asking import Asking
from desktop.app.floor_acts import FloorActs
from desktop.app.floor_habits import FloorHabits
from desktop.app.floor_schedules import FloorSchedules
from desktop.app.history_desk import HistoryDesk
from desktop.app.local_store import LocalStore
from desktop.app.store import Store
from desktop.domain.words import Role
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter


class SupervisorDesk:
    """Holds the parts of it, and says who may use them: on the server's word only."""

    def __init__(
        self,
        store: Store,
        asking: Asking,
        contact_center: ContactCenter | None,
        refresh: Callable[[], Awaitable[None]],
        opened: Callable[[], LocalStore],
    ) -> None:
        """`refresh` puts a fresh snapshot of the contact centre into the store; `opened` is the profile's file."""
        self._store = store
        self._asking = asking
        self._contact_center = contact_center
        self.acts = FloorActs(store, asking, contact_center, refresh)
        self.history = HistoryDesk(store, asking, contact_center)
        self.schedules = FloorSchedules(asking, contact_center, self.history.today)
        self.habits = FloorHabits(opened)

    @property
    def open(self) -> bool:
        """Whether the contact centre says that this principal is a supervisor."""
        state = self._store.state
        me = state.agents.get(state.me)
        return me is not None and me.role is Role.SUPERVISOR

    def offers(self, capability: Capability) -> bool:
        """Whether the contact centre can do it."""
        return capability.value in self._store.state.capabilities.get("contact_center", frozenset())
