"""The manager interface's lines: bytes into messages, actions into bytes.

A message is a block of `Key: Value` lines that an empty line ends. What comes in is hostile: it is bounded and never
trusted to be text. What goes out must not smuggle in a line of its own: a carriage return in a caller's name would
otherwise be an action with our rights.
"""

from collections.abc import Iterable, Iterator, Sequence

from desktop.ports.errors import ProtocolError, Rejected

MAX_LINE = 32 * 1024
MAX_FIELDS = 4096
_UNREADABLE = "The telephone system's answer cannot be read."


class Message:
    """One event or answer. Keys are looked up in any case; the first of several values counts."""

    __slots__ = ("_first", "pairs")

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        """`pairs`: the lines in their order."""
        self.pairs = tuple(pairs)
        self._first: dict[str, str] = {}
        for key, value in self.pairs:
            self._first.setdefault(key.lower(), value)

    def __getitem__(self, key: str) -> str:
        """The value of a key, "" when it is not there."""
        return self._first.get(key.lower(), "")

    def __contains__(self, key: str) -> bool:
        return key.lower() in self._first

    def __repr__(self) -> str:
        return f"Message({self['Event'] or self['Response']!r}, {len(self.pairs)} lines)"

    def prefixed(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The pairs whose key begins so, in any case."""
        low = prefix.lower()
        return ((key, value) for key, value in self.pairs if key.lower().startswith(low))

    def number(self, key: str) -> int | None:
        """The value as a whole number; None when it is none."""
        text = self[key]
        return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 16 else None


class Framer:
    """Bytes in, messages out; whatever the pieces, the messages are the same."""

    def __init__(self) -> None:
        self._rest = b""
        self._pairs: list[tuple[str, str]] = []
        self.banner = ""  # the first line, which is no message

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete now.

        Raises:
            ProtocolError: a line or a message is longer than any real one.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise ProtocolError(_UNREADABLE, "a line without end")
        return [message for line in lines if (message := self._line(line)) is not None]

    def _line(self, line: bytes) -> Message | None:
        if len(line) > MAX_LINE:
            raise ProtocolError(_UNREADABLE, "a line is too long")
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        if not self.banner:
            self.banner = text or "?"
            return None
        if text:
            key, colon, value = text.partition(":")
            # A line without a colon belongs to the text of a console command, which we never ask for.
            if colon:
                self._pairs.append((key.strip(), value.removeprefix(" ")))
            if len(self._pairs) > MAX_FIELDS:
                raise ProtocolError(_UNREADABLE, "a message without end")
            return None
        if not self._pairs:
            return None
        message, self._pairs = Message(self._pairs), []
        return message


def encode(action: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """The bytes of an action.

    Raises:
        Rejected: a key or a value has a control character, which could begin a line of its own.
    """
    lines = []
    for key, value in (("Action", action), *fields):
        if not key or ":" in key or _has_control(key) or _has_control(value):
            raise Rejected(
                "That has characters in it that the telephone system must not be sent.", f"field {key[:20]!r}"
            )
        lines.append(f"{key}: {value}\r\n")
    return "".join([*lines, "\r\n"]).encode("utf-8", "replace")


def _has_control(text: str) -> bool:
    # The Unicode line separators are no line ends to the server, but a careless log behind it may take them for some.
    return any(character < " " or character in "\x7f\x85\u2028\u2029" for character in text)
