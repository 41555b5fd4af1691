"""Questions about the floor, which change nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from desktop.app.commands.command_result import CONTACT_CENTER, failed
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backend_calls import READ_SECONDS
from desktop.app.supervision.floor_commands import SAFE
from desktop.domain.text.sentence import NOTHING, Sentence, worded
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """What a question came to: the value, or why there is none. `error` as in `CommandResult`."""

    value: T | None
    text: Sentence = NOTHING
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is an answer."""
        return not self.error


async def ask(runner: CommandRunner, call: Callable[[ContactCenter], Awaitable[T]], not_done: Sentence) -> Looked[T]:
    """Ask the contact centre; `not_done` says that there is no answer."""
    try:
        return Looked(
            await runner.backend_calls.ask(
                lambda: call(runner.contact_center), CONTACT_CENTER, seconds=READ_SECONDS, changing=False
            )
        )
    except BackendError as error:
        result = failed(error, not_done, safe=SAFE)
        return Looked(None, worded(result.text), result.error)
