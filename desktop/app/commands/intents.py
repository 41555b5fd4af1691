"""The idempotency key of each intent, and what is under way."""

import uuid
from collections.abc import Hashable

_REMEMBERED = 1_000


class Intents:
    """Gives the same intent the same key until it has a definite answer, so that pressing again never does it twice."""

    def __init__(self) -> None:
        self._keys: dict[Hashable, str] = {}
        self._under_way: set[Hashable] = set()

    def key(self, intent: Hashable) -> str:
        """The idempotency key of an intent; a new one when none is open."""
        while len(self._keys) > _REMEMBERED:
            del self._keys[next(iter(self._keys))]
        return self._keys.setdefault(intent, str(uuid.uuid4()))

    def answered(self, intent: Hashable) -> None:
        """A definite answer came: the same press later is a new intent."""
        self._keys.pop(intent, None)

    def begin(self, slot: Hashable) -> bool:
        """Take the slot; False while it is taken."""
        if slot in self._under_way:
            return False
        self._under_way.add(slot)
        return True

    def end(self, slot: Hashable) -> None:
        """Free the slot."""
        self._under_way.discard(slot)
