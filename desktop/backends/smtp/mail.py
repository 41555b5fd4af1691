"""One e-mail as bytes, and the address it goes to. No header can be smuggled in by a text, a subject or an address."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from desktop.ports.errors import Rejected

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"_\x00-\x1f\x7f]{1,253}")
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """What goes over the wire. `utf8`: an address needs the SMTPUTF8 extension (RFC 6531)."""

    message_id: str
    sender: str
    to: str
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
    key: str, *, sender: str, sender_name: str, reply_to: str, to: str, subject: str, text: str, at: float
) -> Mail:
    """A mail of plain text.

    Args:
        key: the idempotency key, from which the Message-ID is made.
        sender, reply_to, to: bare addresses; `reply_to` may be empty.
        at: the time of its `Date`, seconds since the epoch.

    Raises:
        Rejected: it cannot be written as a mail.
    """
    utf8 = not (sender + to + reply_to).isascii()
    known = message_id(key, sender)
    mail = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    try:
        mail["From"] = _address(sender, _one_line(sender_name))
        mail["To"] = _address(to)
        if reply_to:
            mail["Reply-To"] = _address(reply_to)
        mail["Subject"] = _one_line(subject)[:_LONGEST_SUBJECT]
        mail["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
        mail["Message-ID"] = f"<{known}>"
        mail["Auto-Submitted"] = "no"  # a person wrote it (RFC 3834), so out-of-office answers may come
        clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "�")
        mail.set_content("\n".join(clean.splitlines()) + "\n", charset="utf-8", cte="quoted-printable")
        body = mail.as_bytes()
    except (MessageError, ValueError, LookupError, IndexError) as error:
        raise Rejected("That cannot be written as an e-mail.", type(error).__name__) from error
    return Mail(known, sender, to, body, utf8)


def _address(plain: str, name: str = "") -> Address:
    local, _, domain = plain.rpartition("@")  # not as addr_spec, which takes ASCII only
    return Address(name, local, domain)


def _one_line(text: str) -> str:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
