"""The selected agent in words: their state, their day, their schedule, what was written."""

from textual.content import Content

from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability
from desktop.domain.figures.agent_day import day_until
from desktop.tui.supervisor.agent_activity import activity, is_busy, reason_label
from desktop.tui.supervisor.alert_advice import advice
from desktop.tui.supervisor.floor_view import STALE_SECONDS, FloorView, agent_name, signed
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.agent_day import day_lines, hour_and_minute, schedule_lines
from desktop.words.catalogue import in_words, term, tr

_MESSAGES = 3


def agent_lines(agent: Agent, view: FloorView, width: int) -> list[Content]:
    """What is known of an agent beside their row."""
    doing = activity(agent, view.state)
    sign, word, style = wording.AVAILABILITY[agent.observed]
    state: list[Part] = [
        (f"{sign} ", style),
        (f"{doing.word} ", doing.style),
        (wording.duration(view.clock - doing.since), ""),
    ]
    if is_busy(agent) and agent.observed is not Availability.AVAILABLE:
        away = wording.duration(view.clock - agent.since)
        state.append((f" · {reason_label(view.state, agent.reason) or tr(word)} {away}", style))
    if agent.next is not None:
        following = reason_label(view.state, agent.next_reason) or term("availability", agent.next)
        state.append((f"   → {tr('then {state}', state=following)}", "$accent"))
    alert = view.agent_alert(agent.id)
    skills = ", ".join(f"{name} {level}" for name, level in sorted(agent.skills.items(), key=lambda one: -one[1]))
    return [
        line(*state),
        *([line(signed(alert), f" {in_words(alert.text)}")] if alert is not None else []),
        *([line((f"  → {todo}", "$muted"))] if (todo := advice(alert, view) if alert is not None else "") else []),
        *flowed(
            [
                (tr("team"), agent.team or wording.UNKNOWN),
                (tr("queues"), ", ".join(agent.queues) or wording.UNKNOWN),
                *([(tr("skills"), skills)] if skills else []),
            ],
            width,
        ),
        *_day(agent, view, width),
        *_messages(agent, view),
    ]


def _day(agent: Agent, view: FloorView, width: int) -> list[Content]:
    day = day_until(agent, view.clock)
    age = None if day is None or day.until is None else view.now - day.until
    old = (age is None or age > STALE_SECONDS) and not view.stale
    asked = view.day if view.day.of == agent.id else None
    lines = day_lines(day, age, aged=old, width=width)
    lines += schedule_lines(
        agent,
        view.schedules.get(agent.id),
        asked.value if asked is not None else None,
        (asked.at if asked is not None else None) or view.clock,
        view.clock,
        view.fits,
    )
    if asked is not None and asked.value is None and asked.problem and agent.id in view.schedules:
        lines.append(content(in_words(asked.problem), "$warning"))
    return lines


def _messages(agent: Agent, view: FloorView) -> list[Content]:
    written = [one for one in view.state.agent_messages.values() if agent.id in (one.by, one.to)]
    return [
        line(
            (f"{hour_and_minute(one.at)} {one.by_name or agent_name(view.state, one.by)}: ", "$muted"),
            one.text,
        )
        for one in sorted(written, key=lambda one: one.at)[-_MESSAGES:]
    ]
