"""Who was asked for help and who gave it, kept from shift to shift so that those who help rank higher."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, replace

from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.store import Store
from desktop.domain import select
from desktop.domain.entities.person import PastHelp
from desktop.domain.entities.words import LegPhase
from desktop.domain.state.events import ChatReceived, Envelope
from desktop.domain.state.own_events import PastHelpKnown
from desktop.domain.state.state import AppState

log = logging.getLogger(__name__)

PREFERENCE = "past_help"
ANSWER_WITHIN = 8 * 3600.0
_HELPED = frozenset({LegPhase.ACTIVE, LegPhase.COMPLETED})
_KEPT = 500


class Experts:
    """Counts asks and help. A leg that connects, or the first line of chat that comes back, is help."""

    def __init__(self, store: Store, local: Callable[[], LocalStore]) -> None:
        self._store = store
        self._local = local
        self._help: dict[str, PastHelp] = {}
        self._open_chats: dict[str, float] = {}  # person -> when asked by chat and not answered yet
        self._counted: dict[str, None] = {}  # legs that helped
        self._saving: asyncio.Task[None] | None = None
        self._dirty = False
        store.taps.append(self._tap)
        store.listeners.append(self._listen)

    async def load(self) -> None:
        """Take up what was counted before.

        Raises:
            StoreError: it cannot be read.
        """
        kept = await self._local().preference(PREFERENCE)
        for entry in kept if isinstance(kept, list) else []:
            try:
                known = PastHelp(
                    str(entry["person_id"]), int(entry["asked"]), int(entry["helped"]), float(entry["last_at"])
                )
            except (LookupError, TypeError, ValueError):
                continue
            self._help.setdefault(known.person_id, known)
            self._store.publish(PastHelpKnown(self._help[known.person_id]))

    def asked(self, person_id: str, interaction_id: str) -> None:
        """A person was asked: by consult about an interaction, by chat without one."""
        if not interaction_id:
            asked_at = self._open_chats.get(person_id)
            if asked_at is not None and self._store.now() - asked_at <= ANSWER_WITHIN:
                return  # more lines of the same question
            self._open_chats[person_id] = self._store.now()
        self._count(person_id, asked=1)

    async def close(self) -> None:
        """Save what is not on disk yet."""
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)

    def _tap(self, envelope: Envelope) -> None:
        event = envelope.event
        if isinstance(event, ChatReceived) and not event.line.mine:
            asked_at = self._open_chats.pop(event.line.person_id, None)
            if asked_at is not None and self._store.now() - asked_at <= ANSWER_WITHIN:
                self._count(event.line.person_id, helped=1)

    def _listen(self, old: AppState, new: AppState) -> None:
        if new.interactions is old.interactions:
            return
        for interaction in select.own(new):
            if interaction is old.interactions.get(interaction.id):
                continue
            for leg in interaction.legs:
                person_id = self._person(leg.target, new) if leg.phase in _HELPED else None
                if person_id is not None and leg.id not in self._counted:
                    self._counted[leg.id] = None
                    self._count(person_id, helped=1)
        while len(self._counted) > _KEPT:
            del self._counted[next(iter(self._counted))]

    def _person(self, target: str, state: AppState) -> str | None:
        """Whom that was asked a leg's target is: their id, alone or without its source's name, or their number."""
        plain = target.removeprefix("person:")
        if plain in self._help:
            return plain
        number = target.removeprefix("tel:")
        for known in self._help:
            person = state.people.get(known)
            if known.partition(":")[2] == plain or (person is not None and person.address and person.address == number):
                return known
        return None

    def _count(self, person_id: str, *, asked: int = 0, helped: int = 0) -> None:
        now = self._store.now()
        known = self._help.pop(person_id, PastHelp(person_id, 0, 0, now))
        asked_now = known.asked + asked
        known = replace(known, asked=asked_now, helped=min(known.helped + helped, asked_now), last_at=now)
        self._help[person_id] = known
        while len(self._help) > _KEPT:
            del self._help[next(iter(self._help))]
        self._store.publish(PastHelpKnown(known))
        self._dirty = True
        if self._saving is None or self._saving.done():
            self._saving = asyncio.ensure_future(self._save())

    async def _save(self) -> None:
        while self._dirty:
            self._dirty = False
            try:
                await self._local().set_preference(PREFERENCE, [asdict(known) for known in self._help.values()])
            except StoreError as error:
                log.warning("who helped could not be kept: %s", error)
                return
