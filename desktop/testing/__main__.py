"""`python -m desktop.testing KIND NAME [--markdown]`: check an installed plug-in. JSON or Markdown goes to stdout.

Exit codes: 0 nothing is wrong, 1 something is, 2 there is no such plug-in.
"""

import argparse
import json
import sys

from desktop.ports.base import Kind
from desktop.ports.registry import PluginError
from desktop.testing.check import check


def main() -> int:
    """Check one plug-in and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m desktop.testing", description="Check an installed plug-in.")
    parser.add_argument("kind", choices=[kind.value for kind in Kind])
    parser.add_argument("name")
    parser.add_argument("--markdown", action="store_true", help="for people rather than for programs")
    chosen = parser.parse_args()
    try:
        found = check(Kind(chosen.kind), chosen.name)
    except PluginError as error:
        sys.stderr.write(f"{chosen.kind} {chosen.name} cannot be loaded: {error}\n")
        return 2
    sys.stdout.write(found.as_markdown() if chosen.markdown else json.dumps(found.as_json(), indent=2) + "\n")
    return 0 if found.ok else 1


if __name__ == "__main__":
    sys.exit(main())
