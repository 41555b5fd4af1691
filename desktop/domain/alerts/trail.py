"""How a figure of one queue went in the last minutes: what came in since, and when it will be too bad at that rate."""

from collections import deque
from dataclasses import dataclass
from math import inf

from desktop.domain.entities.instant import Instant

SAMPLES = 15
"""Into how many parts a window is cut, at most: what is remembered does not grow with how often one looks."""

RATE_SECONDS = 120.0
"""Over less time than this there is no rate of a ratio, and none of a plain figure unless its window is shorter."""

RATE_EVENTS = 5
"""Out of fewer contacts than this there is no rate."""

Era = tuple[Instant, float | None]
"""Since when it was counted and by which threshold: sums of two eras have no difference."""


@dataclass(frozen=True, slots=True)
class Increment:
    """What was added to both sides of a ratio over the last `seconds`."""

    seconds: float
    over: float
    of: float


class Trail:
    """Samples of a ratio's two sides (or of a plain figure over 1), far enough back for a window of seconds."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._step = window / SAMPLES
        self._era: Era | None = None
        self._samples: deque[tuple[Instant, float, float]] = deque()

    def add(self, now: Instant, era: Era, over: float, of: float) -> None:
        """Take in how it stands now. Where counting began anew, what was before is forgotten."""
        samples = self._samples
        if era != self._era:
            samples.clear()
            if now - self._window <= era[0] <= now:
                samples.append((era[0], 0.0, 0.0))  # counting began then, with nothing
            self._era = era
        elif samples and of < samples[-1][2]:
            samples.clear()  # corrected or lost: what was before has no difference to it
        if not samples or now - samples[-1][0] >= self._step:
            samples.append((now, over, of))
        while len(samples) > 1 and samples[1][0] <= now - self._window:
            samples.popleft()

    def since(self, now: Instant, over: float, of: float, *, whole: bool) -> Increment | None:
        """What came in over the window; None when the trail does not reach back far enough.

        Args:
            whole: whether it must reach back over the whole window; else two minutes are enough.
        """
        if not self._samples:
            return None
        at, then_over, then_of = self._samples[0]
        reach = now - at
        if reach < (self._window - self._step if whole else RATE_SECONDS):
            return None
        return Increment(reach, over - then_over, of - then_of)

    def slope(self, now: Instant, value: float) -> float | None:
        """By how much a plain figure changes a second, by least squares.

        None when the trail reaches back over less than half of its window, or than two minutes of a long one.
        """
        if not self._samples or now - self._samples[0][0] < min(RATE_SECONDS, self._window / 2):
            return None
        points = [(at - now, over) for at, over, _ in self._samples if at < now] + [(0.0, value)]
        middle_at = sum(at for at, _ in points) / len(points)
        middle = sum(over for _, over in points) / len(points)
        spread = sum((at - middle_at) ** 2 for at, _ in points)
        return sum((at - middle_at) * (over - middle) for at, over in points) / spread if spread > 0 else None


def seconds_to_breach(
    over: float, of: float, increment: Increment, threshold: float, *, low_is_bad: bool
) -> float | None:
    """When over ÷ of reaches the threshold if both go on growing as they did.

    (over + a t) ÷ (of + b t) = threshold, for t; a and b are the growth a second. Infinite when it never does, 0 when
    it has; None when too few came in to say.
    """
    if increment.of < 0 or increment.over < 0 or 0 < increment.of < RATE_EVENTS:
        return None
    distance = over - threshold * of
    speed = (threshold * increment.of - increment.over) / increment.seconds
    if not low_is_bad:
        distance, speed = -distance, -speed
    if distance <= 0:
        return 0.0
    return distance / speed if speed > 0 else inf
