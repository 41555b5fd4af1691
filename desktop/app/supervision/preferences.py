"""How a supervisor likes their screen: formula, order, groups; and the reasons they gave last."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.preferences import FLOOR, GIVEN

REASONS = 8


class FloorPreferences:
    """Kept on this machine; without its file they last as long as the desktop runs."""

    def __init__(self, opened: Callable[[], LocalStore]) -> None:
        """`opened` answers the profile's file, or raises StoreAbsent."""
        self._opened = opened
        self._values: dict[str, Any] = {}
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """Take up what was kept."""
        with contextlib.suppress(StoreError):
            kept = await self._opened().preference(FLOOR)
            if isinstance(kept, dict):
                self._values = {**kept, **self._values}

    def word(self, name: str, default: str = "") -> str:
        """A word that was kept under a name."""
        value = self._values.get(name)
        return value if isinstance(value, str) else default

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons given last, the newest first."""
        kept = self._values.get(GIVEN)
        return tuple(one for one in kept if isinstance(one, str))[:REASONS] if isinstance(kept, list) else ()

    async def keep(self, name: str, value: str) -> None:
        """Keep a word from now on."""
        if self._values.get(name) != value:
            self._values[name] = value
            await self._save()

    async def gave(self, reason: str) -> None:
        """Remember a reason as the newest."""
        if reason and self.reasons[:1] != (reason,):
            self._values[GIVEN] = [reason, *(one for one in self.reasons if one != reason)][:REASONS]
            await self._save()

    async def _save(self) -> None:
        async with self._lock:
            with contextlib.suppress(StoreError):
                await self._opened().set_preference(FLOOR, self._values)
