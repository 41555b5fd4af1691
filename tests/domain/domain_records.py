"""Short ways to make records and envelopes for the domain tests."""

from dataclasses import replace
from typing import Any

from desktop.domain.entities.customer import Customer, Match
from desktop.domain.entities.model import Address, Agent, Interaction, Leg, QueueStats
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import (
    Availability,
    Channel,
    Direction,
    LegKind,
    LegPhase,
    Phase,
    PopAnswer,
    Role,
)
from desktop.domain.state.events import Change, Envelope, Event, InteractionChanged
from desktop.domain.state.state import AppState

CC = "contact_center"
ME = "a1"
OTHER = "a2"

_INTERACTION = Interaction(
    id="i1",
    version=1,
    channel=Channel.VOICE,
    direction=Direction.INBOUND,
    phase=Phase.ACTIVE,
    queue="Billing",
    customer=Address("phone", "+442079460000"),
    arrived_at=100.0,
    phase_since=100.0,
    agent_id=ME,
)
_AGENT = Agent(ME, 1, "Ada", Role.AGENT, "North", Availability.AVAILABLE, 0.0)
_LEG = Leg("l1", LegKind.CONSULT, LegPhase.ACTIVE, "person:p1", "Priya Nair", 110.0)


def interaction(**changes: Any) -> Interaction:
    return replace(_INTERACTION, **changes)


def agent(**changes: Any) -> Agent:
    return replace(_AGENT, **changes)


def leg(**changes: Any) -> Leg:
    return replace(_LEG, **changes)


def queue(name: str, version: int = 1, waiting: int | None = 0) -> QueueStats:
    return QueueStats(name, version, 0.0, waiting=waiting)


def envelope(
    event: Event, *, source: str = CC, at: float = 200.0, seq: int | None = None, epoch: str = "e"
) -> Envelope:
    return Envelope(source, event, at, epoch if seq is not None else "", seq)


def changed(item: Interaction, change: Change = Change.UPDATED, reason: str = "", **kept: Any) -> Envelope:
    return envelope(InteractionChanged(change, item, reason), **kept)


def linked(customer: Customer) -> ScreenPop:
    return ScreenPop(PopAnswer.ONE, 0.0, (Match(customer, "phone", "same number", True),), customer.id, "only match")


def state(*items: Interaction, role: Role = Role.AGENT, **fields: Any) -> AppState:
    return AppState(me=ME, agents={ME: agent(role=role)}, interactions={item.id: item for item in items}, **fields)
