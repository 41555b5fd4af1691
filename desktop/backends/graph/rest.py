"""Requests to Graph: signed with a token that is fetched and renewed, and its problems in our words."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from desktop.backends.graph.account import Account
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.problem import error_of, retry_after
from desktop.backends.wire.reading import member, read
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, RateLimited, Rejected

RENEWED_BEFORE = 120.0  # seconds before a token ends


class TokenRefused(AuthFailed):
    """Graph does not take the token, which may only be too old."""


def graph_error(status: int, problem: object, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """The error for an answer that is no success; see `wire.problem.error_of`. Graph wraps its words in `error`."""
    inner = problem.get("error") if isinstance(problem, dict) else None
    plain = {"detail": inner.get("message"), "code": ""} if isinstance(inner, dict) else None
    if status == 503 and wait is not None:  # that is how Graph asks to slow down where it does not say 429
        return RateLimited(f"{server} asks us to slow down.", retry_after(wait), f"{request}: 503")
    error = error_of(status, plain, server=server, request=request, wait=wait)
    return TokenRefused(error.message, error.detail) if status == 401 else error


class Tokens(Http):
    """The access token: a ready one, or an application's, fetched when it is needed and kept while it is good."""

    def __init__(self, account: Account, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Nothing is fetched yet."""
        super().__init__(
            account.login_url,
            server="The sign-in service",
            ca_file=account.ca_file,
            proxy=account.proxy,
            to_error=_refusal,
        )
        self._account = account
        self._monotonic = monotonic
        self._fetched = account.token
        self._good_until = float("inf") if account.token else 0.0

    @property
    def renewable(self) -> bool:
        """Whether another token can be had."""
        return not self._account.token

    async def current(self) -> str:
        """A token that is good for two more minutes, as far as we know.

        Raises:
            AuthFailed: the application's id or secret is not accepted.
        """
        if self._monotonic() < self._good_until - RENEWED_BEFORE:
            return self._fetched
        account, graph = self._account, urlsplit(self._account.url)
        form = {
            "grant_type": "client_credentials",
            "client_id": account.client_id,
            "client_secret": account.secret,
            "scope": f"{graph.scheme}://{graph.netloc}/.default",
        }
        answer = await self._ask("POST", f"/{segment(account.tenant)}/oauth2/v2.0/token", form=form)
        token, seconds = read(str, member(answer, "access_token")), read(float, member(answer, "expires_in"))
        if not token.isascii() or any(not "!" <= c <= "~" for c in token) or not token:
            raise ProtocolError("The sign-in service sent no token.", "access_token")
        # A token that is said to end within minutes is used for this request and asked for anew for the next.
        self._fetched, self._good_until = token, self._monotonic() + seconds
        return token

    def refused(self, token: str) -> None:
        """Graph does not take this token: the next one is fetched."""
        if token == self._fetched and self.renewable:
            self._good_until = 0.0


def _refusal(status: int, problem: object, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """A sign-in that is refused is answered with 400 as often as with 401 (RFC 6749 section 5.2)."""
    code = problem.get("error") if isinstance(problem, dict) else ""
    if status in {400, 401, 403}:
        known = code if isinstance(code, str) and code.isidentifier() else ""
        return AuthFailed(f"{server} does not accept the application's id or secret.", f"{status} {known}"[:80].strip())
    return error_of(status, None, server=server, request="POST token", wait=wait)


class Rest(Http):
    """Graph itself. Every request carries a good token; one that is refused is renewed once."""

    def __init__(self, account: Account, tokens: Tokens) -> None:
        """Nothing is opened yet."""
        super().__init__(
            account.url,
            server="Microsoft Graph",
            ca_file=account.ca_file,
            proxy=account.proxy,
            headers={"ConsistencyLevel": "eventual"},  # without it Graph refuses $search
            to_error=graph_error,
        )
        self._base = account.url
        self._tokens = tokens

    async def _ask(self, method: str, path: str, **how: Any) -> object:
        try:
            return await self._ask_once(method, path, **how)
        except TokenRefused:
            if not self._tokens.renewable:
                raise
        return await self._ask_once(method, path, **how)

    async def _ask_once(self, method: str, path: str, **how: Any) -> object:
        token = await self._tokens.current()
        self._open_client().headers["Authorization"] = f"Bearer {token}"
        try:
            return await super()._ask(method, path, **how)
        except TokenRefused:
            self._tokens.refused(token)
            raise

    async def pages(self, path: str, params: Mapping[str, str | int | float], most: int) -> list[object]:
        """The records of a list, page by page, `most` at most.

        Raises:
            ProtocolError: a page points to another server, which would get our token.
        """
        found: list[object] = []
        answer = await self.get(path, params)
        while True:
            values = member(answer, "value")
            if not isinstance(values, list):
                raise ProtocolError("The server's answer cannot be read.", "'value' is no list")
            found += values
            further = answer.get("@odata.nextLink") if isinstance(answer, dict) else None
            if not isinstance(further, str) or not values or len(found) >= most:
                return found[:most]
            if not further.startswith(f"{self._base}/"):
                raise ProtocolError("Microsoft Graph points to another address, which is not followed.", "nextLink")
            answer = await self.get(further.removeprefix(self._base))


def quoted(text: str) -> str:
    """`text` as it stands within the double quotes of a `$search`.

    Raises:
        Rejected: nothing of it can be searched for.
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in text[:100]).split())
    if not plain:
        raise Rejected("There is nothing to search for.")
    return plain.replace("\\", "\\\\").replace('"', '\\"')
