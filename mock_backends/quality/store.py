"""Evaluations, calibrations and coaching notes in SQLite."""

from typing import TypeVar

from sqlite_utils import Database

from mock_backends.wire.quality import Calibration, CoachingNote, Evaluation

Kept = TypeVar("Kept", Evaluation, Calibration, CoachingNote)


class QualityStore:
    """Entities as JSON beside the columns that are asked for."""

    def __init__(self, db: Database) -> None:
        self._db = db
        db.execute(
            "CREATE TABLE IF NOT EXISTS quality (n INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, agent_id TEXT, "
            "interaction_id TEXT, at REAL, json TEXT)"
        )
        db.execute("CREATE INDEX IF NOT EXISTS quality_of ON quality (kind, agent_id, at)")

    def clear(self) -> None:
        """Forget everything."""
        self._db.execute("DELETE FROM quality")

    def save(self, entity: Kept) -> None:
        """Write an entity, in place of what was there under its id."""
        interaction = "" if isinstance(entity, CoachingNote) else entity.interaction_id
        self._db.execute(
            "INSERT INTO quality (id, kind, agent_id, interaction_id, at, json) VALUES (?,?,?,?,?,?) "
            "ON CONFLICT (id) DO UPDATE SET json = excluded.json",
            [entity.id, _kind(type(entity)), entity.agent_id, interaction, entity.at, entity.model_dump_json()],
        )

    def one(self, kind: type[Kept], entity_id: str) -> Kept | None:
        """The entity under an id."""
        row = self._db.execute(
            "SELECT json FROM quality WHERE kind = ? AND id = ?", [_kind(kind), entity_id]
        ).fetchone()
        return kind.model_validate_json(row[0]) if row else None

    def of(
        self, kind: type[Kept], agents: set[str], *, since: float = 0.0, interaction: str = "", limit: int = 10_000
    ) -> list[Kept]:
        """Those about the work of some agents, newest first."""
        marks = ",".join("?" * len(agents))
        rows = self._db.execute(
            f"SELECT json FROM quality WHERE kind = ? AND agent_id IN ({marks}) AND at >= ? "  # noqa: S608 - marks
            "AND (? = '' OR interaction_id = ?) ORDER BY at DESC, n DESC LIMIT ?",
            [_kind(kind), *sorted(agents), since, interaction, interaction, limit],
        ).fetchall()
        return [kind.model_validate_json(row[0]) for row in rows]

    def written_by(self, who: str) -> list[CoachingNote]:
        """The coaching notes that somebody wrote, oldest first."""
        rows = self._db.execute(
            "SELECT json FROM quality WHERE kind = ? AND json_extract(json, '$.by') = ? ORDER BY n",
            [_kind(CoachingNote), who],
        ).fetchall()
        return [CoachingNote.model_validate_json(row[0]) for row in rows]


def _kind(kind: type[Kept]) -> str:
    return kind.__name__
