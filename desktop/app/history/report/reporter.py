"""Asks of the past what a report needs, and makes it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.report.files import ReportError, csv_text, json_text, parquet_bytes
from desktop.app.history.report.report import Report
from desktop.app.history.report.table import Table, interaction_table, interval_table, local_time
from desktop.app.history.week_map import week_map
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import (
    DAY,
    Interval,
    IntervalQuery,
    PastInteraction,
    PastPage,
    PastQuery,
    WeekCell,
    WeekQuery,
)
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.count_sums import total
from desktop.domain.figures.service_level import Formula
from desktop.domain.text.sentence import Sentence

MOST_INTERACTIONS = 100_000


@dataclass(frozen=True, slots=True)
class Made:
    """A finished report: its bytes, how many rows it has, and whether there would be more."""

    content: bytes
    rows: int
    more: bool = False


class Reporter:
    """Makes reports out of what `intervals`, `week` and `interactions` answer, which are those of `ports.past`."""

    def __init__(
        self,
        intervals: Callable[[IntervalQuery], Awaitable[Sequence[Interval]]],
        week: Callable[[WeekQuery], Awaitable[Sequence[WeekCell]]],
        interactions: Callable[[PastQuery], Awaitable[PastPage]],
        days: CentreDays,
        now: Instant,
    ) -> None:
        """`now` is the server's time."""
        self._ask_intervals = intervals
        self._ask_week = week
        self._ask_interactions = interactions
        self._days = days
        self._now = now

    async def intervals(
        self, query: IntervalQuery, form: str, formula: Formula, draw: Callable[[Report], str], title: str = ""
    ) -> Made:
        """Counts by interval.

        Args:
            form: one of `files.FORMS`.
            draw: makes a page for people of a report, as `form` html asks for.
            title: what that page is headed by.
        """
        found = await self._ask_intervals(query)
        if form == "html":
            report = await self._report(query, found, formula, title)
            return Made((await asyncio.to_thread(draw, report)).encode(), len(found))
        table = await asyncio.to_thread(interval_table, found, self._days, formula)
        about = self._about(query.since, query.until) | {"width": query.width, "formula": formula.id}
        return Made(await asyncio.to_thread(_bytes, table, form, "intervals", about), len(found))

    async def interactions(self, query: PastQuery, form: str, most: int = MOST_INTERACTIONS) -> Made:
        """Finished interactions, newest first, at most so many.

        Raises:
            ReportError: `form` is html, which is made of intervals only.
        """
        if form == "html":
            raise ReportError(Sentence("report.only_intervals"))
        found: list[PastInteraction] = []
        cursor = query.cursor
        while len(found) < most:
            told = await self._ask_interactions(
                replace(query, cursor=cursor, limit=min(1_000, max(most - len(found), 1)))
            )
            found += told.interactions
            cursor = told.cursor
            if not cursor:
                break
        table = await asyncio.to_thread(interaction_table, found[:most], self._days)
        about = self._about(query.since, query.until) | {"more": bool(cursor)}
        made = await asyncio.to_thread(_bytes, table, form, "interactions", about)
        return Made(made, len(table.rows), bool(cursor))

    def _about(self, since: Instant, until: Instant) -> dict[str, object]:
        moments = {"since": since, "until": until, "as_of": self._now}
        local = {f"{name}_local": local_time(at, self._days) for name, at in moments.items()}
        return {"zone": self._days.zone, **moments, **local}

    def _coarse(self, query: IntervalQuery) -> float:
        """The widest intervals up to a day that have the same sum."""
        edges = (query.since, query.until)
        whole_days = all(self._days.midnight(self._days.day(at)) == at for at in edges)
        return DAY if whole_days and query.width < DAY else query.width

    async def _report(self, query: IntervalQuery, found: Sequence[Interval], formula: Formula, title: str) -> Report:
        each = await self._ask_intervals(replace(query, width=self._coarse(query), by_queue=True))
        cells = await self._ask_week(WeekQuery(query.since, query.until, query.queues, query.channels))
        whole = found if not query.by_queue else await self._ask_intervals(replace(query, by_queue=False))
        return Report(
            title=title,
            since=query.since,
            until=query.until,
            width=query.width,
            as_of=self._now,
            formula=formula,
            days=self._days,
            intervals=whole,
            queues=_by_queue(each),
            week=week_map(cells, self._days, query.since, query.until),
            narrowed=" · ".join(part for part in (", ".join(query.queues), ", ".join(query.channels)) if part),
        )


def _by_queue(intervals: Sequence[Interval]) -> list[tuple[str, Counts]]:
    parts: dict[str, list[Counts]] = {}
    for one in intervals:
        parts.setdefault(one.queue, []).append(one.counts)
    sums = [(queue, total(several, by_own_threshold=True)) for queue, several in parts.items()]
    known = [(queue, counts) for queue, counts in sums if counts is not None]
    return sorted(known, key=lambda one: (-(one[1].offered or 0), one[0]))


def _bytes(table: Table, form: str, name: str, about: dict[str, object]) -> bytes:
    if form == "parquet":
        return parquet_bytes(table)
    return (csv_text(table) if form == "csv" else json_text(table, name, about)).encode()
