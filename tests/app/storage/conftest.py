"""A store in a folder of its own, on a clock that stands still unless moved."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.app.storage.local_store import LocalStore


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "store.db"


@pytest.fixture
async def store(store_path: Path, clock: Clock) -> AsyncIterator[LocalStore]:
    opened = await LocalStore.open(store_path, clock=clock, busy_seconds=0.05)
    yield opened
    await opened.close()
