"""Names, numbers and keys that no test used before, so that a far side need not be emptied between tests."""

import itertools
import random
import uuid

_numbers = itertools.count(random.randrange(10_000))  # noqa: S311 - two runs on one server should differ, no more
_LETTERS = "bcdfghjklmnpqrstvwxz"


def new_key() -> str:
    """An idempotency key."""
    return str(uuid.uuid4())


def number() -> str:
    """An E.164 number of a range that is never given to anybody (United Kingdom, 020 7946 xxxx)."""
    return f"+44207946{next(_numbers) % 10_000:04d}"


def name() -> str:
    """First and last name of a person; the last name is one word that is found by no other."""
    word = "".join(random.choices(_LETTERS, k=9))  # noqa: S311
    return f"Ada {word.capitalize()}"


def email() -> str:
    """An address at a domain that nobody has."""
    return f"{name().split()[1].lower()}@example.org"


def text(about: str) -> str:
    """`about` made unmistakable."""
    return f"{about} {uuid.uuid4().hex[:12]}"
