"""What the keys are called that the application's own sentences name.

The table of keys is the screen's, and a user may put others in force; commands without a screen name the usual ones.
"""

from collections.abc import Callable, Mapping
from typing import Final

USUAL: Final[Mapping[str, str]] = {"outbox": "alt+o", "palette": "ctrl+p", "retry": "F10"}
"""By the names in the table of keys."""

_asked: list[Callable[[str], str]] = [USUAL.__getitem__]


def key_name(name: str) -> str:
    """The key to press, as it is printed.

    Args:
        name: one of `USUAL`.

    Raises:
        KeyError: another name.
    """
    return _asked[-1](name)


def ask_of(shown: Callable[[str], str]) -> None:
    """Let a table of keys say from now on which one is in force, by its name."""
    _asked[:] = [shown]
