"""Threads of written contacts: what was seen, who types, and the files in them."""

import logging
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from desktop.app.commands.command_result import CommandResult, absent, failed
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.conversations import saved_files
from desktop.app.store import Store
from desktop.domain.entities.model import Attachment
from desktop.domain.entities.words import Phase
from desktop.domain.select import call_capabilities
from desktop.domain.select.centres import centre_of
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, NotFound, Rejected

log = logging.getLogger(__name__)

SAVE_SECONDS = 300.0
SAY_EVERY = 5.0
"""Seconds between two words that the agent is writing; the far side forgets it after ten."""
ASK_AGAIN = 10.0


class Threads:
    """What is done to a thread beside writing in it. None of it ever opens a file."""

    def __init__(
        self,
        store: Store,
        backend_calls: BackendCalls,
        contact_center: ContactCenter | None,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self.folder: Path | None = None
        """Where files are saved; set by who knows the profile."""
        self._store = store
        self._backend_calls = backend_calls
        self._contact_center = contact_center
        self._spawn = spawn
        self._seen: dict[str, tuple[str, float]] = {}  # interaction -> the newest message told as seen, and when
        self._types: dict[str, float] = {}  # interaction -> when it was said last that the agent writes

    # What was seen

    def see(self, interaction_id: str) -> None:
        """The newest message of a contact is before the agent's eyes."""
        state = self._store.state
        interaction = state.interactions.get(interaction_id)
        if interaction is None or not interaction.unread or not interaction.messages:
            return
        if not self._can(Capability.READ, interaction_id):
            return
        if interaction.agent_id != state.me or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP):
            return
        newest, now = interaction.messages[-1].id, self._backend_calls.timing.monotonic()
        told, at = self._seen.get(interaction_id, ("", 0.0))
        if told == newest and now - at < ASK_AGAIN:
            return
        self._seen = {one: when for one, when in self._seen.items() if one in state.interactions}
        self._seen[interaction_id] = (newest, now)
        self._spawn(self._mark(interaction_id, newest))

    async def _mark(self, interaction_id: str, message_id: str) -> None:
        center, key = self._contact_center, str(uuid.uuid4())
        if center is None:
            return
        try:
            read = await self._backend_calls.ask(
                lambda: center.mark_read(interaction_id, message_id, key=key), self._source(interaction_id)
            )
        except BackendError as error:
            log.info("what was read was not told: %s", type(error).__name__)
            return  # it stays unread, and is told again
        if read.id == interaction_id:
            self._store.publish(InteractionChanged(Change.UPDATED, read), self._source(interaction_id))

    # Who types

    def typed(self, interaction_id: str, text: str) -> None:
        """The agent changed the reply; nothing of it is told but that there is something."""
        if not self._can(Capability.TYPING, interaction_id):
            return
        now, before = self._backend_calls.timing.monotonic(), self._types.get(interaction_id)
        if text.strip():
            if before is None or now - before >= SAY_EVERY:
                self._types[interaction_id] = now
                self._spawn(self._say(interaction_id, on=True))
        elif before is not None:
            del self._types[interaction_id]
            self._spawn(self._say(interaction_id, on=False))

    async def _say(self, interaction_id: str, *, on: bool) -> None:
        center = self._contact_center
        if center is None:
            return
        try:
            await self._backend_calls.ask(lambda: center.typing(interaction_id, on=on), self._source(interaction_id))
        except BackendError as error:
            log.debug("typing was not told: %s", type(error).__name__)

    # Files

    async def save(self, interaction_id: str, message_id: str, attachment_id: str) -> CommandResult:
        """Save a file of a message in the profile's folder; the result says where it lies."""
        not_done, folder, center = Sentence("saved_file.not_saved"), self.folder, self._contact_center
        found = self._file(interaction_id, message_id, attachment_id)
        if center is None or folder is None:
            return failed(absent(self._backend_calls), not_done)
        if found is None:
            return failed(NotFound(Sentence("saved_file.gone")), not_done)
        if found.size is not None and found.size > saved_files.LARGEST:
            most = saved_files.LARGEST // (1024 * 1024)
            return failed(Rejected(Sentence("saved_file.too_large", most=most)), not_done)
        try:
            path = await self._backend_calls.ask(
                lambda: saved_files.save(
                    center.attachment(interaction_id, message_id, attachment_id), found.name, folder
                ),
                self._source(interaction_id),
                seconds=SAVE_SECONDS,
                changing=False,
            )
        except BackendError as error:
            return failed(error, not_done)
        return CommandResult(True, Sentence("saved_file.saved", name=path.name, folder=saved_files.short(folder)))

    def _file(self, interaction_id: str, message_id: str, attachment_id: str) -> Attachment | None:
        interaction = self._store.state.interactions.get(interaction_id)
        messages = interaction.messages if interaction is not None else ()
        files = (file for one in messages if one.id == message_id for file in one.attachments)
        return next((file for file in files if file.id == attachment_id), None)

    def _can(self, capability: Capability, interaction_id: str) -> bool:
        offered = call_capabilities(self._store.state, interaction_id)
        return self._contact_center is not None and capability.value in offered

    def _source(self, interaction_id: str) -> str:
        return centre_of(self._store.state, interaction_id)
