"""A mail as it came, made into what is shown. Anybody may have written it: depth, parts and sizes have bounds.

The headers are read by the standard library. The parts are taken apart here, without recursion: the library's parser
goes down as deep as a mail is nested.
"""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Headers
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from desktop.domain.entities.model import Attachment

DEEPEST, MOST_PARTS = 10, 200
LONGEST_HEAD, LONGEST_HEADER = 256 << 10, 20_000
LONGEST_TEXT = 200_000
MOST_ADDRESSES = 100
MOST_REFERENCES = 50
_LONGEST_NAME = 120
_LONGEST_PARAMETERS = 4_000  # the library's reading of them takes the square of it
_LONGEST_SUBJECT = 500

_UNREADABLE = (MessageError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What the library raises of headers nobody thought of."""

_ID = re.compile(r"<([^<>\s]{1,400})>")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,253}")
_UNSAFE_CODECS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_STATUS_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class Automatic(StrEnum):
    """Who wrote a mail, if nobody did."""

    NO = ""
    REPLY = "automatic reply"
    LIST = "mailing list"
    BULK = "mass mail"
    BOUNCE = "delivery report"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a mail server tells of a mail of ours (RFC 3464)."""

    message_id: str  # of ours, without brackets; "" when it does not say
    action: str  # failed | delayed | delivered | relayed | expanded
    recipient: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment and where it is."""

    attachment: Attachment
    body: bytes = field(repr=False)
    encoding: str = ""

    def content(self) -> bytes:
        """What was attached."""
        return _decoded(self.body, self.encoding)


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail, read. Addresses are bare; names and texts are as the sender wrote them, and may be anything."""

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    reply_to: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    at: float | None
    text: str
    media_type: str
    files: tuple[File, ...] = ()
    automatic: Automatic = Automatic.NO
    report: DeliveryReport | None = None
    cut: bool = False  # not all of it could be shown
    short: bool = False  # not all of its bytes were here, so that the last file is not whole

    @property
    def root(self) -> str:
        """What the mails of one thread have in common, as far as this one tells."""
        return next(iter(self.references), "") or self.in_reply_to or self.message_id

    @property
    def related(self) -> tuple[str, ...]:
        """The mails before this one in its thread, oldest first."""
        found = dict.fromkeys((*self.references, self.in_reply_to))
        return tuple(one for one in found if one)

    def without_contents(self) -> "ParsedMail":
        """The same with the names of its files only."""
        return replace(self, files=tuple(replace(one, body=b"") for one in self.files))

    @property
    def people(self) -> frozenset[str]:
        """Everybody this mail is from or to."""
        return frozenset(one.lower() for one in (self.sender, *self.reply_to, *self.to, *self.cc) if one)


def read(raw: bytes, *, cut: bool = False) -> ParsedMail:
    """A mail out of its bytes. Never raises: of what cannot be read there is as much as can.

    Args:
        cut: whether the bytes are only the beginning of it.
    """
    headers, body = _split(raw)
    parts = _Parts(cut)
    parts.read(headers, body)
    if cut and parts.files:
        parts.files[-1] = replace(parts.files[-1], attachment=replace(parts.files[-1].attachment, size=None))
    text, media_type = parts.body()
    sender, name = _sender(headers)
    report = parts.report
    if report is not None and not report.message_id:
        original = next(iter(_ids(headers, "References")[-1:]), "") or next(iter(_ids(headers, "In-Reply-To")), "")
        report = DeliveryReport(original, report.action, report.recipient, report.words)
    references = _ids(headers, "References")
    if report is not None and report.message_id and not references:
        references = (*parts.original_references, report.message_id)
    return ParsedMail(
        message_id=next(iter(_ids(headers, "Message-ID")), ""),
        in_reply_to=next(iter(_ids(headers, "In-Reply-To")), ""),
        references=references[:1] + references[1:][-(MOST_REFERENCES - 1) :],
        sender=sender,
        sender_name=name,
        reply_to=_addresses(headers, "Reply-To"),
        to=_addresses(headers, "To"),
        cc=_addresses(headers, "Cc"),
        subject=one_line(_words(headers, "Subject"))[:_LONGEST_SUBJECT],
        at=_date(headers),
        text=text,
        media_type=media_type,
        files=tuple(parts.files),
        automatic=Automatic.BOUNCE if report is not None else _automatic(headers),
        report=report,
        cut=parts.cut,
        short=cut,
    )


def read_head(raw: bytes) -> ParsedMail:
    """What the headers alone say."""
    return read(raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n")


def _split(raw: bytes) -> tuple[Headers, bytes]:
    headers, body = _split_plainly(raw)
    for name in ("Content-Type", "Content-Disposition"):
        if len(str(headers.get(name, ""))) > _LONGEST_PARAMETERS:
            del headers[name]
    return headers, body


def _split_plainly(raw: bytes) -> tuple[Headers, bytes]:
    if raw[:1] in {b"\n", b"\r"}:
        return BytesHeaderParser(policy=compat32).parsebytes(b""), raw[2 if raw.startswith(b"\r\n") else 1 :]
    end = _HEAD_END.search(raw, 0, LONGEST_HEAD)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw[:LONGEST_HEAD], raw[LONGEST_HEAD:])
    try:
        return BytesHeaderParser(policy=compat32).parsebytes(head + b"\r\n\r\n"), body
    except _UNREADABLE:
        return BytesHeaderParser(policy=compat32).parsebytes(b""), raw


class _Parts:
    """The parts of one mail: its texts, its files, what it reports."""

    def __init__(self, cut: bool) -> None:
        self.cut = cut
        self.files: list[File] = []
        self.report: DeliveryReport | None = None
        self.original_references: tuple[str, ...] = ()
        self._plain: list[str] = []
        self._html: list[str] = []
        self._count = 0

    def read(self, headers: Headers, body: bytes) -> None:
        todo: list[tuple[Headers, bytes, int, str]] = [(headers, body, 0, "")]
        while todo:
            part, content, depth, container = todo.pop()
            self._count += 1
            if self._count > MOST_PARTS:
                self.cut = True
                return
            boundary = _parameter(part, "boundary")
            kind = _type(part)
            if not kind.startswith("multipart/") or not boundary:
                self._leaf(part, content, kind, container)
            elif depth >= DEEPEST:
                self.cut = True
                self._attach(part, content, "application/octet-stream")
            else:
                inside = [_split(piece) for piece in _pieces(content, boundary)]
                if not inside:
                    self._leaf(part, content, "text/plain", container)
                todo += [(head, piece, depth + 1, kind) for head, piece in reversed(inside)]

    def _leaf(self, part: Headers, content: bytes, kind: str, container: str) -> None:
        if kind == "message/delivery-status" and container == "multipart/report":
            self._read_report(content)
            return
        if container == "multipart/report" and kind in {"message/rfc822", "text/rfc822-headers"}:
            self._read_original(content)
            if kind == "text/rfc822-headers":
                return
        named = bool(_filename(part)) or _disposition(part) == "attachment"
        if named or not kind.startswith("text/") or kind not in {"text/plain", "text/html"}:
            self._attach(part, content, kind)
            return
        text = decode(_decoded(content, _encoding(part)), _parameter(part, "charset"))
        (self._html if kind == "text/html" else self._plain).append(text)

    def _attach(self, part: Headers, content: bytes, kind: str) -> None:
        number = str(len(self.files) + 1)
        name = safe_name(_filename(part)) or f"attachment-{number}{'.eml' if kind == 'message/rfc822' else ''}"
        encoding = _encoding(part)
        size = len(_decoded(content, encoding))
        self.files.append(File(Attachment(number, name, kind, size), content, encoding))

    def _read_report(self, content: bytes) -> None:
        blocks = [_split(piece + b"\r\n\r\n")[0] for piece in re.split(rb"\r?\n\r?\n", content[:LONGEST_HEAD])[:50]]
        envelope = next((_words(one, "Original-Envelope-Id") for one in blocks if one["Original-Envelope-Id"]), "")
        about = next((one for one in blocks if one["Action"]), None)
        if about is None:
            return
        action = one_line(_words(about, "Action")).lower().split(" ")[0][:20]
        code = _STATUS_CODE.search(_words(about, "Status"))
        words = one_line(_words(about, "Diagnostic-Code").rpartition(";")[2])[:200]
        recipient = one_line(_words(about, "Final-Recipient").rpartition(";")[2])[:320]
        known = re.sub(r"\+([0-9A-F]{2})", lambda one: chr(int(one[1], 16)), one_line(envelope))[:400]
        said = " ".join(filter(None, (code[0] if code else "", words)))
        found = self.report.message_id if self.report else ""
        self.report = DeliveryReport(found or (known if "@" in known else ""), action, recipient, said)

    def _read_original(self, content: bytes) -> None:
        original, _ = _split(content)
        known = next(iter(_ids(original, "Message-ID")), "")
        self.original_references = _ids(original, "References") or _ids(original, "In-Reply-To")
        if known:
            told = self.report or DeliveryReport("", "", "")
            self.report = DeliveryReport(known, told.action, told.recipient, told.words)

    def body(self) -> tuple[str, str]:
        plain = "\n".join(one for one in self._plain if one.strip())
        html = "\n".join(self._html)
        text, kind = (plain, "text/plain") if plain or not html else (html, "text/html")
        if len(text) > LONGEST_TEXT:
            self.cut = True
            whole = text.encode()
            number, end = str(len(self.files) + 1), "html" if kind == "text/html" else "txt"
            self.files.append(File(Attachment(number, f"whole-message.{end}", kind, len(whole)), whole))
            text = text[:LONGEST_TEXT]
        return text.rstrip("\n"), kind


def _pieces(content: bytes, boundary: str) -> Iterator[bytes]:
    content = b"\n" + content
    # Begun with plain letters it goes at the speed of a search, also through millions of lines much like it.
    line = re.compile(rb"\n--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    begin: int | None = None
    count = 0
    for found in line.finditer(content):
        if begin is not None:
            count += 1
            yield content[begin : found.start()].removesuffix(b"\r")
        begin = found.end() + 1
        if found[1] or count > MOST_PARTS:
            return
    if begin is not None:
        yield content[begin:]


def _value(headers: Headers, name: str) -> str:
    try:
        value = headers.get(name, "")
    except _UNREADABLE:
        return ""
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:LONGEST_HEADER]


def _words(headers: Headers, name: str) -> str:
    return _unfolded(_value(headers, name))


def _unfolded(value: str) -> str:
    try:
        pieces = decode_header(re.sub(r"\r?\n[ \t]", " ", value))
    except _UNREADABLE:
        return value
    return "".join(one if isinstance(one, str) else decode(one, charset or "utf-8") for one, charset in pieces)


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in _ID.findall(_value(headers, name)) if one.isprintable()))


