"""What Kannel's callbacks say."""

import base64
import re
from collections.abc import Mapping

from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address, Instant
from desktop.domain.entities.words import Channel, DeliveryState

# The bits of Kannel's dlr-mask, one of which comes with each report.
REPORTS = {
    1: DeliveryState.DELIVERED,
    2: DeliveryState.FAILED,
    4: DeliveryState.QUEUED,
    8: DeliveryState.SENT,
    16: DeliveryState.FAILED,
}
WANTED = sum(REPORTS)
_WHY = {2: "The network could not deliver it.", 16: "The network refused it."}
_DIGITS = re.compile(r"\d{7,15}")
_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "utf-16be": "utf-16-be", "iso-8859-1": "latin-1", "us-ascii": "ascii"}


def report(fields: Mapping[str, str], now: Instant) -> SentMessage | None:
    """What a delivery report says of a message; None when it is none.

    Args:
        now: the time of its arrival.
    """
    key, kind = _key(fields.get("key", "")), fields.get("type", "")
    bit = int(kind) if re.fullmatch(r"[0-9]{1,3}", kind) else 0
    if not key or bit not in REPORTS:
        return None
    words = _decoded(fields.get("words", ""), "")
    why = _WHY.get(bit, "")
    detail = f"{why} {words[:100]}".strip() if why else ""
    to = f"+{_decoded(fields.get('to', ''), '')[:20]}"
    return SentMessage(key[:300], now, REPORTS[bit], Channel.SMS, to, detail=detail)


def inbound(fields: Mapping[str, str], now: Instant) -> InboundMessage | None:
    """An SMS from a customer; None when it is none."""
    sender, key = fields.get("from", ""), fields.get("id", "")
    if not sender or not key or "text" not in fields:
        return None
    text = _decoded(fields["text"], fields.get("charset", ""))
    return InboundMessage(f"kannel:{key[:100]}", now, Channel.SMS, _address(sender), text)


def receiver(fields: Mapping[str, str]) -> str:
    """The number of ours that a customer wrote to, written as theirs are."""
    return _address(fields.get("to", "")).value


def _key(plain: str) -> str:
    try:
        return base64.urlsafe_b64decode(plain.encode() + b"=" * (-len(plain) % 4)).decode()
    except ValueError:
        return ""


def _decoded(raw: str, charset: str) -> str:
    """Text whose bytes stand in `raw` one a character."""
    return raw.encode("latin-1", "replace").decode(_CHARSETS.get(charset.strip().lower(), "utf-8"), "replace")


def _address(sender: str) -> Address:
    """The number in E.164. Gateways write international numbers with `+`, `00` or nothing before them; what is no
    number (a short code, a name) stays as it is."""
    value = _decoded(sender, "").strip()
    digits = value.removeprefix("+").removeprefix("00")
    if not _DIGITS.fullmatch(digits):
        return Address("phone", value[:40])
    import phonenumbers  # its tables cost tens of milliseconds

    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return Address("phone", value)
    if phonenumbers.is_possible_number(parsed):
        return Address("phone", f"+{digits}")
    return Address("phone", value)
