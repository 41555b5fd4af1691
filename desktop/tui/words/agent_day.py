"""An agent's day in words: figures, schedule, adherence."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.entities.floor import Activity, AgentDay, Schedule, StateStretch
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Agent
from desktop.domain.figures.adherence import Fits, adherence, standing, stretches_of
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, share
from desktop.words.catalogue import ptr, term, tr


def day_lines(day: AgentDay | None, age: float | None, *, aged: bool, width: int) -> list[Content]:
    """What was handled, missed and declined, and how the time went.

    Args:
        day: the sums; None where the centre tells none.
        age: seconds since they were told; None where that is not known.
        aged: whether the age is said.
        width: cells of a line.
    """
    if day is None:
        return []
    worked = day.engaged + day.idle
    as_of = [(ptr("figures", "updated"), wording.since(age))] if aged else []
    handled = [
        (tr("today"), tr("{n} handled", n=day.handled)),
        (ptr("figures", "missed"), str(day.missed)),
        (ptr("figures", "declined"), str(day.declined)),
        (tr("signed in"), wording.duration(day.signed_in)),
    ]
    time = [
        (ptr("figure", "occupancy"), share(day.engaged / worked if worked > 0 else None)),
        (tr("of capacity"), share(day.load / worked if worked > 0 else None)),
        (tr("idle"), wording.duration(day.idle)),
    ]
    return [*flowed(handled, width), *flowed([*time, *as_of], width)]


def schedule_lines(
    agent: Agent,
    schedule: Schedule | None,
    observed: Sequence[StateStretch] | None,
    at: Instant,
    now: Instant,
    fits: Fits,
) -> list[Content]:
    """What is planned now and whether the agent keeps to it; with their day, how well they kept to it, and where not.

    Args:
        schedule: the planned day; None where there is none.
        observed: what they did until `at`; None where it is not known.
        at: until when the day is known.
        now: the present, on the server's clock.
        fits: what an agent may be seen doing during an activity.
    """
    if schedule is None:
        return []
    stands = standing(schedule, stretches_of(agent, now), now, fits)
    expected = stands.expected
    what = tr("nothing planned") if expected is None else activity_name(expected)
    if stands.until is not None:
        what = tr("{activity} until {at}", activity=what, at=hour_and_minute(stands.until))
    parts: list[Part] = [(f"{tr('schedule')} ", "$muted"), (what, "")]
    if stands.adherent is False and stands.since is not None:
        parts.append((f"  ✗ {tr('off schedule for {time}', time=wording.duration(now - stands.since))}", "$warning"))
    elif stands.adherent:
        parts.append((f"  ✓ {tr('on schedule')}", "$success"))
    lines = [line(*parts)]
    if observed is not None:
        kept = adherence(schedule, observed, at, fits)
        lines.append(
            line(
                (f"{tr('adherence')} ", "$muted"),
                (exact_share(kept.share), "bold"),
                (f"  {_part_of(kept.adherent, kept.scheduled)}" if kept.scheduled else "", ""),
                (f"  {tr('excused {time}', time=wording.duration(kept.excepted))}" if kept.excepted else "", "$muted"),
                (_not_seen(kept.unobserved, observed), "$muted"),
                (f"  {tr('updated {ago}', ago=wording.since(now - at))}", "$muted"),
            )
        )
        told = [one for one in kept.deviations if one.end - one.start >= 60]  # they are told by the minute
        lines += [
            line(
                (f"  {hour_and_minute(one.start)}–{hour_and_minute(one.end)} ", "$muted"),
                (
                    tr("{seen} instead of {expected}", seen=_seen(one.observed), expected=activity_name(one.expected)),
                    "$warning",
                ),
            )
            for one in told[-2:]
        ]
    return lines


def _not_seen(seconds: float, observed: Sequence[StateStretch]) -> str:
    """Scheduled time of which nobody knows, and from when on there is any knowledge of this day."""
    if not seconds:
        return ""
    if not observed:
        return f"  {tr('no data for {time}', time=wording.duration(seconds))}"
    known = hour_and_minute(observed[0].start)
    return f"  {tr('no data for {time}, known from {at}', time=wording.duration(seconds), at=known)}"


def _part_of(part: float, whole: float) -> str:
    return tr("{part} of {whole}", part=wording.duration(part), whole=wording.duration(whole))


def activity_name(activity: Activity) -> str:
    """What the plan calls it."""
    return activity.label or term("activity", activity.kind)


def _seen(observed: str) -> str:
    """What an agent was seen doing, as in `Fits`."""
    word, colon, reason = observed.partition(":")
    return term("seen", word) + colon + reason


def hour_and_minute(instant: Instant | None) -> str:
    """`14:02`."""
    return wording.clock(instant)[:5]
