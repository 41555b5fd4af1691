"""Queues that share agents, and who works for them now."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Channel


@dataclass(frozen=True, slots=True)
class Pool:
    """`queues` that share agents, directly or by way of others, and the `agents` at work for them.

    `mixed`: some of the agents take only some of the queues. `slots` is how many contacts of these queues an agent
    takes at once, None when that is not known or differs.
    """

    queues: frozenset[str]
    agents: int
    mixed: bool
    slots: int | None


def at_work(agent: Agent) -> bool:
    """Takes contacts now: available, or with one in hand."""
    return agent.observed is Availability.AVAILABLE or any(agent.in_use.values()) or bool(agent.work)


def pool_of(queue: str, agents: Iterable[Agent]) -> Pool:
    """The pool that `queue` belongs to; without agents where nobody works for it."""
    working = [agent for agent in agents if at_work(agent)]
    serving: dict[str, list[Agent]] = {}
    for agent in working:
        for name in agent.queues:
            serving.setdefault(name, []).append(agent)
    found = {queue}
    people: dict[str, Agent] = {}
    reached = [queue]
    while reached:
        for agent in serving.get(reached.pop(), ()):
            people[agent.id] = agent
            fresh = set(agent.queues) - found
            found |= fresh
            reached += fresh
    mixed = any(found - set(agent.queues) for agent in people.values())
    return Pool(frozenset(found), len(people), mixed, _slots(found, people.values()))


def _slots(queues: Collection[str], agents: Collection[Agent]) -> int | None:
    """By the channel of what they have in hand of these queues; where they have nothing, by their capacities."""
    channels = Counter(work.channel for agent in agents for work in agent.work if work.queue in queues)
    capacities = {_capacity(agent.capacity, channels) for agent in agents}
    return capacities.pop() if len(capacities) == 1 else None


def _capacity(capacity: Mapping[str, int], channels: Collection[Channel]) -> int | None:
    """The most contacts at once on the channels in use; None when they allow different numbers, or nothing is told."""
    sizes = {capacity.get(channel) for channel in channels} if channels else set(capacity.values())
    return sizes.pop() if len(sizes) == 1 else None
