"""What supervisors did and were refused: written down in the same transaction as the act, and kept."""

import json
from collections.abc import Collection

from sqlite_utils import Database

from mock_backends.http.principals import Principal
from mock_backends.wire.floor import AuditEntry

_FIELDS = tuple(AuditEntry.model_fields)


class AuditLog:
    """Entries are shown to the supervisors of the team, or of the teams that serve the queue, that they concern."""

    def __init__(self, db: Database) -> None:
        self._db = db
        db.execute(
            "CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY, id TEXT, at REAL, by TEXT, by_name TEXT,"
            " verb TEXT, subject TEXT, why TEXT, outcome TEXT, detail TEXT, team TEXT, queue TEXT,"
            " subject_name TEXT NOT NULL DEFAULT '')"
        )
        if "subject_name" not in db["audit"].columns_dict:  # kept by an earlier version
            db.execute("ALTER TABLE audit ADD COLUMN subject_name TEXT NOT NULL DEFAULT ''")
        db.execute("CREATE INDEX IF NOT EXISTS audit_of_subject ON audit (subject, number)")

    def add(self, entry: AuditEntry, *, team: str, queue: str) -> None:
        """Write an entry down; `team` and `queue` are those of its subject, "" where it has none."""
        self._db.execute(
            "INSERT INTO audit (id, at, by, by_name, verb, subject, why, outcome, detail, team, queue, subject_name)"
            " VALUES (:id, :at, :by, :by_name, :verb, :subject, :why, :outcome, :detail, :team, :queue,"
            " :subject_name)",
            entry.model_dump() | {"team": team, "queue": queue},
        )

    def of(self, principal: Principal, queues: Collection[str], limit: int) -> list[AuditEntry]:
        """The newest `limit` entries that concern a supervisor's team or its queues, or are their own."""
        rows = self._db.query(
            "SELECT * FROM audit WHERE team = :team OR by = :by"
            " OR (team = '' AND queue IN (SELECT value FROM json_each(:queues))) ORDER BY number DESC LIMIT :limit",
            {"team": principal.team, "by": principal.id, "queues": json.dumps(list(queues)), "limit": limit},
        )
        return [_entry(row) for row in rows]

    def last_done(self, subject: str, since: float) -> AuditEntry | None:
        """The last thing that was done to a subject, if it was after `since` (epoch seconds)."""
        rows = self._db.query(
            "SELECT * FROM audit WHERE subject = :subject AND outcome = 'done' AND at > :since"
            " ORDER BY number DESC LIMIT 1",
            {"subject": subject, "since": since},
        )
        return next((_entry(row) for row in rows), None)

    def clear(self) -> None:
        """Forget everything."""
        self._db.execute("DELETE FROM audit")


def _entry(row: dict[str, object]) -> AuditEntry:
    return AuditEntry.model_validate({name: row[name] for name in _FIELDS})
