"""A figure that is sums over sums of what was counted: each percentage and each average on the screen is one."""

from dataclasses import dataclass
from math import inf

from desktop.domain.entities.counts import Counts

COUNTED = (
    "offered",
    "answered",
    "answered_within",
    "abandoned",
    "abandoned_within",
    "short_abandons",
    "callbacks",
    "callbacks_within",
    "flow_outs",
    "flow_outs_within",
    "handled",
    "wrapped_up",
    "wait_seconds",
    "abandon_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_up_seconds",
    "staff.idle",
    "staff.engaged",
    "staff.load",
)
"""The counts that figures are made of."""

_OF_STAFF = {name: name.removeprefix("staff.") for name in COUNTED if name.startswith("staff.")}


def counted(counts: Counts, name: str) -> float | None:
    """One count by its name, `staff.idle` for a part of another record; None when it is unknown or makes no sense."""
    owner: object = counts
    if name in _OF_STAFF:
        owner, name = counts.staff, _OF_STAFF[name]
    value: float | None = None if owner is None else getattr(owner, name)
    return value if value is not None and 0 <= value < inf else None  # what is no number is in no order


@dataclass(frozen=True, slots=True)
class Ratio:
    """(the counts `over`, less those of `over_less`) ÷ (those `of`, less those of `of_less`).

    A `share` lies in 0..1 by its meaning.
    """

    over: tuple[str, ...]
    of: tuple[str, ...]
    over_less: tuple[str, ...] = ()
    of_less: tuple[str, ...] = ()
    share: bool = True

    @property
    def needs(self) -> frozenset[str]:
        """The names of the counts without which it is unknown."""
        return frozenset(self.over + self.over_less + self.of + self.of_less)

    def parts(self, counts: Counts) -> tuple[float, float] | None:
        """What stands over and under the line; None when a count is unknown or they contradict each other.

        They do so over a period in which more customers left the queue than came, for a formula over those who came,
        and when a contact centre tells nonsense. Then there is no figure: neither 130 % nor a guess at 100 %.
        """
        over = _sum(counts, self.over, self.over_less)
        of = None if over is None else _sum(counts, self.of, self.of_less)
        if over is None or of is None or over < 0 or of < 0 or (self.share and over > of * (1 + 1e-9)):
            return None
        return (min(over, of) if self.share else over), of

    def value(self, counts: Counts) -> float | None:
        """The figure; None when it is unknown, or there is nothing yet to have a figure of."""
        parts = self.parts(counts)
        return parts[0] / parts[1] if parts is not None and parts[1] > 0 else None


def percent(value: float, decimals: int) -> str:
    """A share of 1 in per cent with so many decimals, without the sign.

    It is rounded, but never up onto a whole per cent: targets are whole, and 79.996 % has not reached 80.
    """
    number = value * 100
    rounded = round(number, decimals)
    if rounded - number > 1e-9 and rounded == int(rounded):
        rounded -= 10**-decimals
    return f"{rounded:.{decimals}f}"


def _sum(counts: Counts, plus: tuple[str, ...], minus: tuple[str, ...]) -> float | None:
    total = 0.0
    for name in plus:
        value = counted(counts, name)
        if value is None:
            return None
        total += value
    for name in minus:
        value = counted(counts, name)
        if value is None:
            return None
        total -= value
    return total
