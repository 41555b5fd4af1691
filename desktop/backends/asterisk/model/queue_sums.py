"""The sums of one queue and of one agent."""

from dataclasses import dataclass

from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.model import Instant


@dataclass(slots=True)
class QueueSums:
    """The sums of one queue; the fields are those of `Counts`."""

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    short_abandons: int = 0
    flow_outs: int = 0
    flow_outs_within: int = 0
    missed: int = 0
    declined: int = 0
    handled: int = 0
    wrapped_up: int = 0
    wait_seconds: float = 0.0
    abandon_seconds: float = 0.0
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    longest_wait: float | None = None

    def counts(
        self,
        since: Instant,
        until: Instant,
        threshold: float | None,
        short_abandon: float,
        staff: StaffTime | None,
    ) -> Counts:
        """The sums as they are told; without a threshold nothing was in time or late."""
        within = threshold is not None
        return Counts(
            since=since,
            until=until,
            threshold=threshold,
            short_abandon_seconds=short_abandon,
            offered=self.offered,
            answered=self.answered,
            answered_within=self.answered_within if within else None,
            abandoned=self.abandoned,
            abandoned_within=self.abandoned_within if within else None,
            short_abandons=self.short_abandons,
            callbacks=0,  # to be called back a caller leaves into the dialplan, which is a flow-out here
            callbacks_within=0 if within else None,
            flow_outs=self.flow_outs,
            flow_outs_within=self.flow_outs_within if within else None,
            missed=self.missed,
            declined=self.declined,
            handled=self.handled,
            wrapped_up=self.wrapped_up,
            wait_seconds=self.wait_seconds,
            abandon_seconds=self.abandon_seconds,
            talk_seconds=self.talk_seconds,
            hold_seconds=self.hold_seconds,
            wrap_up_seconds=self.wrap_up_seconds,
            longest_wait=self.longest_wait,
            staff=staff,
        )


@dataclass(slots=True)
class AgentSums:
    """What one agent did."""

    handled: int = 0
    missed: int = 0
    declined: int = 0
