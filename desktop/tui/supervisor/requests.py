"""What is asked of the contact centre because it is looked at: who waits, the day of a queue, schedules."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from desktop.domain.alerts.thresholds import NO_THRESHOLDS, Thresholds
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import Schedule
from desktop.domain.entities.history import IntervalQuery
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import Health
from desktop.domain.figures.service_level import Formula
from desktop.domain.select.centres import best_heard
from desktop.domain.text.sentence import NOTHING, Sentence, worded
from desktop.ports.base import Capability
from desktop.tui.supervisor.floor_view import ALL_QUEUES, HALF_HOUR, QUARTER, QUARTERS, FloorView, LookedUp

if TYPE_CHECKING:
    from desktop.app.supervision.supervisor_desk import SupervisorDesk

WAITING_SECONDS: Final = 2.0
THREAD_SECONDS: Final = 2.0
TODAY_SECONDS: Final = 60.0
WHAT_IF_SECONDS: Final = 10.0
QUARTERS_SECONDS: Final = 60.0
FORECAST_SECONDS: Final = 900.0
RESTED_SECONDS: Final = 2.0
"""How long a queue is looked at before its forecast is made, for which weeks of history are read."""
Look = Callable[[], Awaitable[tuple[Any, Sentence, Instant | None]]]
"""Answers a value, why there is none, and when the value was asked for, where that may be longer ago."""


class FloorRequests:
    """Asks anew when something else is looked at or an answer is old; one question of a kind is on its way at most."""

    def __init__(
        self,
        desk: "SupervisorDesk",
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        redraw: Callable[[], None],
        give_way: Callable[[], Awaitable[None]],
    ) -> None:
        """`redraw` is called when an answer is there, after `give_way` (see `Store`)."""
        self._desk = desk
        self._spawn = spawn
        self._redraw = redraw
        self._give_way = give_way
        self._answers: dict[str, LookedUp[Any]] = {}
        self._tried: dict[str, tuple[str, float]] = {}
        self._backend_calls: set[str] = set()
        self._quartered: dict[str, float] = {}
        """When the trend of a queue was asked for."""
        self._looked_at = ("", 0.0)
        """The queue whose details are in sight, and since when."""
        self._thresholds: tuple[object, Thresholds] = (None, NO_THRESHOLDS)

    def look(self, view: FloorView) -> FloorView:
        """The view with what is known, after having asked for what is not or is old."""
        schedules: Mapping[str, Schedule] = self._desk.alerts.schedules or {}
        return replace(
            view,
            waiting=self._known("waiting"),
            today=self._known("today"),
            day=self._known("day"),
            thread=self._known("thread"),
            what_if=self._known("what_if"),
            schedules=schedules,
            fits=self._desk.alerts.fits,
            blind=self._desk.alerts.blind,
            thresholds=self._by_rules(),
            quarters=self._known("quarters").value or {},
            forecast=self._known("forecast"),
            days=self._desk.history.days,
        )

    def ask(self, view: FloorView, *, details: bool) -> None:
        """Ask what there is to ask; `details` says whether the details are in sight."""
        health = best_heard(view.state)
        if health is None or health.health is not Health.LIVE:
            return
        desk = self._desk
        if desk.offers(Capability.HISTORY):
            self._want_quarters(view)
        reading = view.reading
        if reading:
            self._want("thread", reading, view.now, THREAD_SECONDS, lambda: self._thread(reading))
        queue = view.queue if view.about == "queue" else ""
        if queue and desk.offers(Capability.SUPERVISE):  # also without details: they can be acted on from their row
            self._want("waiting", queue, view.now, WAITING_SECONDS, lambda: self._waiting(queue))
        if not details:
            return
        if queue:
            if desk.offers(Capability.HISTORY):
                self._want("today", queue, view.now, TODAY_SECONDS, lambda: self._today(queue))
                if self._rested(queue, view.now):
                    self._want("forecast", queue, view.now, FORECAST_SECONDS, lambda: self._forecast(queue))
            of = f"{queue}|{view.formula.id}"
            self._want("what_if", of, view.now, WHAT_IF_SECONDS, lambda: self._what_if(queue, view.formula))
        elif view.about == "agent" and view.agent in view.state.agents and desk.offers(Capability.SCHEDULE):
            agent = view.agent
            self._want("day", agent, view.now, TODAY_SECONDS, lambda: self._day(agent))

    def forget(self) -> None:
        """What is known of who waits may be otherwise by now, for something was done."""
        self._tried.pop("waiting", None)

    def _by_rules(self) -> Thresholds:
        """The thresholds of the rules, which are read once, a moment after the start."""
        settings = self._desk.alerts.settings
        if settings is not self._thresholds[0]:
            self._thresholds = (settings, NO_THRESHOLDS if settings is None else Thresholds(settings.rules))
        return self._thresholds[1]

    def _want_quarters(self, view: FloorView) -> None:
        """Ask for the trends on screen that are not known or old, in one question."""
        now, asked = view.now, self._quartered
        wanted = (ALL_QUEUES, *view.in_sight)
        due = [name for name in wanted if now - asked.get(name, float("-inf")) >= QUARTERS_SECONDS]
        if due:
            self._want("quarters", "\n".join(due), now, QUARTERS_SECONDS, lambda: self._quarters(due, now))

    def _rested(self, queue: str, now: float) -> bool:
        """Whether this queue has been looked at for a moment."""
        if self._looked_at[0] != queue:
            self._looked_at = (queue, now)
        return now - self._looked_at[1] >= RESTED_SECONDS

    def _known(self, kind: str) -> LookedUp[Any]:
        return self._answers.get(kind, _NOTHING)

    def _want(self, kind: str, of: str, now: float, every: float, put: Look) -> None:
        tried = self._tried.get(kind)
        if kind in self._backend_calls or (tried is not None and tried[0] == of and abs(now - tried[1]) < every):
            return
        self._tried[kind] = (of, now)
        self._backend_calls.add(kind)
        self._spawn(self._put(kind, of, now, put))

    async def _put(self, kind: str, of: str, now: float, put: Look) -> None:
        try:
            value, problem, asked_at = await put()
        finally:
            self._backend_calls.discard(kind)
        before = self._known(kind)
        if value is None and before.of == of:  # what was known keeps its age
            self._answers[kind] = replace(before, problem=problem)
        else:
            at = now if asked_at is None else asked_at
            self._answers[kind] = LookedUp(of, value, None if value is None else at, problem)
        self._redraw()

    async def _waiting(self, queue: str) -> tuple[Any, Sentence, None]:
        looked = await self._desk.acts.waiting(queue)
        return looked.value, looked.text, None

    async def _thread(self, contact_id: str) -> tuple[Any, Sentence, None]:
        looked = await self._desk.acts.interaction(contact_id)
        return looked.value, looked.text, None

    async def _day(self, agent: str) -> tuple[Any, Sentence, None]:
        looked = await self._desk.schedules.day_of(agent)
        return looked.value, looked.text, None

    async def _what_if(self, queue: str, formula: Formula) -> tuple[Any, Sentence, None]:
        return await self._desk.staffing.what_if(queue, formula), NOTHING, None

    async def _forecast(self, queue: str) -> tuple[Any, Sentence, Instant | None]:
        from desktop.app.staffing.demand_forecast import Span

        answer = await self._desk.staffing.forecast((queue,), Span.TODAY)
        return answer.value, worded(answer.problem), answer.at

    async def _today(self, queue: str) -> tuple[Any, Sentence, Instant | None]:
        history = self._desk.history
        since, until = history.last_days(1)
        answer = await history.intervals(IntervalQuery(since, until, HALF_HOUR, (queue,)))
        return answer.value, worded(answer.problem), answer.at

    async def _quarters(self, names: Sequence[str], now: float) -> tuple[Any, Sentence, None]:
        """The trends that are known, with these among them."""
        first = (now // QUARTER - QUARTERS + 1) * QUARTER
        self._quartered |= dict.fromkeys(names, now)
        found = dict(self._known("quarters").value or {})
        queues = tuple(name for name in names if name != ALL_QUEUES)
        several = [(queues, True)] if queues else []
        for of, by_queue in ([((), False)] if ALL_QUEUES in names else []) + several:
            query = IntervalQuery(first, first + QUARTERS * QUARTER, QUARTER, of, by_queue=by_queue)
            answer = await self._desk.history.intervals(query)
            if answer.value is None:
                return None, worded(answer.problem), None
            found |= dict.fromkeys(of or (ALL_QUEUES,), ())
            slots: dict[str, list[Counts | None]] = {}
            for one in answer.value:
                at = int((one.counts.since - first) // QUARTER)
                if 0 <= at < QUARTERS:
                    slots.setdefault(one.queue if by_queue else ALL_QUEUES, [None] * QUARTERS)[at] = one.counts
            found |= slots
        return found, NOTHING, None


_NOTHING: Final[LookedUp[Any]] = LookedUp()
