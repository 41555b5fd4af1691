"""The columns of the agents."""

from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Phase
from desktop.domain.figures.adherence import standing, stretches_of
from desktop.domain.figures.agent_day import missed_today
from desktop.tui.supervisor.agent_activity import activity, customer_of, foremost, reason_label
from desktop.tui.supervisor.floor_view import FloorView, alarm, signed
from desktop.tui.supervisor.panels.floor_column import NONE, Cell, FloorColumn, Sorted
from desktop.tui.widgets.table_columns import Column
from desktop.tui.words import wording
from desktop.tui.words.figures import short_duration
from desktop.words.catalogue import term
from desktop.words.marks import pmark

_TIME = 7
"""Cells of a duration."""


def _sign(agent: Agent, view: FloorView) -> Cell:
    if agent.id in view.asking:
        return "?", "bold $warning"
    alert = view.agent_alert(agent.id)
    if alert is not None:
        return signed(alert)
    if view.heard is not None and view.heard.agent_id == agent.id:
        return "◉", "bold $accent"
    sign, _, style = wording.AVAILABILITY[agent.observed]
    return sign, style


def _doing(agent: Agent, view: FloorView) -> Cell:
    now = activity(agent, view.state)
    return now.word, now.style


def _time(agent: Agent, view: FloorView) -> Cell:
    return short_duration(view.clock - activity(agent, view.state).since, _TIME), ""


def _work(agent: Agent, view: FloorView) -> Cell:
    if not agent.work:
        return "", ""
    work = foremost(agent.work)
    sign = "✎" if work.phase is Phase.WRAP_UP else TRAITS[work.channel].sign
    who = customer_of(work)
    return f"{sign} {work.queue}{f' · {who}' if who else ''}", ""


def _next(agent: Agent, view: FloorView) -> Cell:
    if agent.next is None:
        return "", ""
    word = reason_label(view.state, agent.next_reason) or term("availability", agent.next)
    return f"→ {word}", "$accent"


def _use(agent: Agent, view: FloorView) -> Cell:
    """Of each channel that is in use: how much, and how much at most."""
    used = ((name, agent.in_use.get(name, 0), most) for name, most in agent.capacity.items())
    return " ".join(
        f"{wording.CHANNEL_SIGN.get(name, name)}{count}/{most}" for name, count, most in used if count
    ), "$muted"


def _load(agent: Agent, _: FloorView) -> float | None:
    most = sum(agent.capacity.values())
    return sum(agent.in_use.values()) / most if most else None


def _missed(agent: Agent, view: FloorView) -> Cell:
    count = missed_today(agent)
    return (str(count), "$warning") if count else NONE


def _adherent(agent: Agent, view: FloorView) -> tuple[bool | None, float]:
    schedule = view.schedules.get(agent.id)
    if schedule is None:
        return None, 0.0
    now = standing(schedule, stretches_of(agent, view.clock), view.clock, view.fits)
    return now.adherent, view.clock - now.since if now.since is not None else 0.0


def _adherence(agent: Agent, view: FloorView) -> Cell:
    adherent, seconds = _adherent(agent, view)
    if adherent is None:
        return wording.UNKNOWN, "$muted"
    return ("✓", "$success") if adherent else (f"✗ {short_duration(seconds, _TIME)}", "$warning")


def _adherence_order(agent: Agent, view: FloorView) -> Sorted:
    adherent, seconds = _adherent(agent, view)
    return None if adherent is None else -1.0 if adherent else seconds


def _alarm(agent: Agent, view: FloorView) -> float:
    return alarm(view.agent_alert(agent.id)) + (16.0 if agent.id in view.asking else 0.0)


def _since(agent: Agent, view: FloorView) -> float:
    return view.clock - activity(agent, view.state).since


AGENT_COLUMNS: tuple[FloorColumn[Agent], ...] = (
    FloorColumn("sign", Column("", 1), _sign, _alarm),
    FloorColumn(
        "agent",
        Column(pmark("column", "agent"), weight=3),
        lambda agent, _: (agent.name, ""),
        lambda agent, _: agent.name.casefold(),
        down=False,
    ),
    FloorColumn(
        "state",
        Column(pmark("column", "state"), 13),
        _doing,
        lambda agent, view: activity(agent, view.state).rank,
        down=False,
    ),
    FloorColumn("time", Column(pmark("column", "time"), _TIME, "right"), _time, _since),
    FloorColumn(
        "work", Column(pmark("column", "contacts"), min_width=64, weight=4), _work, lambda agent, _: len(agent.work)
    ),
    FloorColumn(
        "next",
        Column(pmark("column", "next"), 10, "left", 88),
        _next,
        lambda agent, _: agent.next and agent.next.value,
        down=False,
    ),
    FloorColumn("use", Column(pmark("column", "capacity"), 14, "left", 112), _use, _load),
    FloorColumn(
        "missed",
        Column(pmark("column", "missed"), 6, "right", 58),
        _missed,
        lambda agent, _: missed_today(agent),
    ),
    FloorColumn("adherence", Column(pmark("column", "adherence"), 9, "right", 74), _adherence, _adherence_order),
    FloorColumn(
        "team",
        Column(pmark("column", "team"), 12, "left", 124),
        lambda agent, _: (agent.team, "$muted"),
        lambda agent, _: agent.team.casefold(),
        down=False,
    ),
)
