"""Requests to one server over HTTP, with every bound that a hostile or broken server calls for.

One client per server keeps its connections open, so that the next request pays no handshake. httpx is imported when
the first request is made.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from desktop.backends.wire.address import server_url
from desktop.backends.wire.problem import ToError, error_of
from desktop.backends.wire.reading import parse
from desktop.backends.wire.route import through, trusted
from desktop.backends.wire.sse import EventParser, ServerEvent
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError, Rejected, Unavailable

if TYPE_CHECKING:
    import httpx

DEADLINE = 10.0
LARGEST_BODY = 5 * 1024 * 1024
LARGEST_PROBLEM = 64 * 1024
KEPT_OPEN = 30.0
PIECE = 64 * 1024  # of a file
_PATH = re.compile(r"/[!-~]{1,1000}")
_LONGEST_PATH = 300  # in the log
_FROM_BETWEEN = frozenset({502, 504})
"""What a gateway says whose server gave no answer: a change may have been done all the same."""
SILENCE = 60.0  # on a stream; the host's watchdog is much shorter


def segment(text: str) -> str:
    """`text` as one segment of a path. An id that would climb to another path is refused.

    Raises:
        Rejected: it is empty, `.` or `..`, or holds half a character.
    """
    if text in {"", ".", ".."}:
        raise Rejected("That is not an id.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:  # half a character
        raise Rejected("That is not an id.") from None


def _is_untrusted(error: BaseException | None) -> bool:
    import ssl

    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


class Http:
    """The connection to one server."""

    def __init__(
        self,
        url: str,
        *,
        server: str,
        token: str = "",
        ca_file: str = "",
        proxy: str = "",
        deadline: float = DEADLINE,
        headers: Mapping[str, str] | None = None,
        to_error: ToError = error_of,
        largest: int = LARGEST_BODY,
    ) -> None:
        """Nothing is opened yet.

        Args:
            url: where the server is; plain HTTP only to this machine.
            server: what to call it in words for people, e.g. "The CRM".
            token: bearer token; goes into the `Authorization` header and nowhere else.
            ca_file: certificates to trust instead of the public ones.
            proxy: address of an HTTP proxy on the way, for https:// only.
            deadline: seconds for a whole request, from connecting to the last byte.
            headers: what else every request carries; no secrets.
            to_error: from an answer that is no success to the error, where a vendor's problems are of another form.
            largest: bytes that an answer may have.

        Raises:
            Rejected: the address or the token cannot be used.
        """
        if not token.isascii() or any(not "!" <= c <= "~" for c in token):
            raise Rejected(f"The token for {server} holds characters that a token cannot have.")
        self._url = server_url(url)
        self._server = server
        self._token = token
        self._ca_file = ca_file
        self._proxy = proxy
        self._deadline = deadline
        self._headers = dict(headers or {})
        self._to_error = to_error
        self._largest = largest
        self._client: httpx.AsyncClient | None = None

    def address(self, path: str) -> str:
        """Where a path that the server told is, for another program to open.

        Raises:
            ProtocolError: it is no path.
        """
        if not _PATH.fullmatch(path):
            raise ProtocolError(f"{self._server} sent an address that cannot be opened.")
        return self._url + path

    async def get(self, path: str, params: Mapping[str, str | int | float] | None = None) -> object:
        """The JSON answer to a request that changes nothing."""
        return await self._ask("GET", path, params=params)

    async def ask(self, path: str, body: object) -> object:
        """The JSON answer to a question that is put by POST and changes nothing."""
        return await self._ask("POST", path, body=body)

    async def change(self, method: str, path: str, body: object = None, *, key: str) -> object:
        """The JSON answer to a request that changes something, asked under the idempotency key `key`.

        Raises:
            OutcomeUnknown: the request went out and no whole answer came back.
        """
        if not 1 <= len(key) <= 200 or any(not "!" <= c <= "~" for c in key):
            raise Rejected("That is not an idempotency key.", "1-200 visible ASCII characters")
        return await self._ask(method, path, body={} if body is None and method != "DELETE" else body, key=key)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | float] | None = None,
        body: object = None,
        form: Mapping[str, str | Sequence[str]] | None = None,
        file: tuple[str, bytes] | None = None,
        if_match: str = "",
        key: str = "",
    ) -> object:
        """`file` is a media type, and the content that is sent as it is."""
        import httpx

        went_out = False

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            nonlocal went_out
            if event.endswith("send_request_headers.started"):
                went_out = True

        what = f"{method} {path.partition('?')[0][:_LONGEST_PATH]}"
        try:
            request = self._open_client().build_request(
                method,
                self._url + path,
                params=params,
                json=body,
                data=form,
                content=file[1] if file else None,
                headers=({"Idempotency-Key": key} if key else {})
                | ({"If-Match": if_match} if if_match else {})
                | ({"Content-Type": file[0]} if file else {}),
                extensions={"trace": trace},
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            # The next page or the version of a record, as the server itself gave it, that no request can hold.
            raise ProtocolError(f"{self._server} sent what cannot be sent back.", type(error).__name__) from None
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._open_client().send(request, stream=True)
                try:
                    return await self._answer(response, what, changing=bool(key))
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise self._no_answer(error, what, unknown=bool(key) and went_out) from error

    def _no_answer(self, error: Exception, what: str, *, unknown: bool) -> BackendError:
        import httpx

        detail = f"{what}: {type(error).__name__}"
        if unknown:
            return OutcomeUnknown(f"{self._server} did not say whether it did that.", detail)
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return Unavailable(f"{self._server} did not answer within {self._deadline:g} s.", detail)
        if _is_untrusted(error):
            return Unavailable(f"The certificate of {self._server} is not trusted; see ca_file.", detail)
        return Unavailable(f"{self._server} cannot be reached.", detail)

    async def _answer(self, response: "httpx.Response", what: str, *, changing: bool = False) -> object:
        import httpx

        if response.is_success:
            body = await self._body(response, self._largest, what)
            return parse(body) if body else None
        problem: object = None
        try:
            problem = parse(await self._body(response, LARGEST_PROBLEM, what))
        except (ProtocolError, httpx.HTTPError):
            problem = None  # the status alone says enough; the words were a comfort
        if changing and response.status_code in _FROM_BETWEEN:
            detail = f"{what}: {response.status_code}"
            raise OutcomeUnknown(f"{self._server} did not say whether it did that.", detail)
        wait = response.headers.get("retry-after")
        raise self._to_error(response.status_code, problem, server=self._server, request=what, wait=wait)

    async def _body(self, response: "httpx.Response", largest: int, what: str) -> bytes:
        # Raw bytes, never decoded ones: a small compressed body can unfold to any size in one step.
        self._refuse_encoding(response, what)
        parts: list[bytes] = []
        size = 0
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > largest:
                raise ProtocolError(f"{self._server} sent too large an answer.", f"{what}: over {largest} bytes")
            parts.append(chunk)
        return b"".join(parts)

    def _refuse_encoding(self, response: "httpx.Response", what: str) -> None:
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise ProtocolError(f"{self._server} sent an answer we did not ask for.", f"{what}: compressed")

    async def events(self, path: str, last_id: str = "") -> AsyncGenerator[ServerEvent, None]:
        """The events of a stream, until it ends.

        Args:
            last_id: the id of the last event seen; the server goes on after it.

        Raises:
            Unavailable: it cannot be reached, is cut, or says nothing for a minute.
            ProtocolError: it is not an event stream, or an event is larger than 256 KB.
        """
        import httpx

        what = f"GET {path}"
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
        client = self._open_client()
        request = client.build_request("GET", self._url + path, headers=headers)
        request.extensions["timeout"] = httpx.Timeout(self._deadline, read=SILENCE).as_dict()
        try:
            async with asyncio.timeout(self._deadline):
                response = await client.send(request, stream=True)
                if response.status_code != 200:
                    try:
                        await self._answer(response, what)
                    finally:
                        await response.aclose()
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise self._no_answer(error, what, unknown=False) from error
        try:
            if response.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/event-stream":
                raise ProtocolError(f"{self._server} sent no event stream.", what)
            self._refuse_encoding(response, what)
            parser = EventParser()
            async for chunk in response.aiter_raw():
                for event in parser.feed(chunk):
                    yield event
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unavailable(f"The connection to {self._server} was lost.", f"{what}: {error!r}"[:200]) from error
        finally:
            await response.aclose()

    async def download(self, path: str) -> AsyncGenerator[bytes, None]:
        """The content of a file in pieces of at most 64 KiB; whoever reads it says when it is too much.

        Raises:
            Unavailable: it cannot be reached, or is cut before the end.
        """
        import httpx

        what = f"GET {path[:_LONGEST_PATH]}"
        client = self._open_client()
        request = client.build_request("GET", self._url + path, headers={"Accept": "*/*"})
        request.extensions["timeout"] = httpx.Timeout(self._deadline).as_dict()
        try:
            async with asyncio.timeout(self._deadline):
                response = await client.send(request, stream=True)
                if response.status_code != 200:
                    try:
                        await self._answer(response, what)
                    finally:
                        await response.aclose()
            try:
                self._refuse_encoding(response, what)
                async for chunk in response.aiter_raw():
                    for at in range(0, len(chunk), PIECE):
                        yield chunk[at : at + PIECE]
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError) as error:
            raise self._no_answer(error, what, unknown=False) from error

    async def close(self) -> None:
        """Close every connection. May be called twice; a later request opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _open_client(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx

            headers = {"Accept": "application/json", "Accept-Encoding": "identity", **self._headers}
            if self._token:
                headers["Authorization"] = f"Bearer {self._token}"
            self._client = httpx.AsyncClient(
                verify=trusted(self._ca_file, self._url),
                proxy=through(self._proxy, self._url),
                trust_env=False,
                follow_redirects=False,
                headers=headers,
                timeout=httpx.Timeout(self._deadline),
                limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=KEPT_OPEN),
            )
        return self._client
