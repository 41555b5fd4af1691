"""What goes out: answers to stdout, as JSON or, on a terminal, as a table; words to stderr."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from desktop.domain.text.printable import printable
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


UNCUT = 10_000
"""Cells of a line where it goes to no terminal."""
TABLE, JSON, JSONL = FORMATS = ("table", "json", "jsonl")
_chosen: str | None = None


def choose(form: str | None) -> None:
    """Write answers in this form from now on; None: a table on a terminal, else JSON."""
    global _chosen
    _chosen = form


def emit(value: object) -> None:
    """Write an answer to stdout: a table, a JSON document, or (`jsonl`) a document for each of its records.

    In JSON everything but plain ASCII is escaped, so that no text of a customer can steer the terminal.
    """
    form = _chosen or (TABLE if sys.stdout.isatty() else JSON)
    if form == TABLE:
        from desktop.cli.table import as_table

        plain = json.loads(json.dumps(value, default=_plain, allow_nan=False))
        table = as_table(plain, shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else UNCUT)
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(table.encode(encoding, "replace").decode(encoding))
    elif form == JSONL and isinstance(value, (list, tuple)):
        for one in value:
            emit_line(one)
    else:
        indent = 2 if form == JSON and sys.stdout.isatty() else None
        sys.stdout.write(json.dumps(value, default=_plain, indent=indent, allow_nan=False) + "\n")
    sys.stdout.flush()


def emit_line(value: object) -> None:
    """Write one of many documents to stdout, on a line of its own, in whatever form answers are written."""
    sys.stdout.write(json.dumps(value, default=_plain, allow_nan=False) + "\n")
    sys.stdout.flush()


def say(words: str) -> None:
    """Write words for people to stderr, without anything that could steer the terminal."""
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write("\n".join(map(printable, words.split("\n"))).encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()
