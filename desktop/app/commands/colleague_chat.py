"""Writing to colleagues."""

import asyncio
from collections.abc import Callable, Mapping
from weakref import WeakValueDictionary

from desktop.app.commands.action_result import IGNORED, UNDECIDED, ActionResult, failed
from desktop.app.commands.intents import Intents
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.store import Store
from desktop.domain.entities.person import ChatLine
from desktop.domain.select import chat_way
from desktop.domain.state.events import ChatReceived
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError, Unsupported
from desktop.ports.presence import PresenceSource

PRESENCE = "presence"


class ColleagueChat:
    """Sends each line once, and those to one colleague in order."""

    def __init__(
        self,
        store: Store,
        asking: BackendCalls,
        directories: Mapping[str, PresenceSource],
        intents: Intents,
        asked: Callable[[str], None],
    ) -> None:
        """`directories` by source; `asked` hears the id of each person who was written to."""
        self._store = store
        self._backend_calls = asking
        self._directories = directories
        self._intents = intents
        self._asked = asked
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def write(self, person_id: str, text: str) -> ActionResult:
        """Write to a colleague, through the first directory that knows them and can."""
        not_sent = "The message was not sent."
        person_id, source = chat_way(self._store.state, person_id)
        directory = self._directories.get(source)
        if directory is None:
            return failed(Unsupported("This profile names none."), not_sent, PRESENCE)
        intent = ("chat", person_id, text)
        if not self._intents.begin(intent):
            return IGNORED
        try:
            async with self._order.setdefault(person_id, asyncio.Lock()):
                key = self._intents.key(intent)
                line = await self._backend_calls.ask(lambda: directory.chat(person_id, text, key=key), source)
            if not isinstance(line, ChatLine):
                raise ProtocolError("The answer is not a line of chat.", type(line).__name__)
        except BackendError as error:
            if not isinstance(error, UNDECIDED):
                self._intents.answered(intent)
            unknown = isinstance(error, OutcomeUnknown)
            told = "It is not known whether the message was sent." if unknown else not_sent
            return failed(error, told, source, safe="What you typed is still here.")
        finally:
            self._intents.end(intent)
        self._intents.answered(intent)
        self._store.publish(ChatReceived(line), source)
        self._asked(person_id)
        return ActionResult(True)
