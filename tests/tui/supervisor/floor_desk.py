"""The desktop app over a supervisor's state built by hand: real screen, no servers. What it asks for is recorded."""

from collections.abc import Callable, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from desktop.app.commands.command_result import CommandResult
from desktop.app.history.centre_days import CentreDays
from desktop.app.history.query_cache import Answer
from desktop.app.supervision.questions import Looked
from desktop.app.supervision.supervisor_commands import Listening
from desktop.domain.entities.floor import AuditEntry
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Monitoring
from desktop.domain.figures.adherence import FITS
from desktop.domain.figures.service_level import Formula
from desktop.domain.select import floor_verbs
from desktop.domain.select.audience import Audience, audience
from desktop.domain.select.floor_verbs import Standing
from desktop.domain.staffing.what_if import Step, WhatIf
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.ports.base import Capability
from desktop.tui.app import DesktopApp
from desktop.tui.supervisor.floor_view import QUARTER
from tests.tui.desk import RecordedSession, unhurried
from tests.tui.states import NOW
from tests.tui.supervisor.floor_states import FORECAST, QUARTERS, RULES, SCHEDULES, TODAY, WAITING


class RecordedCommands:
    """Answers every act with success, and remembers it."""

    def __init__(self, session: "FloorSession") -> None:
        self._session = session
        self.monitoring: Listening | None = None
        self.waits = WAITING
        self.contacts: dict[str, Interaction] = {}  # what a look at one contact shows
        self.entries: Sequence[AuditEntry] = (
            AuditEntry("e2", NOW - 60, "sam", "Sam Rivera", "listen", "a1", "new in the team"),
            AuditEntry(
                *("e1", NOW - 900, "grace", "Grace Hopkins", "move", "i7", "wrong queue", "refused: closed"),
                "Sales → Chat",
            ),
        )

    @property
    def standing(self) -> Standing:
        now = self.monitoring
        state = self._session.store.state
        return floor_verbs.standing(state, now.agent_id, now.mode) if now else floor_verbs.standing(state)

    async def monitor(self, agent_id: str, mode: Monitoring, why: str) -> CommandResult:
        self._session.calls.append(("monitor", agent_id, mode, why))
        self.monitoring = Listening("m1", agent_id, mode)
        return CommandResult(True, verbatim("You are listening."))

    async def end_monitor(self) -> CommandResult:
        self._session.calls.append(("end_monitor",))
        self.monitoring = None
        return CommandResult(True, verbatim("You stopped listening."))

    def audience(self, which: Audience) -> tuple[Agent, ...]:
        state = self._session.store.state
        return audience(state.agents.values(), state.me, which)

    async def waiting(self, queue: str) -> Looked[Any]:
        return Looked(self.waits if queue == "Billing" else ())

    async def interaction(self, contact_id: str) -> Looked[Any]:
        known = self.contacts.get(contact_id)
        return Looked(known, verbatim("" if known else "The contact could not be loaded."))

    async def audit(self) -> Looked[Any]:
        return Looked(self.entries)

    def __getattr__(self, method: str) -> Any:
        async def act(*args: Any) -> CommandResult:
            self._session.calls.append((method, *args))
            return CommandResult(True, verbatim(f"Done: {method.replace('_', ' ')}."))

        return act


class RecordedSupervisor:
    """Stands where the supervisor's desk stands."""

    def __init__(self, session: "FloorSession") -> None:
        self._session = session
        self.acts = RecordedCommands(session)
        self.history = self.habits = self.staffing = self.schedules = self
        self.alerts = SimpleNamespace(
            schedules={one.agent_id: one for one in SCHEDULES}, fits=FITS, blind={}, settings=RULES
        )
        self.days = CentreDays("UTC")
        self.kept: dict[str, str] = {}
        self.reasons: tuple[str, ...] = ()

    async def flush(self) -> None:
        """Nothing to save."""

    def offers(self, capability: Capability) -> bool:
        return capability.value in self._session.store.state.capabilities.get("contact_center", frozenset())

    # history and schedules

    def last_days(self, count: int) -> tuple[float, float]:
        return (NOW - 50_000.0, NOW + 30_000.0)

    def today(self) -> date:
        return date(2026, 11, 17)

    async def intervals(self, query: Any) -> Answer[Any]:
        if query.width == QUARTER:
            names = query.queues if query.by_queue else ("",)
            return Answer(tuple(one for one in QUARTERS if one.queue in names), NOW)
        return Answer(TODAY if query.queues == ("Billing",) else (), NOW)

    async def what_if(self, queue: str, formula: Formula) -> WhatIf:
        if queue != "Billing":
            return WhatIf(queue, formula.id, 1_800.0, 4, None, why_not=verbatim("Only 4 came in 30 min."))
        now, more = Step(0, 9, 0.62, 0.55, 0.7, 31.0, 0.9, 0.08), Step(1, 10, 0.79, 0.72, 0.85, 14.0, 0.84, 0.04)
        fewer = Step(-1, 8, 0.41, 0.3, 0.5, 70.0, 0.95, 0.15)
        return WhatIf(queue, formula.id, 1_800.0, 40, 0.62, now, (fewer, more), 320.0, None, 9)

    async def forecast(self, queues: Any, span: Any) -> Answer[Any]:
        return Answer(FORECAST if queues == ("Billing",) else None, NOW)

    async def day_of(self, agent_id: str) -> Looked[Any]:
        return Looked(())

    # habits

    async def load(self) -> None:
        """Nothing to load."""

    def word(self, name: str, default: str = "") -> str:
        return self.kept.get(name, default)

    async def keep(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def gave(self, reason: str) -> None:
        self.reasons = (reason, *self.reasons) if reason else self.reasons


class FloorSession(RecordedSession):
    """Stands where a supervisor's session stands."""

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self.supervisor = RecordedSupervisor(self)


def floor_desk(
    state: AppState,
    *,
    guide: bool = False,
    keymap: dict[str, str] | None = None,
    monotonic: Callable[[], float] | None = None,
) -> tuple[DesktopApp, FloorSession]:
    """An app showing `state`, with the clock stopped at `NOW`."""
    session = FloorSession(state)

    async def build() -> Any:
        return session

    return DesktopApp(build, guide=guide, clock=lambda: NOW, monotonic=monotonic or unhurried(), keymap=keymap), session
