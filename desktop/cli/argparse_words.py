"""The words of argparse itself, which asks gettext for them, under the domain of the program.

They are collected here for the catalogue; a word that a version of Python says otherwise stays English.
"""

import gettext
from typing import Final

from desktop.words.catalogue import DOMAIN, LOCALES
from desktop.words.marks import mark

OWN_WORDS: Final[tuple[str, ...]] = (
    mark("usage: "),
    mark("positional arguments"),
    mark("options"),
    mark("show this help message and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("unrecognized arguments: %s"),
    mark("the following arguments are required: %s"),
    mark("one of the arguments %s is required"),
    mark("not allowed with argument %s"),
    mark("expected one argument"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("invalid %(type)s value: %(value)r"),
    mark("ignored explicit argument %r"),
)
"""Those that a user of the command line may read."""


def from_our_catalogue() -> None:
    """Have argparse's words come from our catalogue, in the language of the terminal."""
    gettext.bindtextdomain(DOMAIN, LOCALES)
    gettext.textdomain(DOMAIN)


def spelled(verb: str) -> str:
    """A verb as it is listed: who writes it with hyphens, as options are, means the same."""
    return verb.replace("-", "_")
