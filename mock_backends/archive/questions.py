"""Interactions out of the archive, as SQL with every value bound, and its rows as the JSON objects of the wire."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mock_backends.archive.cursors import cursor_at, position_of
from mock_backends.archive.names import ArchiveNames
from mock_backends.archive.rows import Page, PastAsked, Scope
from mock_backends.archive.schema import UNANSWERED, extent

if TYPE_CHECKING:
    import duckdb

FIRST_WINDOW: Final = 2 * 3_600.0  # pages look at the newest so many seconds first, then further and further back
FURTHER: Final = 6.0

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
_WORD: Final = """ AND (
    customer IN (SELECT number FROM customer WHERE contains(lower(name || ' ' || address), lower($word{n})))
    OR number IN (SELECT interaction FROM said WHERE contains(lower(text), lower($word{n})))
    OR id IS NULL AND (codes & $noted{n}::UBIGINT <> 0 OR channel <> 'voice' AND codes & $written{n}::UBIGINT <> 0)
)"""
"""A word to be found; what of it stands in the texts of the made-up past is known beforehand, by wrap-up code."""


def interactions(db: "duckdb.DuckDBPyConnection", names: ArchiveNames, scope: Scope, asked: PastAsked) -> Page:
    """One page of interactions, newest first. Those that come in after the first page are on none of its pages."""
    bound = names.bound(asked)
    if bound is None:
        return Page()
    filters = "".join(_FILTERS[name] for name in bound)
    for n, word in enumerate(asked.words):
        filters += _WORD.format(n=n)
        noted, written = (names.bits_of_phrases(word, written=written) for written in (False, True))
        bound |= {f"word{n}": word, f"noted{n}": noted, f"written{n}": written}
    (newest,) = db.execute("SELECT coalesce(max(number), 0) FROM interaction").fetchone() or (0,)
    before, below = asked.until, 0
    if asked.cursor:
        before, place, most = position_of(asked.cursor, 3)
        below, newest = int(place), int(most)
    first, last = extent(db, "SELECT min(arrived_at), max(arrived_at) FROM interaction")
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
    return Page(rows, cursor_at(final[9], final[0], newest))


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
