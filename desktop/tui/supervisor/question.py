"""What a dialog asks before something is done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from desktop.app.action_result import ActionResult

LONGEST = 300
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One answer to choose: `value` is what is meant, `label` what is shown, `hint` what speaks for it."""

    value: str
    label: str
    hint: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be answered.

    Attributes:
        name: what the answer is called.
        ask: what stands above the field.
        options: what can be chosen, most likely first; typing narrows them down.
        free: whether what is typed is an answer, too; options are then no more than proposals.
        needed: whether an empty answer will not do.
        allowed: whether a typed answer makes sense; says what is wrong with it, "" for nothing.
    """

    name: str
    ask: str
    options: tuple[Proposal, ...] = ()
    free: bool = False
    needed: bool = True
    allowed: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done once all is answered. Whom it concerns was settled when the key was pressed."""

    title: str
    whom: str
    questions: tuple[Question, ...]
    run: Callable[[Mapping[str, str]], Awaitable[ActionResult]]


def why(recent: tuple[str, ...]) -> Question:
    """Asks for the reason, proposing those given before."""
    return Question("why", "Why? It is written down.", tuple(Proposal(text, text) for text in recent), free=True)
