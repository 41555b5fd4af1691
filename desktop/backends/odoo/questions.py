"""What is asked of Odoo's contacts, as domains: JSON lists, in which no text can become anything but a value."""

from collections.abc import Set

from desktop.backends.odoo.abilities import PHONES
from desktop.backends.odoo.connection import Domain
from desktop.backends.odoo.numbers import national
from desktop.backends.wire.html_text import clean

_LONGEST = 200
_WORDS = 8
_SHORTEST_FRAGMENT = 3
_SUFFIX = 7
_OF_NUMBERS = frozenset("+0123456789 ()-./\u00a0")


def by_phone(number: str, region: str, fields: Set[str]) -> Domain:
    """Contacts that may carry a number; each must still be verified.

    Args:
        number: E.164.
        region: where numbers without `+` are dialled, "" when that is not known.
        fields: those that contacts have in this database.
    """
    asked: list[Domain] = []
    if "phone_sanitized" in fields:
        asked.append(["phone_sanitized", "=", number])
    if "phone_mobile_search" in fields:
        # Compares without spaces and dots, and takes `+` and `00` for the same; but not the way it is dialled at home.
        asked.append(["phone_mobile_search", "=", number])
        if dialled := national(number, region):
            asked.append(["phone_mobile_search", "=", dialled])
    else:
        scattered = "".join(f"%{digit}" for digit in number[-_SUFFIX:])
        asked += [[name, "=like", f"{scattered}%"] for name in PHONES if name in fields]
    return any_of(asked)


def by_email(address: str, fields: Set[str]) -> Domain:
    """Contacts that may carry an e-mail address; each must still be verified."""
    asked: list[Domain] = [["email", "=ilike", f"%{literally(address)}%"]]
    if "email_normalized" in fields:
        asked.append(["email_normalized", "=", address.strip().lower()])
    return any_of(asked)


def by_text(words: str, fields: Set[str]) -> Domain | None:
    """Contacts in which each of the words is part of the name, the company, an e-mail address or the reference.

    Digits are looked for in telephone numbers too. None when there is nothing to look for.
    """
    cleaned = clean(words[:_LONGEST])
    parts = cleaned.split()[:_WORDS]
    if not parts:
        return None
    names = [name for name in ("complete_name", "email", "ref") if name != "ref" or name in fields]
    each = [any_of([[name, "ilike", literally(part)] for name in names]) for part in parts]
    asked = [["&"] * (len(each) - 1) + [term for domain in each for term in domain]]
    if (digits := fragment(cleaned)) and "phone_mobile_search" in fields:
        asked.append([["phone_mobile_search", "ilike", digits]])
    return ["|"] * (len(asked) - 1) + [term for domain in asked for term in domain]


def fragment(words: str) -> str:
    """The digits of what looks like a part of a telephone number; "" for anything else."""
    if not set(words) <= _OF_NUMBERS:
        return ""
    digits = "".join(char for char in words if char.isdigit())
    digits = f"+{digits}" if words.lstrip(" (").startswith("+") else digits
    return digits if len(digits) >= _SHORTEST_FRAGMENT else ""


def literally(part: str) -> str:
    """Text for an `ilike`, in which `%` and `_` would stand for others."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def any_of(terms: list[Domain]) -> Domain:
    """Whatever fulfils one of the terms."""
    return ["|"] * (len(terms) - 1) + list(terms)
