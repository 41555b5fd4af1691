"""What the keys are called that sentences name; the table of keys is the screen's, where a user may remap them."""

from collections.abc import Callable, Mapping
from typing import Final

USUAL: Final[Mapping[str, str]] = {"outbox": "alt+o", "palette": "ctrl+p", "retry": "F10"}
"""Where there is no screen, by the names in the table of keys: those that the sentences of the catalogue name."""

_asked: list[Callable[[str], str]] = [USUAL.__getitem__]


def shown(name: str) -> str:
    """The key to press, as it is printed.

    Args:
        name: in the table of keys.

    Raises:
        KeyError: another name.
    """
    return _asked[-1](name)


def ask_of(table: Callable[[str], str]) -> None:
    """Let a table of keys say from now on which one is in force, by its name."""
    _asked[:] = [table]
