"""One signed-in connection to the manager interface: actions with their answers, events as they come."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

from desktop.backends.asterisk.ami.framing import Framer, Message, encode
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    Rejected,
    Unavailable,
)

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 8.0
PING_EVERY = 4.0
_READ = 64 * 1024
_LONGEST_LIST = 100_000
_LOST = "The connection to the telephone system was lost."
Field = tuple[str, str]


@dataclass(slots=True)
class _Asked:
    """An action that waits for its answer, and for the parts of a list if it is one."""

    answer: "asyncio.Future[Message]"
    is_list: bool
    changing: bool
    parts: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the manager interface is and who we are there. `tls`: None for a plain connection."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None


class Link:
    """Made by `Link.open`; ends once, by `close` or by itself, and says so through `on_lost`."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_event: Callable[[Message], None],
        on_lost: Callable[[BackendError], None],
    ) -> None:
        """`on_event` is called in the order of the wire for whatever answers no action; it must not raise."""
        self._reader, self._writer = reader, writer
        self._on_event, self._on_lost = on_event, on_lost
        self._asked: dict[str, _Asked] = {}
        self._ids = (f"ad-{number}" for number in count(1))
        self._framer = Framer()
        self._lost: BackendError | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, place: Place, on_event: Callable[[Message], None], on_lost: Callable[[BackendError], None]
    ) -> "Link":
        """Connect and sign in.

        Raises:
            Unavailable: nobody answers there.
            AuthFailed: the user or the secret is wrong.
            ProtocolError: what answers is no manager interface.
        """
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(place.host, place.port, ssl=place.tls)
        except (OSError, TimeoutError) as error:
            raise Unavailable("The telephone system cannot be reached.", type(error).__name__) from error
        link = cls(reader, writer, on_event, on_lost)
        link._task = asyncio.ensure_future(link._read())
        try:
            await link.act("Login", ("Username", place.user), ("Secret", place.secret), ("Events", "on"))
            if not link._framer.banner.startswith("Asterisk Call Manager"):
                raise ProtocolError("What answers there is no telephone system.", "no banner")
        except BaseException:
            await link.close()
            raise
        return link

    @property
    def is_up(self) -> bool:
        """Whether actions can be sent."""
        return self._lost is None

    async def act(self, action: str, *fields: Field, changing: bool = False) -> Message:
        """Send an action and wait for its answer.

        Args:
            changing: whether it changes something, so that silence does not mean "not done".

        Raises:
            Rejected, NotFound, AuthFailed: the server refuses it.
            Unavailable: it was not sent, or it was a question without an answer.
            OutcomeUnknown: a changing action went out and no answer came.
        """
        asked = _Asked(asyncio.get_running_loop().create_future(), is_list=False, changing=changing)
        return await self._send(action, fields, asked)

    async def listing(self, action: str, *fields: Field) -> list[Message]:
        """The entries of a list.

        Raises:
            BackendError: as `act`.
        """
        asked = _Asked(asyncio.get_running_loop().create_future(), is_list=True, changing=False)
        try:
            await self._send(action, fields, asked)
        except Rejected as error:
            # Some lists say that they are empty by an error ("No active conferences.").
            if error.message.startswith("No ") and not error.message.startswith("No such"):
                return []
            raise
        return asked.parts

    async def close(self) -> None:
        """Hang up. May be called twice."""
        self._fail(Unavailable("The connection is closed."), tell=False)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1.0)
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError, ssl.SSLError):
            async with asyncio.timeout(0.5):
                await self._writer.wait_closed()

    async def keep_alive(self, sleep: Callable[[float], Awaitable[None]], alive: Callable[[str], None]) -> None:
        """Ask for a sign of life every few seconds, until the link is lost; `alive` hears the server's own time.

        A connection whose other end went without a goodbye looks healthy for a quarter of an hour otherwise.
        """
        while self.is_up:
            try:
                answer = await self.act("Ping")
            except BackendError as error:  # a server that refuses even this is as good as gone
                self._fail(error, tell=True)
                return
            alive(answer["Timestamp"])
            await sleep(PING_EVERY)

    async def _send(self, action: str, fields: tuple[Field, ...], asked: _Asked) -> Message:
        if self._lost is not None:
            raise self._lost
        action_id = next(self._ids)
        data = encode(action, (("ActionID", action_id), *fields))
        self._asked[action_id] = asked
        try:
            self._writer.write(data)
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await asked.answer
        except TimeoutError:
            raise _unanswered(asked, f"{action}: no answer") from None
        finally:
            self._asked.pop(action_id, None)
        if answer["Response"].lower() == "error":
            raise refusal(answer["Message"])
        return answer

    async def _read(self) -> None:
        error: BackendError = Unavailable(_LOST, "end of stream")
        try:
            while data := await self._reader.read(_READ):
                for message in self._framer.feed(data):
                    self._sort(message)
        except BackendError as unreadable:
            error = unreadable
        except OSError as broken:
            error = Unavailable(_LOST, type(broken).__name__)
        self._fail(error, tell=True)

    def _sort(self, message: Message) -> None:
        asked = self._asked.get(message["ActionID"])
        if asked is None:
            if "Event" in message:
                self._on_event(message)
        elif "Response" in message and "Event" not in message:
            begins = message["EventList"].lower() == "start" or message["Response"].lower() == "success"
            if not (asked.is_list and begins):
                self._answer(asked, message)
        elif message["EventList"].lower() in {"complete", "cancelled"}:
            self._answer(asked, message)
        elif asked.is_list:
            asked.parts.append(message)
            if len(asked.parts) > _LONGEST_LIST:
                self._fail(ProtocolError("The telephone system's answer cannot be read.", "endless list"), tell=True)
        else:
            self._on_event(message)  # e.g. OriginateResponse, which comes after the answer

    def _answer(self, asked: _Asked, message: Message) -> None:
        if not asked.answer.done():
            asked.answer.set_result(message)

    def _fail(self, error: BackendError, *, tell: bool) -> None:
        if self._lost is not None:
            return
        self._lost = error
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(_unanswered(asked, error.detail))
        self._writer.close()
        if tell:
            log.info("asterisk: %s (%s)", error.message, error.detail)
            self._on_lost(error)


def _unanswered(asked: _Asked, detail: str) -> BackendError:
    if asked.changing:
        return OutcomeUnknown("The telephone system did not say whether it was done.", detail)
    return Unavailable("The telephone system did not answer.", detail)


def refusal(text: str) -> BackendError:
    """The error that says what to do after the server's `Response: Error` with this message."""
    low = text.lower()
    shown = "".join(letter if letter.isprintable() else " " for letter in text)[:200]
    if "authentication" in low:
        return AuthFailed("The telephone system does not accept the user or the secret.", shown)
    if "permission denied" in low:
        return Forbidden("The telephone system does not let this user do that.", shown)
    if "no such channel" in low or "not found" in low or "does not exist" in low:
        return NotFound("It is not there any more.", shown)
    if "unknown command" in low or "shutting down" in low:
        return Unavailable("The telephone system is still starting, or lacks a module.", shown)
    return Rejected(shown or "The telephone system refuses it.", shown)
