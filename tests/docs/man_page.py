"""The manual page of the command, made from its parser."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop.cli.arguments import EPILOG, parser
from tests.docs.pages import DOCS

FILE: Final[Path] = DOCS / "agent-desktop.1"
_AROUND: Final = """\
.SH FILES
.TP
.I ~/.config/agent-desktop/config.toml
The profiles.
.TP
.I ~/.local/share/agent-desktop/
Notes that are being written and what is not delivered yet, one file a profile.
.SH ENVIRONMENT
.B AGENT_DESKTOP_CONFIG
names another configuration file,
.B AGENT_DESKTOP_PROFILE
the profile.
.SH SEE ALSO
.B agent-desktop docs
says where the documentation is.
"""


def man_page() -> str:
    """The page as the code is now, for `man`."""
    top = parser()
    (commands,) = (one for one in top._actions if isinstance(one, argparse._SubParsersAction))
    lines = [
        '.\\" Made from the code by python -m tests.docs.',
        ".TH AGENT-DESKTOP 1",
        ".SH NAME",
        _roff("agent-desktop - the contact-centre agent's desktop, in a terminal"),
        ".SH SYNOPSIS",
        ".B agent-desktop",
        _roff("[options] [command]"),
        ".SH DESCRIPTION",
        *(_roff(line) for line in EPILOG.splitlines()),
        ".SH OPTIONS",
        *_options(top),
        ".SH COMMANDS",
    ]
    for name, inner in commands.choices.items():
        lines += _command(name, inner)
    return "\n".join(lines) + "\n" + _AROUND


def _command(name: str, inner: argparse.ArgumentParser) -> Iterator[str]:
    yield f".SS {_roff(name)}"
    if inner.description:
        yield _roff(" ".join(inner.description.split()))
    yield from _options(inner)
    for action in inner._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, deeper in action.choices.items():
                yield from _command(f"{name} {word}", deeper)


def _options(inner: argparse.ArgumentParser) -> Iterator[str]:
    """What a command takes; what every command takes stands with the program's own."""
    shared = {"profile", "config", "timeout"} if inner.prog != "agent-desktop" else set()
    for action in inner._actions:
        if action.dest in {*shared, "help"} or action.help == argparse.SUPPRESS:
            continue
        if isinstance(action, argparse._SubParsersAction):
            continue
        value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        names = [f"{one} {value}" if action.nargs != 0 else one for one in action.option_strings] or [value]
        choices = f"one of {', '.join(map(str, action.choices))}" if action.choices is not None else ""
        text = (action.help or "").replace("%%", "%")
        yield ".TP"
        yield f".B {_roff(', '.join(names))}"
        yield _roff("; ".join(filter(None, (text, choices))) or value)


def _roff(text: str) -> str:
    """The text as roff reads it back: no line of it is a request, and a hyphen is the one that is typed."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    ascii_only = "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in plain)
    return re.sub(r"^([.'])", r"\\&\1", ascii_only)
