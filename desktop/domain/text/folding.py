"""Comparing what people type with what is written: case, accents and spacing do not count."""

import unicodedata


def fold(text: str) -> str:
    """The text without case, accents and surplus spaces."""
    if text.isascii():  # most are, and of ten thousand messages each is folded at the first key of a search
        return " ".join(text.lower().split())
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


_LETTERS_PER_TYPO = 4
"""So many letters of a word may hide one mistake; shorter words are too often another word."""
_MOST_TYPOS = 2


def misspelt(typed: str, written: str) -> bool:
    """Whether folded `typed` is the beginning of a word of folded `written` but for its typing mistakes.

    A letter too many, too few, another one or two that changed places is one mistake, as Damerau and Levenshtein
    count it (optimal string alignment). One in every four letters is allowed, two in all.
    """
    allowed = min(len(typed) // _LETTERS_PER_TYPO, _MOST_TYPOS)
    if not allowed:
        return False
    from rapidfuzz.distance import OSA  # only when nothing fits as it is

    ends = range(max(1, len(typed) - allowed), len(typed) + allowed + 1)
    return any(
        OSA.distance(typed, word[:end], score_cutoff=allowed) <= allowed
        for word in written.replace("-", " ").replace("/", " ").split()
        for end in ends
    )
