"""What is asked of the archive, as SQL with every value bound, and its rows as the JSON objects of the wire."""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mock_backends.archive_intake import COUNTED, insert
from mock_backends.archive_names import ArchiveNames
from mock_backends.archive_rows import IntervalAsked, Page, PastAsked, Scope, known_channels
from mock_backends.archive_schema import SECONDS, STAFF, SUMS, UNANSWERED
from mock_backends.archive_spans import DAY, WEEK, spans
from mock_backends.problem import invalid

if TYPE_CHECKING:
    import duckdb

WIDTHS: Final = (900.0, 1_800.0, 3_600.0, DAY, WEEK)
MOST_INTERVALS: Final = 100_000
FIRST_WINDOW: Final = 2 * 3_600.0  # pages look at the newest so many seconds first, then further and further back
FURTHER: Final = 6.0
_PARTS: Final = (*SUMS, *SECONDS)

_BY_QUARTER: Final = "SELECT * FROM counted UNION ALL SELECT * FROM running"
_BY_DAY: Final = """SELECT * FROM counted_day UNION ALL SELECT * FROM running UNION ALL
    SELECT * FROM counted WHERE since >= (SELECT value FROM fact WHERE name = 'made_until')"""
_INTERVALS = """
WITH everything AS ({tables}),
span AS (SELECT unnest($begins::DOUBLE[]) AS begun, unnest($ends::DOUBLE[]) AS over),
placed AS (
    SELECT everything.*, over,
        CASE WHEN $width::DOUBLE >= 86400 THEN begun
             ELSE begun + floor((since - begun) / $width) * $width END AS bucket,
        {queue} AS place
    FROM everything ASOF JOIN span ON since >= begun
    WHERE since >= $low AND since < $high AND queue IN (SELECT unnest($queues::USMALLINT[])){channels}
)
SELECT bucket, least(max(over), CASE WHEN $width >= 86400 THEN max(over) ELSE bucket + $width END, $closed), place,
    CASE WHEN min(threshold) = max(threshold) THEN min(threshold) END,
    CASE WHEN min(short_abandon_seconds) = max(short_abandon_seconds) THEN min(short_abandon_seconds) END,
    max(longest_wait), {sums}
FROM placed WHERE bucket < $until AND (bucket > $since OR (bucket = $since AND place > $after))
GROUP BY bucket, place ORDER BY bucket, place LIMIT $limit
"""

_PAGE = """
WITH page AS (
    SELECT * FROM interaction
    WHERE arrived_at >= $low AND arrived_at < $high AND number <= $newest
        AND (arrived_at < $before OR (arrived_at = $before AND number < $below))
        AND keeper IN (SELECT unnest($keepers::USMALLINT[])){filters}
    ORDER BY arrived_at DESC, number DESC LIMIT $limit
)
SELECT page.number, coalesce(page.id, 'past-' || page.number), channel, direction, queue.name, address, customer.name,
    agent.id, agent.name, arrived_at, answered_at, ended_at, outcome, wait_seconds, talk_seconds, hold_seconds,
    wrap_up_seconds, offers, transfers, codes
FROM page JOIN queue ON queue.number = page.queue JOIN customer ON customer.number = page.customer
    LEFT JOIN agent ON agent.number = page.agent
ORDER BY arrived_at DESC, page.number DESC
"""
_FIELDS = (
    "id", "channel", "direction", "queue", "customer", "customer_name", "agent_id", "agent_name", "arrived_at",
    "answered_at", "ended_at", "outcome", "wait_seconds", "talk_seconds", "hold_seconds", "wrap_up_seconds", "offers",
    "transfers",
)  # fmt: skip

