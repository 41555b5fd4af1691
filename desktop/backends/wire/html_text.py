"""Between a CRM's HTML, which anybody may have written, and plain text."""

import re
from html import escape, unescape

LONGEST = 20_000
_TAG = re.compile(r"(<[^<>]*>)")  # looks at each character once, whatever the input
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_HIDDEN = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "hr", "section", "article"}
    | {f"h{level}" for level in range(1, 7)}
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*")


def to_text(html: str) -> str:
    """What a reader of the HTML sees, at most `LONGEST` characters, in lines without markup or control characters."""
    parts: list[str] = []
    hidden = ""
    for piece in _TAG.split(html[: LONGEST * 5]):
        if not piece.startswith("<"):
            if not hidden:
                parts.append(_SPACES.sub(" ", unescape(piece)))
            continue
        found = _NAME.match(piece)
        name = found[1].lower() if found else ""
        if hidden:
            hidden = "" if name == hidden and piece.startswith("</") else hidden
        elif name in _HIDDEN and not piece.startswith("</"):
            hidden = name
        elif name in _BREAKS:
            parts.append("\n- " if name == "li" and not piece.startswith("</") else "\n")
        elif name in {"td", "th"}:
            parts.append(" ")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    text = _EMPTY_LINES.sub("\n", "\n".join(lines)).strip()
    return clean(text)[:LONGEST]


def to_html(text: str) -> str:
    """Plain text as a paragraph that shows exactly it."""
    return f"<p>{'<br>'.join(escape(line) for line in clean(text).splitlines())}</p>"


def clean(text: str) -> str:
    """Without what a database cannot keep: control characters other than tab and line feed, and half characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NOT_TEXT.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))
