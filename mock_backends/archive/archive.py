"""The contact centre's memory: finished interactions and closed intervals, for as long as the history goes back.

DuckDB works on threads of its own and is opened when the first question is asked: nobody waits for it at the start,
and what comes in meanwhile is kept in order. `schema.py` says why it is DuckDB.
"""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from mock_backends.acd.counters import ClosedInterval
from mock_backends.acd.midnights import Midnights
from mock_backends.archive import evidence
from mock_backends.archive import intervals as archive_intervals
from mock_backends.archive import questions as archive_questions
from mock_backends.archive.intake import Intake
from mock_backends.archive.names import ArchiveNames
from mock_backends.archive.rows import Finished, IntervalAsked, Page, PastAsked, PastCompany, Scope, WeekAsked
from mock_backends.archive.schema import LATER, SCHEMA
from mock_backends.http.problem import Problem

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
LONGEST = 10.0  # real seconds for one question
SOON_MADE = 400_000  # interactions; a past of so many is waited for
NOT_SO_SOON = 1.0  # real seconds for which a question waits while a greater one is being made up
MEMORY = "1GB"
THREADS = 2
WAITING = 2_000  # rows that wait in memory before they are written


class Archive:
    """One for a contact centre. Its public methods are called on the loop; `close` ends its threads."""

    def __init__(
        self,
        company: Callable[[], PastCompany],
        *,
        seed: int,
        now: Callable[[], float],
        days: int,
        interactions: int,
        path: Path | None = None,
    ) -> None:
        """Nothing is opened yet.

        :param company: asked once, when the archive is opened.
        :param now: epoch seconds; the made-up past ends at the midnight before the present.
        :param days: how many days of it there are; 0 for none.
        :param interactions: about how many interactions.
        :param path: where it is kept; None: a file that goes with the process.
        """
        self._company = company
        self._seed, self._days, self._interactions = seed, days, interactions
        self._now, self._begun = now, now()
        self._path = path
        self._folder: Path | None = None
        self._db: duckdb.DuckDBPyConnection | None = None
        self._names = ArchiveNames()
        self._zone = ""
        self._made = 0  # the highest number of those made up
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, "archive")
        self._intake = Intake()
        self._busy: duckdb.DuckDBPyConnection | None = None  # while it is being opened
        self._opening: Future[duckdb.DuckDBPyConnection] | None = None
        self._closing = False
        self._made_up = 0.0  # the share of the past that there is while it is being made up

    # -- what comes in

    def finished(self, interaction: Finished) -> None:
        """An interaction is over."""
        self._intake.finished.append(interaction)
        self._write_soon()

    def counted(self, interval: ClosedInterval) -> None:
        """A quarter of an hour of a queue is over."""
        self._intake.counted.append(interval)
        self._write_soon()

    def _write_soon(self) -> None:
        if len(self._intake) == WAITING:
            self._threads.submit(self._opened)

    def forget(self) -> None:
        """Drop what came in; the made-up past stays."""
        self._intake.clear()

        def drop() -> None:
            with self._lock:
                if self._db is not None:
                    self._intake.drop(self._db, self._made)

        self._threads.submit(drop)

    # -- what is asked

    async def intervals(self, scope: Scope, asked: IntervalAsked, running: Sequence[ClosedInterval] = ()) -> Page:
        """One page of intervals, oldest first. `running` are the quarters of an hour that are not over yet.

        :raises Problem: 422 for a cursor that is none, 503 when it takes too long or the past is not made up yet.
        """
        now = self._now()

        def look(db: "duckdb.DuckDBPyConnection") -> Page:
            self._begin_running(db, running)
            return archive_intervals.intervals(db, self._names, self._zone, now, scope, asked)

        return await self._ask(look)

    async def week(
        self, scope: Scope, asked: WeekAsked, running: Sequence[ClosedInterval] = ()
    ) -> list[dict[str, object]]:
        """The half hours of the week; `running` and what is raised as of `intervals`."""
        now = self._now()

        def look(db: "duckdb.DuckDBPyConnection") -> list[dict[str, object]]:
            self._begin_running(db, running)
            return archive_intervals.week(db, self._names, self._zone, now, scope, asked)

        return await self._ask(look)

    def _begin_running(self, db: "duckdb.DuckDBPyConnection", running: Sequence[ClosedInterval]) -> None:
        # One that ended while this waited for its thread has been written, and must not count twice.
        open_still = [interval for interval in running if interval.since >= self._intake.written_until]
        archive_intervals.begin_running(db, self._intake.rows(open_still, self._names))

    async def interactions(self, scope: Scope, asked: PastAsked) -> Page:
        """One page of interactions, newest first; raises as `intervals`."""
        return await self._ask(lambda db: archive_questions.interactions(db, self._names, scope, asked))

    async def interaction(self, scope: Scope, interaction_id: str) -> dict[str, object] | None:
        """One interaction with its steps; None when there is none in this scope."""

        def find(db: "duckdb.DuckDBPyConnection") -> dict[str, object] | None:
            found = archive_questions.interaction(db, self._names, scope, interaction_id, self._made)
            if found is None:
                return None
            number, row = found
            known = {"interaction": row, "steps": _steps_of(db, number, row)}
            return known | (evidence.made_up(number, row) if number <= self._made else evidence.kept(db, number))

        return await self._ask(find)

    async def _ask(self, question: Callable[["duckdb.DuckDBPyConnection"], T]) -> T:
        await self._ready()
        cursors: list[duckdb.DuckDBPyConnection] = []

        def work() -> T:
            cursors.append(self._opened().cursor())
            try:
                return question(cursors[0])
            finally:
                cursors[0].close()

        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            async with asyncio.timeout(LONGEST):
                return await asyncio.shield(future)
        except TimeoutError:
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            for cursor in cursors:
                cursor.interrupt()
            raise Problem(503, "unavailable", "The history takes too long to answer that.") from None

    async def _ready(self) -> None:
        if self._opening is None:
            self._opening = self._threads.submit(self._opened)
        opening = self._opening
        opened = asyncio.wrap_future(opening)
        opened.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({opened}, timeout=LONGEST if self._interactions <= SOON_MADE else NOT_SO_SOON)
        if not opening.done():
            words = f"The past is being made up: {self._made_up:.0%} of it is there."
            raise Problem(503, "not_ready", words, {"Retry-After": "2"})
        if opening.exception() is not None:
            self._opening = None  # the next question tries again
            opening.result()

    # -- on the threads

    def _opened(self) -> "duckdb.DuckDBPyConnection":
        """The database, with everything in it that has come in."""
        with self._lock:
            if self._db is None:
                self._db = self._open()
                self._busy = None
            self._intake.write(self._db, self._names, self._made)
            return self._db

    def _open(self) -> "duckdb.DuckDBPyConnection":
        try:
            import duckdb
        except ImportError:
            raise Problem(501, "unsupported", "The past needs duckdb: pip install 'agent-desktop[mocks]'.") from None
        company = self._company()
        self._zone = company.zone
        if self._path is None:
            self._folder = Path(tempfile.mkdtemp(prefix="mock-archive-"))
            self._path = self._folder / "archive.duckdb"
        db = self._busy = duckdb.connect(
            str(self._path),
            config={
                "threads": THREADS,
                "memory_limit": MEMORY,
                "enable_external_access": "false",
                "autoinstall_known_extensions": "false",
            },
        )
        known = db.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'fact'").fetchone()
        if not (known and known[0]):
            db.execute("BEGIN")  # all of it or nothing, should the server end meanwhile
            db.execute(SCHEMA)
            self._names.add(db, company)
            self._make(db, company)
            db.execute("COMMIT")
            db.execute("CHECKPOINT")
        db.execute(LATER)
        self._names.load(db)
        self._names.add(db, company)
        made = db.execute("SELECT coalesce(max(number), 0) FROM interaction WHERE id IS NULL").fetchone()
        self._made = made[0] if made else 0
        return db

    def _make(self, db: "duckdb.DuckDBPyConnection", company: PastCompany) -> None:
        until = 0.0
        if self._days > 0 and self._interactions > 0:
            from mock_backends.archive.year import make_past

            until = Midnights(company.zone).before(self._begun)
            last = datetime.fromtimestamp(until, ZoneInfo(company.zone)).date()
            make_past(
                db,
                company,
                seed=self._seed,
                last=last,
                days=self._days,
                interactions=self._interactions,
                told=self._tell,
            )
        db.execute("INSERT INTO fact VALUES ('made_until', ?)", [until])

    def _tell(self, share: float) -> None:
        if self._closing:  # an interrupt between two statements stops neither
            raise Problem(503, "unavailable", "The server ends.")
        self._made_up = share

    def close(self) -> None:
        """Write what has come in where it is kept, and let everything go. Twice is no harm."""
        self._closing = True
        if self._busy is not None:
            self._busy.interrupt()
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            db, self._db = self._db, None
            if db is not None:
                if self._folder is None:
                    self._intake.write(db, self._names, self._made)
                db.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


