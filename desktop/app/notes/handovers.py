"""What an agent knew of a contact goes on with its customer: the note and the link, to whoever has it now."""

import logging
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.failures import explain
from desktop.app.store import Store
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Outcome, Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.news.news import endings_since
from desktop.domain.select import call_capabilities, customer_of, own
from desktop.domain.select.centres import centre_of
from desktop.domain.state.events import Change
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Conflict, NotFound

log = logging.getLogger(__name__)

_REMEMBERED = 200


class Handovers:
    """Listens for contacts of mine that another has now, and tells the contact centre what I knew of each, once.

    The words stay mine: they go to the CRM as my record, and are shown as mine to whoever goes on.
    """

    def __init__(
        self,
        store: Store,
        backend_calls: BackendCalls,
        contact_center: ContactCenter | None,
        text: Callable[[str], DraftView | None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """`text` answers what is written for an interaction, `spawn` runs a coroutine while the session lasts."""
        self._store = store
        self._backend_calls = backend_calls
        self._contact_center = contact_center
        self._text = text
        self._spawn = spawn
        self._told: dict[str, None] = {}  # interactions, in order
        store.listeners.append(self._listen)

    def _listen(self, old: AppState, new: AppState) -> None:
        if new.interactions is old.interactions and new.endings is old.endings:
            return
        closed = [one.interaction for one in endings_since(old.endings, new.endings) if one.change is Change.CLOSED]
        wrapping = [one for one in own(new) if one.phase is Phase.WRAP_UP]
        for interaction in (*closed, *wrapping):  # a queue without wrap-up closes it at once
            gone = interaction.outcome is Outcome.TRANSFERRED and interaction.agent_id == new.me
            able = Capability.HANDOVER.value in call_capabilities(new, interaction.id)
            if gone and able and interaction.id not in self._told:
                self._told[interaction.id] = None
                self._hand_over(interaction, old if interaction.id in old.pops else new)
        while len(self._told) > _REMEMBERED:
            del self._told[next(iter(self._told))]

    def _hand_over(self, interaction: Interaction, state: AppState) -> None:
        draft, customer = self._text(interaction.id), customer_of(state, interaction.id)
        note = draft.note.strip() if draft is not None else ""
        if note or customer is not None:
            self._spawn(self._tell(interaction.id, note, customer.id if customer is not None else ""))

    async def _tell(self, interaction_id: str, note: str, customer_id: str) -> None:
        contact_center, key = self._contact_center, str(uuid.uuid4())
        if contact_center is None:
            return
        source = centre_of(self._store.state, interaction_id)
        try:
            await self._backend_calls.ask(
                lambda: contact_center.hand_over(interaction_id, note=note, customer_id=customer_id, key=key), source
            )
        except (Conflict, NotFound):
            return  # they went to somebody who is no agent here
        except BackendError as error:
            log.warning("what was known of %s was not handed on: %s", interaction_id, type(error).__name__)
            failure = explain(error, Sentence("note.not_passed_on"), source=source)
            self._store.notice(failure.not_done + Sentence("note.still_yours"), "warning", interaction_id)
