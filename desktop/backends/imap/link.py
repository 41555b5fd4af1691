"""One connection to an IMAP server: signed in, one command at a time, IDLE between them.

Own framing on asyncio, and not imaplib on a thread: a caller who gives up ends the connection at once, every size has a
bound, and it is known whether a command went out, which is what tells "not done" from "not known".
"""

import asyncio
import base64
import contextlib
import itertools
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from desktop.backends.imap.protocol import (
    LONGEST_LINE,
    Response,
    folder_name,
    literal_size,
    numbers,
    quoted,
    response,
)
from desktop.backends.wire.access_token import TokenRefused
from desktop.backends.wire.sasl import bearer_sign_in
from desktop.ports.errors import AuthFailed, BackendError, OutcomeUnknown, ProtocolError, Rejected, Unavailable

ANSWER_SECONDS = 7.0
"""How long one answer may take."""
_LONGEST_WORDS = 200
_MOST_PIECES = 20_000


class Refused(Exception):
    """The server said NO. `code` is what stood in square brackets."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code.upper()
        self.words = readable(words)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the mailbox is and who signs in. `security`: tls, starttls or none."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server said of the folder that was selected last."""

    name: str
    validity: int
    modseq: int  # 0: the folder keeps none
    keywords: bool  # whether new keywords can be made


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command brought."""

    untagged: tuple[Response, ...]
    code: str


class Link:
    """One connection. Not for two tasks at once: `SharedMailbox.turn` takes care of that."""

    def __init__(self, server: Server, token: str = "") -> None:
        """`token`: an access token in the place of the password."""
        self._server = server
        self._token = token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._below: asyncio.StreamWriter | None = None  # what TLS was begun on: a writer that is forgotten closes
        self._tags = (f"A{number}" for number in itertools.count(1))
        self.capabilities: frozenset[str] = frozenset()
        self.selected: Selected | None = None
        self.exists = 0

    def __repr__(self) -> str:
        return f"Link({self._server.host!r}, {self._server.port})"

    @property
    def alive(self) -> bool:
        """Whether nobody has noticed that it is lost."""
        return self._writer is not None and self._reader is not None and not self._reader.at_eof()

    async def open(self) -> None:
        """Connect, secure, sign in.

        Raises:
            BackendError: what went wrong, by its next step.
        """
        async with self._connecting():
            await self._connect()
            greeting = await self._read()
            if greeting.kind == "BYE":
                raise Unavailable("The mail server takes no connections now.", _short(greeting.code))
            if greeting.tag != "*" or greeting.kind not in {"OK", "PREAUTH"}:
                raise ProtocolError("The mail server's answer cannot be read.", "no greeting")
        await self._ask_capabilities()
        if self._server.security == "starttls":
            await self._start_tls()
        if greeting.kind != "PREAUTH":
            await (self._sign_in_by_token() if self._token else self._sign_in())
            await self._ask_capabilities()

    @contextlib.asynccontextmanager
    async def _connecting(self) -> AsyncIterator[None]:
        """A step of making the connection: in time, or as an error of the ports with the connection dropped."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                yield
        except TimeoutError:
            self.drop()
            raise Unavailable("The mail server does not answer.", "connecting") from None
        except ssl.SSLCertVerificationError as error:
            self.drop()
            told = "The certificate of the mail server is not trusted; see ca_file."
            raise Unavailable(told, error.verify_message) from error
        except (OSError, EOFError) as error:
            self.drop()
            raise Unavailable("The mail server cannot be reached.", type(error).__name__) from error
        except BaseException:
            self.drop()
            raise

    async def _connect(self) -> None:
        server = self._server
        context = self._trust() if server.security == "tls" else None
        self._reader, self._writer = await asyncio.open_connection(
            server.host, server.port, ssl=context, limit=LONGEST_LINE
        )

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._server.ca_file or None)
        except OSError as error:
            raise AuthFailed(f"The certificates in {self._server.ca_file} cannot be read.", "ca_file") from error

    async def _start_tls(self) -> None:
        if "STARTTLS" not in self.capabilities:
            self.drop()
            raise AuthFailed("The mail server offers no TLS.", "no STARTTLS")
        await self._asked("STARTTLS")
        async with self._connecting():
            await self._secure()
        await self._ask_capabilities()

    async def _secure(self) -> None:
        """Go on over TLS. What was said in the clear and not read yet is forgotten: anybody may have said it."""
        if self._writer is None:
            raise ConnectionResetError
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        plain, self._writer = self._writer, None
        self._below = plain
        try:
            secured = await loop.start_tls(plain.transport, protocol, self._trust(), server_hostname=self._server.host)
        except BaseException:
            plain.transport.abort()
            raise
        if secured is None:
            raise ConnectionResetError
        protocol.connection_made(secured)
        self._reader, self._writer = reader, asyncio.StreamWriter(secured, protocol, reader, loop)

    async def _sign_in(self) -> None:
        if "LOGINDISABLED" in self.capabilities:
            self.drop()
            raise AuthFailed("The mail server takes no password without TLS.", "LOGINDISABLED")
        user, password = self._server.user.encode(), self._server.password.encode()
        try:
            await self.command("LOGIN", user, password)
        except Refused as refused:
            self.drop()
            if refused.code.startswith("UNAVAILABLE"):
                raise Unavailable("The mail server cannot check passwords now.", "UNAVAILABLE") from None
            raise AuthFailed("The mail server does not accept this user and password.", "LOGIN refused") from None

    async def _sign_in_by_token(self) -> None:
        server = self._server
        offered = {one.removeprefix("AUTH=") for one in self.capabilities if one.startswith("AUTH=")}
        said = bearer_sign_in(offered, server.user, self._token, server.host, server.port)
        if said is None:
            self.drop()
            raise AuthFailed("The mail server offers no sign-in by OAuth.", "neither OAUTHBEARER nor XOAUTH2")
        first, last = (base64.b64encode(one.encode()).decode() for one in (said.first, said.last))
        at_once = "SASL-IR" in self.capabilities  # RFC 4959
        words, replies = ((said.mechanism, first), [last]) if at_once else ((said.mechanism,), [first, last])
        try:
            await self.command("AUTHENTICATE", *words, replies=replies)
        except Refused as refused:
            self.drop()
            if refused.code.startswith("UNAVAILABLE"):
                raise Unavailable("The mail server cannot check access tokens now.", "UNAVAILABLE") from None
            told = "The mail server does not accept the access token: see user, scope and the application's rights."
            raise TokenRefused(told, "AUTHENTICATE refused") from None
        except ProtocolError:  # its words may repeat what we said
            raise ProtocolError("The mail server does not understand us.", "AUTHENTICATE") from None

    async def _ask_capabilities(self) -> None:
        answer = await self._asked("CAPABILITY")
        found = [one for one in answer.untagged if one.kind == "CAPABILITY"]
        self.capabilities = frozenset(str(token).upper() for one in found for token in one.tokens)

    async def _asked(self, name: str) -> Answer:
        try:
            return await self.command(name)
        except Refused as refused:
            self.drop()
            raise Unavailable("The mail server refuses to work with us.", f"{name}: {_short(refused.code)}") from None

    def drop(self) -> None:
        """End the connection at once."""
        writer, self._writer, self._below = self._writer, None, None
        self.selected = None
        if writer is not None:
            writer.transport.abort()

    async def leave(self) -> None:
        """Say goodbye, and do not wait for the answer."""
        writer = self._writer
        if writer is not None and self.alive:
            with contextlib.suppress(OSError):
                writer.write(b"Z LOGOUT\r\n")
                writer.close()
        self._writer = None

    async def command(
        self, name: str, *arguments: str | bytes, changing: bool = False, replies: Sequence[str] = ()
    ) -> Answer:
        """One command with its arguments: text goes as it is, bytes as a literal.

        Args:
            changing: it changes something, so that silence is no "not done".
            replies: what is said, in turn, when the server asks for more.

        Raises:
            Refused: the server said no.
            OutcomeUnknown: it is `changing`, went out, and no answer came.
            BackendError: anything else; the connection is over then.
        """
        out = False
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                tag = next(self._tags)
                untagged: list[Response] = []
                line = f"{tag} {name}"
                for argument in arguments:
                    if isinstance(argument, str):
                        line += f" {argument}"
                        continue
                    self._write(f"{line} {{{len(argument)}}}\r\n".encode())
                    refusal = await self._continued(tag, untagged)
                    if refusal is not None:
                        return self._settled(refusal, untagged)
                    self._write(argument)
                    line = ""
                self._write(f"{line}\r\n".encode())
                out = True
                asked_for = iter(replies)
                while (one := await self._read()).tag != tag:
                    if one.tag == "+" and (reply := next(asked_for, None)) is not None:
                        self._write(f"{reply}\r\n".encode())
                    else:
                        self._heard(one, untagged)
                return self._settled(one, untagged)
        except (Refused, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError):
                self.drop()
            raise
        except BackendError:
            self.drop()
            raise
        except (OSError, EOFError, TimeoutError) as error:
            self.drop()
            detail = f"{name}: {type(error).__name__}"
            if changing and out:
                raise OutcomeUnknown("The mail server did not say whether it was done.", detail) from None
            raise Unavailable("The connection to the mail server is lost.", detail) from None

    async def idle(self, seconds: float, wake: asyncio.Event) -> None:
        """Wait until the folder changes, `wake` is set, or for so long.

        Raises:
            BackendError: the connection is lost.
        """
        reading: asyncio.Task[Response] | None = None
        waking: asyncio.Task[bool] | None = None
        heard: list[Response] = []
        try:
            tag = next(self._tags)
            async with asyncio.timeout(ANSWER_SECONDS):
                self._write(f"{tag} IDLE\r\n".encode())
                if (refusal := await self._continued(tag, heard)) is not None:
                    raise Unavailable("The mail server does not let us listen.", _short(refusal.code))
            reading, waking = asyncio.ensure_future(self._read()), asyncio.ensure_future(wake.wait())
            await asyncio.wait({reading, waking}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            self._write(b"DONE\r\n")
            async with asyncio.timeout(ANSWER_SECONDS):
                one = await reading
                while one.tag != tag:
                    self._heard(one, heard)
                    one = await self._read()
        except asyncio.CancelledError:
            self.drop()
            raise
        except BackendError:
            self.drop()
            raise
        except (OSError, EOFError, TimeoutError) as error:
            self.drop()
            raise Unavailable("The connection to the mail server is lost.", f"IDLE: {type(error).__name__}") from None
        finally:
            for task in (reading, waking):
                if task is not None:
                    task.cancel()
                    task.add_done_callback(_looked_at)

    async def select(self, name: str) -> Selected:
        """Open a folder for writing, if it is not open.

        Raises:
            Refused: there is none of that name, or it may not be written.
        """
        if self.selected is not None and self.selected.name == name:
            return self.selected
        self.selected = None
        self.exists = 0
        options = ("(CONDSTORE)",) if "CONDSTORE" in self.capabilities else ()
        answer = await self.command("SELECT", quoted(folder_name(name)), *options)
        codes = [one.code for one in answer.untagged if one.kind == "OK"]
        flags = next((one for one in codes if one.upper().startswith("PERMANENTFLAGS")), "")
        self.selected = Selected(name, _of(codes, "UIDVALIDITY"), _of(codes, "HIGHESTMODSEQ"), "\\*" in flags)
        return self.selected

    async def _continued(self, tag: str, untagged: list[Response]) -> Response | None:
        while (one := await self._read()).tag != "+":
            if one.tag == tag:
                return one
            self._heard(one, untagged)
        return None

    def _settled(self, one: Response, untagged: Iterable[Response]) -> Answer:
        if one.kind == "NO":
            raise Refused(one.code, one.words)
        if one.kind != "OK":
            raise ProtocolError("The mail server does not understand us.", _short(one.words))
        return Answer(tuple(untagged), one.code)

    def _heard(self, one: Response, untagged: list[Response]) -> None:
        if one.kind == "BYE":
            raise ConnectionResetError
        if one.kind == "EXISTS" and one.number is not None:
            self.exists = one.number
        elif one.kind == "EXPUNGE":
            self.exists = max(0, self.exists - 1)
        if len(untagged) < 500_000:
            untagged.append(one)

    def _write(self, line: bytes) -> None:
        if self._writer is None:
            raise ConnectionResetError
        self._writer.write(line)

    async def _read(self) -> Response:
        if self._reader is None or self._writer is None:
            raise ConnectionResetError
        pieces: list[bytes] = []
        while len(pieces) < _MOST_PIECES:
            try:
                line = (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")
            except asyncio.LimitOverrunError as error:
                raise ProtocolError("The mail server's answer cannot be read.", "line too long") from error
            pieces.append(line)
            size = literal_size(line)
            if size is None:
                return response(pieces)
            pieces.append(await self._reader.readexactly(size))
        raise ProtocolError("The mail server's answer cannot be read.", "too many pieces")


def _of(codes: Iterable[str], name: str) -> int:
    for code in codes:
        word, _, value = code.partition(" ")
        if word.upper() == name and value.strip().isdigit():
            return int(value)
    return 0


def code_numbers(code: str, name: str, place: int) -> frozenset[int]:
    """The set of numbers at a place of a response code, e.g. that of `MODIFIED 5,7` at 0; empty when it is another."""
    words = code.split()
    if not words or words[0].upper() != name or len(words) <= place + 1:
        return frozenset()
    return numbers(words[place + 1])


def _short(words: str) -> str:
    return readable(words)[:60]


def readable(words: str) -> str:
    """A server's words, fit to be shown."""
    return "".join(c if c.isprintable() else " " for c in words)[:_LONGEST_WORDS]


def refusal(refused: Refused) -> BackendError:
    """A refusal that nobody expected, as an error of the ports."""
    code = refused.code.partition(" ")[0]
    if code in {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN", "CORRUPTION"}:
        return Unavailable("The mail server cannot do it now.", code)
    told = refused.words or "no reason"
    return Rejected(f"The mail server refuses: {told}", code)


def _looked_at(task: "asyncio.Task[Response] | asyncio.Task[bool]") -> None:
    if not task.cancelled():
        task.exception()
