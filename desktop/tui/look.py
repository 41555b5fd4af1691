"""What a configuration says of the screen, tried without one."""

from collections.abc import Mapping

from desktop.tui.keys import keys
from desktop.tui.terminal.themes import theme_named


def problems(theme: str, keymap: Mapping[str, str]) -> list[str]:
    """Everything for which the desktop would not start; empty where it does.

    Args:
        theme: the name of the look, "" for the usual one.
        keymap: other keys, by the names in the tables of keys.
    """
    found = keys.problems(keymap)
    try:
        if theme:
            theme_named(theme)
    except ValueError as wrong:
        found.append(str(wrong))
    return found
