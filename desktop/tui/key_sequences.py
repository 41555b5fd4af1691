"""Keys that Textual cannot tell apart on terminals without the extended keyboard protocol.

Such terminals send alt+enter as ESC CR and alt+1 as ESC 1; Textual reads the first as enter and the second as the
sign a Mac keyboard would make of it. Both are verbs here, so the two families of sequences are named.
"""

from dataclasses import dataclass
from typing import Any, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


@dataclass(frozen=True)
class _Named:
    value: str


def name_alt_keys() -> None:
    """Teach Textual's table alt+enter and alt+1 … alt+9. Doing it twice does no harm."""
    table = cast("dict[str, Any]", ANSI_SEQUENCES_KEYS)
    table["\x1b\r"] = (_Named("alt+enter"),)
    for digit in "123456789":
        table[f"\x1b{digit}"] = (_Named(f"alt+{digit}"),)
