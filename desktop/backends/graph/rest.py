"""Requests to Graph: signed with a token that is fetched and renewed, and its problems in our words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from desktop.backends.graph.account import Account
from desktop.backends.wire.access_token import AccessTokens, Grant, TokenRefused
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.problem import error_of, retry_after
from desktop.backends.wire.reading import member
from desktop.ports.errors import BackendError, ProtocolError, RateLimited, Rejected


def graph_error(status: int, problem: object, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """The error for an answer that is no success; see `wire.problem.error_of`. Graph wraps its words in `error`."""
    inner = problem.get("error") if isinstance(problem, dict) else None
    plain = {"detail": inner.get("message"), "code": ""} if isinstance(inner, dict) else None
    if status == 503 and wait is not None:  # that is how Graph asks to slow down where it does not say 429
        return RateLimited(f"{server} asks us to slow down.", retry_after(wait), f"{request}: 503")
    error = error_of(status, plain, server=server, request=request, wait=wait)
    return TokenRefused(error.message, error.detail) if status == 401 else error


def grant_of(account: Account) -> Grant:
    """How the tokens of an account are had."""
    graph = urlsplit(account.url)
    if account.token:
        return Grant(account.login_url, ready=account.token)
    return Grant(
        f"{account.login_url}/{segment(account.tenant)}/oauth2/v2.0/token",
        account.client_id,
        account.secret,
        f"{graph.scheme}://{graph.netloc}/.default",
        ca_file=account.ca_file,
        proxy=account.proxy,
    )


class Rest(Http):
    """Graph itself. Every request carries a good token; one that is refused is renewed once."""

    def __init__(self, account: Account, tokens: AccessTokens) -> None:
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
        ask = super()._ask

        async def asked(token: str) -> object:
            self._open_client().headers["Authorization"] = f"Bearer {token}"
            return await ask(method, path, **how)

        return await self._tokens.used(asked)

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
