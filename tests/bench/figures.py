"""What the benches print of a list of measured values."""

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, 99th percentile (nearest rank) and largest of `values`, and how many there are; the unit is theirs."""
    ordered = sorted(values)
    rank = min(len(ordered) - 1, -(-len(ordered) * 99 // 100) - 1)
    named = {"p50": statistics.median(ordered), "p99": ordered[rank], "max": ordered[-1]}
    return {"n": len(ordered), **{name: round(value, digits) for name, value in named.items()}}


def beside(value: float, at_most: float) -> dict[str, float | bool]:
    """A value with its target, both in the same unit."""
    return {"value": round(value, 3), "at_most": at_most, "met": value <= at_most}
