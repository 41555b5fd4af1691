"""The routes of the past: `/v1/history`, for supervisors and about their own team."""

import math
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import FastAPI, Path, Query
from pydantic_core import to_json
from starlette.responses import Response

from mock_backends.acd.counters import ClosedInterval
from mock_backends.archive.archive import Archive
from mock_backends.archive.intervals import MOST_INTERVALS, WIDTHS
from mock_backends.archive.rows import IntervalAsked, Page, PastAsked, Scope, WeekAsked
from mock_backends.contacts.board import Board
from mock_backends.http.principals import Principal
from mock_backends.http.problem import forbidden, invalid, not_found
from mock_backends.http.service import Caller
from mock_backends.wire.history import Intervals, PastDetail, PastInteractions, Week

Moment = Annotated[float, Query(ge=0, le=1e11, description="seconds since the Unix epoch, server clock")]
Word = Annotated[str, Query(max_length=320)]
Words = Annotated[list[Annotated[str, Query(max_length=320)]], Query(max_length=1_000)]
Cursor = Annotated[str, Query(max_length=200)]
MOST_INTERVALS_EACH = 5_000
MOST_WORDS = 8


def add_history(
    app: FastAPI, board: Callable[[], Board], archive: Archive, running: Callable[[], Sequence[ClosedInterval]]
) -> None:
    """Add the routes; `board` is the one there is now, `running` are the intervals that are not over yet."""

    def scope_of(caller: Principal) -> Scope:
        if not caller.supervises:
            raise forbidden("Only a supervisor may look into the past.")
        team = [agent.id for agent in board().agents.values() if agent.team == caller.team]
        return Scope(tuple(board().queues_of(caller)), tuple(team))

    @app.get(
        "/v1/history/intervals",
        operation_id="history_intervals",
        summary="Counts by interval, of the own team's queues",
        response_model=Intervals,
    )
    async def intervals(
        caller: Caller,
        since: Moment,
        until: Moment,
        width: Annotated[
            float, Query(description="900, 1800, 3600, 86400 (days) or 604800 (weeks from Monday)")
        ] = 1_800,
        queue: Words = [],  # noqa: B006 - FastAPI copies it
        channel: Words = [],  # noqa: B006
        by_queue: bool = False,
        cursor: Cursor = "",
        limit: Annotated[int, Query(ge=1, le=MOST_INTERVALS_EACH)] = 1_000,
    ) -> Response:
        scope = scope_of(caller)
        _check_period(since, until)
        if width not in WIDTHS:
            raise invalid(f"The width is one of {', '.join(f'{one:g}' for one in WIDTHS)} seconds.")
        lines = max(len(scope.queues), 1) if by_queue else 1
        if math.ceil((until - since) / width) * lines > MOST_INTERVALS:
            raise invalid(f"That would be more than {MOST_INTERVALS:,} intervals.")
        asked = IntervalAsked(since, until, width, tuple(queue), tuple(channel), by_queue, cursor, limit)
        return _page("intervals", await archive.intervals(scope, asked, running()))

    @app.get(
        "/v1/history/week",
        operation_id="history_week",
        summary="Counts by half hour of the week, of the own team's queues",
        response_model=Week,
    )
    async def week(
        caller: Caller,
        since: Moment,
        until: Moment,
        queue: Words = [],  # noqa: B006
        channel: Words = [],  # noqa: B006
    ) -> Response:
        scope = scope_of(caller)
        _check_period(since, until)
        asked = WeekAsked(since, until, tuple(queue), tuple(channel))
        return _json({"cells": await archive.week(scope, asked, running())})

    @app.get(
        "/v1/history/interactions",
        operation_id="history_interactions",
        summary="Finished interactions of the own team, newest first",
        response_model=PastInteractions,
    )
    async def interactions(
        caller: Caller,
        since: Moment,
        until: Moment,
        queue: Words = [],  # noqa: B006
        channel: Words = [],  # noqa: B006
        agent: Words = [],  # noqa: B006
        outcome: Words = [],  # noqa: B006
        code: Words = [],  # noqa: B006
        customer: Word = "",
        longer_than: Annotated[float | None, Query(ge=0, le=1e9, description="waited at least so many seconds")] = None,
        text: Annotated[str, Query(max_length=300, description="words, each of which is in it")] = "",
        cursor: Cursor = "",
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    ) -> Response:
        scope = scope_of(caller)
        _check_period(since, until)
        asked = PastAsked(
            since,
            until,
            tuple(queue),
            tuple(channel),
            tuple(agent),
            tuple(outcome),
            tuple(code),
            customer,
            longer_than,
            cursor,
            limit,
            tuple(dict.fromkeys(text.split()))[:MOST_WORDS],
        )
        return _page("interactions", await archive.interactions(scope, asked))

    @app.get(
        "/v1/history/interactions/{interaction_id}",
        operation_id="history_interaction",
        summary="One finished interaction with what happened in it",
        response_model=PastDetail,
    )
    async def interaction(caller: Caller, interaction_id: Annotated[str, Path(max_length=100)]) -> Response:
        found = await archive.interaction(scope_of(caller), interaction_id)
        if found is None:
            raise not_found("There is no such interaction in the past of your team.")
        return _json(found)


def _check_period(since: float, until: float) -> None:
    if not since <= until:
        raise invalid("The period is upside down.")


def _page(name: str, page: Page) -> Response:
    return _json({name: page.rows, "cursor": page.cursor})


def _json(body: object) -> Response:
    # The rows are what the models say, which a test checks; to validate thousands of them would hold up every call.
    return Response(to_json(body), media_type="application/json")