_FILTERS: Final[Mapping[str, str]] = {
    "queues": " AND queue IN (SELECT unnest($queues::USMALLINT[]))",
    "channels": " AND channel IN (SELECT unnest($channels::VARCHAR[])::channel_word)",
    "agents": " AND agent IN (SELECT unnest($agents::USMALLINT[]))",
    "outcomes": " AND outcome IN (SELECT unnest($outcomes::VARCHAR[])::outcome_word)",
    "codes": " AND codes & $codes::UBIGINT <> 0",
    "customer": " AND customer IN (SELECT number FROM customer WHERE address = $customer)",
    "longer_than": " AND wait_seconds >= $longer_than",
}


def begin_running(db: "duckdb.DuckDBPyConnection", rows: Sequence[Mapping[str, object]]) -> None:
    """Let the intervals that are not over yet be seen on this connection."""
    db.execute("CREATE OR REPLACE TEMP TABLE running AS SELECT * FROM counted LIMIT 0")
    insert(db, "running", COUNTED, rows)


def intervals(
    db: "duckdb.DuckDBPyConnection", names: ArchiveNames, zone: str, closed: float, scope: Scope, asked: IntervalAsked
) -> Page:
    """One page of intervals, oldest first. `closed` is up to when intervals are counted (epoch seconds)."""
    queues = [queue for queue in scope.queues if not asked.queues or queue in asked.queues]
    channels = known_channels(asked.channels)
    if not queues or (asked.channels and not channels):
        return Page()
    after, since = -1, asked.since
    if asked.cursor:
        since, place = _position(asked.cursor, 2)
        after = int(place)
    first, last = _extent(
        db, "SELECT min(since), max(since) FROM (SELECT since FROM counted UNION ALL SELECT since FROM running)"
    )
    low, high = max(since, first - WEEK), min(asked.until, last + 1.0)
    if not low < high:
        return Page()
    # Nights are empty, so twice as many as fit are looked at; a page that still has room left goes on at `far`.
    far = low + asked.width * max(2 * asked.limit // (len(queues) if asked.by_queue else 1), 1)
    more = far < high
    high = min(far, high)
    begins, ends = spans(zone, low, high, asked.width)
    rows = db.execute(
        _INTERVALS.format(
            tables=_BY_DAY if asked.width >= DAY else _BY_QUARTER,
            queue="queue" if asked.by_queue else "0",
            channels=" AND channel IN (SELECT unnest($channels::VARCHAR[])::channel_word)" if channels else "",
            sums=", ".join(
                [f"sum({name})::BIGINT" for name in SUMS]
                + [f"round(sum({name}), 6)" for name in SECONDS]
                # Without a channel nobody's time is known to be none; with one, nobody's is known.
                + [f"round(sum({name}), 6)" if channels else f"round(coalesce(sum({name}), 0), 6)" for name in STAFF]
            ),
        ),
        {
            **({"channels": channels} if channels else {}),
            "begins": begins,
            "ends": ends,
            "width": asked.width,
            "low": begins[0],
            "high": ends[-1],
            "queues": [names.queues[queue] for queue in queues if queue in names.queues],
            "closed": closed,
            "since": since,
            "after": after,
            "until": high if more else asked.until,
            "limit": asked.limit + 1,
        },
    ).fetchall()
    labels = {number: name for name, number in names.queues.items()} if asked.by_queue else {0: ""}
    made = [_interval(row, labels[row[2]]) for row in rows[: asked.limit]]
    if len(rows) <= asked.limit:
        return Page(made, _cursor(high, -1) if more else "")
    return Page(made, _cursor(rows[asked.limit - 1][0], rows[asked.limit - 1][2]))


def _interval(row: Sequence[Any], queue: str) -> dict[str, object]:
    begin, end, _, threshold, short, longest = row[:6]
    sums = dict(zip(_PARTS, row[6:], strict=False))
    staff = dict(zip(STAFF, row[6 + len(_PARTS) :], strict=True))
    counts: dict[str, object] = {"since": begin, "until": end, "threshold": threshold, "short_abandon_seconds": short}
    counts |= sums | {"longest_wait": longest, "staff": None if staff["signed_in"] is None else staff}
    return {"queue": queue, "counts": counts}


def interactions(db: "duckdb.DuckDBPyConnection", names: ArchiveNames, scope: Scope, asked: PastAsked) -> Page:
    """One page of interactions, newest first. Those that come in after the first page are on none of its pages."""
    bound = names.bound(asked)
    if bound is None:
        return Page()
    filters = "".join(_FILTERS[name] for name in bound)
    (newest,) = db.execute("SELECT coalesce(max(number), 0) FROM interaction").fetchone() or (0,)
    before, below = asked.until, 0
    if asked.cursor:
        before, place, most = _position(asked.cursor, 3)
        below, newest = int(place), int(most)
    first, last = _extent(db, "SELECT min(arrived_at), max(arrived_at) FROM interaction")
    low, high = max(asked.since, first), min(asked.until, math.nextafter(min(before, last), math.inf))
    width, found = FIRST_WINDOW, list[tuple[Any, ...]]()
    while low < high and len(found) <= asked.limit:
        begin = max(low, high - width)
        found += db.execute(
            _PAGE.format(filters=filters),
            {
                **bound,
                "low": begin,
                "high": high,
                "newest": newest,
                "before": before,
                "below": below,
                "keepers": _keepers(names, scope),
                "limit": asked.limit + 1 - len(found),
            },
        ).fetchall()
        high, width = begin, width * FURTHER
    rows = [_interaction(row, names) for row in found[: asked.limit]]
    if len(found) <= asked.limit:
        return Page(rows)
    final = found[asked.limit - 1]
    return Page(rows, _cursor(final[9], final[0], newest))


def interaction(
    db: "duckdb.DuckDBPyConnection", names: ArchiveNames, scope: Scope, interaction_id: str, made: int
) -> tuple[int, dict[str, object]] | None:
    """One interaction of the scope with its number; None when there is none. `made` of them were made up."""
    which: int | str
    made_up = interaction_id.removeprefix("past-")
    if made_up != interaction_id and made_up.isdecimal() and made_up.isascii() and len(made_up) < 18:
        filters, which = " AND number = $which AND id IS NULL", int(made_up)
    else:
        filters, which = " AND number > $made_up AND id = $which", interaction_id
    rows = db.execute(
        _PAGE.format(filters=filters),
        {
            "which": which,
            **({"made_up": made} if which is interaction_id else {}),
            "low": -math.inf,
            "high": math.inf,
            "newest": 2**62,
            "before": math.inf,
            "below": 0,
            "keepers": _keepers(names, scope),
            "limit": 1,
        },
    ).fetchall()
    return (rows[0][0], _interaction(rows[0], names)) if rows else None


def _interaction(row: Sequence[Any], names: ArchiveNames) -> dict[str, object]:
    made = dict(zip(_FIELDS, row[1:19], strict=True))
    made["agent_id"], made["agent_name"] = made["agent_id"] or "", made["agent_name"] or ""
    return made | {"codes": names.codes_of(row[19])}


def _keepers(names: ArchiveNames, scope: Scope) -> list[int]:
    mine = [names.agents[agent] for agent in scope.agents if agent in names.agents]
    return mine + [names.queues[queue] + UNANSWERED for queue in scope.queues if queue in names.queues]


def _extent(db: "duckdb.DuckDBPyConnection", sql: str) -> tuple[float, float]:
    first, last = db.execute(sql).fetchone() or (None, None)
    return (math.inf, -math.inf) if first is None or last is None else (first, last)


def _cursor(*position: float) -> str:
    return base64.urlsafe_b64encode(",".join(map(repr, position)).encode()).decode().rstrip("=")


def _position(cursor: str, parts: int) -> tuple[float, ...]:
    """:raises Problem: 422, it is none of ours."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        found = tuple(map(float, text.split(",")))
    except (ValueError, binascii.Error):
        raise invalid("That is not a cursor.") from None
    if len(found) != parts or not all(math.isfinite(one) and abs(one) < 2**53 for one in found):
        raise invalid("That is not a cursor.")
    return found
