"""Server-sent events, read piece by piece with a bound on the size of one event.

The rules are those of the WHATWG HTML standard, section "server-sent events"; `httpx-sse` follows them too but
gathers an event of any size in memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.ports.errors import ProtocolError

LARGEST_EVENT = 256 * 1024
_END_OF_LINE = re.compile(rb"\r\n|\n|\r(?!\Z)")  # a CR at the very end may be half of a CR LF
_ID = re.compile(r"([!-9;-~]{1,64}):(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event as it stood on the wire. `id` is empty for events outside the numbering."""

    type: str
    data: str
    id: str = ""

    @property
    def position(self) -> tuple[str, int] | None:
        """Epoch and number, or None when the event has no `epoch:number` id."""
        return position(self.id)


def position(text: str) -> tuple[str, int] | None:
    """Epoch and number of an `epoch:number` id, or None when it is not one."""
    found = _ID.fullmatch(text)
    return (found[1], int(found[2])) if found else None


class EventParser:
    """Turns pieces of a stream into whole events. A half event at the end of the stream is never given out."""

    def __init__(self, largest: int = LARGEST_EVENT) -> None:
        self._largest = largest
        self._rest: list[bytes] = []  # pieces of a line that has not ended
        self._held = 0  # bytes in them
        self._size = 0
        self._type = ""
        self._id = ""
        self._data: list[str] = []
        self._started = False

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events that `chunk` completes.

        Raises:
            ProtocolError: one event is larger than the bound, counted in bytes with its field names.
        """
        rest = self._rest
        rest.append(chunk)
        self._held += len(chunk)
        if b"\n" not in chunk and b"\r" not in chunk and not (len(rest) > 1 and rest[-2].endswith(b"\r")):
            self._check(self._size + self._held)  # looked at again only when its end has come
            return
        whole = b"".join(rest)
        lines = whole.split(b"\n") if b"\r" not in whole else _END_OF_LINE.split(whole)
        last = lines.pop()
        self._rest, self._held = ([last] if last else []), len(last)
        for line in lines:
            self._size += len(line)
            self._check(self._size)
            event = self._line(line)
            if event is not None:
                yield event
        self._check(self._size + self._held)

    def _check(self, size: int) -> None:
        if size > self._largest:
            raise ProtocolError("An event was too large to read.", f"more than {self._largest} bytes in one event")

    def _line(self, line: bytes) -> ServerEvent | None:
        if not self._started:
            self._started = True
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            return self._dispatch()
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._type = value
        elif name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        event = ServerEvent(self._type or "message", "\n".join(self._data), self._id) if self._data else None
        # The id is not kept for the next event, unlike in a browser: an event without one is outside the numbering.
        self._type, self._id, self._data, self._size = "", "", [], 0
        return event
