"""The tables of the archive, in DuckDB.

Columns, not rows: a report reads three columns of ten million interactions and leaves the others on disk, which is why
this is no SQLite (`tests/bench/bench_history.py` has both beside each other). Names of queues, agents, customers and
codes stand once in tables of their own; an interaction holds their numbers. `keeper` is whose team may see it: the
agent's number, or that of the queue plus `UNANSWERED` where nobody had it.
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mock_backends.channels import CHANNELS

if TYPE_CHECKING:
    import duckdb

DIRECTIONS: Final = ("inbound", "outbound")
OUTCOMES: Final = ("handled", "transferred", "abandoned", "callback", "failed", "withdrawn")
UNANSWERED: Final = 40_000
MOST_CODES: Final = 64  # the codes of an interaction are the bits of one number
SUMS: Final = (
    "offered", "answered", "answered_within", "abandoned", "abandoned_within", "short_abandons", "callbacks",
    "callbacks_within", "flow_outs", "flow_outs_within", "missed", "declined", "handled", "wrapped_up",
)  # fmt: skip
SECONDS: Final = ("wait_seconds", "abandon_seconds", "talk_seconds", "hold_seconds", "wrap_up_seconds")
STAFF: Final = ("signed_in", "idle", "engaged", "load")


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


_COUNTED: Final = f"""
    since DOUBLE NOT NULL,
    until DOUBLE NOT NULL,
    queue USMALLINT NOT NULL,
    channel channel_word,  -- NULL: staff time, which has no channel
    threshold DOUBLE,
    short_abandon_seconds DOUBLE,
    {", ".join(f"{name} BIGINT" for name in SUMS)},
    {", ".join(f"{name} DOUBLE" for name in SECONDS)},
    longest_wait DOUBLE,
    {", ".join(f"{name} DOUBLE" for name in STAFF)}
"""
SCHEMA: Final = f"""
CREATE TYPE channel_word AS ENUM ({_words(CHANNELS)});
CREATE TYPE direction_word AS ENUM ({_words(DIRECTIONS)});
CREATE TYPE outcome_word AS ENUM ({_words(OUTCOMES)});
CREATE TABLE queue (number USMALLINT NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE agent (number USMALLINT NOT NULL, id VARCHAR NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE code (number UTINYINT NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE customer (number UINTEGER NOT NULL, address VARCHAR NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE fact (name VARCHAR NOT NULL, value DOUBLE NOT NULL);
CREATE TABLE interaction (
    number BIGINT NOT NULL,
    id VARCHAR,  -- NULL for those made up, whose id says their number
    keeper USMALLINT NOT NULL,
    channel channel_word NOT NULL,
    direction direction_word NOT NULL,
    queue USMALLINT NOT NULL,
    customer UINTEGER NOT NULL,
    agent USMALLINT,
    arrived_at DOUBLE NOT NULL,
    answered_at DOUBLE,
    ended_at DOUBLE NOT NULL,
    outcome outcome_word NOT NULL,
    wait_seconds DOUBLE NOT NULL,
    talk_seconds DOUBLE NOT NULL,
    hold_seconds DOUBLE NOT NULL,
    wrap_up_seconds DOUBLE NOT NULL,
    offers USMALLINT NOT NULL,
    declined USMALLINT NOT NULL,
    transfers USMALLINT NOT NULL,
    codes UBIGINT NOT NULL
);
CREATE TABLE step (
    interaction BIGINT NOT NULL,
    place USMALLINT NOT NULL,
    moment DOUBLE NOT NULL,
    what VARCHAR NOT NULL,
    queue VARCHAR NOT NULL,
    agent VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);
CREATE TABLE counted ({_COUNTED});
CREATE TABLE counted_day ({_COUNTED});  -- the made-up past once more, a day a row: a year is added up quickly
"""

LATER: Final = """
CREATE TABLE IF NOT EXISTS said (  -- subject and messages; `body` is a message as JSON, '' of the subject
    interaction BIGINT NOT NULL,
    place USMALLINT NOT NULL,
    text VARCHAR NOT NULL,
    body VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS recording (
    interaction BIGINT NOT NULL,
    place USMALLINT NOT NULL,
    moment DOUBLE NOT NULL,
    seconds DOUBLE NOT NULL
);
"""
"""Tables that an archive kept by an earlier version does not have."""


def extent(db: "duckdb.DuckDBPyConnection", sql: str) -> tuple[float, float]:
    """The least and the greatest that a query finds; the wrong way round where there is nothing."""
    first, last = db.execute(sql).fetchone() or (None, None)
    return (math.inf, -math.inf) if first is None or last is None else (first, last)
