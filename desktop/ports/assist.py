"""What a suggester of knowledge is to the desktop. No bundled backend implements it yet."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.ports.base import Backend


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of knowledge. `score` runs from 0 to 1."""

    id: str
    title: str
    excerpt: str
    score: float


class Assist(Backend):
    """Ranks articles for what the customer said."""

    @abstractmethod
    async def rank(self, text: str, *, limit: int = 5) -> Sequence[Article]:
        """The best articles for `text`, best first."""
