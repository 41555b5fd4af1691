"""How many text messages a text takes, since each is paid for."""

from typing import Final

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("^{}\\[~]|€\f")
"""Signs of the extension table, which take two places."""


def segments(text: str) -> int:
    """The text messages a text is sent as; 0 for none.

    Source: 3GPP TS 23.038, 6.2.1 (the 7-bit alphabet: 160 places in one message, 153 in each of several) and 6.2.3
    (UCS-2 for any other sign: 70 and 67 units of 16 bits).
    """
    if not text:
        return 0
    if all(sign in _GSM or sign in _GSM_TWICE for sign in text):
        return _parts([2 if sign in _GSM_TWICE else 1 for sign in text], 160, 153)
    return _parts([2 if ord(sign) > 0xFFFF else 1 for sign in text], 70, 67)


def _parts(places: list[int], alone: int, each: int) -> int:
    """How many messages hold signs that take so many places; none is cut in two."""
    if sum(places) <= alone:
        return 1
    count, used = 1, 0
    for place in places:
        if used + place > each:
            count, used = count + 1, 0
        used += place
    return count
