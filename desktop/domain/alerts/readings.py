"""What a rule reads of a queue, an agent, a contact or a source: a figure, a clock that runs, or that nobody knows."""

from collections.abc import Mapping
from typing import NamedTuple

from desktop.domain.alerts.rules import Rule
from desktop.domain.alerts.trail import Trail, seconds_to_breach
from desktop.domain.entities.floor import ActivityKind, AgentWork, Schedule
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Health, Phase
from desktop.domain.figures.adherence import FITS, Fits, standing, stretches_of
from desktop.domain.figures.agent_day import missed_today
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.ratio import Ratio
from desktop.domain.state.state import SourceHealth


class Reading(NamedTuple):
    """`value` None: unknown. With `since` it grows with time, `now` minus that; `until` is when to look again anyway.

    `breach` are the seconds until the threshold is reached at the present rate: infinite for never, None for unknown.
    """

    value: float | None
    since: Instant | None = None
    until: Instant | None = None
    breach: float | None = None


UNKNOWN = Reading(None)
NEVER = float("inf")


def running(since: Instant, now: Instant, until: Instant | None = None) -> Reading:
    """A clock that has been running since then."""
    return Reading(now - since, since, until)


def quiet_until(rule: Rule, reading: Reading) -> Instant:
    """When a figure that does not meet its rule may do so by time alone."""
    until = NEVER if reading.until is None else reading.until
    return until if reading.since is None else min(until, reading.since + rule.raise_at)


def trail_of(rule: Rule) -> Trail | None:
    """What a rule needs to remember of each queue, if anything."""
    span = rule.window or (rule.rate if rule.forecast is not None else None)
    return Trail(span) if span is not None else None


def read_queue(rule: Rule, queue: QueueStats, now: Instant, trail: Trail | None) -> Reading:
    """The figure of a queue whose record is fresh."""
    if rule.threshold_within is not None and queue.counts is not None:
        threshold = queue.counts.threshold
        if threshold is not None and threshold > rule.threshold_within:
            return Reading(rule.calm)
    if rule.watch.grows:
        if queue.longest_since is not None:
            return running(queue.longest_since, now)
        return Reading(rule.calm) if queue.waiting == 0 else UNKNOWN
    if rule.ratio is None:
        return _plain(rule, METRICS[rule.watch.id].value(queue, now), now, trail)
    return _share(rule, rule.ratio, queue, now, trail)


def _plain(rule: Rule, value: float | None, now: Instant, trail: Trail | None) -> Reading:
    if value is None or trail is None:
        return Reading(value)
    trail.add(now, (0.0, None), value, 1.0)
    slope = trail.slope(now, value)
    if slope is None:
        return Reading(value)
    distance = value - rule.raise_at if rule.low_is_bad else rule.raise_at - value
    towards = -slope if rule.low_is_bad else slope
    return Reading(value, breach=max(distance, 0.0) / towards if towards > 0 else NEVER)


def _share(rule: Rule, ratio: Ratio, queue: QueueStats, now: Instant, trail: Trail | None) -> Reading:
    counts = queue.counts
    parts = ratio.parts(counts) if counts is not None else None
    if counts is None or parts is None:
        return UNKNOWN
    over, of = parts
    breach = None
    if trail is not None:
        trail.add(now, (counts.since, counts.threshold), over, of)
        inflow = trail.since(now, over, of, whole=rule.window is not None)
        if rule.window is not None:
            if inflow is None or inflow.over < 0 or inflow.of < 0 or (ratio.share and inflow.over > inflow.of):
                return UNKNOWN
            over, of = inflow.over, inflow.of
        elif inflow is not None:
            breach = seconds_to_breach(over, of, inflow, rule.raise_at, low_is_bad=rule.low_is_bad)
    if of <= 0 or of < rule.min_volume:
        return Reading(rule.calm)
    return Reading(over / of, breach=breach)


def read_agent(
    rule: Rule, agent: Agent, now: Instant, schedules: Mapping[str, Schedule] | None, fits: Fits = FITS
) -> Reading:
    """The figure of an agent. `schedules` None: not known, or the contact centre has none."""
    if rule.watch.id == "agent_missed":
        return Reading(rule.calm if agent.observed is Availability.OFFLINE else missed_today(agent))
    if rule.watch.id == "agent_time_in_state":
        word, _, reason = rule.state.partition(":")
        fits_state = agent.observed.value == word and (not reason or agent.reason == reason)
        return running(agent.since, now) if fits_state else Reading(rule.calm)
    if schedules is None:
        return UNKNOWN
    schedule = schedules.get(agent.id)
    if schedule is None:
        return Reading(rule.calm)
    there = standing(schedule, stretches_of(agent, now), now, fits)
    if there.adherent is False and there.since is not None:
        return running(there.since, now, there.until)
    expected = there.expected is not None and there.expected.kind is not ActivityKind.EXCEPTION
    return Reading(None if there.adherent is None and expected else rule.calm, until=there.until)


_PHASES = {
    "work_ringing": Phase.OFFERED,
    "work_talking": Phase.ACTIVE,
    "work_wrap_up": Phase.WRAP_UP,
}


def read_work(rule: Rule, work: AgentWork, now: Instant, held_seen: Instant) -> Reading:
    """The figure of a contact in an agent's hands.

    Args:
        held_seen: when it was first seen on hold; used where the contact centre does not say since when it is.
    """
    name = rule.watch.id
    if rule.channels and work.channel.value not in rule.channels:
        return Reading(rule.calm)
    if name == "work_overdue":
        if work.deadline is None or work.phase not in (Phase.OFFERED, Phase.WRAP_UP):
            return Reading(rule.calm)
        return running(work.deadline, now)
    if name == "work_on_hold":
        if not work.held:
            return Reading(rule.calm)
        return running(held_seen if work.held_since is None else work.held_since, now)
    return running(work.since, now) if work.phase is _PHASES[name] else Reading(rule.calm)


def read_source(rule: Rule, health: SourceHealth, now: Instant) -> Reading:
    """The figure of the connection to a source."""
    live = health.health is Health.LIVE
    if rule.watch.id == "source_down":
        return Reading(rule.calm) if live else running(health.since, now)
    return Reading(rule.calm) if not live or health.last_heard is None else running(health.last_heard, now)
