"""The agent who is signed in at several contact centres: one person, whose capacity is that of all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.domain.entities.floor import AgentDay, CoachingNews
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Role

OWN = "me"
"""The id of whoever is signed in, where there are several contact centres; theirs have a colon, this has none."""

_REACH = {Availability.AVAILABLE: 2, Availability.NOT_READY: 1, Availability.OFFLINE: 0}


@dataclass(frozen=True, slots=True)
class OwnAtCentre:
    """Who I am at one of several contact centres: `id` as the whole desktop would know it, `agent` under `OWN`."""

    id: str
    agent: Agent | None = None
    coaching: CoachingNews | None = None


def together(agents: Sequence[Agent]) -> Agent:
    """One agent out of what each contact centre says of me, in order of precedence.

    Capacity and what is in use are added up. The availability is the one in which most can reach me: whoever is
    available anywhere gets contacts. Of the day, contacts are added up, times are those of where it was longest:
    they went by at the same time.
    """
    first = agents[0]
    if len(agents) == 1:
        return first
    shown = max(agents, key=lambda one: _REACH.get(one.observed, 0))
    coming = next((one for one in agents if one.next is not None), first)
    days = [one.today for one in agents if one.today is not None]
    supervises = any(one.role is Role.SUPERVISOR for one in agents)
    skills: dict[str, int] = {}
    for one in agents:
        skills |= {skill: max(level, skills.get(skill, level)) for skill, level in one.skills.items()}
    return replace(
        first,
        version=sum(one.version for one in agents),
        role=Role.SUPERVISOR if supervises else first.role,
        observed=shown.observed,
        since=shown.since,
        reason=shown.reason,
        raw_state=shown.raw_state,
        requested=shown.requested,
        next=coming.next,
        next_reason=coming.next_reason,
        capacity=_added([one.capacity for one in agents]),
        in_use=_added([one.in_use for one in agents]),
        queues=tuple(dict.fromkeys(queue for one in agents for queue in one.queues)),
        skills=skills,
        missed=sum(one.missed for one in agents),
        work=tuple(work for one in agents for work in one.work),
        today=_day(days) if days else None,
    )


def coaching_together(several: Sequence[CoachingNews]) -> CoachingNews:
    """What there is for me to read at all contact centres."""
    newest = max(several, key=lambda one: one.at)
    answered = max(several, key=lambda one: one.answered_at)
    return replace(
        newest,
        unread=sum(one.unread for one in several),
        answers=sum(one.answers for one in several),
        answered_by=answered.answered_by,
        answered_at=answered.answered_at,
    )


def _added(several: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for one in several for name in one)
    return {name: sum(one.get(name, 0) for one in several) for name in names}


def _day(days: Sequence[AgentDay]) -> AgentDay:
    longest = max(days, key=lambda day: day.signed_in)
    return replace(
        longest,
        handled=sum(day.handled for day in days),
        missed=sum(day.missed for day in days),
        declined=sum(day.declined for day in days),
    )
