"""How a text goes into short messages: which alphabet it needs, and how many messages it makes.

GSM 03.38 (3GPP TS 23.038) for the alphabet, 3GPP TS 23.040 section 9.2.3.24 for the lengths of linked messages.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("\f^{}\\[~]|€")  # an escape and a second character
_SINGLE_GSM, _LINKED_GSM = 160, 153
_SINGLE_UCS2, _LINKED_UCS2 = 70, 67


@dataclass(frozen=True, slots=True)
class SmsText:
    """A text as short messages. `coding` is Kannel's number: 0 for the GSM alphabet, 2 for UCS-2."""

    text: str
    coding: int
    parts: int


def sms_text(text: str) -> SmsText:
    """How `text` is to be sent; one character outside of the GSM alphabet makes all of it UCS-2."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if all(character in _BASIC or character in _TWICE for character in text):
        length = len(text) + sum(character in _TWICE for character in text)
        return SmsText(text, 0, _parts(length, _SINGLE_GSM, _LINKED_GSM))
    length = len(text.encode("utf-16-be")) // 2
    return SmsText(text, 2, _parts(length, _SINGLE_UCS2, _LINKED_UCS2))


def _parts(length: int, single: int, linked: int) -> int:
    return 1 if length <= single else -(-length // linked)
