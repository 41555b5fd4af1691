"""The body of an e-mail as people read it: HTML as plain text, and what it quotes of earlier mails set apart.

Anybody may have written it: every step looks at each character a bounded number of times, and nothing is nested.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

LONGEST = 65_536
"""Characters of a text that are looked at."""
LONGEST_HTML = 2_000_000
"""Of HTML, which may have tens of thousands of styles before the first word."""
MOST_TAGS = 50_000
LEAST_FOLDED = 2
"""Lines from which a quotation is set apart; one stands for itself."""

_IS_HTML = re.compile(r"\s{0,100}<(?:!--|(?:!doctype html|html|head|body|div|p|table|span|meta|style|font)\b)", re.I)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_HIDDEN = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "pre", "hr", "section", "article", "blockquote"}
    | {f"h{level}" for level in range(1, 7)}
)
_PARAGRAPHS = frozenset({"p", "table", "ul", "ol", "pre", "blockquote"} | {f"h{level}" for level in range(1, 7)})
_LONGEST_TAG = 8_192
_MOST_DEPTH = 5
_SPACES = re.compile(r"\s+")

_WROTE = re.compile(
    r"(?:on|am|le|el|il|op)\b.*(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef)\b[^:]{0,200}:\s*", re.I
)
_LONGEST_WROTE = 400
_WROTE_LINES = 3
_ORIGINAL = re.compile(r"-{2,20}\s*(?:original message|ursprüngliche nachricht|message d'origine)\s*-{2,20}\s*", re.I)


@dataclass(frozen=True, slots=True)
class MailPart:
    """Some lines of a mail: what its sender wrote, or quoted."""

    lines: tuple[str, ...]
    quoted: bool


@lru_cache(maxsize=64)
def mail_parts(body: str) -> tuple[MailPart, ...]:
    """What was written and what was quoted, in order. HTML becomes plain text first."""
    text = html_to_text(body) if is_html(body) else body[:LONGEST].replace("\r\n", "\n")
    lines = text.split("\n")
    parts: list[MailPart] = []
    written: list[str] = []
    at = 0
    while at < len(lines):
        end = _quotation(lines, at)
        if end - at < LEAST_FOLDED:
            end = max(end, at + 1)
            written += lines[at:end]
        else:
            parts += [MailPart(tuple(written), quoted=False)] if written else []
            parts.append(MailPart(tuple(lines[at:end]), quoted=True))
            written = []
        at = end
    return (*parts, MailPart(tuple(written), quoted=False)) if written else tuple(parts)


def is_html(body: str) -> bool:
    """Whether a body is HTML and no text that mentions it."""
    return _IS_HTML.match(body) is not None and ("</" in body or "<br" in body.lower())


def html_to_text(html: str) -> str:
    """What a reader of the HTML sees, in lines, with where its links lead and with `> ` before what it quotes."""
    page = _Page()
    at, html = 0, html[:LONGEST_HTML]
    for _ in range(MOST_TAGS):
        tag = html.find("<", at)
        page.say(html[at : tag if tag >= 0 else len(html)])
        if tag < 0 or page.length >= LONGEST:
            break
        if html.startswith("<!--", tag):
            end = html.find("-->", tag + 4)
            at = end + 3 if end >= 0 else len(html)
            continue
        found = _NAME.match(html, tag)
        if found is None and not html.startswith(("<!", "<?"), tag):
            page.say("<")  # a sign, as in "2 < 3"
            at = tag + 1
            continue
        end = html.find(">", tag)
        if end < 0:
            page.say(html[tag:])
            break
        at = end + 1
        if found is None:
            continue
        name, closes = found[1].lower(), html.startswith("</", tag)
        if name in _HIDDEN and not closes:
            over = _closing(name).search(html, at)
            at = over.end() if over is not None else len(html)
        else:
            page.tag(name, html[tag : min(at, tag + _LONGEST_TAG)], closes=closes)
    return page.text()


class _Page:
    """Text as it comes out of the tags."""

    def __init__(self) -> None:
        self.length = 0
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._link = ""
        self._link_from = 0

    def say(self, text: str) -> None:
        """Text between two tags."""
        if text:
            self._line.append(_SPACES.sub(" ", unescape(text[:LONGEST])))
            self.length += len(self._line[-1])

    def tag(self, name: str, tag: str, *, closes: bool) -> None:
        """A tag that is not hidden."""
        if name in _BREAKS:
            self._end_line()
            if name in _PARAGRAPHS and self._lines and self._lines[-1].strip("> "):
                self._lines.append(self._prefix)
        if name == "blockquote":
            self._depth = max(0, self._depth + (-1 if closes else 1))
            if closes and self._lines and not self._lines[-1].strip("> "):
                self._lines[-1] = self._prefix  # the empty line stands behind the quotation
        elif name == "li" and not closes:
            self._line.append("- ")
        elif name in ("td", "th"):
            self._line.append(" ")
        elif name == "a":
            self._follow(tag, closes=closes)

    def text(self) -> str:
        """All of it."""
        self._end_line()
        return "\n".join(line.rstrip() for line in self._lines).strip("\n")[:LONGEST]

    @property
    def _prefix(self) -> str:
        return "> " * min(self._depth, _MOST_DEPTH)

    def _follow(self, tag: str, *, closes: bool) -> None:
        if closes:
            if self._link and self._link.removeprefix("mailto:") not in "".join(self._line[self._link_from :]):
                self._line.append(f" <{self._link}>")
            self._link = ""
            return
        found = _HREF.search(tag)
        address = unescape(next(filter(None, found.groups()), "")).strip() if found is not None else ""
        self._link = address if address.lower().startswith(("http://", "https://", "mailto:")) else ""
        self._link_from = len(self._line)

    def _end_line(self) -> None:
        line = " ".join("".join(self._line).split())
        self._line, self._link_from = [], 0
        if line:
            self._lines.append(self._prefix + line)
            self.length += _MOST_DEPTH


def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}[^>]{{0,100}}>", re.I)


def _quotation(lines: list[str], at: int) -> int:
    """Where a quotation that begins on this line ends; the line itself where none does."""
    if _ORIGINAL.fullmatch(lines[at].strip()):
        return len(lines)
    begins = _after_wrote(lines, at)
    if begins == at and not _is_quoted(lines[at]):
        return at
    end = at
    for number in range(begins, len(lines)):
        if _is_quoted(lines[number]):
            end = number + 1
        elif lines[number].strip():
            break
    return end


def _after_wrote(lines: list[str], at: int) -> int:
    """The line behind "On … wrote:", which mail programs break; the line itself where it is none."""
    if not lines[at][:8].lstrip().lower().startswith(("on ", "am ", "le ", "el ", "il ", "op ")):
        return at
    said = ""
    for number in range(at, min(at + _WROTE_LINES, len(lines))):
        said = f"{said} {lines[number].strip()}".strip()
        if len(said) > _LONGEST_WROTE:
            break
        if _WROTE.fullmatch(said):
            return number + 1
    return at


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ").startswith(">")
