"""Whom a message to a team goes to: the agents of the supervisor's own team, all of them or those in one state."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Role


class Audience(StrEnum):
    """A part of the team."""

    TEAM = "team"
    SIGNED_IN = "signed_in"
    AVAILABLE = "available"
    BUSY = "busy"  # with a contact in hand
    NOT_READY = "not_ready"


def audience(
    agents: Iterable[Agent], me: str, which: Audience, team: Callable[[str], str | None] | None = None
) -> tuple[Agent, ...]:
    """The agents of `me`'s team who are meant, by name. Supervisors are not among them.

    Args:
        agents: everybody.
        me: who asks.
        which: the part of the team.
        team: of several contact centres, my team at the one of an agent.
    """
    known = {agent.id: agent for agent in agents}
    mine = known[me].team if me in known else None
    others = (one for one in known.values() if one.role is Role.AGENT and one.id != me)
    meant = (one for one in others if one.team == (mine if team is None else team(one.id)))
    return tuple(sorted((one for one in meant if _fits(one, which)), key=lambda one: (one.name.casefold(), one.id)))


def _fits(agent: Agent, which: Audience) -> bool:
    busy = bool(agent.work) or any(agent.in_use.values())
    match which:
        case Audience.TEAM:
            return True
        case Audience.SIGNED_IN:
            return agent.observed is not Availability.OFFLINE
        case Audience.BUSY:
            return busy and agent.observed is not Availability.OFFLINE
        case Audience.AVAILABLE:
            return agent.observed is Availability.AVAILABLE and not busy
        case Audience.NOT_READY:
            return agent.observed is Availability.NOT_READY and not busy
