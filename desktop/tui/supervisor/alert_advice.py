"""What a supervisor can do about an alert now, in one short line: what is on offer, and no figure that is not known."""

from collections.abc import Mapping, Sequence
from typing import Final

from desktop.domain.entities.alert import About, Alert
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability
from desktop.domain.figures.adherence import standing as adherence_now
from desktop.domain.figures.adherence import stretches_of
from desktop.domain.select.floor_verbs import standing
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.supervisor.actions.target import target_at
from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.verb_words import SHOWN
from desktop.words.catalogue import ntr, tr

_MOST_VERBS: Final = 3
_ON_AGENT: Final = (FloorVerb.MESSAGE, FloorVerb.AGENT_STATE)
_ON_CONTACT: Final = (FloorVerb.LISTEN, FloorVerb.WHISPER, FloorVerb.TAKE_OVER, FloorVerb.MESSAGE)
_FIRST: Final[Mapping[str, Sequence[FloorVerb]]] = {
    "work_ringing": (FloorVerb.REASSIGN, FloorVerb.MESSAGE),
    "work_on_hold": (FloorVerb.WHISPER, FloorVerb.MESSAGE, FloorVerb.TAKE_OVER),
    "work_wrap_up": _ON_AGENT,
    "work_overdue": (FloorVerb.MESSAGE, FloorVerb.REASSIGN),
}
"""What helps first, by what the rule watches; for the rest, by what the alert is about."""


def advice(alert: Alert, view: FloorView, *, opened: bool = False) -> str:
    """What to do about it, "" where somebody deals with it already.

    Args:
        opened: whether it is said in the details, which `enter` leads to from elsewhere.
    """
    if alert.over_at is not None:
        return tr("It is over. {acknowledge:key} takes it off the list.") if not alert.acknowledged_by else ""
    if alert.acknowledged_by:
        return ""
    match alert.about:
        case About.QUEUE:
            return _of_queue(alert, view, opened=opened)
        case About.SOURCE:
            return tr("{diagnostics:key} shows what is wrong, {retry:key} tries again.")
        case _:
            return _of_agent(alert, view)


def _of_queue(alert: Alert, view: FloorView, *, opened: bool) -> str:
    who, queue = standing(view.state), view.state.queues.get(alert.subject)
    away = _away(alert.subject, view) if who.has(FloorVerb.AGENT_STATE) else []
    if len(away) == 1:
        return tr("{agent} serves it and is not ready: {agent_state:key} on their row.", agent=away[0].name)
    if away:
        return ntr(
            "{n} of its agents is not ready: {agent_state:key} on their row.",
            "{n} of its agents are not ready: {agent_state:key} on their row.",
            len(away),
        )
    if queue is None or view.is_old(queue):
        return "" if opened else tr("enter opens the queue.")
    if not queue.waiting:
        return tr("No one waiting.") if opened else tr("No one is waiting now. enter opens the queue.")
    acts = _keys([verb for verb in (FloorVerb.MOVE, FloorVerb.PRIORITY) if who.has(verb)])
    if opened:
        return tr("{n} waiting: {acts}", n=queue.waiting, acts=acts) if acts else ""
    if acts:
        return tr("{n} waiting: enter, then {acts}", n=queue.waiting, acts=acts)
    return tr("{n} waiting: enter lists them.", n=queue.waiting)


def _away(queue: str, view: FloorView) -> list[Agent]:
    """Who serves a queue and is not ready with nothing in hand, though no schedule of theirs says so."""
    return [
        agent
        for agent in view.state.agents.values()
        if agent.observed is Availability.NOT_READY
        and queue in agent.queues
        and not agent.work
        and agent.id != view.state.me
        and not _as_planned(agent, view)
    ]


def _as_planned(agent: Agent, view: FloorView) -> bool:
    schedule = view.schedules.get(agent.id)
    if schedule is None:
        return False
    return adherence_now(schedule, stretches_of(agent, view.clock), view.clock, view.fits).adherent is True


def _of_agent(alert: Alert, view: FloorView) -> str:
    who = standing(view.state)
    offered = target_at(view, who, "alerts", alert.key, None).offered(who)
    usual = _ON_CONTACT if alert.about is About.WORK or FloorVerb.LISTEN in offered else _ON_AGENT
    verbs = [one for one in _FIRST.get(alert.watch, usual) if one in offered][:_MOST_VERBS]
    return _keys(verbs) or tr("enter opens the agent.")


def _keys(verbs: Sequence[FloorVerb]) -> str:
    keys = [FLOOR_BY_ID[SHOWN[verb].key] for verb in verbs]
    return " · ".join(f"{key.shown} {key.label}" for key in keys)
