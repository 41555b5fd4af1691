"""The canned replies at hand: read aside from the loop, and again a few seconds after their files change."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from desktop.app.background import Background
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.conversations.canned_replies import CannedReply, Signature, filled, signature_of
from desktop.domain.entities.model import Interaction
from desktop.domain.select import placeholder_values, placeholder_values_outside
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

log = logging.getLogger(__name__)

LOOK_EVERY = 3.0
_TOLD = 3
"""How many problems are told at once; `config check` has them all."""


class Found(Protocol):
    """What the files hold."""

    @property
    def replies(self) -> Sequence[CannedReply]:
        """Those that can be used."""

    @property
    def signatures(self) -> Sequence[Signature]:
        """What stands below e-mails."""

    @property
    def problems(self) -> Sequence[Sentence]:
        """What is wrong with the others."""


class CannedReplies:
    """`read` answers what the files hold, None where nothing changed; it may block. `replies` are those at hand."""

    def __init__(self, store: Store, timing: Timing) -> None:
        self.read: Callable[[], Found | None] | None = None
        self.replies: tuple[CannedReply, ...] = ()
        self._signatures: tuple[Signature, ...] = ()
        self._store = store
        self._timing = timing
        self._background = Background()
        self._told: frozenset[str] = frozenset()

    def begin(self) -> None:
        """Keep up with the files from now on."""
        if self.read is not None:
            self._background.spawn(self._follow(self.read))

    def signature(self, state: AppState, interaction: Interaction | None) -> str:
        """What stands below an e-mail of a contact, or of none; "" for nothing."""
        text = signature_of(self._signatures, interaction.queue if interaction is not None else "")
        values = placeholder_values(state, interaction) if interaction else placeholder_values_outside(state, None)
        return filled(text, values, lambda _: "").strip()

    async def close(self) -> None:
        """Stop."""
        await self._background.cancel()

    async def _follow(self, read: Callable[[], Found | None]) -> None:
        while True:
            try:
                found = await asyncio.to_thread(read)
            except Exception:  # a file as nobody foresaw: what was read before is still at hand
                log.exception("the canned replies could not be read")
                found = None
            if found is not None:
                self._take(found)
            await self._timing.sleep(LOOK_EVERY)

    def _take(self, found: Found) -> None:
        self.replies, self._signatures = tuple(found.replies), tuple(found.signatures)
        fresh = [one for one in found.problems if repr(one) not in self._told]
        self._told = frozenset(map(repr, found.problems))
        for problem in fresh[:_TOLD]:
            self._store.notice(problem, "warning")
