"""What a supervisor asks of the past. Every question has a deadline, and is on its way once however often it is put."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.app.commands.command_result import CONTACT_CENTER, CommandResult, absent, failed
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.contact_centers import left_out, whole_page
from desktop.app.connections.failures import explain, own_words
from desktop.app.history.centre_days import CentreDays
from desktop.app.history.evidence import Evidence, WrapUpReader
from desktop.app.history.query_cache import Answer, QueryCache
from desktop.app.history.week_map import WeekMap, week_map
from desktop.app.store import Store
from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastPage,
    PastQuery,
    WeekCell,
    WeekQuery,
)
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.service_level import Formula
from desktop.domain.select.centres import offered_at
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, RateLimited, Unavailable
from desktop.ports.supervision import refuse

if TYPE_CHECKING:
    from desktop.app.history.report.report import Report
    from desktop.app.history.report.reporter import Made, Reporter

T = TypeVar("T")
DEADLINE = 15.0
FRESH_SECONDS = 30.0
OVER_SECONDS = 600.0
"""How long an answer is good enough: one about a period that still goes on, and one about a period that is over."""
NOT_READ = Sentence("history.not_read")


class HistoryDesk:
    """Asks the contact centre of the past for the report screen. Nothing here raises because it cannot be had.

    Cancelling a call gives the question up, unless somebody else waits for the same one.
    """

    def __init__(
        self,
        store: Store,
        backend_calls: BackendCalls,
        contact_center: ContactCenter | None,
        crms: Mapping[str, Crm] | None = None,
    ) -> None:
        """`crms` by source are asked for what was written back after a contact."""
        self._store = store
        self._wrap_ups = WrapUpReader(
            crms or {}, backend_calls, lambda source: store.state.capabilities.get(source, frozenset())
        )
        self._backend_calls = backend_calls
        self._contact_center = contact_center
        self._questions = QueryCache(self.now, _words)
        self._days: CentreDays | None = None

    def now(self) -> Instant:
        """The server's time."""
        return self._store.now()

    @property
    def days(self) -> CentreDays:
        """The days of the centre's zone, UTC while it has not told which."""
        zone = self._store.state.zone
        if self._days is None or (zone and zone != self._days.zone):
            self._days = CentreDays(zone)
        return self._days

    def today(self) -> date:
        """The day that it is at the centre."""
        return self.days.day(self.now())

    def last_days(self, count: int) -> tuple[Instant, Instant]:
        """The period of the last `count` days of the centre, today among them."""
        today = self.today()
        return self.days.period(today - timedelta(days=count - 1), today + timedelta(days=1))

    async def intervals(self, query: IntervalQuery, *, anew: bool = False) -> Answer[tuple[Interval, ...]]:
        """Counts by interval, oldest first; see `ports.past`. `anew` asks even when a fresh answer is kept."""

        async def put(center: ContactCenter) -> tuple[Interval, ...]:
            return tuple(await center.intervals(query))

        return await self._ask(query, put, self._fresh(query.until, anew), len)

    async def week(
        self,
        first: date,
        until: date,
        *,
        queues: tuple[str, ...] = (),
        channels: tuple[str, ...] = (),
        anew: bool = False,
    ) -> Answer[WeekMap]:
        """The half hours of the week, added up over the days from `first` to the one before `until`."""
        since, end = self.days.period(first, until)
        query = WeekQuery(since, end, queues, channels)

        async def put(center: ContactCenter) -> tuple[WeekCell, ...]:
            return tuple(await center.week(query))

        found = await self._ask(query, put, self._fresh(end, anew), len)
        cells = None if found.value is None else week_map(found.value, self.days, since, end)
        return Answer(cells, found.at, found.problem, found.error, found.later)

    async def interactions(self, query: PastQuery, *, anew: bool = False) -> Answer[PastPage]:
        """A page of finished interactions, newest first; `query.cursor` of the page before asks for the next one.

        Where one of several contact centres did not answer, the page has those of the others, and the problem says so.
        """

        async def put(center: ContactCenter) -> PastPage:
            if query.text and not self.searches:  # an older plug-in would answer with everything
                raise refuse(Capability.HISTORY_SEARCH)
            return await center.past_interactions(query)

        answer = await self._ask(
            query,
            put,
            self._fresh(query.until, anew),
            lambda page: len(page.interactions),
            lambda page: not page.missing,
        )
        missing = answer.value.missing if answer.value is not None else ()
        return replace(answer, problem=left_out(missing), error=Unavailable.__name__) if missing else answer

    @property
    def searches(self) -> bool:
        """Whether finished interactions are found by words."""
        return Capability.HISTORY_SEARCH.value in offered_at(self._store.state)

    async def evidence(self, interaction_id: str) -> Answer[Evidence]:
        """One finished interaction with everything that is known of it: the contact centre's part, and the CRMs'."""
        found, (wrap_ups, problem) = await asyncio.gather(
            self.interaction(interaction_id), self._wrap_ups.of(interaction_id)
        )
        whole = None if found.value is None else Evidence(found.value, wrap_ups, problem)
        return Answer(whole, found.at, found.problem, found.error, found.later)

    async def interaction(self, interaction_id: str) -> Answer[PastDetail]:
        """One finished interaction with what happened in it."""

        async def put(center: ContactCenter) -> PastDetail:
            return await center.past_interaction(interaction_id)

        return await self._ask(
            ("interaction", interaction_id), put, OVER_SECONDS, lambda one: len(one.steps) + len(one.messages) + 1
        )

    async def export_intervals(
        self,
        query: IntervalQuery,
        path: Path,
        formula: Formula,
        draw: "Callable[[Report], str]",
        *,
        title: str = "",
        overwrite: bool = False,
    ) -> CommandResult:
        """Write a report of intervals in the form that the file's name asks for: .json, .csv, .parquet or .html.

        What is there already is not touched unless `overwrite` says so; `error` is then "exists".

        Args:
            draw: makes the HTML page of a report.
            title: what that page is headed by.
        """
        return await self._export(
            path, overwrite, lambda maker, form: maker.intervals(query, form, formula, draw, title)
        )

    async def export_interactions(self, query: PastQuery, path: Path, *, overwrite: bool = False) -> CommandResult:
        """The same of interactions, from the query's cursor on; there is no .html of them."""
        return await self._export(path, overwrite, lambda maker, form: maker.interactions(query, form))

    async def _export(
        self, path: Path, overwrite: bool, make: "Callable[[Reporter, str], Awaitable[Made]]"
    ) -> CommandResult:
        from desktop.app.history.report.files import FileIsThere, ReportError, form_of, save, target_of
        from desktop.app.history.report.reporter import Reporter

        center = self._contact_center
        try:
            if center is None:
                raise absent(self._backend_calls)
            target = await asyncio.to_thread(target_of, path, overwrite=overwrite)
            maker = Reporter(
                lambda query: self._through(lambda: center.intervals(query)),
                lambda query: self._through(lambda: center.week(query)),
                lambda query: self._through(lambda: whole_page(center, query)),
                self.days,
                self.now(),
            )
            made = await make(maker, form_of(target.name))
            await asyncio.to_thread(save, target, made.content, overwrite=overwrite)
        except BackendError as error:
            return failed(error, Sentence("report.not_written"))
        except FileIsThere as error:
            return CommandResult(False, error.sentence, "exists")
        except ReportError as error:
            return CommandResult(False, Sentence("report.not_written_because", why=error.sentence), "ReportError")
        told = "report.written_there_are_more" if made.more else "report.written"
        return CommandResult(True, Sentence(told, n=made.rows, file=str(target)))

    async def _through(self, call: Callable[[], Awaitable[T]]) -> T:
        return await self._backend_calls.ask(call, CONTACT_CENTER, seconds=DEADLINE, changing=False)

    def _fresh(self, until: Instant, anew: bool) -> float:
        if anew:
            return 0.0
        return OVER_SECONDS if until <= self.days.midnight(self.today()) else FRESH_SECONDS

    async def _ask(
        self,
        question: Hashable,
        put: Callable[[ContactCenter], Awaitable[T]],
        fresh: float,
        size: Callable[[T], int],
        whole: Callable[[T], bool] = lambda _: True,
    ) -> Answer[T]:
        center = self._contact_center

        async def through() -> T:
            if center is None:
                raise absent(self._backend_calls)
            return await self._through(lambda: put(center))

        return await self._questions.ask(question, through, fresh=fresh, size=size, whole=whole)


def _words(error: BackendError) -> Sentence:
    if isinstance(error, RateLimited):  # nothing is wrong, and whoever asked asks again
        return own_words(error)
    return explain(error, NOT_READ, source=CONTACT_CENTER).text
