"""Looks up what became of a command that nobody answered, in a fresh snapshot of the contact centre."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from desktop.app.commands.command_result import CommandResult
from desktop.app.commands.contact_commands import SPECS, not_done, not_known, shown
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.failures import explain
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Verb
from desktop.domain.select.centres import centre_of
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import OutcomeUnknown

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
TELL_LOSER_SECONDS = 0.8


class FreshSnapshot:
    """Fetches a snapshot of the contact centre into the store."""

    def __init__(self, store: Store, backend_calls: BackendCalls, refresh: Callable[[str], Awaitable[None]]) -> None:
        """`refresh` puts a fresh snapshot of one of several contact centres into the store, of all for ""."""
        self.refresh = refresh
        self._store = store
        self._backend_calls = backend_calls
        self._looks: set[asyncio.Future[None]] = set()

    async def see(self, seconds: float, record_id: str = "") -> bool:
        """Look, but wait no longer than that for it; it goes on in the background. Says whether it came.

        Args:
            seconds: the longest to wait.
            record_id: of several contact centres, the one that this belongs to is looked at; "" for all.
        """
        source = centre_of(self._store.state, record_id)
        look = asyncio.ensure_future(self._look(source if record_id and Source.of(source).name else ""))
        self._looks.add(look)
        look.add_done_callback(self._looked)
        await first_of(asyncio.shield(look), self._backend_calls.timing.sleep(seconds))
        self._store.drain()
        return look.done() and not look.cancelled() and look.exception() is None

    async def _look(self, source: str) -> None:
        await self.refresh(source)

    def _looked(self, look: "asyncio.Future[None]") -> None:
        self._looks.discard(look)
        if not look.cancelled() and (error := look.exception()) is not None:
            log.info("could not look at the contact centre: %s", error)


async def look_up_contact(
    snapshot: FreshSnapshot, store: Store, verb: Verb, before: Interaction, error: OutcomeUnknown, safe: Sentence
) -> CommandResult:
    """Compare a contact with what it was before a verb, and say whether that was done.

    Args:
        before: the contact when the verb was asked for.
        error: what stands in for the answer that never came.
        safe: what to say of the agent's words where nothing could be seen.
    """
    unknown = not_known(verb)
    if not await snapshot.see(LOOK_SECONDS, before.id):
        failure = explain(error, unknown, source=centre_of(store.state, before.id), safe=safe)
        return CommandResult(False, failure.text, OutcomeUnknown.__name__)
    state = store.drain()
    after = state.interactions.get(before.id)
    seen = shown(after, state.me)
    done = SPECS[verb].seen(before, after, state.me)
    if done:
        return CommandResult(True, Sentence("late.but_done") + seen)
    first = not_done(verb) if done is False else unknown
    press = Sentence("late.press_again" if done is False else "late.look_first")
    return CommandResult(False, first + Sentence("late.no_answer") + seen + press, OutcomeUnknown.__name__)
