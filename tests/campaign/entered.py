"""What an agent entered about one contact, and of it what the screen has said was saved: the truth of the campaign."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_SIGNS = "bcdfghjkmnprstvwxz"
_WORDS = 100
"""Words that a contact may have."""


def word(number: int) -> str:
    """A word that stands nowhere else: letters only, so that nothing takes it for a date or a card number."""
    signs = ""
    while number or len(signs) < 3:
        number, rest = divmod(number, len(_SIGNS))
        signs += _SIGNS[rest]
    return "q" + signs[::-1]


@dataclass
class Piece:
    """A part of the note, a code, a follow-up, a part of a reply, or a file that goes with one.

    `saved`: the screen said so. `maybe`: killed before that, so it may be missing. `unwanted`: given up by the agent,
    so it must not be there. `due`: when a callback is wanted, in seconds since the epoch. `message`: of which reply it
    is, from 1. `sha256`: of a file.
    """

    kind: str
    text: str
    token: str
    saved: bool = False
    maybe: bool = False
    unwanted: bool = False
    due: float | None = None
    message: int = 0
    sha256: str = ""


@dataclass
class Contact:
    """One contact, its history, and what must become of it."""

    number: int
    way: str
    author: str
    address: str
    customer_id: str | None
    id: str = ""
    queue: str = "Billing"
    channel: str = "voice"
    pieces: list[Piece] = field(default_factory=list)
    finish_pressed: bool = False
    said_finished: bool = False
    kills: int = 0
    power_cuts: int = 0
    in_damaged_store: bool = False
    seconds: float = 0.0
    left: bool = False
    """Whether the conversation ended without the agent: what was not sent by then stands in the note."""
    message: int = 1
    """The number of the reply that is being written."""
    broken: list[tuple[str, str]] = field(default_factory=list)
    """What was wrong on the screen itself, as (kind, detail)."""
    history: list[str] = field(default_factory=list)
    _words: Iterator[int] = field(default_factory=itertools.count)
    _began: float = field(default_factory=time.monotonic)

    def log(self, what: str) -> None:
        """Add a line to the history."""
        self.history.append(f"{time.monotonic() - self._began:7.2f} {what}")

    def token(self) -> str:
        """A new word of this contact."""
        count = next(self._words)
        assert count < _WORDS - 1, "more words than a contact has"
        return word(self.number * _WORDS + count)

    @property
    def mark(self) -> str:
        """The word in its subject, by which it is known on the screen."""
        return word(self.number * _WORDS + _WORDS - 1)

    @property
    def is_written(self) -> bool:
        """Whether it is a chat, a mail or a text message."""
        return self.channel != "voice"

    @property
    def subject(self) -> str:
        """What it is about."""
        return f"Charged twice {self.mark}"

    def add(self, kind: str, text: str, token: str, due: float | None = None) -> Piece:
        """Remember that something was entered."""
        piece = Piece(kind, text, token, due=due)
        if kind in ("reply", "file"):
            piece.message = self.message
        self.pieces.append(piece)
        return piece

    def note(self, begins: str = "") -> str:
        """A further part of the note, remembered; answers what to type."""
        token = self.token()
        text = f"{begins}{token} "
        self.add("note", text, token)
        return text

    def reply(self, begins: str = "") -> str:
        """A further part of the reply, remembered; answers what to type."""
        token = self.token()
        text = f"{begins}{token} "
        self.add("reply", text, token)
        return text

    def in_reply(self, message: int | None = None) -> list[Piece]:
        """What was written in a reply, and chosen to go with it; the one being written unless another is asked for."""
        wanted = self.message if message is None else message
        return [piece for piece in self.of("reply", "file") if piece.message == wanted]

    def sent_all(self) -> None:
        """The screen shows everything that was written to the customer as sent."""
        for piece in self.of("reply", "file"):
            piece.saved = piece.saved or not piece.maybe
        if self.in_reply():
            self.message += 1

    def back_in_field(self) -> None:
        """The last reply is in the field again, without blanks at its end; what was typed since stands below it."""
        since = [piece for piece in self.in_reply() if piece.kind == "reply"]
        if since:
            since[0].text = "\n" + since[0].text
        for piece in self.in_reply():
            piece.message -= 1
        self.message -= 1
        before = [piece for piece in self.in_reply() if piece.kind == "reply" and piece not in since]
        if before:
            before[-1].text = before[-1].text.rstrip()

    def saved(self) -> None:
        """The screen said that all of it is on disk."""
        for piece in self.pieces:
            if not piece.maybe:
                piece.saved = True

    def cut_off(self) -> None:
        """The desktop was killed: what it had not said to be saved may be gone."""
        for piece in self.pieces:
            if not piece.saved and not self.said_finished:
                piece.maybe = True

    def came_back(self, screen: str) -> None:
        """What is seen again after a restart was saved after all."""
        for piece in self.pieces:
            if piece.maybe and piece.kind != "code" and piece.token in screen:
                piece.maybe, piece.saved = False, True

    def of(self, *kinds: str) -> list[Piece]:
        """The pieces of some kinds."""
        return [piece for piece in self.pieces if piece.kind in kinds]

    @property
    def wrote(self) -> bool:
        """Whether there are words in the note that must not be missing."""
        return any(not piece.maybe for piece in self.of("note"))


def fits(note: str, parts: list[Piece]) -> bool:
    """Whether a note is these parts in order, where of what was cut off any beginning may be there."""
    if not parts:
        return not note.strip()
    first, rest = parts[0], parts[1:]
    if not first.maybe:
        if note.startswith(first.text):
            return fits(note[len(first.text) :], rest)
        return not rest and note.strip() == first.text.strip()
    return any(
        note.startswith(first.text[:length]) and fits(note[length:], rest) for length in range(len(first.text), -1, -1)
    )
