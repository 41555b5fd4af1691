"""States of a floor for the tests of alerts: live at a moment, with queues, agents and what they have in hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from desktop.domain.alerts.engine import AlertEngine
from desktop.domain.alerts.rules import WATCHED, Rule
from desktop.domain.entities.alert import Alert, Severity, news
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Channel, Health, Phase
from desktop.domain.state.state import AppState, Position, SourceHealth
from tests.domain.domain_records import agent

CC = "contact_center"


@dataclass(frozen=True)
class Look:
    """What one look changed, and the alerts that are news by it."""

    changed: bool
    news: tuple[Alert, ...]


class Looking(AlertEngine):
    """An engine whose looks also say what is news, as a screen finds it out."""

    def look(self, *args: Any) -> Look:
        before = dict(self.alerts)
        changed = super().look(*args)
        return Look(changed, news(before, self.alerts))


def rule(watch: str = "service_level", at: float = 0.8, clear: float | None = None, **more: Any) -> Rule:
    """A rule named after what it watches, beyond `at` in the bad direction of that."""
    watched = WATCHED[watch]
    rest: dict[str, Any] = {"low_is_bad": watched.low_is_bad, "severity": Severity.CRITICAL, "stays": True, **more}
    return Rule(rest.pop("name", watch), watched, at, at if clear is None else clear, **rest)


def counted(in_time: int, answered: int, *, since: float = 0.0, until: float = 0.0, **more: Any) -> Counts:
    """Counts of a queue in which nobody abandoned."""
    return Counts(
        since, until, threshold=20.0, offered=answered, answered=answered, answered_within=in_time, abandoned=0, **more
    )


def billing(now: float, counts: Counts | None = None, **more: Any) -> QueueStats:
    return QueueStats(more.pop("name", "Billing"), int(now), now, counts=counts, **more)


def at_work(phase: Phase = Phase.ACTIVE, since: float = 0.0, contact: str = "i1", **more: Any) -> AgentWork:
    return AgentWork(contact, Channel.VOICE, phase, more.pop("queue", "Billing"), since, **more)


def floor(
    now: float,
    queues: Iterable[QueueStats] = (),
    agents: Iterable[Agent] = (),
    *,
    heard: float | None = None,
    **more: Any,
) -> AppState:
    """A state whose numbered stream was heard at `heard`, now if left out."""
    last = now if heard is None else heard
    return AppState(
        queues={one.name: one for one in queues},
        agents={one.id: one for one in agents},
        health=more.pop("health", {CC: SourceHealth(Health.LIVE, 0.0, last_heard=last)}),
        positions={CC: Position("e", 1)},
        **more,
    )


def ada(**changes: Any) -> Agent:
    return replace(agent(queues=("Billing",)), **changes)
