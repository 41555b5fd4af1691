"""Writing to colleagues."""

from collections.abc import Callable, Mapping

from desktop.app.commands.command_result import CommandResult, failed
from desktop.app.commands.contact_commands import not_done, not_known
from desktop.app.commands.runner import CommandRunner, Request
from desktop.domain.entities.person import ChatLine
from desktop.domain.entities.words import Verb
from desktop.domain.select import chat_way
from desktop.domain.state.events import ChatReceived
from desktop.domain.text.sentence import NOTHING, Sentence
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

    async def write(self, person_id: str, text: str) -> CommandResult:
        """Write to a colleague, through the first directory that knows them and can."""
        not_sent = not_done(Verb.SEND_MESSAGE)
        person_id, source = chat_way(self._store.state, person_id)
        directory = self._directories.get(source)
        if directory is None:
            return failed(Unsupported(Sentence("profile.none")), not_sent, PRESENCE)

        def take(line: object) -> Sentence:
            if not isinstance(line, ChatLine):
                raise ProtocolError(Sentence("answer.not_a_chat_line"), type(line).__name__)
            self._store.publish(ChatReceived(line), source)
            self._asked(person_id)
            return NOTHING

        def refused(error: BackendError) -> CommandResult:
            unknown = isinstance(error, OutcomeUnknown)
            told = not_known(Verb.SEND_MESSAGE) if unknown else not_sent
            return failed(error, told, source, safe=Sentence("chat.typed_is_here"))

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