def _pairs(headers: Headers, name: str) -> list[tuple[str, str]]:
    try:
        found = getaddresses([re.sub(r"\r?\n[ \t]", " ", _value(headers, name))])
    except _UNREADABLE:
        return []
    # Names are decoded after the addresses were found, so that no address can hide in an encoded name.
    bare = [(one_line(_unfolded(name))[:200], one_line(address)) for name, address in found[: MOST_ADDRESSES * 2]]
    return [(name, address) for name, address in bare if _ADDRESS.fullmatch(address)][:MOST_ADDRESSES]


def _addresses(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for _, address in _pairs(headers, name)))


def _sender(headers: Headers) -> tuple[str, str]:
    found = _pairs(headers, "From")
    if not found:
        return "", ""
    name, address = found[0]
    return address, "" if "@" in name else name  # a name that looks like an address is there to deceive


def _date(headers: Headers) -> float | None:
    with suppress(*_UNREADABLE):
        at = parsedate_to_datetime(_value(headers, "Date")[:100]).timestamp()
        return at if 0.0 < at < 4e9 else None
    return None


def _type(part: Headers) -> str:
    with suppress(*_UNREADABLE):
        kind = str(part.get_content_type())
        if re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}", kind):
            return kind
    return "application/octet-stream"


def _parameter(part: Headers, name: str) -> str:
    with suppress(*_UNREADABLE):
        value = part.get_param(name)
        if isinstance(value, tuple):
            value = decode(str(value[2]).encode("latin-1", "replace"), value[0] or "us-ascii")
        return str(value or "")[:200]
    return ""


