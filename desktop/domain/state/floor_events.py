"""Events of the floor: what the contact centre pushes to supervisors, and what concerns an agent beside their work."""

from dataclasses import dataclass

from desktop.domain.entities.floor import Acknowledgement, AgentMessage, AuditEntry, CoachingNews, HelpRequest
from desktop.domain.entities.model import Agent, QueueStats


@dataclass(frozen=True, slots=True)
class FloorChanged:
    """What changed on the floor within a moment, told together: a thousand changes a second are a few of these."""

    agents: tuple[Agent, ...] = ()
    queues: tuple[QueueStats, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpChanged:
    """A request for help is new, was answered, or is over."""

    help: HelpRequest


@dataclass(frozen=True, slots=True)
class AgentMessaged:
    """A supervisor wrote to an agent, or the agent answered."""

    message: AgentMessage


@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    """A supervisor deals with an alert; every other supervisor is told."""

    acknowledgement: Acknowledgement


@dataclass(frozen=True, slots=True)
class CoachingChanged:
    """There is something else for the agent to read: an evaluation of their work, a note on it."""

    news: CoachingNews


@dataclass(frozen=True, slots=True)
class SupervisorActed:
    """A supervisor did something to an agent's state or work, and policy lets the agent know."""

    act: AuditEntry


FloorEvent = FloorChanged | HelpChanged | AgentMessaged | AlertAcknowledged | CoachingChanged | SupervisorActed
