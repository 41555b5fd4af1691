"""What has come in and is not in the archive's tables yet."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_backends.acd.counters import ClosedInterval, StaffTime
from mock_backends.archive.names import ArchiveNames
from mock_backends.archive.rows import Finished
from mock_backends.archive.schema import DIRECTIONS, OUTCOMES, SECONDS, STAFF, SUMS, UNANSWERED
from mock_backends.channels import CHANNELS

if TYPE_CHECKING:
    import duckdb

_INTERACTION = {
    "number": "BIGINT", "id": "VARCHAR", "keeper": "USMALLINT", "channel": "VARCHAR", "direction": "VARCHAR",
    "queue": "USMALLINT", "customer": "UINTEGER", "agent": "USMALLINT", "arrived_at": "DOUBLE",
    "answered_at": "DOUBLE", "ended_at": "DOUBLE", "outcome": "VARCHAR", "wait_seconds": "DOUBLE",
    "talk_seconds": "DOUBLE", "hold_seconds": "DOUBLE", "wrap_up_seconds": "DOUBLE", "offers": "USMALLINT",
    "declined": "USMALLINT", "transfers": "USMALLINT", "codes": "UBIGINT",
}  # fmt: skip
_STEP = {
    "interaction": "BIGINT", "place": "USMALLINT", "moment": "DOUBLE", "what": "VARCHAR", "queue": "VARCHAR",
    "agent": "VARCHAR", "detail": "VARCHAR",
}  # fmt: skip
_SAID = {"interaction": "BIGINT", "place": "USMALLINT", "text": "VARCHAR", "body": "VARCHAR"}
_RECORDING = {"interaction": "BIGINT", "place": "USMALLINT", "moment": "DOUBLE", "seconds": "DOUBLE"}
COUNTED = {
    "since": "DOUBLE", "until": "DOUBLE", "queue": "USMALLINT", "channel": "VARCHAR", "threshold": "DOUBLE",
    "short_abandon_seconds": "DOUBLE", **dict.fromkeys(SUMS, "BIGINT"), **dict.fromkeys(SECONDS, "DOUBLE"),
    "longest_wait": "DOUBLE", **dict.fromkeys(STAFF, "DOUBLE"),
}  # fmt: skip
_CUSTOMER = {"number": "UINTEGER", "address": "VARCHAR", "name": "VARCHAR"}
Row = Mapping[str, object]


class Intake:
    """Filled on the loop, written on a thread; a queue whose name the archive does not know is left out."""

    def __init__(self) -> None:
        self.finished: deque[Finished] = deque()
        self.counted: deque[ClosedInterval] = deque()
        self.written_until = 0.0  # up to when intervals have been written (epoch seconds)

    def __len__(self) -> int:
        return len(self.finished) + len(self.counted)

    def clear(self) -> None:
        """Forget what is not written."""
        self.finished.clear()
        self.counted.clear()

    def drop(self, db: "duckdb.DuckDBPyConnection", made: int) -> None:
        """Take out of the tables what was written; `made` is the highest number of those made up."""
        db.execute("BEGIN")
        db.execute("DELETE FROM interaction WHERE number > ?", [made])
        for table in ("step", "said", "recording"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        db.execute("DELETE FROM counted WHERE since >= (SELECT value FROM fact WHERE name = 'made_until')")
        db.execute("COMMIT")

    def write(self, db: "duckdb.DuckDBPyConnection", names: ArchiveNames, made: int) -> None:
        """Move all of it into the tables."""
        if not self:
            return
        db.execute("BEGIN")
        try:
            self._write_interactions(db, names, made)
            self._write_intervals(db, names)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _write_interactions(self, db: "duckdb.DuckDBPyConnection", names: ArchiveNames, made: int) -> None:
        fresh = [self.finished.popleft() for _ in range(len(self.finished))]
        fresh = [_encodable(one) for one in fresh if one.queue in names.queues]
        if not fresh:
            return
        (number,) = db.execute("SELECT coalesce(max(number), 0) FROM interaction").fetchone() or (0,)
        number = max(number, made)
        customers = _customers(db, {(one.customer, one.customer_name) for one in fresh})
        rows: list[Row] = []
        steps: list[Row] = []
        said: list[Row] = []
        recorded: list[Row] = []
        for one in fresh:
            number += 1
            rows.append(_interaction(one, number, names, customers[one.customer, one.customer_name]))
            steps += [
                {
                    "interaction": number,
                    "place": place,
                    "moment": step.at,
                    "what": step.what,
                    "queue": step.queue,
                    "agent": step.agent_id,
                    "detail": step.detail,
                }
                for place, step in enumerate(one.steps)
            ]
            said += _said(one, number)
            recorded += [
                {"interaction": number, "place": place, "moment": stretch.at, "seconds": stretch.seconds}
                for place, stretch in enumerate(one.recordings)
            ]
        insert(db, "interaction", _INTERACTION, rows)
        insert(db, "step", _STEP, steps)
        insert(db, "said", _SAID, said)
        insert(db, "recording", _RECORDING, recorded)

    @staticmethod
    def rows(intervals: Iterable[ClosedInterval], names: ArchiveNames) -> list[Row]:
        """Intervals as rows of `counted`."""
        known = [interval for interval in intervals if interval.queue in names.queues]
        return [row for interval in known for row in _counted(interval, names.queues[interval.queue])]

    def _write_intervals(self, db: "duckdb.DuckDBPyConnection", names: ArchiveNames) -> None:
        ended = [self.counted.popleft() for _ in range(len(self.counted))]
        insert(db, "counted", COUNTED, self.rows(ended, names))
        self.written_until = max([self.written_until, *(interval.until for interval in ended)])


def _encodable(one: Finished) -> Finished:
    """Without half characters, which no table holds: one bad name must not keep the others out."""
    return replace(one, customer=_whole(one.customer), customer_name=_whole(one.customer_name))


def _said(one: Finished, number: int) -> list[Row]:
    """The subject, where there is one, and the messages, as rows."""
    texts = [(_whole(one.subject), "")] if one.subject else []
    texts += [(_whole(f"{each.subject}\n{each.text}".strip()), _whole(each.model_dump_json())) for each in one.messages]
    return [
        {"interaction": number, "place": place, "text": text, "body": body} for place, (text, body) in enumerate(texts)
    ]


def _whole(text: str) -> str:
    """Without half characters."""
    return text.encode("utf-8", "replace").decode()


def _interaction(one: Finished, number: int, names: ArchiveNames, customer: int) -> Row:
    queue = names.queues[one.queue]
    agent = names.agents.get(one.agent_id or "")
    return {name: getattr(one, name) for name in _INTERACTION if hasattr(one, name)} | {
        "number": number,
        "keeper": queue + UNANSWERED if agent is None else agent,
        "channel": one.channel if one.channel in CHANNELS else next(iter(CHANNELS)),
        "direction": one.direction if one.direction in DIRECTIONS else DIRECTIONS[0],
        "outcome": one.outcome if one.outcome in OUTCOMES else "failed",
        "queue": queue,
        "agent": agent,
        "customer": customer,
        "codes": names.bits(one.codes),
    }


def _counted(interval: ClosedInterval, queue: int) -> list[Row]:
    frame: dict[str, object] = {**dict.fromkeys(COUNTED), "since": interval.since, "until": interval.until}
    frame["queue"] = queue
    rows: list[Row] = []
    for channel, counts in interval.channels.items():
        parts = ("threshold", "short_abandon_seconds", *SUMS, *SECONDS, "longest_wait")
        rows.append(frame | {"channel": channel} | {name: getattr(counts, name) for name in parts})
    if interval.staff != StaffTime():
        nothing = dict.fromkeys((*SUMS, *SECONDS, "longest_wait"), 0)
        rows.append(frame | nothing | {name: getattr(interval.staff, name) for name in STAFF})
    return rows


def _customers(db: "duckdb.DuckDBPyConnection", wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The number of each (address, name), new ones made."""
    addresses = sorted({address for address, _ in wanted})
    known: dict[tuple[str, str], int] = {
        (address, name): number
        for address, name, number in db.execute(
            "SELECT address, name, min(number) FROM customer"
            " WHERE address IN (SELECT unnest($a::VARCHAR[])) GROUP BY address, name",
            {"a": addresses},
        ).fetchall()
    }
    (first,) = db.execute("SELECT coalesce(max(number), 0) + 1 FROM customer").fetchone() or (1,)
    new = {each: first + place for place, each in enumerate(sorted(wanted - known.keys()))}
    rows: list[Row] = [{"number": number, "address": each[0], "name": each[1]} for each, number in new.items()]
    insert(db, "customer", _CUSTOMER, rows)
    return known | new


def insert(db: "duckdb.DuckDBPyConnection", table: str, columns: Mapping[str, str], rows: Sequence[Row]) -> None:
    """Write rows into a table whose columns have these types."""
    if rows:
        chosen = ", ".join(f"unnest(${name}::{kind}[]) AS {name}" for name, kind in columns.items())
        values: dict[str, Any] = {name: [row[name] for row in rows] for name in columns}
        db.execute(f"INSERT INTO {table} BY NAME SELECT {chosen}", values)
