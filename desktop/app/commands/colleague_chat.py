"""Writing to colleagues."""

from collections.abc import Callable, Mapping

from desktop.app.commands.action_result import ActionResult, failed
from desktop.app.commands.runner import CommandRunner, Request
from desktop.domain.entities.person import ChatLine
from desktop.domain.select import chat_way
from desktop.domain.state.events import ChatReceived
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError, Unsupported
from desktop.ports.presence import PresenceSource

PRESENCE = "presence"


class ColleagueChat:
    """Sends each line once, and those to one colleague in order."""

    def __init__(
        self, runner: CommandRunner, directories: Mapping[str, PresenceSource], asked: Callable[[str], None]
    ) -> None:
        """`directories` by source; `asked` hears the id of each person who was written to."""
        self._runner = runner
        self._store = runner.store
        self._directories = directories
        self._asked = asked

    async def write(self, person_id: str, text: str) -> ActionResult:
        """Write to a colleague, through the first directory that knows them and can."""
        not_sent = "The message was not sent."
        person_id, source = chat_way(self._store.state, person_id)
        directory = self._directories.get(source)
        if directory is None:
            return failed(Unsupported("This profile has none."), not_sent, PRESENCE)

        def take(line: object) -> str:
            if not isinstance(line, ChatLine):
                raise ProtocolError("The answer is not a line of chat.", type(line).__name__)
            self._store.publish(ChatReceived(line), source)
            self._asked(person_id)
            return ""

        def refused(error: BackendError) -> ActionResult:
            unknown = isinstance(error, OutcomeUnknown)
            told = "It is not known whether the message was sent." if unknown else not_sent
            return failed(error, told, source, safe="What you typed is still here.")

        return await self._runner.run(
            Request(
                verb="chat",
                intent=("chat", person_id, text),
                call=lambda key: directory.chat(person_id, text, key=key),
                take=take,
                refused=refused,
                source=source,
                line=("chat", person_id),
            )
        )
