"""What becomes of a supervisor's press, or of an agent's towards supervisors: the words, and how its effect is seen."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from desktop.app.commands.action_result import CONTACT_CENTER, ActionResult, failed
from desktop.app.commands.contact_commands import shown
from desktop.app.commands.fresh_snapshot import LOOK_SECONDS
from desktop.app.commands.runner import CommandRunner, Request
from desktop.domain.entities.floor import AgentMessage, FloorVerb
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Outcome, Phase
from desktop.domain.state.floor_events import AgentMessaged
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError

T = TypeVar("T")

DOUBLE_PRESS_SECONDS = 1.5
"""The same press within this time after it was answered is still the same press."""
SAME_SECONDS = 5.0
"""A message from before this is an earlier one with the same words; clocks differ by less."""
SAFE = "Nothing was changed."


class AgentVerb(StrEnum):
    """What an agent can do towards their supervisors."""

    ASK_HELP = "ask_help"
    CLOSE_HELP = "close_help"
    ANSWER = "answer_supervisor"


@dataclass(frozen=True, slots=True)
class FloorSpec:
    """The sentences of a verb: when it was not done, and when it was."""

    not_done: str
    done: str


SPECS: Mapping[StrEnum, FloorSpec] = {
    AgentVerb.ASK_HELP: FloorSpec("No supervisor was asked for help.", "Your supervisors were asked for help."),
    AgentVerb.CLOSE_HELP: FloorSpec("The help request is still open.", "The help request is closed."),
    AgentVerb.ANSWER: FloorSpec("Your answer was not sent.", "Sent."),
    FloorVerb.LISTEN: FloorSpec("You are not listening.", "You are listening."),
    FloorVerb.WHISPER: FloorSpec("You are not whispering.", "The agent hears you, the customer does not."),
    FloorVerb.BARGE: FloorSpec("You did not join the call.", "Agent and customer hear you."),
    FloorVerb.END_MONITOR: FloorSpec("Listening was not ended.", "You stopped listening."),
    FloorVerb.TAKE_OVER: FloorSpec("The conversation was not taken over.", "The conversation is yours."),
    FloorVerb.REASSIGN: FloorSpec("It was not reassigned.", "Reassigned."),
    FloorVerb.MOVE: FloorSpec("It was not moved.", "Moved."),
    FloorVerb.PRIORITY: FloorSpec("Its priority was not changed.", "Priority changed."),
    FloorVerb.WITHDRAW: FloorSpec("It was not withdrawn.", "Withdrawn."),
    FloorVerb.AGENT_STATE: FloorSpec("The agent's state was not changed.", "The agent's state was changed."),
    FloorVerb.ANSWER_HELP: FloorSpec("The help request was not answered.", "Answered."),
    FloorVerb.MESSAGE: FloorSpec("The message was not sent.", "Sent."),
    FloorVerb.ACKNOWLEDGE: FloorSpec(
        "The other supervisors were not told.", "The other supervisors see that you are dealing with it."
    ),
}


def refused(verb: StrEnum, error: BackendError) -> ActionResult:
    """A press that came to nothing: what did not happen, what is safe, what to press."""
    return failed(error, SPECS[verb].not_done, safe=SAFE)


def found_out(verb: StrEnum, done: bool | None, seen: str = "") -> ActionResult:
    """Nobody answered in time, and this is what a look showed. `done` None: it cannot be seen.

    A press of the same goes out under the same key, so that it is not done twice.
    """
    if done:
        return ActionResult(True, f"The contact centre answered late, but it was done. {seen}".rstrip())
    unknown = f"It is not known whether it was done: {verb.value.replace('_', ' ')}."
    first = SPECS[verb].not_done if done is False else unknown
    press = "Press again if you still want it; it is not done twice."
    words = (first, "The contact centre did not answer in time.", seen, press)
    return ActionResult(False, " ".join(word for word in words if word), OutcomeUnknown.__name__)


async def run(
    runner: CommandRunner,
    verb: StrEnum,
    subject: str,
    words: tuple[Hashable, ...],
    call: Callable[[str], Awaitable[T]],
    kind: type[T],
    take: Callable[[T], None],
    look_up: Callable[[], Awaitable[ActionResult]] | None = None,
) -> ActionResult:
    """One press.

    Args:
        runner: carries it out.
        verb: what is done.
        subject: the id of whom or what it is about.
        words: what else makes the intent what it is.
        call: sends it under a key.
        kind: what the answer must be; `take` gets it.
        look_up: finds out what became of it when nobody answered; None where that cannot be seen.
    """

    def taken(answer: object) -> str:
        if not isinstance(answer, kind):
            raise ProtocolError("The answer is about something else.", type(answer).__name__)
        take(answer)
        return SPECS[verb].done

    async def looked(_: OutcomeUnknown) -> ActionResult:
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


async def write(runner: CommandRunner, verb: StrEnum, to: str, text: str) -> ActionResult:
    """A line between a supervisor and an agent, whoever of the two writes; `to` is the other one's id."""
    store = runner.store
    asked_at = store.now()

    async def look_up() -> ActionResult:
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


def now_shown(after: Interaction | None, me: str) -> str:
    """What the contact centre shows of a contact now, as a sentence."""
    return shown(after, me) if after is not None else "The contact centre no longer shows it."
