"""Whether what is kept is still what was written."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.app.storage.recovery.salvage import park_damaged
from desktop.app.storage.tables import customer_cache, drafts, outbox_rows, review_drafts
from desktop.domain.text.sentence import Sentence

if TYPE_CHECKING:
    from sqlite_utils import Database

_SAFE_SQLITE = (3, 51, 3)


@dataclass(frozen=True)
class StoreHealth:
    """What a check of the store found.

    problems: SQLite's own findings, empty when the file is sound. damaged_outbox: keys of rows whose text was
    changed, parked and never sent. damaged_drafts: ids of drafts, of reviews too, that were. damaged_customers: ids of
    cached records that were, now forgotten. has_ballast: whether there is room in reserve for a full disk.
    warnings: sentences for a person about anything else.
    """

    problems: tuple[str, ...]
    damaged_outbox: tuple[str, ...]
    damaged_drafts: tuple[str, ...]
    damaged_customers: tuple[str, ...]
    has_ballast: bool
    sqlite_version: str
    warnings: tuple[Sentence, ...]

    @property
    def is_sound(self) -> bool:
        """True when everything kept is what was written."""
        return not (self.problems or self.damaged_outbox or self.damaged_drafts or self.damaged_customers)


@dataclass(frozen=True)
class Findings:
    """damaged_outbox: (row id, key)."""

    problems: tuple[str, ...]
    index_is_wrong: bool
    damaged_outbox: tuple[tuple[int, str], ...]
    damaged_drafts: tuple[str, ...]
    damaged_reviews: tuple[str, ...] = ()


def examine(connection: sqlite3.Connection) -> Findings:
    """Read the whole file: SQLite's quick check, and the seal of every outbox row and draft."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check").fetchall()]
        return Findings(
            () if found == ["ok"] else tuple(found),
            _index_is_wrong(connection),
            tuple(outbox_rows.damaged_rows(connection)),
            tuple(drafts.damaged_drafts(connection)),
            tuple(review_drafts.damaged_review_drafts(connection)),
        )
    except sqlite3.DatabaseError as error:
        return Findings((str(error),), False, (), ())


def _index_is_wrong(connection: sqlite3.Connection) -> bool:
    try:
        return outbox_rows.lost_keys(connection)
    except UnicodeEncodeError:  # a key that is no text any more cannot be looked for
        return True


_UNSEALED = {"not_before": "('real', 'integer')", "attempts": "('integer')", "created_at": "('real', 'integer')"}


def mend(connection: sqlite3.Connection, database: "Database", findings: Findings) -> list[str]:
    """Put damaged rows where they do no harm; returns the ids of the cached customers that were forgotten."""
    for row_id, _ in findings.damaged_outbox:
        outbox_rows.set_aside(connection, row_id)
    for name, kind in _UNSEALED.items():  # these have no seal, and work is done with them
        connection.execute(f"UPDATE outbox SET {name} = 0 WHERE typeof({name}) NOT IN {kind}")  # noqa: S608
    park_damaged(connection, "drafts", findings.damaged_drafts)
    park_damaged(connection, "review_drafts", findings.damaged_reviews)
    if findings.index_is_wrong:
        connection.execute("REINDEX outbox")
    return customer_cache.drop_damaged_customers(database)


def report(findings: Findings, forgotten: list[str], has_ballast: bool) -> StoreHealth:
    """The findings in the form shown to others."""
    warnings = []
    if sqlite3.sqlite_version_info < _SAFE_SQLITE:
        warnings.append(Sentence("store.sqlite_not_safe", version=sqlite3.sqlite_version))
    if findings.index_is_wrong:
        warnings.append(Sentence("store.index_wrong"))
    if not has_ballast:
        warnings.append(Sentence("store.no_reserve"))
    return StoreHealth(
        findings.problems,
        tuple(key for _, key in findings.damaged_outbox),
        (*findings.damaged_drafts, *findings.damaged_reviews),
        tuple(forgotten),
        has_ballast,
        sqlite3.sqlite_version,
        tuple(warnings),
    )
