"""What the centre counts on a simulated day, held against the recount of its raw log: every figure there is.

Compared are all closed quarters of an hour by queue and channel, staff time by queue; and at moments of the day, among
them midnight itself and just beside it, each queue's counts since midnight, its trend, the score of its estimates,
every percentage and mean that the desktop makes of the counts under every formula, and each agent's day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import FORMULAS
from mock_backends.acd.counters import AgentDay, ClosedInterval
from mock_backends.acd.counters import QueueStats as Told
from tests.mocks.acd.raw_day import RawDay, Size
from tests.mocks.acd.recount import TIMES, Fact, Recount, Stretch, counts, staff

COUNTED = (
    "offered", "answered", "answered_within", "abandoned", "abandoned_within", "short_abandons", "callbacks",
    "callbacks_within", "flow_outs", "flow_outs_within", "missed", "declined", "handled", "wrapped_up", "wait_seconds",
    "abandon_seconds", "talk_seconds", "hold_seconds", "wrap_up_seconds", "longest_wait",
)  # fmt: skip
NEAR = 1e-4  # seconds, or anything else: sums of a day's times in another order


@dataclass
class Verdict:
    """How many figures were compared, and which of them differ."""

    figures: int = 0
    lines: int = 0
    midnights: int = 0
    intervals: int = 0
    moments: int = 0
    different: list[str] = field(default_factory=list)

    def same(self, what: str, told: float | None, found: float | None) -> None:
        """Compare one figure."""
        self.figures += 1
        if told is not found and (told is None or found is None or abs(told - found) > NEAR):
            self.different.append(f"{what}: the centre says {told}, the log {found}")


@dataclass(frozen=True)
class Look:
    """What the centre said at one moment, `length` lines into its log."""

    at: float
    length: int
    queues: list[Told]
    agents: dict[str, AgentDay]


def midnights(size: Size) -> list[float]:
    """The first moment of each local date within the day, found by looking at every quarter of an hour."""
    zone = ZoneInfo(size.zone)
    quarters = [size.start // 900 * 900 + 900 * n for n in range(int(size.hours * 4) + 2)]
    return [
        at
        for at in quarters[1:]
        if datetime.fromtimestamp(at, zone).date() != datetime.fromtimestamp(at - 1, zone).date()
    ]


def check(size: Size, looks: int = 12) -> Verdict:
    """Play the day, look in between, and compare everything."""
    day = RawDay(size)
    closed: list[ClosedInterval] = []
    day.router.on_interval(closed.append)
    seen: list[Look] = []

    def look(now: float) -> None:
        router = day.router
        queues = [router.queue_stats(policy.name, now) for policy in day.policies]
        agents = {profile.id: router.agent_day(profile.id, now) for profile in day.profiles}
        seen.append(Look(now, len(day.log), queues, agents))

    begins = midnights(size)
    for at in [size.start + size.hours * 3600 * (n + 0.37) / looks for n in range(looks)]:
        day.at(at, look)
    for at in begins:
        for beside in (at - 0.001, at, at + 0.001):
            day.at(beside, look)
    last = size.start
    for now in day.moments():
        last = now
    day.router.running_intervals(last)
    verdict = Verdict(lines=len(day.log), midnights=len(begins), intervals=len(closed), moments=len(seen))
    whole = Recount(day.log, day.policies, day.profiles, size.start, last)
    _intervals(verdict, whole, closed, last)
    for one in seen:
        so_far = Recount(day.log[: one.length], day.policies, day.profiles, size.start, one.at)
        since = max([size.start, *(at for at in begins if at <= one.at)])
        _today(verdict, so_far, one, since)
    return verdict


def _intervals(verdict: Verdict, whole: Recount, closed: list[ClosedInterval], last: float) -> None:
    facts: dict[tuple[str, str, float], list[Fact]] = defaultdict(list)
    for fact in whole.facts:
        facts[fact.queue, fact.channel, fact.at // 900 * 900].append(fact)
    shares: dict[tuple[str, float], dict[str, float]] = defaultdict(lambda: dict.fromkeys(TIMES, 0.0))
    for stretch in whole.stretches:
        _share_out(shares, stretch)
    for interval in closed:
        key = (interval.queue, interval.since)
        verdict.same(f"{key} length", interval.until - interval.since, 900.0)
        for channel, told in interval.channels.items():
            found = counts(facts.pop((interval.queue, channel, interval.since), []))
            for name in COUNTED:
                verdict.same(f"{key} {channel} {name}", getattr(told, name), found[name])
        for name, seconds in shares.pop(key, dict.fromkeys(TIMES, 0.0)).items():
            verdict.same(f"{key} {name}", getattr(interval.staff, name), seconds)
    open_now = last // 900 * 900
    verdict.different += [f"{key} was never told" for key in facts if key[2] < open_now]
    verdict.different += [f"staff of {key} was never told" for key in shares if key[1] < open_now]


def _share_out(shares: dict[tuple[str, float], dict[str, float]], stretch: Stretch) -> None:
    at = stretch.start
    while at < stretch.end:
        quarter = at // 900 * 900
        until = min(stretch.end, quarter + 900)
        for queue in stretch.queues:
            for name, share in zip(TIMES, stretch.shares, strict=True):
                shares[queue, quarter][name] += (until - at) * float(share)
        at = until


def _today(verdict: Verdict, so_far: Recount, look: Look, since: float) -> None:
    facts: dict[str, list[Fact]] = defaultdict(list)
    of_agents: dict[str, list[Fact]] = defaultdict(list)
    for fact in so_far.facts:
        if fact.at >= since:
            facts[fact.queue].append(fact)
            of_agents[fact.agent].append(fact)
    people: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in so_far.stretches:
        if stretch.end > since:
            people[stretch.agent].append(stretch)
    for told in look.queues:
        what = f"{told.queue} at {look.at}"
        found = counts(facts[told.queue])
        for name in COUNTED:
            verdict.same(f"{what} {name}", getattr(told.counts, name), found[name])
        mine = [one for each in people.values() for one in each if told.queue in one.queues]
        time = staff(mine, since, look.at)
        for name, seconds in time.items():
            verdict.same(f"{what} {name}", getattr(told.counts.staff, name), seconds)
        verdict.same(f"{what} since", told.counts.since, since)
        _metrics(verdict, what, told, found, time)
        trend = so_far.trend(told.queue, look.at)
        for back, (ours, theirs) in enumerate(zip(reversed(told.trend), reversed(trend), strict=False)):
            verdict.same(f"{what} trend {back}", ours, theirs)
        scores = [one for one in so_far.scores if one[0] >= since and one[1] == told.queue]
        verdict.same(f"{what} scored", told.estimates.scored, len(scores))
        verdict.same(f"{what} within", told.estimates.within, sum(one[2] for one in scores))
        verdict.same(f"{what} error", told.estimates.error_seconds, sum(one[3] for one in scores))
        verdict.same(f"{what} absolute", told.estimates.absolute_seconds, sum(abs(one[3]) for one in scores))
    for agent, day in look.agents.items():
        what = f"{agent} at {look.at}"
        found = counts(of_agents[agent])
        for name in ("handled", "missed", "declined"):
            verdict.same(f"{what} {name}", getattr(day, name), found[name])
        for name, seconds in staff(people[agent], since, look.at).items():
            verdict.same(f"{what} {name}", getattr(day, name), seconds)
        verdict.same(f"{what} since", day.since, since)


def _metrics(verdict: Verdict, what: str, told: Told, found: dict[str, float], time: dict[str, float]) -> None:
    """Everything the desktop makes of counts, made of both sides."""
    frame = {name: getattr(told.counts, name) for name in ("since", "until", "threshold", "short_abandon_seconds")}
    staffed = told.counts.staff
    ours = {name: getattr(told.counts, name) for name in COUNTED}
    theirs = {name: found[name] for name in COUNTED}
    sides = [
        Counts(**frame, **ours, staff=None if staffed is None else StaffTime(**asdict(staffed))),
        Counts(**frame, **theirs, staff=StaffTime(**time)),
    ]
    one, other = (QueueStats(told.queue, 1, told.counts.until, counts=side) for side in sides)
    for metric in METRICS.values():
        for formula in FORMULAS.values():
            if metric.ratio_by(formula) is not None:
                values = [metric.value(queue, told.counts.until, formula) for queue in (one, other)]
                verdict.same(f"{what} {metric.id} by {formula.id}", *values)
