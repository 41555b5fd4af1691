"""The exit code of `config check` and `config init`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from desktop.cli.exits import Exit

if TYPE_CHECKING:
    from desktop.config.backend_check import Checked


def outcome(checked: "Iterable[Checked]") -> int:
    """The exit code for what the checks found: unreachable weighs less than a backend that cannot be used at all."""
    errors = {one.error for one in checked if not one.ok}
    if not errors:
        return Exit.OK
    return Exit.USAGE if errors & {"PluginError", "Rejected"} else Exit.UNAVAILABLE
