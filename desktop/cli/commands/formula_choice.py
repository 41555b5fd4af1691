"""Which service level a command means."""

import difflib

from desktop.cli.exits import CommandError, Exit
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS, Formula
from desktop.words.catalogue import tr


def formula_named(name: str | None) -> Formula:
    """The formula of that id, the usual one when none is named.

    Raises:
        CommandError: there is none of that id; the message has a guess, also for who gives a vendor's name.
    """
    if name is None:
        return DEFAULT_FORMULA
    if name in FORMULAS:
        return FORMULAS[name]
    near = [one.id for one in FORMULAS.values() if one.is_of(name)]
    near = near or difflib.get_close_matches(name, list(FORMULAS), n=1)
    wrong = tr("There is no formula {name}.", name=repr(name))
    if near:
        guess = tr("Did you mean {names}?", names=tr(" or ").join(near))
    else:
        guess = tr("There are {names}.", names=", ".join(FORMULAS))
    raise CommandError(f"{wrong} {guess}", Exit.USAGE)
