"""What goes out: JSON and nothing else to stdout, words to stderr."""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from desktop.domain.text.sentence import Sentence
from desktop.words.catalogue import in_words


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Sentence):
        return in_words(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def emit(value: object) -> None:
    """Write one JSON document and a line end to stdout.

    Everything but plain ASCII is escaped, so that no text of a customer can steer the terminal. Indented for people,
    on one line for pipes.
    """
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(value, default=_plain, indent=indent, allow_nan=False) + "\n")
    sys.stdout.flush()


def say(words: str) -> None:
    """Write words for people to stderr, without anything that could steer the terminal."""
    safe = "".join(c if c.isprintable() or c == "\n" else "·" for c in words)
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(safe.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()
