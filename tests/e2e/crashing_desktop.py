"""The desktop with a mistake in it: F1 fails with secrets in the error's text and in local variables."""

import sys
from typing import Any, NoReturn

from desktop.cli import main
from desktop.tui.pages import pages


def fail(*_: Any) -> NoReturn:
    """Fail the way a careless plug-in might."""
    token, number = sys.argv.pop(), "4111 1111 1111 1111"
    raise RuntimeError(f"request failed: Authorization: Bearer {token}, card {number}, note swordfish")


pages.help_lines = fail

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:-1]))
