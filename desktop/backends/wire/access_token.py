"""Access tokens of OAuth 2.0 (RFC 6749): fetched when one is needed, kept while it is good, renewed when refused."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

from desktop.backends.wire.address import server_url
from desktop.backends.wire.http import Http
from desktop.backends.wire.problem import error_of
from desktop.backends.wire.reading import member, read
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, Rejected, Unavailable
from desktop.ports.options import Option

T = TypeVar("T")
RENEWED_BEFORE = 120.0  # seconds before a token ends
OPTIONS: Final = (
    Option("sign_in", "password, or oauth: by access tokens.", default="password", rare=True),
    Option(
        "token_url",
        "Where access tokens come from, e.g. https://login.microsoftonline.com/TENANT/oauth2/v2.0/token.",
        "url",
        default="",
        rare=True,
    ),
    Option("client_id", "The application's id there.", default="", rare=True),
    Option("client_secret", "Its secret; may be empty with a refresh token only.", "secret", default="", rare=True),
    Option("scope", "What the token is to be good for, e.g. https://mail.google.com/.", default="", rare=True),
    Option(
        "refresh_token",
        "A refresh token of the user; without it the application signs in for itself (client credentials).",
        "secret",
        default="",
        rare=True,
    ),
    PROXY,
)
"""What a profile says to sign in to a mail server by tokens; `grant_of` reads it."""


class TokenRefused(AuthFailed):
    """The server does not take the token, which may only be too old."""


@dataclass(frozen=True, slots=True)
class Grant:
    """How tokens are had: as a user by a `refresh_token`, else as an application. `ready`: one that is not renewed."""

    url: str
    client_id: str = ""
    secret: str = field(default="", repr=False)
    scope: str = ""
    refresh_token: str = field(default="", repr=False)
    ready: str = field(default="", repr=False)
    ca_file: str = ""
    proxy: str = ""


def grant_of(given: Mapping[str, str], *users: str) -> Grant | None:
    """The grant that a profile's values describe, for the users who sign in; None where they do so by password.

    Raises:
        Rejected: something of it is missing or cannot be used.
    """
    sign_in = given["sign_in"].lower()
    if sign_in == "password":
        return None
    if sign_in != "oauth":
        raise Rejected("sign_in must be password or oauth.")
    if any(not one or not one.isascii() or not one.isprintable() for one in users):
        raise Rejected("Signing in by OAuth needs the user's address, in plain ASCII.")
    missing = [name for name in ("token_url", "client_id") if not given[name]]
    if not given["client_secret"] and not given["refresh_token"]:
        missing.append("client_secret")
    if missing:
        raise Rejected(f"Signing in by OAuth needs {' and '.join(missing)}.")
    return Grant(
        given["token_url"],
        given["client_id"],
        given["client_secret"],
        given["scope"],
        given["refresh_token"],
        ca_file=given[CA_FILE.name],
        proxy=proxy_of(given),
    )


class AccessTokens(Http):
    """The tokens of one grant. One request at a time, whoever asks, and it goes on when they give up: a refresh token
    may be good once only, and the next one is in the answer."""

    def __init__(self, grant: Grant, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Nothing is fetched yet.

        Raises:
            Rejected: the address cannot be used.
        """
        server_url(grant.url)
        parts = urlsplit(grant.url)
        super().__init__(
            f"{parts.scheme}://{parts.netloc}",
            server="The sign-in service",
            ca_file=grant.ca_file,
            proxy=grant.proxy,
            to_error=_refusal,
        )
        self._path = parts.path or "/"  # as it was given: a slash at its end is another address
        self._grant = grant
        self._monotonic = monotonic
        self._refresh_token = grant.refresh_token
        self._fetched = grant.ready
        self._good_until = float("inf") if grant.ready else float("-inf")
        self._fetching: asyncio.Task[str] | None = None

    async def used(self, work: Callable[[str], Awaitable[T]]) -> T:
        """What `work` answers with a token that is good as far as we know. One that was kept and is refused is renewed
        once; one that was fetched just now is refused for another reason.

        Raises:
            BackendError: no token could be had, or what `work` raises.
        """
        if self._is_good():
            kept = self._fetched
            try:
                return await work(kept)
            except TokenRefused:
                if self._grant.ready:
                    raise
                self._forget(kept)
        token = await self._current()
        try:
            return await work(token)
        except TokenRefused:
            self._forget(token)
            raise

    def _is_good(self) -> bool:
        return self._monotonic() < self._good_until - RENEWED_BEFORE

    def _forget(self, token: str) -> None:
        if token == self._fetched:
            self._good_until = float("-inf")

    async def _current(self) -> str:
        if self._is_good():
            return self._fetched
        fetching = self._fetching
        if fetching is None or fetching.done():
            fetching = self._fetching = asyncio.ensure_future(self._fetch())
            fetching.add_done_callback(_looked_at)
        await asyncio.wait({fetching})
        if fetching.cancelled():
            raise Unavailable("The connection to the sign-in service is closed.")
        return fetching.result()

    async def _fetch(self) -> str:
        grant = self._grant
        form = {"client_id": grant.client_id}
        if self._refresh_token:
            form |= {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        else:
            form |= {"grant_type": "client_credentials"}
        form |= {"client_secret": grant.secret} if grant.secret else {}
        form |= {"scope": grant.scope} if grant.scope else {}
        answer = await self._ask("POST", self._path, form=form)
        token = read(str, member(answer, "access_token"))
        further = answer if isinstance(answer, dict) else {}
        seconds = read(float, further.get("expires_in") or 0.0)  # it may be left out (RFC 6749 section 5.1)
        if not token or any(not "!" <= c <= "~" for c in token):
            raise ProtocolError("The sign-in service sent no token.", "access_token")
        renewed = further.get("refresh_token")
        if self._refresh_token and isinstance(renewed, str) and renewed:
            self._refresh_token = renewed
        # A token that is said to end within minutes is used for this request and asked for anew for the next.
        self._fetched, self._good_until = token, self._monotonic() + seconds
        return token

    async def close(self) -> None:
        """Close every connection, and wait for no answer any more."""
        if self._fetching is not None:
            self._fetching.cancel()
        await super().close()


_REFUSALS: Final = {
    "invalid_grant": "{server} does not accept the refresh token any more: sign in anew and store the new one.",
    "invalid_scope": "{server} gives no token for this scope.",
}


def _refusal(status: int, problem: object, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """A sign-in that is refused is answered with 400 as often as with 401 (RFC 6749 section 5.2)."""
    code = problem.get("error") if isinstance(problem, dict) else ""
    known = code if isinstance(code, str) and code.isidentifier() else ""
    detail = f"{status} {known}"[:80].strip()
    if known == "temporarily_unavailable":
        return Unavailable(f"{server} has a problem.", detail)
    if status in {400, 401, 403}:
        told = _REFUSALS.get(known, "{server} does not accept the application's id or secret.")
        return AuthFailed(told.format(server=server), detail)
    return error_of(status, None, server=server, request="POST token", wait=wait)


def _looked_at(task: "asyncio.Task[str]") -> None:
    if not task.cancelled():
        task.exception()
