"""What becomes of a supervisor's press, or of an agent's towards supervisors: the words, and how its effect is seen."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from desktop.app.commands.command_result import CONTACT_CENTER, CommandResult, failed
from desktop.app.commands.contact_commands import shown
from desktop.app.commands.runner import CommandRunner, Request
from desktop.app.commands.unknown_outcome import LOOK_SECONDS
from desktop.domain.entities.floor import AgentMessage, FloorVerb
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Outcome, Phase
from desktop.domain.state.floor_events import AgentMessaged
from desktop.domain.text.sentence import NOTHING, Sentence, sentences, worded
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError

T = TypeVar("T")

DOUBLE_PRESS_SECONDS = 1.5
"""The same press within this time after it was answered is still the same press."""
SAME_SECONDS = 5.0
"""A message from before this is an earlier one with the same words; clocks differ by less."""
SAFE = Sentence("floor.unchanged")


class AgentVerb(StrEnum):
    """What an agent can do towards their supervisors."""

    ASK_HELP = "ask_help"
    CLOSE_HELP = "close_help"
    ANSWER = "answer_supervisor"


def not_done(verb: StrEnum) -> Sentence:
    """That a verb came to nothing."""
    return Sentence(f"floor.not_done.{verb.value}")


def done(verb: StrEnum) -> Sentence:
    """That it was carried out."""
    return Sentence(f"floor.done.{verb.value}")


def refused(verb: StrEnum, error: BackendError) -> CommandResult:
    """A press that came to nothing: what did not happen, what is safe, what to press."""
    return failed(error, not_done(verb), safe=SAFE)


def found_out(verb: StrEnum, was_done: bool | None, seen: Sentence = NOTHING) -> CommandResult:
    """Nobody answered in time, and this is what a look showed. `was_done` None: it cannot be seen.

    A press of the same goes out under the same key, so that it is not done twice.
    """
    if was_done:
        return CommandResult(True, Sentence("floor.answered_late") + seen)
    first = not_done(verb) if was_done is False else Sentence("floor.unknown", verb=verb)
    words = sentences(first, Sentence("floor.no_answer_in_time"), seen, Sentence("floor.press_again"))
    return CommandResult(False, words, OutcomeUnknown.__name__)


async def run(
    runner: CommandRunner,
    verb: StrEnum,
    subject: str,
    words: tuple[Hashable, ...],
    call: Callable[[str], Awaitable[T]],
    kind: type[T],
    take: Callable[[T], None],
    look_up: Callable[[], Awaitable[CommandResult]] | None = None,
    said: Sentence = NOTHING,
) -> CommandResult:
    """One press.

    Args:
        runner: carries it out.
        verb: what is done.
        subject: the id of whom or what it is about.
        words: what else makes the intent what it is.
        call: sends it under a key.
        kind: what the answer must be; `take` gets it.
        look_up: finds out what became of it when nobody answered; None where that cannot be seen.
        said: what is told when it was carried out, where that is more than the verb.
    """

    def taken(answer: object) -> Sentence:
        if not isinstance(answer, kind):
            raise ProtocolError(Sentence("floor.other_answer"), type(answer).__name__)
        take(answer)
        return said or done(verb)

    async def looked(_: OutcomeUnknown) -> CommandResult:
        return found_out(verb, None) if look_up is None else await look_up()

    return await runner.run(
        Request(
            verb=verb.value,
            intent=(verb, subject, words),
            call=call,
            take=taken,
            refused=lambda error: refused(verb, error),
            look_up=looked,
            subject=subject,
            rest=DOUBLE_PRESS_SECONDS,
        )
    )


async def write(runner: CommandRunner, verb: StrEnum, to: str, text: str) -> CommandResult:
    """A line between a supervisor and an agent, whoever of the two writes; `to` is the other one's id."""
    store = runner.store
    asked_at = store.now()

    async def look_up() -> CommandResult:
        lines = await fresh(runner, lambda: tuple(store.state.agent_messages.values()))
        me = store.state.me
        sent = any(
            (one.by, one.to, one.text) == (me, to, text) and one.at > asked_at - SAME_SECONDS for one in lines or ()
        )
        return found_out(verb, None if lines is None else sent)

    return await run(
        runner,
        verb,
        to,
        (text,),
        lambda key: runner.contact_center.message_agent(to, text, key=key),
        AgentMessage,
        lambda message: store.publish(AgentMessaged(message), CONTACT_CENTER),
        look_up,
        Sentence("floor.sent_to", name=agent.name) if (agent := store.state.agents.get(to)) is not None else NOTHING,
    )


async def fresh(runner: CommandRunner, read: Callable[[], T]) -> T | None:
    """What the store shows after a look at the contact centre; None when that cannot be had."""
    return read() if await runner.snapshot.see(LOOK_SECONDS) else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an act on a contact was to bring about: `to` is an agent, a queue, or a priority as a word."""

    verb: FloorVerb
    interaction_id: str
    to: str = ""

    def seen(self, after: Interaction) -> bool | None:
        """Whether the contact as it is now shows it; None when it cannot be seen there."""
        match self.verb:
            case FloorVerb.REASSIGN:
                return after.agent_id == self.to or (after.outcome is Outcome.TRANSFERRED or None)
            case FloorVerb.MOVE:
                return after.queue == self.to
            case FloorVerb.PRIORITY:
                return str(after.priority) == self.to
            case FloorVerb.WITHDRAW:
                return after.phase is Phase.CLOSED
            case FloorVerb.TAKE_OVER:
                return after.agent_id == self.to or (None if after.outcome is Outcome.TRANSFERRED else False)
            case _:
                return None


def now_shown(after: Interaction | None, me: str) -> Sentence:
    """What the contact centre shows of a contact now."""
    return worded(shown(after, me)) if after is not None else Sentence("floor.no_longer_shown")
