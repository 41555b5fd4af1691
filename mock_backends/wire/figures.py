"""Figures as they go over the wire: sums of queues and agents, and what agents have in hand."""

from typing import Literal

from mock_backends.channels import ChannelWord
from mock_backends.wire.base import Address, Wire


class StaffTime(Wire):
    """Agents' time in seconds, summed over people; see `routing_counters.StaffTime`."""

    signed_in: float
    idle: float
    engaged: float
    load: float


class Counts(Wire):
    """Sums of one queue from `since` until `until`; see `routing_counters.Counts`."""

    since: float
    until: float
    threshold: float | None
    short_abandon_seconds: float | None
    offered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    short_abandons: int
    callbacks: int
    callbacks_within: int
    flow_outs: int
    flow_outs_within: int
    missed: int
    declined: int
    handled: int
    wrapped_up: int
    wait_seconds: float
    abandon_seconds: float
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    longest_wait: float
    staff: StaffTime | None = None


class EstimateScore(Wire):
    """How true the estimated waits were since midnight; see `routing_counters.EstimateScore`."""

    scored: int
    within: int
    error_seconds: float
    absolute_seconds: float


class AgentWork(Wire):
    """One contact an agent has in hand. `deadline` is when an offer or a wrap-up ends by itself."""

    interaction_id: str
    channel: ChannelWord
    phase: Literal["offered", "connecting", "active", "wrap_up"]
    queue: str
    since: float
    customer_name: str = ""
    held: bool = False
    held_since: float | None = None
    deadline: float | None = None
    customer: Address | None = None
    parked_since: float | None = None


class AgentDay(Wire):
    """What an agent did from `since` (midnight) until `until`; see `routing_counters.AgentDay`."""

    since: float
    until: float
    handled: int
    missed: int
    declined: int
    signed_in: float
    idle: float
    engaged: float
    load: float
