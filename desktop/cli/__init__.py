"""The command `agent-desktop`: JSON on stdout, or the desktop itself."""

import os
import sys
from collections.abc import Sequence

from desktop.cli.exits import CommandError, Exit, explain, naming
from desktop.cli.output import choose, say
from desktop.words import catalogue, language
from desktop.words.catalogue import tr

# Commands that stand in a file of `commands` with another name. Imported only when the command is chosen.
_FILES = {
    **dict.fromkeys(("state", "agents", "queues", "interactions", "people"), "floor"),
    **dict.fromkeys(("customer", "case", "timeline"), "customers"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: what follows the program's name; None: as this process was called, which ends with the command.
    """
    if argv is None:
        from desktop.cli.ending import in_time

        return in_time(lambda: main(sys.argv[1:]))
    words = list(argv)
    catalogue.use(language.of_environment(os.environ))
    if sys.platform == "win32":
        say(
            tr(
                "agent-desktop needs Linux or macOS. On Windows it runs in WSL: install that with {command}, and"
                " agent-desktop in it.",
                command="`wsl --install`",
            )
        )
        return Exit.USAGE
    try:
        if words[:1] == ["mock"]:
            return _mock(words[1:])
        from desktop.cli.arguments import parser

        try:
            arguments = parser().parse_args(words)
        except SystemExit as stop:  # argparse has written its words already
            return int(stop.code or 0)
        return int(_run(arguments))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader left, as `head` does. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except Exception as error:
        told: CommandError = explain(error)
        say(f"agent-desktop: {told.message}")
        return told.code


def _run(arguments: object) -> int:
    chosen = vars(arguments)
    command = chosen["command"]
    choose(chosen.get("format") if command != "report" else None)
    if chosen["version"]:
        from importlib.metadata import version

        sys.stdout.write(f"agent-desktop {version('agent-desktop')}\n")
        return Exit.OK
    if command is None:
        from desktop.cli.screen import start_desktop

        return start_desktop(chosen)
    if command == "demo":
        from desktop.cli.screen import start_demo

        return start_demo(chosen)
    if command == "completion":
        from desktop.cli.completion import completion

        return completion(chosen)
    import importlib

    module = importlib.import_module(f"desktop.cli.commands.{_FILES.get(command, command)}")
    try:
        return int(module.run(chosen))
    except BrokenPipeError:
        raise
    except Exception as error:
        raise naming(explain(error), chosen.get("id")) from error


def _mock(rest: list[str]) -> int:
    from desktop.config.extras import MOCKS, require

    require("demo", MOCKS)
    if "twilio" in rest:
        require("mocks", ("websockets",))
    # Another program, which shares no code with this one; it is started, not imported.
    command = [sys.executable, "-m", "mock_backends", *rest]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell
    import subprocess

    return subprocess.call(command)  # noqa: S603 - as above
