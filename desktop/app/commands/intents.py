"""The idempotency key of each intent, and what is under way."""

import uuid
from collections.abc import Hashable
from typing import Any, TypeVar

_REMEMBERED = 1_000
T = TypeVar("T")


class Intents:
    """Gives the same intent the same key until it has a definite answer, so that pressing again never does it twice."""

    def __init__(self) -> None:
        self._open: dict[Hashable, tuple[str, Any]] = {}
        self._under_way: set[Hashable] = set()

    def key(self, intent: Hashable) -> str:
        """The idempotency key of an intent; a new one when none is open."""
        return self.open(intent, None)[0]

    def open(self, intent: Hashable, call: T, key: str = "") -> tuple[str, T]:
        """The idempotency key of an intent, `key` if there is one already, and the call that went out under it first.

        One key stands for one call, word for word: a reason that was given anew would make another act of it.
        """
        while len(self._open) > _REMEMBERED:
            del self._open[next(iter(self._open))]
        return self._open.setdefault(intent, (key or str(uuid.uuid4()), call))

    def answered(self, intent: Hashable) -> None:
        """A definite answer came: the same press later is a new intent."""
        self._open.pop(intent, None)

    def begin(self, slot: Hashable) -> bool:
        """Take the slot; False while it is taken."""
        if slot in self._under_way:
            return False
        self._under_way.add(slot)
        return True

    def is_under_way(self, slot: Hashable) -> bool:
        """Whether the slot is taken."""
        return slot in self._under_way

    def end(self, slot: Hashable) -> None:
        """Free the slot."""
        self._under_way.discard(slot)
