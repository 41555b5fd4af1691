"""An agent's day carried on to now: the contact centre tells of it when something changes, and time goes on."""

from dataclasses import replace

from desktop.domain.entities.floor import AgentDay
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import IN_HAND, Availability


def day_until(agent: Agent, now: Instant) -> AgentDay | None:
    """What the agent did today until `now`: since the sums were made they have stood as they stand.

    Each change of an agent is told with their sums; where it was not (sums older than the present state), or their end
    is not told, the sums stay as they are, and `until` says how old they are.
    """
    day = agent.today
    if day is None or day.until is None or now <= day.until:
        return day
    if max((agent.since, *(work.since for work in agent.work))) > day.until + _SAME_MOMENT:
        return day
    seconds = now - day.until
    engaged = any(work.phase in IN_HAND for work in agent.work)
    free = agent.observed is Availability.AVAILABLE and not agent.work
    return replace(
        day,
        signed_in=day.signed_in + (seconds if agent.observed is not Availability.OFFLINE else 0.0),
        idle=day.idle + (seconds if free else 0.0),
        engaged=day.engaged + (seconds if engaged else 0.0),
        load=day.load + seconds * _share_in_hand(agent),
        until=now,
    )


def missed_today(agent: Agent) -> int:
    """Offers they let go by today; since they signed in where the centre keeps no days."""
    return agent.today.missed if agent.today is not None else agent.missed


_SAME_MOMENT = 1.0
"""Seconds by which an event and the sums that came with it may differ."""


def _share_in_hand(agent: Agent) -> float:
    """Of their whole capacity; the shares of several channels add up, to 1 at most."""
    parts = (1 / max(agent.capacity.get(work.channel.value, 1), 1) for work in agent.work if work.phase in IN_HAND)
    return min(sum(parts), 1.0)
