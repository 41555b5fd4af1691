"""Comparing what people type with what is written: case, accents and spacing do not count."""

import unicodedata


def fold(text: str) -> str:
    """The text without case, accents and surplus spaces."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().split())


def nearness(typed: str, written: str) -> int:
    """How well folded `typed` fits folded `written`: 5 the same, 4 its beginning, 3 the beginning of a word,
    2 the beginnings of its words, 1 somewhere inside, 0 not at all."""
    if typed == written:
        return 5
    if written.startswith(typed):
        return 4
    words = written.replace("-", " ").replace("/", " ").split()
    if any(word.startswith(typed) for word in words):
        return 3
    if "".join(word[0] for word in words).startswith(typed):
        return 2
    return 1 if typed in written else 0
