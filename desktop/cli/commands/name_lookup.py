"""What a command names by a word: it is there, or the command says what there is."""

import difflib
from collections.abc import Iterable, Sequence

from desktop.cli.exits import CommandError, Exit
from desktop.words.catalogue import tr


def no_such(noun: str, asked: str) -> CommandError:
    """The refusal of an id that nothing carries; it names the id.

    Args:
        noun: what it should be the id of, "interaction", in the language in force.
    """
    return CommandError(tr("There is no {noun} {id} of yours.", noun=noun, id=repr(asked)), Exit.REFUSED)


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
        if not there_are:
            raise CommandError(tr("There is no queue {name} of yours; there are none.", name=repr(asked)), Exit.USAGE)
        known_ones = ", ".join(there_are)
        raise CommandError(
            tr("There is no queue {name} of yours; there are {known}.", name=repr(asked), known=known_ones), Exit.USAGE
        )
    return known


def known_word(kind: str, asked: str, there_are: Iterable[str]) -> str:
    """A word out of a closed list, as it was given.

    Args:
        kind: what it is a word for, "phase", in the language in force.

    Raises:
        CommandError: it is none of them; the message has a guess, or all of them.
    """
    words = sorted(map(str, there_are))
    if asked in words:
        return asked
    near = difflib.get_close_matches(asked, words, n=1)
    not_known = tr("There is no {kind} {word}.", kind=kind, word=repr(asked))
    advice = (
        tr("Did you mean {word}?", word=repr(near[0])) if near else tr("There are {words}.", words=", ".join(words))
    )
    raise CommandError(f"{not_known} {advice}", Exit.USAGE)


def agent_known(agent: str, agents: Iterable[str]) -> None:
    """Go on only with an agent whom the contact centre shows.

    Raises:
        CommandError: there is none of that id.
    """
    if agent not in agents:
        raise CommandError(
            tr("There is no agent {name} of yours; agent-desktop agents lists them.", name=repr(agent)), Exit.USAGE
        )
