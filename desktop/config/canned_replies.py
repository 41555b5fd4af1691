"""Canned replies as files: `replies.toml` and `replies/*.toml` beside the configuration file."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.config.toml_file import LARGEST
from desktop.domain.conversations.canned_replies import IN_SIGNATURES, CannedReply, Placeholder, Signature, placeholders
from desktop.domain.entities.channels import WRITTEN
from desktop.domain.entities.words import Channel
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim

FILE = "replies.toml"
FOLDER = "replies"
DEMO = Path(__file__).with_name("demo_replies.toml")
"""A handful for the demo's company."""
MOST_FILES = 50
MOST_REPLIES = 500
LONGEST_NAME = 60
LONGEST_TEXT = 8_000
_KEYS = ("name", "text", "channel", "queue", "language")
_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*replies[ \t]*\]\]", re.MULTILINE)
_SIGNATURE = re.compile(r"^[ \t]*\[\[[ \t]*signatures[ \t]*\]\]", re.MULTILINE)
_TABLES = ("replies", "signatures")
_WHOLE_FILE = 0


@dataclass(frozen=True, slots=True)
class CannedFiles:
    """The replies of all files, in the order of the files, and what is wrong with any of them."""

    replies: tuple[CannedReply, ...] = ()
    problems: tuple[Sentence, ...] = ()
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    version: tuple[int, int, int]  # when it was written, how long it is, and which file it is
    replies: tuple[CannedReply, ...]
    problems: tuple[Sentence, ...]
    signatures: tuple[Signature, ...] = ()


class CannedFolder:
    """The canned replies beside a configuration file, read again when a file changes.

    A file that cannot be read any more keeps what it had, and takes nothing from the others.
    """

    def __init__(self, config: Path) -> None:
        self._beside = config.parent
        self._files: dict[Path, _File] = {}
        self._last: CannedFiles | None = None

    def read(self) -> CannedFiles | None:
        """What there is now; None where nothing changed since the last time. It reads files: not for the loop."""
        problems: list[Sentence] = []
        try:
            paths = _paths(self._beside)
        except OSError as error:
            problem = _unreadable(self._beside / FOLDER, error)
            return self._if_new(CannedFiles(self._replies(), (problem,), self._signatures()))
        if len(paths) > MOST_FILES:
            problems.append(Sentence("replies.too_many_files", folder=str(self._beside), most=MOST_FILES))
        known, self._files = self._files, {}
        for path in paths[:MOST_FILES]:
            found = _read(path, known.get(path))
            if found is not None:
                self._files[path] = found
                problems += found.problems
        replies = self._replies()
        if len(replies) > MOST_REPLIES:
            problems.append(Sentence("replies.too_many", folder=str(self._beside), most=MOST_REPLIES))
        return self._if_new(CannedFiles(replies[:MOST_REPLIES], tuple(problems), self._signatures()))

    def _replies(self) -> tuple[CannedReply, ...]:
        return tuple(one for file in self._files.values() for one in file.replies)

    def _signatures(self) -> tuple[Signature, ...]:
        return tuple(one for file in self._files.values() for one in file.signatures)[:MOST_REPLIES]

    def _if_new(self, now: CannedFiles) -> CannedFiles | None:
        if now == self._last:
            return None
        self._last = now
        return now


def canned_beside(config: Path) -> CannedFiles:
    """The canned replies beside a configuration file."""
    return CannedFolder(config).read() or CannedFiles()


def parse_signatures(text: str) -> tuple[tuple[Signature, ...], list[tuple[int, Sentence]]]:
    """The signatures of a file, and what is wrong with the others, each with its line.

    Raises:
        ValueError: it is not TOML.
    """
    entries = tomllib.loads(text).get("signatures", [])
    if not isinstance(entries, list):
        return (), [(_line_of(text, "signatures"), Sentence("replies.not_signatures"))]
    lines = [text.count("\n", 0, found.start()) + 1 for found in _SIGNATURE.finditer(text)]
    made: list[Signature] = []
    wrong: list[tuple[int, Sentence]] = []
    for number, entry in enumerate(entries):
        one, problems = _signature(entry)
        wrong += [(lines[number] if number < len(lines) else _WHOLE_FILE, each) for each in problems]
        made += [one] if one is not None else []
    return tuple(made), wrong


def parse_replies(text: str) -> tuple[tuple[CannedReply, ...], list[tuple[int, Sentence]]]:
    """The replies of a file, and what is wrong with the others, each with its line.

    Raises:
        ValueError: it is not TOML.
    """
    tables = tomllib.loads(text)
    lines = [text.count("\n", 0, found.start()) + 1 for found in _HEAD.finditer(text)]
    wrong = [(_line_of(text, key), _not_known(key, _TABLES)) for key in tables if key not in _TABLES]
    entries = tables.get("replies", [])
    if not isinstance(entries, list):
        return (), [*wrong, (_line_of(text, "replies"), Sentence("replies.not_tables"))]
    replies: list[CannedReply] = []
    for number, entry in enumerate(entries):
        line = lines[number] if number < len(lines) else _WHOLE_FILE
        reply, problems = _reply(entry)
        wrong += [(line, one) for one in problems]
        replies += [reply] if reply is not None else []
    return tuple(replies), wrong


