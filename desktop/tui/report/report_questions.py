"""What the report screen asks of a supervisor's desk."""

from dataclasses import dataclass
from typing import Any

from desktop.app.history.evidence import Evidence
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.history.query_cache import Answer
from desktop.app.staffing.demand_forecast import Plan, Span
from desktop.app.staffing.staffing_desk import StaffingDesk
from desktop.domain.entities.history import Interval, IntervalQuery, PastInteraction, PastQuery
from desktop.domain.entities.instant import Instant
from desktop.domain.select.past_search import PastSearch
from desktop.domain.staffing.staffing_error import StaffingError
from desktop.domain.text.sentence import Sentence
from desktop.tui.report.choice import Choice
from desktop.tui.report.forecast_chart import Foreseen, foreseen

PAGE = 200


@dataclass(frozen=True, slots=True)
class Contacts:
    """Finished contacts of a stretch of time, newest first, and where the next older ones are."""

    since: Instant
    until: Instant
    found: tuple[PastInteraction, ...]
    cursor: str


class ReportQuestions:
    """Turns what was chosen into questions."""

    def __init__(self, history: HistoryDesk, staffing: StaffingDesk) -> None:
        self._history = history
        self._staffing = staffing

    def query(self, choice: Choice) -> IntervalQuery:
        """The intervals of a choice."""
        since, until = choice.period.edges(self._history.days)
        return IntervalQuery(since, until, choice.width, choice.queues)

    async def intervals(self, choice: Choice, anew: bool) -> Answer[tuple[Interval, ...]]:
        """Counts by interval, all queues of the choice together."""
        return await self._history.intervals(self.query(choice), anew=anew)

    async def week(self, choice: Choice, anew: bool) -> Answer[Any]:
        """The map of the half hours of the period."""
        since, until = choice.period.edges(self._history.days)
        days = self._history.days
        return await self._history.week(days.day(since), days.day(until), queues=choice.queues, anew=anew)

    async def outlook(self, queues: tuple[str, ...], span: Span, plan: Plan | None) -> Answer[Foreseen]:
        """What is to come, with agents for it; None as a plan takes what queues and agents say."""
        answer = await self._staffing.forecast(queues, span)
        if answer.value is None:
            return Answer(None, answer.at, answer.problem, answer.error, answer.later)
        plan = plan or self._staffing.plan_for(queues)
        try:
            needed = await self._staffing.requirements(answer.value, plan)
        except StaffingError as error:
            return Answer(None, answer.at, Sentence("staffing.not_computed", why=error.sentence), "StaffingError")
        return Answer(foreseen(answer.value, plan, needed), answer.at, answer.problem, answer.error)

    def contacts_query(
        self, queues: tuple[str, ...], since: Instant, until: Instant, search: PastSearch, cursor: str = ""
    ) -> PastQuery:
        """The contacts of a stretch of time that fit what was searched for."""
        return PastQuery(
            since,
            until,
            search.queues or queues,
            search.channels,
            search.agents,
            search.outcomes,
            search.codes,
            search.customer,
            search.longer_than,
            cursor,
            PAGE,
            search.text,
        )

    async def contacts(
        self,
        queues: tuple[str, ...],
        since: Instant,
        until: Instant,
        search: PastSearch,
        before: Contacts | None,
        anew: bool,
    ) -> Answer[Contacts]:
        """A page of contacts, or the next one after those that are known."""
        if search.text and not self._history.searches:
            return Answer(None, None, Sentence("history.no_search"), "Unsupported")
        query = self.contacts_query(queues, since, until, search, before.cursor if before else "")
        answer = await self._history.interactions(query, anew=anew)
        page = answer.value
        known = before.found if before else ()
        if page is None or (answer.problem and not page.missing):
            return Answer(before, answer.at, answer.problem, answer.error, answer.later)
        found = Contacts(since, until, (*known, *page.interactions), page.cursor)
        return Answer(found, answer.at, answer.problem, answer.error)

    async def evidence(self, interaction_id: str) -> Answer[Evidence]:
        """One contact with everything that is known of it."""
        return await self._history.evidence(interaction_id)
