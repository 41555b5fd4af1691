"""Mean and median. The standard library's bring a generator of chance with them, which the domain must not know."""

from collections.abc import Iterable
from math import fsum


def average(values: Iterable[float]) -> float:
    """The arithmetic mean. Raises ZeroDivisionError where there are no values."""
    several = list(values)
    return fsum(several) / len(several)


def median(values: Iterable[float]) -> float:
    """The middle value, or the mean of the two. Raises IndexError where there are no values."""
    several = sorted(values)
    middle = len(several) // 2
    return several[middle] if len(several) % 2 else (several[middle - 1] + several[middle]) / 2
