"""What must not be written down: tokens, passwords and card numbers are blanked before text reaches a log."""

import re
from typing import Final

from desktop.domain.text.card_numbers import passes_luhn

BLANK: Final = "[redacted]"
_NAME: Final = (
    r"(?:[\w.-]{0,40}(?:token|secret|password|passwd|passphrase|api[_-]?key|apikey|access[_-]?key|credential|cookie|session[_-]?id)"
    r"|pwd|auth|authorization|proxy-authorization|cvv2?|cvc2?|pin)"
)
_ASSIGNED: Final = re.compile(
    rf"(?P<name>(?<![\w.-]){_NAME}[\"']?\s{{0,3}}[=:]\s{{0,3}})(?:b?\"[^\"\n]*\"?|b?'[^'\n]*'?|(?:bearer|basic)\s+\S+|[^\s,;&}})\]]+)",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"\b(?P<scheme>bearer|basic|digest)\s+[\w.~+/=-]{4,}", re.IGNORECASE)
_USERINFO: Final = re.compile(r"(?P<start>[a-z][a-z0-9+.-]{0,20}://)[^\s/@\"']{1,400}@", re.IGNORECASE)
_JWT: Final = re.compile(r"\beyJ[\w-]{4,}\.[\w-]{2,}(?:\.[\w-]*)?")
_LONG: Final = re.compile(r"[A-Za-z0-9_\-]{32,}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_MAIL: Final = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE: Final = re.compile(r"\+\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)|(?<![\w.])\d{9,15}(?![\w.]\d|\w)")
_CARD: Final = re.compile(r"(?<!\d)\d(?:[ .\-\u00a0\u2010-\u2015]?\d){12,29}(?!\d)")


def redact(text: str) -> str:
    """Blank whatever looks like a credential or a payment card number.

    Known: values of fields named like a secret, HTTP authorization schemes, user names in addresses, JSON web tokens,
    long random strings (32 characters and more, not UUIDs), and 13 to 19 digits that pass the Luhn check
    (ISO/IEC 7812-1, annex B), of which the last four stay.

    Args:
        text: any text, of any length.

    Returns:
        The same text with each secret replaced by `[redacted]`.
    """
    text = _USERINFO.sub(rf"\g<start>{BLANK}@", text)
    text = _ASSIGNED.sub(rf"\g<name>{BLANK}", text)
    text = _SCHEME.sub(rf"\g<scheme> {BLANK}", text)
    text = _JWT.sub(BLANK, text)
    text = _LONG.sub(_random_looking, text)
    return _CARD.sub(_card, text)


def redact_personal(text: str) -> str:
    """As `redact`, and e-mail addresses and telephone numbers as well.

    A telephone number is a `+` with 7 to 15 digits in any grouping, or 9 to 15 digits in one run.
    """
    text = redact(text)
    return _PHONE.sub(BLANK, _MAIL.sub(BLANK, text) if "@" in text else text)


def _random_looking(match: re.Match[str]) -> str:
    run = match[0]
    if _UUID.fullmatch(run):
        return run
    mixed = any(c.islower() for c in run) and any(c.isupper() for c in run) and any(c.isdigit() for c in run)
    hexadecimal = _HEX.fullmatch(run) is not None and not run.isdigit()
    return BLANK if mixed or hexadecimal else run


def _card(match: re.Match[str]) -> str:
    # What follows a card number is often more digits (its expiry), so each group of digits may start or end one.
    run = match[0]
    places = [i for i, c in enumerate(run) if c.isdigit()]
    digits = "".join(str(int(run[i])) for i in places)
    count = len(digits)
    starts = [n for n, i in enumerate(places) if n == 0 or places[n - 1] != i - 1]
    ends = {*starts[1:], count}
    for start in starts:
        for end in range(min(start + 19, count), start + 12, -1):
            if end in ends and passes_luhn(digits[start:end]):
                return f"{run[: places[start]]}[redacted …{digits[end - 4 : end]}]{run[places[end - 1] + 1 :]}"
    return run
