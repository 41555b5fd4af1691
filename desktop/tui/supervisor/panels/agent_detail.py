"""The selected agent in words: their state, their day, their schedule, what was written."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.entities.floor import AgentDay, StateStretch
from desktop.domain.entities.model import Agent, Instant
from desktop.domain.figures.adherence import adherence, standing, stretches_of
from desktop.domain.figures.agent_day import day_until
from desktop.tui.supervisor.agent_activity import activity, reason_label
from desktop.tui.supervisor.floor_view import STALE_SECONDS, FloorView, agent_name, signed
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, share

_MESSAGES = 3


def agent_lines(agent: Agent, view: FloorView, width: int) -> list[Content]:
    """What is known of an agent beside their row."""
    doing = activity(agent, view.state)
    sign, word, style = wording.AVAILABILITY[agent.observed]
    state: list[Part] = [
        (f"{sign} {word}", style),
        (f" {wording.duration(view.clock - agent.since)}", "$muted"),
        (f"   {doing.word} ", doing.style),
        (wording.duration(view.clock - doing.since), ""),
    ]
    if agent.next is not None:
        following = reason_label(view.state, agent.next_reason) or wording.AVAILABILITY[agent.next][1].lower()
        state.append((f"   → then {following}", "$accent"))
    alert = view.agent_alert(agent.id)
    skills = ", ".join(f"{name} {level}" for name, level in sorted(agent.skills.items(), key=lambda one: -one[1]))
    return [
        line(*state),
        *([line(signed(alert), f" {alert.text}")] if alert is not None else []),
        _pair("team", agent.team or wording.UNKNOWN, "queues", ", ".join(agent.queues) or wording.UNKNOWN),
        *([_pair("skills", skills)] if skills else []),
        *_today(day_until(agent, view.clock), view),
        *_schedule(agent, view),
        *_messages(agent, view),
    ]


def _pair(*words: str) -> Content:
    parts: list[Part] = []
    for label, value in zip(words[::2], words[1::2], strict=True):
        parts += [("   " if parts else "", ""), (f"{label} ", "$muted"), (value, "")]
    return line(*parts)


def _today(day: AgentDay | None, view: FloorView) -> list[Content]:
    if day is None:
        return []
    worked = day.engaged + day.idle
    old = day.until is None or view.now - day.until > STALE_SECONDS
    as_of = ("updated", wording.since(None if day.until is None else view.now - day.until))
    return [
        _pair(
            *("today", f"{day.handled} handled", "missed", str(day.missed), "declined", str(day.declined)),
            *("signed in", wording.duration(day.signed_in)),
        ),
        _pair(
            *("occupancy", share(day.engaged / worked if worked > 0 else None)),
            *("of capacity", share(day.load / worked if worked > 0 else None)),
            *("idle", wording.duration(day.idle)),
            *(as_of if old and not view.stale else ()),
        ),
    ]


def _schedule(agent: Agent, view: FloorView) -> list[Content]:
    schedule = view.schedules.get(agent.id)
    if schedule is None:
        return []
    now = standing(schedule, stretches_of(agent, view.clock), view.clock, view.fits)
    expected = now.expected
    what = "nothing scheduled" if expected is None else expected.label or expected.kind.value
    until = f" until {_at(now.until)}" if now.until is not None else ""
    parts: list[Part] = [("schedule ", "$muted"), (f"{what}{until}", "")]
    if now.adherent is False and now.since is not None:
        parts.append((f"  ✗ off schedule for {wording.duration(view.clock - now.since)}", "$warning"))
    elif now.adherent:
        parts.append(("  ✓ on schedule", "$success"))
    lines = [line(*parts)]
    if view.day.of == agent.id and view.day.value is not None:
        observed: list[StateStretch] = [*view.day.value]
        kept = adherence(schedule, observed, view.day.at or view.clock, view.fits)
        lines.append(
            line(
                ("adherence ", "$muted"),
                (exact_share(kept.share), "bold"),
                (f"  {wording.duration(kept.adherent)} of {wording.duration(kept.scheduled)}", ""),
                (f"  excused {wording.duration(kept.excepted)}" if kept.excepted else "", "$muted"),
                (_not_seen(kept.unobserved, observed), "$muted"),
                (f"  updated {wording.since(None if view.day.at is None else view.now - view.day.at)}", "$muted"),
            )
        )
        lines += [
            line(
                (f"  {_at(one.start)}–{_at(one.end)} ", "$muted"),
                (
                    f"{one.observed.replace('_', ' ')} instead of {one.expected.label or one.expected.kind.value}",
                    "$warning",
                ),
            )
            for one in kept.deviations[-2:]
        ]
    elif view.day.of == agent.id and view.day.problem:
        lines.append(content(view.day.problem, "$warning"))
    return lines


def _not_seen(seconds: float, observed: Sequence[StateStretch]) -> str:
    """Scheduled time of which nobody knows, and from when on there is any knowledge of this day."""
    if not seconds:
        return ""
    return f"  no data for {wording.duration(seconds)}" + (f", known from {_at(observed[0].start)}" if observed else "")


def _messages(agent: Agent, view: FloorView) -> list[Content]:
    written = [one for one in view.state.agent_messages.values() if agent.id in (one.by, one.to)]
    return [
        line(
            (f"{_at(one.at)} {one.by_name or agent_name(view.state, one.by)}: ", "$muted"),
            one.text,
        )
        for one in sorted(written, key=lambda one: one.at)[-_MESSAGES:]
    ]


def _at(instant: Instant | None) -> str:
    return wording.clock(instant)[:5]
