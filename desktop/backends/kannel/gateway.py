"""Requests to Kannel's smsbox. Everything goes in headers of a POST: its GET would put the password into the URL."""

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from desktop.backends.wire.address import server_url
from desktop.backends.wire.problem import retry_after
from desktop.backends.wire.route import through, trusted
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx

SENDSMS = "/cgi-bin/sendsms"
DEADLINE = 10.0
_LARGEST_ANSWER = 4096
_LONGEST_REASON = 200
_FROM_BETWEEN = frozenset({502, 504})  # a proxy's words for an answer that got lost; Kannel itself has none of them
_HEADER = re.compile(r"[ -~]{0,2000}")


class Gateway:
    """One smsbox, and the account that may send through it."""

    def __init__(self, url: str, username: str, password: str, *, ca_file: str = "", proxy: str = "") -> None:
        """Nothing is opened yet.

        Raises:
            Rejected: the address cannot be used, or the name or password cannot stand in a header.
        """
        self._url = server_url(url)
        if not self._url.partition("://")[2].partition("/")[2]:
            self._url += SENDSMS
        for value in (username, password):
            if not _HEADER.fullmatch(value) or value != value.strip() or not value:
                raise Rejected("The user name and password of Kannel must be plain ASCII without spaces around them.")
        self._account = {"X-Kannel-Username": username, "X-Kannel-Password": password}
        self._ca_file = ca_file
        self._proxy = proxy
        self._client: httpx.AsyncClient | None = None

    async def check(self, *, changing: bool = False) -> None:
        """See that the account is good. A request without a receiver sends nothing, and is told so only to those who
        may send.

        Args:
            changing: it stands for something that is to be so, and that is not known without an answer.

        Raises:
            AuthFailed: it is not.
            OutcomeUnknown: there was no answer to what changes something.
            Unavailable: Kannel cannot be reached.
        """
        status, words, wait = await self._post(b"-", {}, changing=changing)
        if changing and status in _FROM_BETWEEN:
            raise OutcomeUnknown("Kannel did not answer.", f"sendsms: {status}")
        if status != 400:
            raise _error(status, words, wait)

    async def reach(self) -> None:
        """See that somebody listens there, or that its proxy does. Nothing is asked: each question would stand in
        Kannel's log.

        Raises:
            Unavailable: nobody does.
        """
        parts = urlsplit(through(self._proxy, self._url) or self._url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(DEADLINE):
                _, writer = await asyncio.open_connection(parts.hostname, port)
        except (OSError, TimeoutError) as error:
            raise Unavailable("Kannel cannot be reached.", f"connecting: {type(error).__name__}") from error
        writer.close()

    async def submit(self, text: str, headers: Mapping[str, str]) -> str:
        """Hand over one SMS; answers Kannel's words for having taken it.

        Raises:
            OutcomeUnknown: the request went out and no answer came.
            BackendError: Kannel did not take it.
        """
        status, words, wait = await self._post(text.encode(), headers, changing=True)
        if status == 202:
            return words
        if status in _FROM_BETWEEN:
            raise OutcomeUnknown("Kannel did not say whether it took the message.", f"sendsms: {status}")
        raise _error(status, words, wait)

    async def close(self) -> None:
        """Close every connection. May be called twice."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _post(self, body: bytes, headers: Mapping[str, str], *, changing: bool) -> tuple[int, str, str | None]:
        import httpx

        went_out = False

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            nonlocal went_out
            went_out = went_out or event.endswith("send_request_headers.started")

        client = self._open_client()
        sent = {"Content-Type": "text/plain; charset=UTF-8", **self._account, **headers}
        request = client.build_request("POST", self._url, content=body, headers=sent, extensions={"trace": trace})
        try:
            async with asyncio.timeout(DEADLINE):
                response = await client.send(request, stream=True)
                try:
                    return response.status_code, await _words(response), response.headers.get("retry-after")
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError) as error:
            # Not chained: the request in the exception holds the password.
            detail = f"sendsms: {type(error).__name__}"
        if changing and went_out:
            raise OutcomeUnknown("Kannel did not say whether it took the message.", detail)
        raise Unavailable("Kannel cannot be reached.", detail)

    def _open_client(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx

            # Kannel's smsbox may close an idle connection just as the next message goes out, which would leave that
            # one in doubt; a new connection costs a millisecond.
            self._client = httpx.AsyncClient(
                verify=trusted(self._ca_file, self._url),
                proxy=through(self._proxy, self._url),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(DEADLINE),
                limits=httpx.Limits(max_connections=10, max_keepalive_connections=0),
            )
        return self._client


async def _words(response: "httpx.Response") -> str:
    parts: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        parts.append(chunk)
        size += len(chunk)
        if size > _LARGEST_ANSWER:
            break
    text = b"".join(parts).decode("utf-8", "replace")
    return "".join(c for c in text if c.isprintable())[:_LONGEST_REASON]


def _error(status: int, words: str, wait: str | None) -> BackendError:
    detail = f"sendsms: {status}"
    if status == 403 and "not routable" in words.lower():
        return Rejected("Kannel has no route to that number.", detail)  # the same status as for a bad password
    if status == 401 or (status == 403 and "authorization failed" in words.lower()):
        return AuthFailed("Kannel does not accept the user name and password.", detail)
    if status == 403:  # from a proxy before it
        return Forbidden(words or "Kannel does not allow that.", detail)
    if status == 404:
        return NotFound("Kannel takes no messages at that address.", detail)
    if status == 429:  # from a proxy before it; Kannel itself says 503
        return RateLimited("Kannel asks us to slow down.", retry_after(wait), detail)
    if status == 408 or status >= 500:
        return Unavailable("Kannel cannot take messages now.", f"{detail} {words}")
    if status >= 400:
        return Rejected(words or f"Kannel answered with status {status}.", detail)
    return ProtocolError("That is not a Kannel gateway.", detail)
