"""When the next frame may begin: quick while little happens, and never more than a share of a core."""

from typing import Final

FRAME_SECONDS: Final = 1 / 60
"""The least time from the end of one frame to the start of the next: an answer of the CRM that comes a moment after
the ring must not wait for a slow frame clock."""

REST: Final = 2.0
"""How many times its own cost a frame is followed by rest, so that drawing takes a third of a core at most."""

LONG_REST: Final = 5.0
"""The same while one frame follows the other, as with events by the hundred, and then the paint counts as a part of
the frame's cost: keys come first, and nobody reads figures that change 40 times a second."""

_STREAK: Final = 4
"""How many frames, each begun less than 0.1 s after the end of the one before, are one following the other."""


class FramePace:
    """All times in seconds of one clock that never goes back."""

    def __init__(self) -> None:
        """There was no frame yet."""
        self.next_at = float("-inf")
        """When the next frame may begin."""
        self._ended_at = float("-inf")
        self._streak = 0
        self._unpainted = False

    def ended(self, began: float, now: float) -> None:
        """A frame that began then ends now."""
        self._streak = self._streak + 1 if began - self._ended_at < 0.1 else 0
        self._ended_at = now
        rest = LONG_REST if self._streak >= _STREAK else REST
        self.next_at = now + max(FRAME_SECONDS, rest * (now - began))
        self._unpainted = True

    def painted(self, seconds: float, *, all_of_it: bool) -> bool:
        """What the last frame drew was painted, or a part of it, in so long; says whether the next begins later now."""
        later = self._unpainted and self._streak >= _STREAK
        self._unpainted = self._unpainted and not all_of_it
        if later:
            self.next_at += LONG_REST * seconds
        return later
