"""What stands in a table of the floor, in its order and behind its filter, as a table for a file."""

from collections.abc import Sequence
from pathlib import Path

from desktop.app.history.report.files import ReportError, csv_text, form_of, json_text, save, target_of
from desktop.app.history.report.table import Kind, Table, Value
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.figures.adherence import standing, stretches_of
from desktop.domain.figures.agent_day import missed_today
from desktop.domain.figures.metrics import METRICS
from desktop.domain.text.sentence import Sentence
from desktop.tui.supervisor.agent_activity import activity, reason_label
from desktop.tui.supervisor.floor_view import FloorView
from desktop.words.catalogue import in_words
from desktop.words.figures import arithmetic

_WHOLE = ("waiting", "offered", "answered", "abandoned", "callbacks", "flow_outs", "missed", "declined", "handled")


def queue_table(names: Sequence[str], view: FloorView) -> Table:
    """One row a queue: every metric, shares of 1 and seconds; empty where it is not known."""
    columns = {"queue": Kind.TEXT, "as_of": Kind.REAL}
    columns |= {one.id: Kind.INTEGER if one.id in _WHOLE else Kind.REAL for one in METRICS.values()}
    columns |= {"formula": Kind.TEXT, "alert": Kind.TEXT}
    queues = [view.state.queues[name] for name in names if name in view.state.queues]
    return Table(columns, [_queue_row(queue, view) for queue in queues])


def _queue_row(queue: QueueStats, view: FloorView) -> tuple[Value, ...]:
    alert = view.queue_alert(queue.name)
    values = [one.value(queue, view.clock_of(queue), view.formula) for one in METRICS.values()]
    whole = [
        int(value) if value is not None and one.id in _WHOLE else value
        for one, value in zip(METRICS.values(), values, strict=True)
    ]
    return (queue.name, queue.as_of, *whole, view.formula.id, in_words(alert.text) if alert is not None else "")


def agent_table(ids: Sequence[str], view: FloorView) -> Table:
    """One row an agent: state and how long, what is in hand, what comes next, how the schedule is kept."""
    texts = ("agent_id", "agent", "team", "availability", "reason", "state")
    columns = dict.fromkeys(texts, Kind.TEXT) | {"seconds": Kind.REAL, "in_hand": Kind.INTEGER}
    columns |= dict.fromkeys(("queue", "next"), Kind.TEXT) | {"missed": Kind.INTEGER}
    columns |= dict.fromkeys(("adherent", "queues", "skills", "alert"), Kind.TEXT)
    agents = [view.state.agents[one] for one in ids if one in view.state.agents]
    return Table(columns, [_agent_row(agent, view) for agent in agents])


def _agent_row(agent: Agent, view: FloorView) -> tuple[Value, ...]:
    doing, alert = activity(agent, view.state), view.agent_alert(agent.id)
    schedule = view.schedules.get(agent.id)
    adherent = standing(schedule, stretches_of(agent, view.clock), view.clock, view.fits).adherent if schedule else None
    return (
        agent.id,
        agent.name,
        agent.team,
        agent.observed.value,
        reason_label(view.state, agent.reason),
        doing.word,
        round(max(0.0, view.clock - doing.since), 1),
        len(agent.work),
        agent.work[0].queue if agent.work else "",
        agent.next.value if agent.next is not None else "",
        missed_today(agent),
        "" if adherent is None else "yes" if adherent else "no",
        ", ".join(agent.queues),
        ", ".join(sorted(agent.skills)),
        in_words(alert.text) if alert is not None else "",
    )


def written(table: Table, name: str, path: str, view: FloorView) -> str:
    """Write a table to a file that only this user can read; answers where it is.

    Args:
        name: what the rows are called in JSON.
        path: ends in `.csv` or `.json`.

    Raises:
        ReportError: it cannot be written, there is such a file already, or the name says neither.
    """
    form = form_of(path)
    if form not in ("csv", "json"):
        raise ReportError(Sentence("report.csv_or_json"))
    target = target_of(Path(path), overwrite=False)
    about = {"as_of": view.clock, "formula": view.formula.id, "arithmetic": arithmetic(view.formula.ratio)}
    text = csv_text(table) if form == "csv" else json_text(table, name, about)
    save(target, text.encode())
    return str(target)