_STEPS = """
SELECT moment, what, queue, agent, coalesce(agent.name, ''), detail
FROM step LEFT JOIN agent ON agent.id = step.agent WHERE interaction = ? ORDER BY place
"""


def _steps_of(db: "duckdb.DuckDBPyConnection", number: int, row: dict[str, Any]) -> list[dict[str, object]]:
    """The steps that were written down, oldest first; else what the times of the row say by themselves."""
    written = db.execute(_STEPS.replace("queue, agent,", "queue, step.agent,"), [number]).fetchall()
    if written:
        return [
            {"at": at, "what": what, "queue": queue, "agent_id": agent, "agent_name": name, "detail": detail}
            for at, what, queue, agent, name, detail in written
        ]
    return list(_told_by_times(row))


def _told_by_times(row: dict[str, Any]) -> list[dict[str, object]]:
    def step(at: object, what: str, detail: str = "", *, agent: bool = False) -> dict[str, object]:
        return {
            "at": cast(float, at),
            "what": what,
            "queue": row["queue"],
            "agent_id": row["agent_id"] if agent else "",
            "agent_name": row["agent_name"] if agent else "",
            "detail": detail,
        }

    steps = [step(row["arrived_at"], "queued")]
    if row["answered_at"] is None:
        return [*steps, step(row["ended_at"], row["outcome"])]
    steps += [step(row["answered_at"], "connected", agent=True), step(row["ended_at"], "wrap_up", agent=True)]
    closed = row["ended_at"] + row["wrap_up_seconds"]
    return [*steps, step(closed, "closed", row["outcome"], agent=True)]
