"""Looks once a second whether something wants a supervisor, and says so when that changes."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from desktop.app.store import Store
from desktop.app.supervision.schedules import FloorSchedules
from desktop.app.timing import Timing
from desktop.domain.entities.floor import Schedule
from desktop.domain.news.notices import ALERT_ENDED
from desktop.domain.select.centres import offered_at
from desktop.domain.state.own_events import AlertsChanged
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability

if TYPE_CHECKING:
    from desktop.domain.alerts.engine import AlertEngine
    from desktop.domain.alerts.rules import AlertSettings
    from desktop.domain.entities.alert import Alert
    from desktop.domain.figures.adherence import Fits

log = logging.getLogger(__name__)

ADHERENCE = "agent_out_of_adherence"
EVERY = 1.0
SCHEDULES_EVERY = 300.0
SCHEDULES_AGAIN = 30.0
"""Seconds between two questions for the day's schedules, and after one that had no answer."""


class AlertWatch:
    """Alerts by the rules of the profile, while the contact centre says that this principal is a supervisor.

    They stand in the state (`AppState.alerts`), with whether their rules want the bell. `schedules` are those of the
    day by agent, None while they are not known. `read_settings` is called once, aside from the loop, and may read
    files; None: there are no rules. `settings` is what it answered.
    """

    def __init__(
        self,
        store: Store,
        timing: Timing,
        is_open: Callable[[], bool],
        schedules: FloorSchedules,
    ) -> None:
        self.schedules: Mapping[str, Schedule] | None = None
        self.read_settings: Callable[[], AlertSettings] | None = None
        self.settings: AlertSettings | None = None
        self._store = store
        self._timing = timing
        self._is_open = is_open
        self._ask = schedules
        self._engine: AlertEngine | None = None
        self._ended: list[Alert] = []  # of this round

    @property
    def blind(self) -> Mapping[str, int]:
        """By the name of a rule, at how many subjects nobody knows its figure.

        Where the contact centre has no schedules, rules about them are left out: they are about nothing.
        """
        if self._engine is None or self.settings is None:
            return {}
        idle = {one.name for one in self.settings.rules if one.watch.id == ADHERENCE and self.schedules is None}
        return {name: count for name, count in self._engine.blind.items() if name not in idle}

    @property
    def fits(self) -> "Fits":
        """What an agent may be seen doing during an activity of their schedule, as the profile says."""
        if self.settings is not None:
            return self.settings.fits
        from desktop.domain.figures.adherence import FITS

        return FITS

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.gather(self._watch(), self._keep_schedules())

    async def _watch(self) -> None:
        part = 0
        while True:
            if not self._is_open():
                self._stop()
                await self._timing.sleep(EVERY)
                continue
            from desktop.domain.alerts.engine import PARTS, AlertEngine

            if self._engine is None:
                settings = await self._settings()
                self._engine = AlertEngine(settings.rules, fits=settings.fits, max_age=settings.max_age)
            await self._timing.sleep(EVERY / PARTS)
            await self._store.give_way()
            if self._is_open():
                self._look(self._engine, part)
                part = (part + 1) % PARTS

    def _look(self, engine: "AlertEngine", part: int) -> None:
        """Look at one part of the floor; all of them have their turn within a second."""
        try:
            changed = engine.look(self._store.state, self.schedules, self._store.now(), part)
        except Exception:
            log.exception("the alerts could not be looked at")
            return
        if changed:
            self._ended += _ended(self._store.state.alerts, engine.alerts)
            self._store.publish(AlertsChanged(dict(engine.alerts)))
        if part == 0:
            self._tell_of_ends()

    def _tell_of_ends(self) -> None:
        """Say once a round what is over, in one notice."""
        ended, self._ended = self._ended, []
        if len(ended) == 1:
            self._store.notice(Sentence("alert.ended", alert=ended[0].text), subject=ALERT_ENDED)
        elif ended:
            first, second, *more = (one.text for one in ended)
            kind = "alert.several_ended" if more else "alert.two_ended"
            told = Sentence(kind, first=first, second=second, all=len(ended), n=len(more))
            self._store.notice(told, subject=ALERT_ENDED)

    async def _settings(self) -> "AlertSettings":
        if self.settings is None:
            from desktop.domain.alerts.rules import AlertSettings

            read = self.read_settings
            try:
                self.settings = AlertSettings() if read is None else await asyncio.to_thread(read)
            except Exception:
                log.exception("the rules for alerts could not be read")
                self.settings = AlertSettings(problems=(Sentence("alert.rules_unreadable"),))
            for problem in self.settings.problems[:3]:
                self._store.notice(problem, "warning")
        return self.settings

    def _stop(self) -> None:
        """Nobody who may see them is signed in (any more)."""
        self._engine = self.schedules = None
        self._ended = []
        if self._store.state.alerts:
            self._store.publish(AlertsChanged({}))

    async def _keep_schedules(self) -> None:
        """Ask for the day's schedules from time to time; old ones stay when there is no answer."""
        while True:
            offered = offered_at(self._store.state)
            if not self._is_open() or Capability.SCHEDULE.value not in offered:
                await self._timing.sleep(EVERY)
                continue
            found = await self._ask.of_team()
            if found.value is not None:
                self.schedules = found.value
            await self._timing.sleep(SCHEDULES_EVERY if found.ok else SCHEDULES_AGAIN)


def _ended(before: "Mapping[str, Alert]", after: "Mapping[str, Alert]") -> "list[Alert]":
    """The alerts that stood and stand no more; one that was only foreseen and did not come is none of them."""
    return [
        alert
        for key, alert in before.items()
        if alert.over_at is None
        and alert.forecast is None
        and ((now := after.get(key)) is None or now.over_at is not None)
    ]
