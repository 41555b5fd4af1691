"""Twilio's REST APIs: basic authentication with an API key, forms in, JSON out, an ETag as the version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from desktop.backends.twilio.api.account import Account
from desktop.backends.twilio.api.problem import twilio_error
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.wire.http import Http
from desktop.backends.wire.reading import member
from desktop.ports.errors import ProtocolError, Rejected

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer and the version it has; empty where there is none."""

    body: object
    etag: str = ""


class Rest(Http):
    """One host of an account."""

    def __init__(self, url: str, account: Account, clock: ServerClock) -> None:
        """Nothing is opened yet. `clock` hears the time of every answer."""
        super().__init__(url, server="Twilio", ca_file=account.ca_file, proxy=account.proxy, to_error=twilio_error)
        self._account = account
        self._clock = clock

    async def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """The answer to a question that changes nothing."""
        return cast(Answer, await self._ask("GET", path, params=params))

    async def post(self, path: str, form: Mapping[str, str | Sequence[str]], *, key: str, if_match: str = "") -> Answer:
        """The answer to a change.

        Args:
            form: the fields; one with several values is sent several times.
            key: what the change is known by here. Twilio keeps no keys: who asks sees to it that it is done once.
            if_match: the version it is meant for; another one there is a Conflict.

        Raises:
            OutcomeUnknown: the request went out and no whole answer came back.
        """
        _check(key)
        return cast(Answer, await self._ask("POST", path, form=form, if_match=if_match, key=key))

    async def upload(self, path: str, params: Mapping[str, str], file: tuple[str, bytes], *, key: str) -> Answer:
        """The answer to a media type and a content that are sent as they are; as `post`."""
        _check(key)
        return cast(Answer, await self._ask("POST", path, params=params, file=file, key=key))

    async def delete(self, path: str, *, key: str) -> None:
        """Take something away; as `post`."""
        _check(key)
        await self._ask("DELETE", path, key=key)

    async def listed(self, path: str, name: str, params: Mapping[str, str] | None = None) -> list[dict[str, object]]:
        """The records of a list that is answered on one page."""
        found = member((await self.read(path, params)).body, name)
        if not isinstance(found, list):
            raise ProtocolError("The server's answer cannot be read.", f"{name!r} is no list")
        return [one for one in found if isinstance(one, dict)]

    async def _answer(self, response: "httpx.Response", what: str, *, changing: bool = False) -> object:
        self._clock.heard(response.headers.get("date", ""))
        return Answer(await super()._answer(response, what, changing=changing), response.headers.get("etag", ""))

    def _open_client(self) -> "httpx.AsyncClient":
        fresh = self._client is None
        client = super()._open_client()
        if fresh:
            client.auth = (self._account.key, self._account.secret)
        return client


def _check(key: str) -> None:
    if not 1 <= len(key) <= 200 or any(not "!" <= c <= "~" for c in key):
        raise Rejected("That is not an idempotency key.", "1-200 visible ASCII characters")
