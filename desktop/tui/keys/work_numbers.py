"""The number key of each contact: it stays with the contact until that leaves the desk."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

MOST: Final = 9
"""So many contacts have a key of their own."""


class WorkNumbers:
    """Gives numbers, and takes back those of contacts that are gone."""

    def __init__(self) -> None:
        """Nobody has one."""
        self.of: Mapping[str, int] = MappingProxyType({})
        """The number of each contact that has one, 1 to 9; another object when it is another list."""

    def give(self, work: Iterable[str]) -> None:
        """Number the contacts on the desk: whoever has a number keeps it, the others take the smallest ones free.

        Args:
            work: their ids, most urgent first.
        """
        ids = list(work)
        kept = {one: self.of[one] for one in ids if one in self.of}
        free = [number for number in range(1, MOST + 1) if number not in kept.values()]
        kept |= dict(zip((one for one in ids if one not in kept), free, strict=False))
        if kept != self.of:
            self.of = MappingProxyType(kept)
