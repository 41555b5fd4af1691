"""What became of a supervisor's press, in words, and how its effect can be seen when nobody answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from desktop.app.commands.action_result import ActionResult, failed
from desktop.app.commands.call_control import shown
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Outcome, Phase
from desktop.ports.errors import BackendError, OutcomeUnknown

T = TypeVar("T")


class AgentVerb(StrEnum):
    """What an agent can do towards their supervisors."""

    ASK_HELP = "ask_help"
    CLOSE_HELP = "close_help"
    ANSWER = "answer_supervisor"


NOT_DONE: Mapping[StrEnum, str] = {
    AgentVerb.ASK_HELP: "No supervisor was asked for help.",
    AgentVerb.CLOSE_HELP: "The request for help is still open.",
    AgentVerb.ANSWER: "Your answer was not sent.",
    FloorVerb.LISTEN: "You are not listening.",
    FloorVerb.WHISPER: "You are not whispering.",
    FloorVerb.BARGE: "You did not join the call.",
    FloorVerb.END_MONITOR: "Listening was not ended.",
    FloorVerb.TAKE_OVER: "The conversation was not taken over.",
    FloorVerb.REASSIGN: "It was not reassigned.",
    FloorVerb.MOVE: "It was not moved.",
    FloorVerb.PRIORITY: "Its priority was not changed.",
    FloorVerb.WITHDRAW: "It was not withdrawn.",
    FloorVerb.AGENT_STATE: "The agent's state was not changed.",
    FloorVerb.ANSWER_HELP: "The request for help was not answered.",
    FloorVerb.MESSAGE: "The message was not sent.",
    FloorVerb.ACKNOWLEDGE: "The others were not told that you deal with it.",
}

DONE: Mapping[StrEnum, str] = {
    AgentVerb.ASK_HELP: "Your supervisors were asked for help.",
    AgentVerb.CLOSE_HELP: "The request for help is closed.",
    AgentVerb.ANSWER: "Sent.",
    FloorVerb.LISTEN: "You are listening.",
    FloorVerb.WHISPER: "The agent hears you, the customer does not.",
    FloorVerb.BARGE: "Agent and customer hear you.",
    FloorVerb.END_MONITOR: "You stopped listening.",
    FloorVerb.TAKE_OVER: "The conversation is yours.",
    FloorVerb.REASSIGN: "Reassigned.",
    FloorVerb.MOVE: "Moved.",
    FloorVerb.PRIORITY: "Priority changed.",
    FloorVerb.WITHDRAW: "Withdrawn.",
    FloorVerb.AGENT_STATE: "The agent's state was changed.",
    FloorVerb.ANSWER_HELP: "Answered.",
    FloorVerb.MESSAGE: "Sent.",
    FloorVerb.ACKNOWLEDGE: "The other supervisors see that you deal with it.",
}

NOT_KNOWN = {verb: f"It is not known whether it was done: {verb.value.replace('_', ' ')}." for verb in NOT_DONE}
SAFE = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """What a question came to: the value, or why there is none in words. `error` as in `ActionResult`."""

    value: T | None
    text: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is an answer."""
        return not self.error


def refused(error: BackendError, not_done: str) -> ActionResult:
    """A press that came to nothing: what did not happen, what is safe, what to press."""
    return failed(error, not_done, safe=SAFE)


def found_out(verb: StrEnum, done: bool | None, seen: str = "") -> ActionResult:
    """Nobody answered in time, and this is what a look showed. `done` None: it cannot be seen.

    A press of the same goes out under the same key, so that it is not done twice.
    """
    if done:
        return ActionResult(True, f"The contact centre answered late, but it was done. {seen}".rstrip())
    first = NOT_DONE[verb] if done is False else NOT_KNOWN[verb]
    press = "Press again if you still want it; it is not done twice."
    words = (first, "The contact centre did not answer in time.", seen, press)
    return ActionResult(False, " ".join(word for word in words if word), OutcomeUnknown.__name__)


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
