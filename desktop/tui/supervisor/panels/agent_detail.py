"""The selected agent in words: their state, their day, their schedule, what was written."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.entities.floor import Activity, AgentDay, StateStretch
from desktop.domain.entities.model import Agent, Instant
from desktop.domain.figures.adherence import adherence, standing, stretches_of
from desktop.domain.figures.agent_day import day_until
from desktop.tui.supervisor.agent_activity import activity, reason_label
from desktop.tui.supervisor.alert_advice import advice
from desktop.tui.supervisor.floor_view import STALE_SECONDS, FloorView, agent_name, signed
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, share
from desktop.words.catalogue import in_words, ptr, term, tr

_MESSAGES = 3


def agent_lines(agent: Agent, view: FloorView, width: int) -> list[Content]:
    """What is known of an agent beside their row."""
    doing = activity(agent, view.state)
    sign, word, style = wording.AVAILABILITY[agent.observed]
    state: list[Part] = [
        (f"{sign} {tr(word)}", style),
        (f" {wording.duration(view.clock - agent.since)}", "$muted"),
        (f"   {doing.word} ", doing.style),
        (wording.duration(view.clock - doing.since), ""),
    ]
    if agent.next is not None:
        following = reason_label(view.state, agent.next_reason) or term("availability", agent.next)
        state.append((f"   → {tr('then {state}', state=following)}", "$accent"))
    alert = view.agent_alert(agent.id)
    skills = ", ".join(f"{name} {level}" for name, level in sorted(agent.skills.items(), key=lambda one: -one[1]))
    return [
        line(*state),
        *([line(signed(alert), f" {in_words(alert.text)}")] if alert is not None else []),
        *([line((f"  → {todo}", "$muted"))] if (todo := advice(alert, view) if alert is not None else "") else []),
        _pair(
            *(tr("team"), agent.team or wording.UNKNOWN),
            *(tr("queues"), ", ".join(agent.queues) or wording.UNKNOWN),
        ),
        *([_pair(tr("skills"), skills)] if skills else []),
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
    as_of = (ptr("figures", "updated"), wording.since(None if day.until is None else view.now - day.until))
    return [
        _pair(
            *(tr("today"), tr("{n} handled", n=day.handled)),
            *(ptr("figures", "missed"), str(day.missed), ptr("figures", "declined"), str(day.declined)),
            *(tr("signed in"), wording.duration(day.signed_in)),
        ),
        _pair(
            *(ptr("figure", "occupancy"), share(day.engaged / worked if worked > 0 else None)),
            *(tr("of capacity"), share(day.load / worked if worked > 0 else None)),
            *(tr("idle"), wording.duration(day.idle)),
            *(as_of if old and not view.stale else ()),
        ),
    ]


def _schedule(agent: Agent, view: FloorView) -> list[Content]:
    schedule = view.schedules.get(agent.id)
    if schedule is None:
        return []
    now = standing(schedule, stretches_of(agent, view.clock), view.clock, view.fits)
    expected = now.expected
    what = tr("nothing scheduled") if expected is None else _activity(expected)
    if now.until is not None:
        what = tr("{activity} until {at}", activity=what, at=_at(now.until))
    parts: list[Part] = [(f"{tr('schedule')} ", "$muted"), (what, "")]
    if now.adherent is False and now.since is not None:
        parts.append(
            (f"  ✗ {tr('off schedule for {time}', time=wording.duration(view.clock - now.since))}", "$warning")
        )
    elif now.adherent:
        parts.append((f"  ✓ {tr('on schedule')}", "$success"))
    lines = [line(*parts)]
    if view.day.of == agent.id and view.day.value is not None:
        observed: list[StateStretch] = [*view.day.value]
        kept = adherence(schedule, observed, view.day.at or view.clock, view.fits)
        age = None if view.day.at is None else view.now - view.day.at
        lines.append(
            line(
                (f"{tr('adherence')} ", "$muted"),
                (exact_share(kept.share), "bold"),
                (f"  {tr('{part} of {whole}', part=_time(kept.adherent), whole=_time(kept.scheduled))}", ""),
                (f"  {tr('excused {time}', time=_time(kept.excepted))}" if kept.excepted else "", "$muted"),
                (_not_seen(kept.unobserved, observed), "$muted"),
                (f"  {tr('updated {ago}', ago=wording.since(age))}", "$muted"),
            )
        )
        lines += [
            line(
                (f"  {_at(one.start)}–{_at(one.end)} ", "$muted"),
                (
                    tr("{seen} instead of {expected}", seen=_seen(one.observed), expected=_activity(one.expected)),
                    "$warning",
                ),
            )
            for one in kept.deviations[-2:]
        ]
    elif view.day.of == agent.id and view.day.problem:
        lines.append(content(in_words(view.day.problem), "$warning"))
    return lines


def _not_seen(seconds: float, observed: Sequence[StateStretch]) -> str:
    """Scheduled time of which nobody knows, and from when on there is any knowledge of this day."""
    if not seconds:
        return ""
    if not observed:
        return f"  {tr('no data for {time}', time=_time(seconds))}"
    return f"  {tr('no data for {time}, known from {at}', time=_time(seconds), at=_at(observed[0].start))}"


def _activity(activity: Activity) -> str:
    return activity.label or term("activity", activity.kind)


def _seen(observed: str) -> str:
    """What an agent was seen doing, as in `Fits`."""
    word, colon, reason = observed.partition(":")
    return term("seen", word) + colon + reason


def _time(seconds: float) -> str:
    return wording.duration(seconds)


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
