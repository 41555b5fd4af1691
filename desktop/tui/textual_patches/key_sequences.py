"""Keys that Textual cannot tell apart on terminals without the extended keyboard protocol.

Upstream: `textual._ansi_sequences.ANSI_SEQUENCES_KEYS`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/_ansi_sequences.py#L19
Why: such terminals send alt+enter as ESC CR, alt+1 as ESC 1 and alt+c as ESC c. Textual reads the first as enter, the
second as the sign a Mac keyboard would make of it, and the third as alt+c only when a pause follows: typed ahead it
becomes `^c` and the rest; and alt with a capital or a sign is written into the field one is in. All are verbs here, so
their sequences are named. A quick esc and a letter are the same bytes, which is why alt and a letter is that letter's
verb, always. Esc O and what follows are function keys and arrows: alt+O is known by the pause behind it, as before.
Switch: keys
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from desktop.tui.textual_patches.switch import is_plain


@dataclass(frozen=True)
class _Named:
    value: str


def name_alt_keys(signs: Mapping[str, str]) -> None:
    """Teach Textual's table alt+enter, alt with a digit, a letter or a sign. Twice does no harm.

    Args:
        signs: the signs that terminals send together with alt, by Textual's names of them.
    """
    if is_plain("keys"):
        return
    table = cast("dict[str, Any]", ANSI_SEQUENCES_KEYS)
    table["\x1b\r"] = (_Named("alt+enter"),)
    for name, sign in signs.items():
        table[f"\x1b{sign}"] = (_Named(f"alt+{name}"),)
    table["\x1b "] = (_Named("alt+space"),)
    for digit in "0123456789":
        table[f"\x1b{digit}"] = (_Named(f"alt+{digit}"),)
    for letter in ascii_lowercase:
        table.setdefault(f"\x1b{letter}", (_Named(f"alt+{letter}"),))  # alt+b and alt+f are word moves already
        if letter != "o":
            table.setdefault(f"\x1b{letter.upper()}", (_Named(f"alt+shift+{letter}"),))
