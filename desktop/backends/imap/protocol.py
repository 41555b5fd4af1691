"""IMAP on the wire (RFC 9051): a response as a value, and arguments as bytes. Sizes and depths have bounds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

from desktop.ports.errors import ProtocolError

LONGEST_LINE = 1 << 20
"""Of one line between literals, in bytes: a SEARCH of a big folder is one line."""
LARGEST_LITERAL = 64 << 20
_DEEPEST = 20
_STATUS = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH)(?: \[([^\]]{0,100000})\])? ?(.*)", re.IGNORECASE | re.DOTALL)
_LITERAL = re.compile(rb"~?\{(\d{1,12})\+?\}\Z")
_ATOM = re.compile(rb'(?:[^\s()\[\]"]|\[[^\]]{0,4000}\])+')
_NUMBER = re.compile(rb"(\d{1,10}) ")

Token = Union[str, bytes, None, "list[Token]"]
"""An atom as text, a string as bytes, NIL, or a list."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response. `tag` is "*", "+" or that of a command; `kind` its first word in capitals.

    `number` stands before the word (`3 EXISTS`), `code` in square brackets behind it, `words` is for people.
    """

    tag: str
    kind: str
    number: int | None = None
    tokens: tuple[Token, ...] = ()
    code: str = ""
    words: str = ""


def literal_size(line: bytes) -> int | None:
    """How many bytes of a literal follow this line, given without its line end; None when it ends the response.

    Raises:
        ProtocolError: they are more than anybody would send in good faith.
    """
    found = _LITERAL.search(line[-20:])
    if found is None:
        return None
    size = int(found[1])
    if size > LARGEST_LITERAL:
        raise ProtocolError("The mail server sends too much at once.", "literal too large")
    return size


def response(pieces: Sequence[bytes]) -> Response:
    """A whole response: lines and the literals between them, in turn; the lines without their line ends.

    Raises:
        ProtocolError: it is none.
    """
    first = pieces[0]
    tag, _, rest = first.partition(b" ")
    if tag == b"+":
        return Response("+", "+", words=_text(rest))
    if not tag or not rest or not tag.isascii() or not (tag == b"*" or tag.isalnum()):
        raise ProtocolError("The mail server's answer cannot be read.", "no response")
    name = tag.decode("ascii")
    if status := _STATUS.fullmatch(rest):
        return Response(name, status[1].decode().upper(), code=_text(status[2] or b""), words=_text(status[3]))
    if name != "*":
        raise ProtocolError("The mail server's answer cannot be read.", "no status")
    number = None
    if found := _NUMBER.match(rest):
        number = int(found[1])
        rest = rest[found.end() :]
    tokens = _tokens([rest, *pieces[1:]])
    if not tokens or not isinstance(tokens[0], str):
        raise ProtocolError("The mail server's answer cannot be read.", "no name")
    return Response(name, tokens[0].upper(), number, tuple(tokens[1:]))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _tokens(pieces: Sequence[bytes]) -> list[Token]:
    top: list[Token] = []
    open_lists = [top]
    for index, piece in enumerate(pieces):
        if index % 2:
            open_lists[-1].append(piece)
            continue
        line = _LITERAL.sub(b"", piece) if index + 1 < len(pieces) else piece
        _read_line(line, open_lists)
    if len(open_lists) != 1:
        raise ProtocolError("The mail server's answer cannot be read.", "a list without an end")
    return top


def _read_line(line: bytes, open_lists: list[list[Token]]) -> None:
    at = 0
    while at < len(line):
        byte = line[at : at + 1]
        if byte.isspace():
            at += 1
        elif byte == b"(":
            if len(open_lists) > _DEEPEST:
                raise ProtocolError("The mail server's answer cannot be read.", "nested too deeply")
            inner: list[Token] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
            at += 1
        elif byte == b")":
            if len(open_lists) == 1:
                raise ProtocolError("The mail server's answer cannot be read.", "an end without a list")
            open_lists.pop()
            at += 1
        elif byte == b'"':
            at = _read_quoted(line, at + 1, open_lists[-1])
        elif found := _ATOM.match(line, at):
            atom = found[0].decode("utf-8", "replace")
            open_lists[-1].append(None if atom.upper() == "NIL" else atom)
            at = found.end()
        else:
            raise ProtocolError("The mail server's answer cannot be read.", "a bracket that does not fit")


def _read_quoted(line: bytes, at: int, into: list[Token]) -> int:
    text = bytearray()
    while at < len(line):
        byte = line[at]
        if byte == ord('"'):
            into.append(bytes(text))
            return at + 1
        if byte == ord("\\"):
            at += 1
            if at == len(line):
                break
            byte = line[at]
        text.append(byte)
        at += 1
    raise ProtocolError("The mail server's answer cannot be read.", "a string without an end")


def pairs(tokens: Sequence[Token]) -> dict[str, Token]:
    """Names and values in turn, as in a FETCH, by name in capitals."""
    found: dict[str, Token] = {}
    for name, value in zip(tokens[::2], tokens[1::2], strict=False):
        if isinstance(name, str):
            found[name.upper()] = value
    return found


def quoted(text: str) -> str:
    """`text` as a quoted string; only printable ASCII may stand in one."""
    if not text.isascii() or not text.isprintable():
        raise ValueError("no text for a quoted string")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folder_name(name: str) -> str:
    """The name of a folder in modified UTF-7 (RFC 3501, 5.1.3)."""
    written: list[str] = []
    plain = re.split(r"([^\x20-\x7e]+)", name)
    for index, part in enumerate(plain):
        if index % 2:
            coded = part.encode("utf-16-be", "replace")
            written.append("&" + _base64(coded) + "-")
        else:
            written.append(part.replace("&", "&-"))
    return "".join(written)


def _base64(raw: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(raw, newline=False).decode().rstrip("=").replace("/", ",")


def numbers(text: str) -> frozenset[int]:
    """A set of numbers as `2,4:7`; at most 100,000 of them, and what is none is left out."""
    found: set[int] = set()
    for part in text.split(","):
        low, _, high = part.strip().partition(":")
        if low.isascii() and low.isdigit() and (not high or (high.isascii() and high.isdigit())):
            begin, end = sorted((int(low), int(high or low)))
            found.update(range(begin, min(end, begin + 100_000) + 1))
        if len(found) > 100_000:
            break
    return frozenset(found)
