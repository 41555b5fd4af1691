"""The row that the offer stands in: whether another offer took it so lately that a key was meant for the one before."""

from collections.abc import Callable
from typing import Final

TOO_NEW_SECONDS: Final = 1.0
"""For how long an offer that came right after another is taken for it by whoever presses a key again."""


class OfferRow:
    """Knows when an offer came into the row, and when the one before it left."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """The row is empty.

        Args:
            clock: counts seconds and never goes back.
        """
        self._clock = clock
        self._shown = ""
        self._before = ""
        self._left: float | None = None
        self._instead_since: float | None = None  # when it came, if it came soon after another

    def look(self, offer_id: str) -> None:
        """This offer stands in the row now; "" where none does."""
        if offer_id == self._shown:
            return
        now = self._clock()
        if self._shown:
            self._before, self._left = self._shown, now
        self._shown = offer_id
        soon = self._left is not None and now - self._left < TOO_NEW_SECONDS
        another = offer_id not in ("", self._before)  # one that comes back is still who the agent saw
        self._instead_since = now if another and soon else None

    @property
    def too_new(self) -> bool:
        """Whether whoever presses a key now may mean the offer before."""
        return self._instead_since is not None and self._clock() - self._instead_since < TOO_NEW_SECONDS
