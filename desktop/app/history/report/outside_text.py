"""Text from outside in a file that other programs open: nothing in it steers a reader, a sheet or a page."""

import re
from typing import Final

LONGEST: Final = 2_000
_HARMFUL: Final = (
    *range(0x00, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x180E,
    *range(0x200B, 0x200C),  # the joiners that follow are needed by emoji, Persian and Hindi
    *range(0x200E, 0x2010),
    *range(0x2028, 0x202F),  # line and paragraph separators, bidi embeddings and overrides
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    0xFFFE,
    0xFFFF,
    *range(0xE0000, 0xE0080),
)
_TABLE: Final = dict.fromkeys(_HARMFUL, " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_STEERS: Final = re.compile("^[\\s'\"\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe63\ufe62\ufe66\ufe6b]")
"""What a sheet takes for the beginning of a formula, full-width and small forms and signs before it too."""


def plain(text: str) -> str:
    """On one line, without controls, invisible characters and marks that turn the direction of reading."""
    return text.translate(_TABLE)[:LONGEST]


def cell(text: str) -> str:
    """The same for a sheet: what looks like a formula gets an apostrophe in front, which makes it text."""
    text = plain(text)
    return "'" + text if _STEERS.match(text) else text
