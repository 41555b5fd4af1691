"""What a dialog asks before something is done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from desktop.app.commands.command_result import CommandResult
from desktop.tui.keys.two_presses import Irrevocable
from desktop.words.catalogue import tr

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
        by_hand: whether an option counts only when it was moved to: nothing typed is no answer then.
        allowed: whether a typed answer makes sense; says what is wrong with it, "" for nothing.
    """

    name: str
    ask: str
    options: tuple[Proposal, ...] = ()
    free: bool = False
    needed: bool = True
    by_hand: bool = False
    allowed: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done once all is answered. Whom it concerns was settled when the key was pressed.

    `about`: the subject of what is told of it, from the answers; see `domain.news.notices`. `takes_away`: for what
    cannot be undone, the act that one more press carries out, from the answers.
    """

    title: str
    whom: str
    questions: tuple[Question, ...]
    run: Callable[[Mapping[str, str]], Awaitable[CommandResult]]
    about: Callable[[Mapping[str, str]], str] = lambda _: ""
    takes_away: Callable[[Mapping[str, str]], Irrevocable] | None = None


def why(recent: tuple[str, ...]) -> Question:
    """Asks for the reason, proposing those given before; none of them is taken by itself."""
    proposed = tuple(Proposal(text, text) for text in recent)
    return Question("why", tr("Reason (recorded in the audit log)"), proposed, free=True, by_hand=True)
