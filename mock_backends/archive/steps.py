"""What happened in an interaction of the archive."""

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import duckdb

_STEPS = """
SELECT moment, what, queue, agent, coalesce(agent.name, ''), detail
FROM step LEFT JOIN agent ON agent.id = step.agent WHERE interaction = ? ORDER BY place
"""


def steps_of(db: "duckdb.DuckDBPyConnection", number: int, row: dict[str, Any]) -> list[dict[str, object]]:
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
