"""Text from outside, made fit for a terminal cell. Every string that a backend sent passes here before it is drawn."""

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from textual.content import Content
from textual.style import Style

LIMIT: Final = 4_096
"""Characters that one piece of text may have unless told otherwise; a note has 16 384."""

MARKS: Final = 4
"""Characters without a width of their own that may follow one letter."""

TAB: Final = 4
REPLACEMENT: Final = "\ufffd"
ELLIPSIS: Final = "…"

Part = str | tuple[str, str] | Content
"""A piece of a line: text, (text, style), or content that is already built."""

_PICTURES: Final = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_HARMFUL: Final = (
    *range(0x80, 0xA0),  # C1: one byte control sequences
    0x061C,  # Arabic letter mark
    0x180E,
    *range(0x200B, 0x200C),  # zero width space; the joiners that follow are needed by emoji, Persian and Hindi
    *range(0x200E, 0x2010),  # left-to-right and right-to-left marks
    *range(0x2028, 0x202F),  # line and paragraph separators, bidi embeddings and overrides
    *range(0x2060, 0x2070),  # invisible operators, bidi isolates, deprecated format characters
    0xFEFF,
    *range(0xFFF9, 0xFFFC),  # interlinear annotation
    0xFFFE,
    0xFFFF,
    *range(0xE0000, 0xE0080),  # tags
)
_TABLE: Final = {0xAD: "-"} | _PICTURES | dict.fromkeys(_HARMFUL, REPLACEMENT)
_TABLE_WITH_NEWLINES: Final = {code: to for code, to in _TABLE.items() if code != 0x0A}
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_FIRST_MARK: Final = "\u0300"
_WEB: Final = re.compile(r"https?://[!-~]{1,1992}", re.IGNORECASE)


def safe(text: str, *, limit: int = LIMIT, newlines: bool = False) -> str:
    """Make a string plain: no byte of it can move the cursor, turn the reading direction or overflow its line.

    Control characters become their pictures (ESC is shown as ␛); C1 controls, bidi controls, tags, invisible
    characters and lone surrogates become U+FFFD; tabs become spaces; a letter keeps at most four marks; what is over
    the limit ends in an ellipsis. Doing it twice changes nothing.

    Args:
        text: anything.
        limit: the most characters that come back, at least 1.
        newlines: keep line feeds (also those of CR LF) instead of showing them as ␊.

    Returns:
        Text that is safe in one line of the screen, or in several where newlines are kept.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # Nothing below makes text shorter but CR LF and capped marks, so there is no need to look far past the limit.
    whole = len(text) <= limit * (MARKS + 1)
    text = text[: limit * (MARKS + 1)]
    if "\t" in text:
        text = text.expandtabs(TAB)
    text = text.replace("\r\n", "\n").translate(_TABLE_WITH_NEWLINES if newlines else _TABLE)
    if not text.isascii() and max(text) >= _FIRST_MARK:
        text = _cap_marks(_SURROGATES.sub(REPLACEMENT, text))
    if len(text) > limit or not whole:
        text = text[: limit - 1] + ELLIPSIS
    return text


def _cap_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        if char < _FIRST_MARK or unicodedata.category(char) not in ("Mn", "Me", "Cf"):
            run = 0
        else:
            run += 1
            if run > MARKS:
                continue
        kept.append(char)
    return "".join(kept)


def content(text: str, style: str = "", *, limit: int = LIMIT, newlines: bool = False) -> Content:
    """Content for any widget, in which nothing is markup.

    Args:
        text: anything; made safe here.
        style: a Textual style such as `bold $warning`, from our own code only.
        limit: the most characters that are shown.
        newlines: whether line feeds break the line.
    """
    return Content.styled(safe(text, limit=limit, newlines=newlines), style)


def web_address(text: str) -> str:
    """A web address that may be opened with a click; "" for anything else.

    Args:
        text: anything. Taken are http and https with a host, in printable ASCII, at most 2,000 characters. An address
            with a user name before its host is not: it looks like another host's.
    """
    text = text.strip()
    if not _WEB.fullmatch(text):
        return ""
    try:
        parts = urlsplit(text)
        return text if parts.hostname and "@" not in parts.netloc else ""
    except ValueError:
        return ""


def web_link(text: str) -> Content:
    """A web address in full, which the terminal opens where it can (OSC 8); other text as it is, and no link."""
    address = web_address(text)
    return Content.styled(address, Style(underline=True, link=address)) if address else content(text)


def line(*parts: Part) -> Content:
    """One line put together from pieces, each made safe on its own, so that none can reach into its neighbour.

    Args:
        parts: text, (text, style) pairs, or content that `content` or `line` made.
    """
    return Content.assemble(*(_piece(part) for part in parts))


def lines(*parts: Part) -> Content:
    """As `line`, with one line for each part."""
    return Content("\n").join([_piece(part) for part in parts])


def plain(value: Part) -> str:
    """The text of a piece, without its style."""
    if isinstance(value, Content):
        return value.plain
    return safe(value[0] if isinstance(value, tuple) else value)


def _piece(part: Part) -> Content:
    if isinstance(part, Content):
        return part
    return content(*part) if isinstance(part, tuple) else content(part)
