"""Values of options that are more than a word: lists of names with labels, ids and numbers.

`REASONS` and `CODES` are those of a system that knows neither itself, so that the profile says them.
"""

import re

from desktop.domain.entities.model import NotReadyReason, WrapUpCode
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

REASONS = Option(
    "reasons",
    "Reasons for not being ready: id=label, with semicolons between them.",
    default="break=Break; lunch=Lunch; meeting=Meeting; training=Training",
)
CODES = Option(
    "codes", "Wrap-up codes: id=label, with semicolons between them; without any none is asked for.", default=""
)

_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_AGENT = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


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


def agent_id(text: str) -> str:
    """The id of an agent at a system that keeps none.

    Raises:
        Rejected: it cannot be one.
    """
    if not _AGENT.fullmatch(text):
        raise Rejected("agent must be a short word of small letters, digits, . _ and -.")
    return text


def reasons(text: str) -> tuple[NotReadyReason, ...]:
    """The value of `REASONS`.

    Raises:
        Rejected: it is not of that form.
    """
    return tuple(NotReadyReason(identifier(key), label) for key, label in pairs(text, REASONS.name))


def codes(text: str) -> tuple[WrapUpCode, ...]:
    """The value of `CODES`.

    Raises:
        Rejected: it is not of that form.
    """
    return tuple(WrapUpCode(identifier(key), label) for key, label in pairs(text, CODES.name))
