"""What a command names by a word: it is there, or the command says what there is."""

import difflib
from collections.abc import Iterable, Sequence

from desktop.cli.exits import CommandError, Exit


def queue_named(asked: str, there_are: Sequence[str]) -> str:
    """A queue as the contact centre writes its name.

    Args:
        asked: the name as it was typed, in capitals or not.
        there_are: the queues that this agent serves or looks after.

    Raises:
        CommandError: there is none of that name; the message has those that there are.
    """
    known = next((one for one in there_are if one.casefold() == asked.casefold()), None)
    if known is None:
        words = f"there are {', '.join(there_are)}" if there_are else "there are none"
        raise CommandError(f"There is no queue {asked!r} of yours; {words}.", Exit.USAGE)
    return known


def known_word(kind: str, asked: str, there_are: Iterable[str]) -> str:
    """A word out of a closed list, as it was given.

    Args:
        kind: what it is a word for: "phase".

    Raises:
        CommandError: it is none of them; the message has a guess, or all of them.
    """
    words = sorted(map(str, there_are))
    if asked in words:
        return asked
    near = difflib.get_close_matches(asked, words, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(words)}."
    raise CommandError(f"There is no {kind} {asked!r}. {advice}", Exit.USAGE)


def agent_known(agent: str, agents: Iterable[str]) -> None:
    """Go on only with an agent whom the contact centre shows.

    Raises:
        CommandError: there is none of that id.
    """
    if agent not in agents:
        raise CommandError(f"There is no agent {agent!r} of yours; agent-desktop agents lists them.", Exit.USAGE)
