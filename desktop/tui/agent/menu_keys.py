"""Which keys a list over the desk keeps to itself."""

from typing import Final

from textual import events

from desktop.tui.keys.key import is_typed
from desktop.tui.keys.keys import BY_ID

MENU: Final = "menu"
"""The class of such a list."""


def keep_signs(event: events.Key, opened_by: str) -> None:
    """Let no sign go through to the desk behind, but for the one that closes the list again.

    Args:
        opened_by: the name of that key in the table of keys.
    """
    if is_typed(event.key) and event.key not in BY_ID[opened_by].letters:
        event.stop()
