"""How many agents a load of work needs, and what so many agents make of it."""

from dataclasses import dataclass
from math import ceil, inf, isfinite

from desktop.domain.staffing.erlang import MOST_SERVERS, Line, Steady, steady
from desktop.domain.staffing.staffing_error import StaffingError
from desktop.domain.text.sentence import Sentence

_ROUNDING = 1e-9  # 0.7 / 0.7 is 1.0000000000000002, and nobody is needed for that


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many contacts an agent has in hand at once, and what is lost by it.

    `slots` at once (>= 1). `efficiency` (0 to 1, above 0): an agent with all slots in use gets done `slots` x
    `efficiency` times what they would with one after the other. 1 is right for a handle time that was measured while
    contacts were handled side by side, since it holds the loss already; for one measured alone, an efficiency of 0.8
    makes each contact take 1 / 0.8 as long.
    """

    slots: int = 1
    efficiency: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.slots <= 100:
            raise StaffingError(Sentence("staffing.slots", value=self.slots))
        if not 0 < self.efficiency <= 1:
            raise StaffingError(Sentence("staffing.efficiency", value=self.efficiency))


ALONE = Concurrency()


@dataclass(frozen=True, slots=True)
class Demand:
    """What comes in: `calls` (>= 0) in each `per` seconds, each busy for `handle` seconds, wrap-up included.

    `patience`: mean seconds until a waiting customer gives up; infinite (the default) makes it Erlang C.
    """

    calls: float
    per: float
    handle: float
    patience: float = inf
    concurrency: Concurrency = ALONE

    def __post_init__(self) -> None:
        if not (isfinite(self.calls) and self.calls >= 0):
            raise StaffingError(Sentence("staffing.calls", value=self.calls))
        for name, value in (("per", self.per), ("handle", self.handle)):
            if not (isfinite(value) and value > 0):
                raise StaffingError(Sentence(f"staffing.{name}", value=value))
        if not self.patience > 0:
            raise StaffingError(Sentence("staffing.patience", value=self.patience))
        if self.load > MOST_SERVERS:
            raise StaffingError(Sentence("staffing.load", most=MOST_SERVERS))

    @property
    def load(self) -> float:
        """Slots' worth of work that arrives, in Erlang."""
        return self.calls / self.per * self.handle / self.concurrency.efficiency

    def line(self, agents: float) -> Line:
        """The line before `agents` people, each with their slots. Not for a demand of no calls."""
        handle = self.handle / self.concurrency.efficiency
        return Line(self.calls / self.per, handle, agents * self.concurrency.slots, self.patience)


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted; at least one of them.

    `level` of all customers answered within `threshold` seconds (0 to 1, both excluded); a mean wait of the answered
    of `asa` seconds at most; agents busy for `occupancy` of their time at most; `abandoned` of the customers at most.
    """

    level: float | None = None
    threshold: float = 20.0
    asa: float | None = None
    occupancy: float | None = None
    abandoned: float | None = None

    def __post_init__(self) -> None:
        shares = {"level": self.level, "occupancy": self.occupancy, "abandoned": self.abandoned}
        for name, share in shares.items():
            if share is not None and not 0 < share < 1:
                raise StaffingError(Sentence(f"staffing.{name}", value=share))
        if not 0 <= self.threshold < inf:
            raise StaffingError(Sentence("staffing.threshold", value=self.threshold))
        if self.asa is not None and not 0 < self.asa < inf:
            raise StaffingError(Sentence("staffing.asa", value=self.asa))
        if self.asa is None and not any(share is not None for share in shares.values()):
            raise StaffingError(Sentence("staffing.no_target"))

    def met(self, outcome: Steady) -> bool:
        """Whether `outcome` is good enough in everything that is wanted."""
        return (
            (self.level is None or outcome.service_level >= self.level)
            and (self.asa is None or (outcome.asa is not None and outcome.asa <= self.asa))
            and (self.occupancy is None or outcome.occupancy <= self.occupancy)
            and (self.abandoned is None or outcome.abandoned <= self.abandoned)
        )


@dataclass(frozen=True, slots=True)
class Requirement:
    """`agents` at work at the same time, `positions` to be scheduled for that; `outcome` None without any calls."""

    agents: int
    positions: int
    outcome: Steady | None


def outcome(demand: Demand, agents: float, threshold: float = 20.0, short: float = 0.0) -> Steady:
    """What `agents` people make of `demand`. Raises ValueError for 0 agents or a demand of no calls."""
    return steady(demand.line(agents), threshold, short)


def positions(agents: int, shrinkage: float) -> int:
    """How many people must be scheduled so that `agents` are at work.

    `shrinkage` is the share of scheduled time that goes to breaks, meetings, training, illness (0 to below 1).
    """
    if not 0 <= shrinkage < 1:
        raise StaffingError(Sentence("staffing.shrinkage", value=shrinkage))
    return ceil(agents / (1 - shrinkage) - _ROUNDING)


def required(demand: Demand, target: Target, shrinkage: float = 0.0) -> Requirement:
    """The fewest agents who meet `target`.

    More agents never make a figure of the target worse, so the number is found by halving.

    Raises StaffingError: `shrinkage` out of its range, or more servers would be needed than are computed.
    """
    positions(0, shrinkage)
    if not demand.calls:
        return Requirement(0, 0, None)

    def good(agents: int) -> bool:
        return target.met(outcome(demand, agents, target.threshold))

    most = int(MOST_SERVERS) // demand.concurrency.slots
    short, enough = 0, max(1, min(most, int(demand.load / demand.concurrency.slots)))
    stride = 1
    while not good(enough):
        if enough == most:
            raise StaffingError(Sentence("staffing.servers", most=MOST_SERVERS))
        short, enough, stride = enough, min(most, enough + stride), stride * 2
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if good(middle) else (middle, enough)
    return Requirement(enough, positions(enough, shrinkage), outcome(demand, enough, target.threshold))
