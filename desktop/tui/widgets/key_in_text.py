"""A sentence that names a key, in which the key stands out."""

from typing import Final

from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part

KEY: Final = "\0"
"""What a sentence is given for the key: it stands wherever the language wants it."""


def with_key(sentence: str, key: str, style: str = "$muted") -> tuple[Part, ...]:
    """The parts of a line.

    Args:
        sentence: with `KEY` once.
        key: as it is printed.
        style: of the words around it.
    """
    before, _, after = sentence.partition(KEY)
    return (before, style), key_hint(key), (after, style)
