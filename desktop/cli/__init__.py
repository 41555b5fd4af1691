"""The command `agent-desktop`: JSON on stdout, or the desktop itself."""

import os
import sys
from collections.abc import Sequence

from desktop.cli.exits import CommandError, Exit, explain
from desktop.cli.output import say

# Which module serves which command. Imported only when the command is chosen.
_MODULES = {
    "customer": "customer_commands",
    "timeline": "customer_commands",
    "do": "do_command",
    "outbox": "outbox_commands",
    "erase": "erase_command",
    "config": "config_commands",
    "backends": "backends_command",
    "events": "events_command",
    "alerts": "alerts_command",
    "report": "report_command",
    "supervise": "supervise_command",
    "quality": "quality_command",
    "staffing": "staffing_command",
    "info": "info_command",
}
_DEFAULT_MODULE = "floor_commands"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: what follows the program's name; None: as this process was called, which ends with the command.
    """
    if argv is None:
        from desktop.cli.ending import in_time

        return in_time(lambda: main(sys.argv[1:]))
    words = list(argv)
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
    import importlib

    module = importlib.import_module(f"desktop.cli.{_MODULES.get(command, _DEFAULT_MODULE)}")
    return int(module.run(chosen))


def _mock(rest: list[str]) -> int:
    from desktop.config.extras import MOCKS, require

    require("mocks", "The pretend servers need", MOCKS)
    # Another program, which shares no code with this one; it is started, not imported.
    command = [sys.executable, "-m", "mock_backends", *rest]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell
    import subprocess

    return subprocess.call(command)  # noqa: S603 - as above
