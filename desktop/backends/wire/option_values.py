"""Values of options that are more than a word: lists of names with labels, ids and numbers."""

import re

from desktop.ports.errors import Rejected

_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def pairs(text: str, option: str) -> list[tuple[str, str]]:
    """`name=value; name=value` in order.

    Raises:
        Rejected: one of them is not of that form.
    """
    found = []
    for one in filter(None, (part.strip() for part in text.split(";"))):
        key, _, value = (part.strip() for part in one.partition("="))
        if not key or not value or not one.isprintable() or len(one) > 300:
            raise Rejected(f"{option} is not usable: {one[:40]!r} (name=value, with semicolons between them).")
        found.append((key, value))
    return found


def identifier(text: str) -> str:
    """An id of letters, digits and `_ . -`.

    Raises:
        Rejected: it is none.
    """
    if not _ID.fullmatch(text):
        raise Rejected(f"{text[:40]!r} is no usable id: letters, digits and _ . -.")
    return text


def number(text: str, option: str, least: float, most: float) -> float:
    """A number from `least` to `most`, with three decimals at most.

    Raises:
        Rejected: it is none.
    """
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", text, re.ASCII) or not least <= float(text) <= most:
        raise Rejected(f"{option} is no number from {least:g} to {most:g}: {text[:40]!r}.")
    return float(text)
