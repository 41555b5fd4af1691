"""`completion`: the script by which a shell completes the words of this command."""

import sys

from desktop.cli.arguments import parser
from desktop.cli.connection import Chosen
from desktop.cli.exits import Exit


def completion(chosen: Chosen) -> int:
    """Print it."""
    import shtab

    sys.stdout.write(shtab.complete(parser(), shell=chosen["shell"]) + "\n")
    return Exit.OK
