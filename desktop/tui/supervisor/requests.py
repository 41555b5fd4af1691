"""What is asked of the contact centre because it is looked at: who waits, the day of a queue, schedules."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from desktop.domain.entities.floor import Schedule
from desktop.domain.entities.history import IntervalQuery
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import Health
from desktop.domain.figures.service_level import Formula
from desktop.domain.text.sentence import NOTHING, Sentence, worded
from desktop.ports.base import Capability
from desktop.tui.supervisor.floor_view import CENTER, HALF_HOUR, FloorView, LookedUp

if TYPE_CHECKING:
    from desktop.app.supervision.supervisor_desk import SupervisorDesk

WAITING_SECONDS: Final = 2.0
TODAY_SECONDS: Final = 60.0
WHAT_IF_SECONDS: Final = 10.0
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

    def look(self, view: FloorView) -> FloorView:
        """The view with what is known, after having asked for what is not or is old."""
        schedules: Mapping[str, Schedule] = self._desk.alerts.schedules or {}
        return replace(
            view,
            waiting=self._known("waiting"),
            today=self._known("today"),
            day=self._known("day"),
            what_if=self._known("what_if"),
            schedules=schedules,
            fits=self._desk.alerts.fits,
            blind=self._desk.alerts.blind,
        )

    def ask(self, view: FloorView, *, details: bool) -> None:
        """Ask what there is to ask; `details` says whether the details are in sight."""
        health = view.state.health.get(CENTER)
        if health is None or health.health is not Health.LIVE:
            return
        desk = self._desk
        if not details:
            return
        if view.about == "queue" and view.queue:
            queue = view.queue
            if desk.offers(Capability.SUPERVISE):
                self._want("waiting", queue, view.now, WAITING_SECONDS, lambda: self._waiting(queue))
            if desk.offers(Capability.HISTORY):
                self._want("today", queue, view.now, TODAY_SECONDS, lambda: self._today(queue))
            of = f"{queue}|{view.formula.id}"
            self._want("what_if", of, view.now, WHAT_IF_SECONDS, lambda: self._what_if(queue, view.formula))
        elif view.about == "agent" and view.agent in view.state.agents and desk.offers(Capability.SCHEDULE):
            agent = view.agent
            self._want("day", agent, view.now, TODAY_SECONDS, lambda: self._day(agent))

    def forget(self) -> None:
        """What is known of who waits may be otherwise by now, for something was done."""
        self._tried.pop("waiting", None)

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

    async def _day(self, agent: str) -> tuple[Any, Sentence, None]:
        looked = await self._desk.schedules.day_of(agent)
        return looked.value, looked.text, None

    async def _what_if(self, queue: str, formula: Formula) -> tuple[Any, Sentence, None]:
        return await self._desk.staffing.what_if(queue, formula), NOTHING, None

    async def _today(self, queue: str) -> tuple[Any, Sentence, Instant | None]:
        history = self._desk.history
        since, until = history.last_days(1)
        answer = await history.intervals(IntervalQuery(since, until, HALF_HOUR, (queue,)))
        return answer.value, worded(answer.problem), answer.at


_NOTHING: Final[LookedUp[Any]] = LookedUp()