def _filename(part: Headers) -> str:
    with suppress(*_UNREADABLE):
        return _unfolded(str(part.get_filename("") or "")[:2_000])
    return ""


def _disposition(part: Headers) -> str:
    return _value(part, "Content-Disposition").partition(";")[0].strip().lower()


def _encoding(part: Headers) -> str:
    return _value(part, "Content-Transfer-Encoding").strip().lower()[:40]


def _decoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        letters = content.translate(None, _NOT_BASE64)
        with suppress(binascii.Error, ValueError):
            return base64.b64decode(letters[: len(letters) // 4 * 4] + _rest(letters))
        return b""
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    return content


def _rest(letters: bytes) -> bytes:
    over = letters[len(letters) // 4 * 4 :]
    return b"" if len(over) < 2 else over + b"=" * (4 - len(over))


def decode(raw: bytes, charset: str) -> str:
    """Text in a charset that may be wrong: as UTF-8 where that fits, and with marks where nothing does."""
    with suppress(LookupError, ValueError, TypeError):
        known = codecs.lookup(charset.strip() or "us-ascii")
        if known._is_text_encoding and known.name.replace("_", "-") not in _UNSAFE_CODECS and known.name != "ascii":
            return _whole(raw.decode(known.name, "replace"))
    try:
        return _whole(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _whole(raw.decode("cp1252", "replace"))


def _whole(text: str) -> str:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def one_line(text: str) -> str:
    """Without line ends and what cannot be seen."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in whole).split())


def safe_name(name: str) -> str:
    """A file name without folders, and without what misleads about its end."""
    last = re.split(r"[/\\]", one_line(name))[-1].lstrip(". ").rstrip(". ")
    return last if len(last) <= _LONGEST_NAME else last[: _LONGEST_NAME // 2] + "…" + last[-_LONGEST_NAME // 2 + 1 :]


def _automatic(headers: Headers) -> Automatic:
    submitted = _value(headers, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _value(headers, "Precedence").strip().lower()
    if _value(headers, "Return-Path").strip() == "<>" and submitted != "no":
        return Automatic.REPLY if submitted == "auto-replied" else Automatic.BOUNCE
    if submitted and submitted != "no":
        return Automatic.REPLY if submitted == "auto-replied" else Automatic.BULK
    if _value(headers, "X-Autoreply") or _value(headers, "X-Autorespond") or precedence == "auto_reply":
        return Automatic.REPLY
    if _value(headers, "List-Id") or _value(headers, "List-Post") or precedence == "list":
        return Automatic.LIST
    if _value(headers, "List-Unsubscribe") or precedence in {"bulk", "junk"}:
        return Automatic.BULK
    return Automatic.NO
