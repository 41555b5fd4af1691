"""Counts by interval out of the archive, and added up to a week, as SQL with every value bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mock_backends.archive.cursors import cursor_at, position_of
from mock_backends.archive.intake import COUNTED, insert
from mock_backends.archive.names import ArchiveNames
from mock_backends.archive.rows import IntervalAsked, Page, Scope, WeekAsked, known_channels
from mock_backends.archive.schema import SECONDS, STAFF, SUMS, extent
from mock_backends.archive.spans import DAY, QUARTER, WEEK, offsets, spans

if TYPE_CHECKING:
    import duckdb

WIDTHS: Final = (900.0, 1_800.0, 3_600.0, DAY, WEEK)
MOST_INTERVALS: Final = 100_000
_PARTS: Final = (*SUMS, *SECONDS)

_BY_QUARTER: Final = "SELECT * FROM counted UNION ALL SELECT * FROM running"
_BY_DAY: Final = """SELECT * FROM counted_day UNION ALL SELECT * FROM running UNION ALL
    SELECT * FROM counted WHERE since >= (SELECT value FROM fact WHERE name = 'made_until')"""
# Added up by quarter (or day) first, so that only those few rows are looked up in the calendar.
_ADDED: Final = """
WITH added AS (
    SELECT since, {place} AS place, min(threshold) AS low_threshold, max(threshold) AS high_threshold,
        min(short_abandon_seconds) AS low_short, max(short_abandon_seconds) AS high_short,
        max(longest_wait) AS longest_wait, {sums}
    FROM ({tables})
    WHERE since >= $low AND since < $high AND queue IN (SELECT unnest($queues::USMALLINT[])){channels}
    GROUP BY ALL
)
"""
_COUNTS: Final = """
    CASE WHEN min(low_threshold) = max(high_threshold) THEN min(low_threshold) END,
    CASE WHEN min(low_short) = max(high_short) THEN min(low_short) END, max(longest_wait), {sums}
"""
_INTERVALS: Final = """
, span AS (SELECT unnest($begins::DOUBLE[]) AS begun, unnest($ends::DOUBLE[]) AS over),
placed AS (
    SELECT added.*, over,
        CASE WHEN $width::DOUBLE >= 86400 THEN begun
             ELSE begun + floor((since - begun) / $width) * $width END AS bucket
    FROM added ASOF JOIN span ON since >= begun
)
SELECT bucket, least(max(over), CASE WHEN $width >= 86400 THEN max(over) ELSE bucket + $width END, $closed), place,
    {counts}
FROM placed WHERE bucket < $until AND (bucket > $since OR (bucket = $since AND place > $after))
GROUP BY bucket, place ORDER BY bucket, place LIMIT $limit
"""
_WEEK: Final = """
, shift AS (SELECT unnest($begins::DOUBLE[]) AS begun, unnest($offsets::DOUBLE[]) AS ahead),
told AS (SELECT added.*, since + ahead AS clock FROM added ASOF JOIN shift ON since >= begun)
SELECT min(since), least(max(since) + $quarter, $closed),
    -- 1970 began on a Thursday
    (floor(clock / 86400)::BIGINT + 3) % 7 * 48 + floor(clock % 86400 / 1800)::BIGINT AS cell,
    {counts}
FROM told GROUP BY cell ORDER BY cell
"""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Which rows are added up, as text of the query and values bound to it."""

    queues: list[int]
    channels: list[str]

    def query(self, form: str, tables: str, place: str = "0") -> str:
        within = " AND channel IN (SELECT unnest($channels::VARCHAR[])::channel_word)" if self.channels else ""
        # Without a channel nobody's time is known to be none; with one, nobody's is known.
        staff = "sum({0})" if self.channels else "coalesce(sum({0}), 0)"
        whole = [f"sum({name})::BIGINT AS {name}" for name in SUMS]
        parts = [f"sum({name}) AS {name}" for name in (*SECONDS, *STAFF)]
        exact = [f"round(sum({name}), 6)" for name in SECONDS] + [f"round({staff.format(name)}, 6)" for name in STAFF]
        return _ADDED.format(tables=tables, place=place, channels=within, sums=", ".join(whole + parts)) + form.format(
            counts=_COUNTS.format(sums=", ".join(whole + exact))
        )

    def values(self, low: float, high: float, closed: float) -> dict[str, object]:
        bound: dict[str, object] = {"low": low, "high": high, "closed": closed, "queues": self.queues}
        return bound | ({"channels": self.channels} if self.channels else {})