def _paths(beside: Path) -> Sequence[Path]:
    single, several = beside / FILE, sorted((beside / FOLDER).glob("*.toml"))
    return [*([single] if single.is_file() else []), *several]


def _read(path: Path, known: _File | None) -> _File | None:
    """A file as it is now; None where it has gone."""
    version = (0, 0, 0)
    try:
        about = path.stat()
        version = (about.st_mtime_ns, about.st_size, about.st_ino)
        if known is not None and known.version == version:
            return known
        if about.st_size > LARGEST:
            raise ValueError
        text = path.read_text("utf-8")
        replies, wrong = parse_replies(text)
        signatures, unsigned = parse_signatures(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        problems: tuple[Sentence, ...] = (_unreadable(path, error),)
    except tomllib.TOMLDecodeError as error:
        problems = (Sentence("replies.wrong", file=str(path), why=verbatim(f"{error}.")),)  # it names the line
    except ValueError as error:  # of UTF-8 that is none, and of a file that is too long
        why = verbatim(f"{error}.") if str(error) else Sentence("replies.too_large")
        problems = (Sentence("replies.wrong", file=str(path), why=why),)
    else:
        return _File(version, replies, tuple(_told(path, line, why) for line, why in (*wrong, *unsigned)), signatures)
    kept = known if known is not None else _File(version, (), ())
    return _File(version, kept.replies, problems, kept.signatures)


def _told(path: Path, line: int, why: Sentence) -> Sentence:
    if line == _WHOLE_FILE:
        return Sentence("replies.wrong", file=str(path), why=why)
    return Sentence("replies.wrong_at", file=str(path), line=line, why=why)


def _unreadable(path: Path, error: OSError) -> Sentence:
    return Sentence("replies.unreadable", file=str(path), why=error.strerror or str(error))


def _reply(entry: object) -> tuple[CannedReply | None, list[Sentence]]:
    """A reply from its table, and what is wrong with it; None where it is not to be used."""
    if not isinstance(entry, Mapping):
        return None, [Sentence("replies.not_tables")]
    wrong = [_not_known(key, _KEYS) for key in entry if key not in _KEYS]
    wrong += [Sentence("replies.missing", key=key) for key in ("name", "text") if not entry.get(key)]
    name, text = _text(entry, "name", LONGEST_NAME, wrong), _text(entry, "text", LONGEST_TEXT, wrong)
    language = _text(entry, "language", LONGEST_NAME, wrong)
    channels, queues = _texts(entry, "channel", wrong), _texts(entry, "queue", wrong)
    written = sorted(channel.value for channel in WRITTEN)
    for channel in channels:
        if channel not in written:
            wrong.append(Sentence("replies.no_channel", channel=channel, known=tuple(written)))
    known = [one.value for one in Placeholder]
    for one in placeholders(text):
        if one not in known:
            wrong.append(Sentence("replies.no_placeholder", name=f"{{{one}}}") + _guess(one, known))
    if wrong:
        return None, wrong
    return CannedReply(name.strip(), text.strip(), frozenset(map(Channel, channels)), frozenset(queues), language), []


def _signature(entry: object) -> tuple[Signature | None, list[Sentence]]:
    if not isinstance(entry, Mapping):
        return None, [Sentence("replies.not_signatures")]
    wrong = [_not_known(key, ("text", "queue")) for key in entry if key not in ("text", "queue")]
    wrong += [] if entry.get("text") else [Sentence("replies.missing", key="text")]
    text, queues = _text(entry, "text", LONGEST_TEXT, wrong), _texts(entry, "queue", wrong)
    known = sorted(one.value for one in IN_SIGNATURES)
    for one in placeholders(text):
        if one not in known:
            wrong.append(Sentence("replies.no_placeholder", name=f"{{{one}}}") + _guess(one, known))
    return (None, wrong) if wrong else (Signature(text.strip(), frozenset(queues)), [])


def _text(entry: Mapping[str, Any], key: str, most: int, wrong: list[Sentence]) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        wrong.append(Sentence("replies.not_text", key=key))
        return ""
    if len(value) > most:
        wrong.append(Sentence("replies.too_long", key=key, most=most))
    return value


def _texts(entry: Mapping[str, Any], key: str, wrong: list[Sentence]) -> tuple[str, ...]:
    """One text or several."""
    value = entry.get(key, [])
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
        wrong.append(Sentence("replies.not_texts", key=key))
        return ()
    return tuple(several)


def _not_known(key: str, known: Iterable[str]) -> Sentence:
    return Sentence("replies.not_known", key=key) + _guess(key, known)


def _guess(word: str, known: Iterable[str]) -> Sentence:
    near = difflib.get_close_matches(word, list(known), n=1)
    return Sentence("replies.did_you_mean", word=near[0]) if near else NOTHING


def _line_of(text: str, key: str) -> int:
    """The line on which a top key stands, as well as it can be told."""
    found = re.search(rf"^[ \t]*\[{{0,2}}[ \t]*\"?{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else _WHOLE_FILE
