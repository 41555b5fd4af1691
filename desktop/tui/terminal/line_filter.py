"""The last gate before the terminal: whatever a widget drew, no control byte of its text leaves the program."""

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# C0, DEL, C1, line separators, bidi marks, overrides and isolates, and tags. All are zero cells wide,
# so a line keeps its width without them. (Zero width joiners stay: emoji are made with them.)
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
# Half a character, which no terminal encoding can carry; it was counted as one cell.
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LINK: Final = re.compile(r"https?://[!-~]{1,2000}", re.IGNORECASE)


class ControlFilter(LineFilter):
    """Drops control characters from text, and hyperlinks that are not http or https.

    Textual keeps the result with each strip it has filtered, so a line that does not change is looked at once.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """See the base class; the same list comes back where nothing had to go."""
        if all(_harmless(segment) for segment in segments):
            return segments
        return [segment if _harmless(segment) else _clean(segment) for segment in segments]


def _harmless(segment: Segment) -> bool:
    text, style, control = segment
    return (
        control is None
        and (text.isprintable() or not (_CONTROL.search(text) or _SURROGATE.search(text)))
        and (style is None or style.link is None or _LINK.fullmatch(style.link) is not None)
    )


def _clean(segment: Segment) -> Segment:
    style = segment.style
    if style is not None and style.link is not None and not _LINK.fullmatch(style.link):
        style = style.update_link(None)
    return Segment(_SURROGATE.sub("\ufffd", _CONTROL.sub("", segment.text)), style)