def _lines(names: ArchiveNames, scope: Scope, queues: Sequence[str], channels: Sequence[str]) -> _Lines | None:
    """None when nothing can fit."""
    mine = [queue for queue in scope.queues if (not queues or queue in queues) and queue in names.queues]
    known = known_channels(channels)
    return _Lines([names.queues[queue] for queue in mine], known) if mine and (known or not channels) else None


def begin_running(db: "duckdb.DuckDBPyConnection", rows: Sequence[Mapping[str, object]]) -> None:
    """Let the intervals that are not over yet be seen on this connection."""
    db.execute("CREATE OR REPLACE TEMP TABLE running AS SELECT * FROM counted LIMIT 0")
    insert(db, "running", COUNTED, rows)


def intervals(
    db: "duckdb.DuckDBPyConnection", names: ArchiveNames, zone: str, closed: float, scope: Scope, asked: IntervalAsked
) -> Page:
    """One page of intervals, oldest first. `closed` is up to when intervals are counted (epoch seconds)."""
    lines = _lines(names, scope, asked.queues, asked.channels)
    if lines is None:
        return Page()
    after, since = -1, asked.since
    if asked.cursor:
        since, place = position_of(asked.cursor, 2)
        after = int(place)
    first, last = _counted(db)
    low, high = max(since, first - WEEK), min(asked.until, last + 1.0)
    if not low < high:
        return Page()
    # Nights are empty, so twice as many as fit are looked at; a page that still has room left goes on at `far`.
    far = low + asked.width * max(2 * asked.limit // (len(lines.queues) if asked.by_queue else 1), 1)
    more = far < high
    high = min(far, high)
    begins, ends = spans(zone, low, high, asked.width)
    rows = db.execute(
        lines.query(
            _INTERVALS,
            _BY_DAY if asked.width >= DAY else _BY_QUARTER,
            "queue" if asked.by_queue else "0",
        ),
        lines.values(begins[0], ends[-1], closed)
        | {
            "begins": begins,
            "ends": ends,
            "width": asked.width,
            "since": since,
            "after": after,
            "until": high if more else asked.until,
            "limit": asked.limit + 1,
        },
    ).fetchall()
    labels = {number: name for name, number in names.queues.items()} if asked.by_queue else {0: ""}
    made: list[dict[str, object]] = [{"queue": labels[row[2]], "counts": _counts(row)} for row in rows[: asked.limit]]
    if len(rows) <= asked.limit:
        return Page(made, cursor_at(high, -1) if more else "")
    return Page(made, cursor_at(rows[asked.limit - 1][0], rows[asked.limit - 1][2]))


def week(
    db: "duckdb.DuckDBPyConnection", names: ArchiveNames, zone: str, closed: float, scope: Scope, asked: WeekAsked
) -> list[dict[str, object]]:
    """The half hours of the week by the zone's clock, Monday's first; those with nothing in them are left out."""
    lines = _lines(names, scope, asked.queues, asked.channels)
    first, last = _counted(db)
    low, high = max(asked.since, first), min(asked.until, last + 1.0)
    if lines is None or not low < high:
        return []
    begins, ahead = offsets(zone, low, high)
    rows = db.execute(
        lines.query(_WEEK, _BY_QUARTER),
        lines.values(low, high, closed) | {"begins": begins, "offsets": ahead, "quarter": QUARTER},
    ).fetchall()
    return [{"weekday": row[2] // 48, "slot": row[2] % 48, "counts": _counts(row)} for row in rows]


def _counted(db: "duckdb.DuckDBPyConnection") -> tuple[float, float]:
    return extent(
        db, "SELECT min(since), max(since) FROM (SELECT since FROM counted UNION ALL SELECT since FROM running)"
    )


def _counts(row: Sequence[Any]) -> dict[str, object]:
    begin, end, _, threshold, short, longest = row[:6]
    sums = dict(zip(_PARTS, row[6:], strict=False))
    staff = dict(zip(STAFF, row[6 + len(_PARTS) :], strict=True))
    counts: dict[str, object] = {"since": begin, "until": end, "threshold": threshold, "short_abandon_seconds": short}
    return counts | sums | {"longest_wait": longest, "staff": None if staff["signed_in"] is None else staff}
