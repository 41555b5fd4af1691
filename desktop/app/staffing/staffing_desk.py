"""How many agents are needed: beside the live queue, for the rest of the day, for the coming week."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from desktop.app.history.history_desk import HistoryDesk
from desktop.app.history.query_cache import Answer
from desktop.app.staffing.demand_forecast import USUAL, WIDTH, DemandForecast, Plan, Span, outlook, requirements
from desktop.app.staffing.recent_counts import RecentCounts
from desktop.app.store import Store
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import IntervalQuery
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.count_sums import between, total
from desktop.domain.figures.service_level import DEFAULT_FORMULA, Formula
from desktop.domain.staffing.forecast import WEEKS
from desktop.domain.staffing.pool import pool_of
from desktop.domain.staffing.shared_time import one_line, shared_time
from desktop.domain.staffing.staffing import Concurrency, Requirement
from desktop.domain.staffing.staffing_error import StaffingError
from desktop.domain.staffing.what_if import SHORTEST_WINDOW, WhatIf, what_if

QUARTER = 900.0
LOOKED_BACK = 2 * QUARTER


class StaffingDesk:
    """Reads history over the history's desk; nothing here raises because something cannot be had."""

    def __init__(self, store: Store, history: HistoryDesk) -> None:
        self._store = store
        self._history = history
        self._recent = RecentCounts()
        self._spoke: tuple[str, str] | None = None  # of which queue, by which formula, something could be said last
        store.listeners.append(self._recent.note)

    @property
    def queues(self) -> list[str]:
        """The names of the queues that the contact centre shows."""
        return sorted(self._store.state.queues)

    async def what_if(self, queue: str, formula: Formula = DEFAULT_FORMULA) -> WhatIf:
        """One agent more or fewer, by the queue's last half hour: as it was seen here, else as the centre kept it.

        Where the agents are no one line of equal servers, it goes by what they were seen to do.
        """
        state = self._store.state
        pool = pool_of(queue, state.agents.values())
        today = {name: one.counts for name, one in state.queues.items() if one.counts is not None}
        recent = self._recent.since_then(state)
        seen = recent.get(queue)
        day = today.get(queue)
        if day is not None and day.until - day.since < LOOKED_BACK + QUARTER:
            recent = today  # the centre has counted for no longer, or midnight was just now
        elif seen is None or seen.until - seen.since < SHORTEST_WINDOW:
            recent = await self._kept(tuple(sorted(pool.queues))) or recent
        shared = None
        if queue in recent and not one_line(pool, state.agents.values(), _at_work(state.queues.get(queue))):
            shared = shared_time(queue, state.agents.values(), recent[queue])
        spoke = self._spoke == (queue, formula.id)
        found = await asyncio.to_thread(what_if, queue, pool, recent, today, formula, shared=shared, spoke=spoke)
        self._spoke = (queue, formula.id) if found.steps else None
        return found

    async def forecast(self, queues: Sequence[str], span: Span) -> Answer[DemandForecast]:
        """What is expected of these queues together; a problem where there is too little history."""
        history = self._history
        now, today, days = history.now(), history.today(), history.days
        since, until = days.period(today - timedelta(days=7 * WEEKS), today + timedelta(days=1))
        answer = await history.intervals(IntervalQuery(since, until, WIDTH, tuple(queues)))
        if answer.value is None:
            return Answer(None, None, answer.problem, answer.error, answer.later)
        known = [self._store.state.queues.get(name) for name in queues or self._store.state.queues]
        counted = max((one.counts.since for one in known if one is not None and one.counts is not None), default=since)
        try:
            made = await asyncio.to_thread(outlook, tuple(queues), span, answer.value, days, since, counted, now)
        except StaffingError as error:
            return Answer(None, answer.at, error.sentence)
        return Answer(made, answer.at, answer.problem, answer.error)

    async def requirements(self, found: DemandForecast, plan: Plan) -> tuple[Requirement | None, ...]:
        """Agents for each interval of an outlook; None where no handle time is known."""
        return await asyncio.to_thread(requirements, found, plan)

    def plan_for(self, queues: Sequence[str]) -> Plan:
        """80 % within the threshold that the queues agree on (else 20 s), and as many at once as their agents take."""
        state = self._store.state
        known = [state.queues[name].counts for name in queues or state.queues if name in state.queues]
        thresholds = {counts.threshold for counts in known if counts is not None}
        threshold = thresholds.pop() if len(thresholds) == 1 else None
        slots = {pool_of(name, state.agents.values()).slots for name in queues}
        several = slots.pop() if len(slots) == 1 else None
        target = USUAL if threshold is None else replace(USUAL, threshold=threshold)
        return Plan(target, concurrency=Concurrency(several or 1))

    async def _kept(self, queues: tuple[str, ...]) -> Mapping[str, Counts]:
        """The last 30 to 45 minutes as the contact centre kept them."""
        now = self._history.now()
        since = now - now % QUARTER - LOOKED_BACK
        query = IntervalQuery(since, since + LOOKED_BACK + QUARTER, QUARTER, queues, by_queue=True)
        answer = await self._history.intervals(query)
        if answer.value is None or answer.at is None:
            return {}
        found: dict[str, Counts] = {}
        for name in queues:
            kept = total([one.counts for one in answer.value if one.queue == name])
            queue = self._store.state.queues.get(name)
            if kept is None and queue is not None and queue.counts is not None:
                kept = between(queue.counts, queue.counts)  # intervals without anything in them are left out
            if kept is not None:
                found[name] = replace(kept, since=since, until=answer.at)
        return found


def _at_work(queue: QueueStats | None) -> int | None:
    """How many agents work for a queue by the contact centre's word."""
    if queue is None or queue.agents_available is None or queue.agents_busy is None:
        return None
    return queue.agents_available + queue.agents_busy
