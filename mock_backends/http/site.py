"""Everything the servers of one process share: clock, agenda, tokens, storage and the pretend company."""

import random
import secrets
import time
from pathlib import Path

from mock_backends.http.agenda import Agenda
from mock_backends.http.clock import Clock
from mock_backends.http.principals import Tokens
from mock_backends.http.settings import Settings
from mock_backends.http.storage import Storage
from mock_backends.world.world import World


class Site:
    """Made once for a process, handed to each server."""

    def __init__(
        self,
        *,
        seed: int = 1,
        speed: float = 1.0,
        settings: Settings | None = None,
        storage_path: str | None = None,
    ) -> None:
        self.seed = seed
        self.settings = settings or Settings()
        start = self.settings.clock_start
        self.clock = Clock(speed, skew=0.0 if start is None else start - time.time())
        self.agenda = Agenda(self.clock)
        self.tokens = Tokens()
        self.storage = Storage(storage_path)
        self.archive_path = Path(f"{storage_path}.archive") if storage_path else None
        self.world = World(
            seed,
            self.clock.now(),
            customers=self.settings.customers,
            queues=self.settings.queues,
            agents=self.settings.agents,
            hostile_names=self.settings.hostile_names,
        )

    def rng(self, purpose: str) -> random.Random:
        """Chance that repeats with the seed, each purpose with its own."""
        return random.Random(f"{self.seed}-{purpose}")  # noqa: S311 - must repeat, not be secret


def new_id(prefix: str) -> str:
    """An id nobody can guess: 128 random bits."""
    return f"{prefix}-{secrets.token_hex(16)}"
