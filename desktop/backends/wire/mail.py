"""One e-mail as bytes, and whom it goes to. No header can be smuggled in by a text, a subject or an address."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from desktop.domain.entities.model import OutgoingFile
from desktop.ports.errors import Rejected

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"_\x00-\x1f\x7f]{1,253}")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,400}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_LONGEST_SUBJECT = 200
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """What goes over the wire. `utf8`: an address needs the SMTPUTF8 extension (RFC 6531)."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    body: bytes
    utf8: bool


def plain_address(text: str) -> str:
    """`text` as one bare address, `local@domain`.

    Raises:
        Rejected: it is none, or more than one, or has a name beside it.
    """
    if not _ADDRESS.fullmatch(text) or ".." in text or text.partition("@")[2].startswith((".", "-")):
        raise Rejected("That is no e-mail address.")
    return text


def message_id(key: str, sender: str) -> str:
    """The Message-ID of the mail with this key, without brackets: the same key is the same mail to every receiver."""
    domain = sender.rpartition("@")[2].encode("idna").decode() if sender.isascii() else "localhost"
    return f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:40]}@{domain}"


def compose(
    key: str,
    *,
    sender: str,
    sender_name: str,
    reply_to: str,
    to: Sequence[str],
    subject: str,
    text: str,
    at: float,
    cc: Sequence[str] = (),
    references: Sequence[str] = (),
    files: Sequence[OutgoingFile] = (),
) -> Mail:
    """A mail of plain text, with files where there are any.

    Args:
        key: the idempotency key, from which the Message-ID is made.
        sender, reply_to, to, cc: bare addresses; `reply_to` may be empty.
        references: the Message-IDs of its thread, without brackets, oldest first; it answers the last.
        at: the time of its `Date`, seconds since the epoch.

    Raises:
        Rejected: it cannot be written as a mail.
    """
    recipients = tuple(dict.fromkeys((*to, *cc)))
    utf8 = not "".join((sender, reply_to, *recipients)).isascii()
    known = message_id(key, sender)
    mail = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    try:
        mail["From"] = _address(sender, _one_line(sender_name))
        mail["To"] = [_address(one) for one in to]
        if cc:
            mail["Cc"] = [_address(one) for one in cc]
        if reply_to:
            mail["Reply-To"] = _address(reply_to)
        mail["Subject"] = _one_line(subject)[:_LONGEST_SUBJECT]
        mail["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
        mail["Message-ID"] = f"<{known}>"
        mail["Auto-Submitted"] = "no"  # a person wrote it (RFC 3834), so out-of-office answers may come
        clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "�")
        mail.set_content("\n".join(clean.splitlines()) + "\n", charset="utf-8", cte="quoted-printable")
        for file in files:
            main, _, sub = (file.media_type if _TYPE.fullmatch(file.media_type) else "application/x").partition("/")
            kind = (main, sub) if main not in {"multipart", "message", "text"} else ("application", "octet-stream")
            mail.add_attachment(file.content, *kind, filename=_one_line(file.name)[:_LONGEST_NAME] or "file")
        body = mail.as_bytes()
    except (MessageError, ValueError, LookupError, IndexError) as error:
        raise Rejected("That cannot be written as an e-mail.", type(error).__name__) from error
    return Mail(known, sender, recipients, _thread(references) + body, utf8)


def _thread(references: Sequence[str]) -> bytes:
    """The headers that make a mail an answer, written by hand: the library encodes an id that is longer than a line."""
    known = [f"<{one}>" for one in references if _MESSAGE_ID.fullmatch(one)]
    if not known:
        return b""
    folded = "\r\n ".join(known)
    return f"In-Reply-To: {known[-1]}\r\nReferences: {folded}\r\n".encode("ascii")


def _address(plain: str, name: str = "") -> Address:
    local, _, domain = plain.rpartition("@")  # not as addr_spec, which takes ASCII only
    return Address(name, local, domain)


def _one_line(text: str) -> str:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
