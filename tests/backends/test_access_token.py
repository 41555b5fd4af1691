"""Access tokens over a scripted sign-in service: how they are asked for, how long they are kept, what can go wrong."""

import asyncio
import json
import logging
import traceback
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

import pytest

from desktop.backends.wire.access_token import AccessTokens, Grant, TokenRefused
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, RateLimited, Rejected, Unavailable
from tests.backends.scripted_server import Asked, Script, answer, scripted

CLIENT = Grant("", "app-1", "s3cret~of-the-app", "mail")
USER = replace(CLIENT, refresh_token="r3fresh-0")


class Clock:
    """A clock that goes when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Service:
    """Gives out `token-1`, `token-2` and so on, and takes each refresh token once."""

    seconds: float = 3600
    forms: list[dict[str, str]] = field(default_factory=list)
    may_answer: asyncio.Event | None = None

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.forms.append(dict(parse_qsl(asked.body.decode())))
        number = len(self.forms)
        if self.may_answer is not None:
            await self.may_answer.wait()
        told: dict[str, object] = {"access_token": f"token-{number}", "expires_in": self.seconds}
        if "refresh_token" in self.forms[-1]:
            told["refresh_token"] = f"r3fresh-{number}"
        await answer(200, json.dumps(told).encode())(asked, writer)


async def itself(token: str) -> str:
    return token


async def refused(token: str) -> str:
    raise TokenRefused("no")


async def test_a_token_is_kept_until_two_minutes_before_its_end() -> None:
    service, clock, used = Service(), Clock(), []
    async with scripted(service) as server:
        tokens = AccessTokens(replace(CLIENT, url=f"{server.url}/token/"), clock)
        for clock.now in (1000.0, 1000.0 + 3479.0, 1000.0 + 3481.0):
            used.append(await tokens.used(itself))
        await tokens.close()
    assert used == ["token-1", "token-1", "token-2"]
    assert {one.path for one in server.asked} == {"/token/"}
    wanted = {"grant_type": "client_credentials", "client_id": "app-1", "client_secret": "s3cret~of-the-app"}
    assert service.forms[0] == wanted | {"scope": "mail"}


async def test_a_refresh_token_that_is_replaced_is_used_once() -> None:
    service = Service(seconds=60)  # too short to be kept
    async with scripted(service) as server:
        tokens = AccessTokens(replace(USER, url=server.url, secret="", scope=""))
        assert [await tokens.used(itself) for _ in range(3)] == ["token-1", "token-2", "token-3"]
        await tokens.close()
    assert service.forms == [
        {"grant_type": "refresh_token", "client_id": "app-1", "refresh_token": f"r3fresh-{number}"}
        for number in range(3)
    ]


async def test_who_asks_at_once_shares_one_request_and_giving_up_loses_no_refresh_token() -> None:
    service = Service(seconds=60, may_answer=asyncio.Event())
    assert service.may_answer is not None
    async with scripted(service) as server:
        tokens = AccessTokens(replace(USER, url=server.url))
        impatient, patient = (asyncio.ensure_future(tokens.used(itself)) for _ in range(2))
        while not service.forms:
            await asyncio.sleep(0)
        impatient.cancel()
        service.may_answer.set()
        assert await patient == "token-1"
        assert await tokens.used(itself) == "token-2"
        await tokens.close()
    assert [one["refresh_token"] for one in service.forms] == ["r3fresh-0", "r3fresh-1"]


async def test_who_waits_when_it_is_closed_is_told() -> None:
    service = Service(may_answer=asyncio.Event())
    async with scripted(service) as server:
        tokens = AccessTokens(replace(CLIENT, url=server.url))
        waiting = asyncio.ensure_future(tokens.used(itself))
        while not service.forms:
            await asyncio.sleep(0)
        await tokens.close()
        with pytest.raises(Unavailable, match="closed"):
            await waiting


async def test_a_kept_token_that_is_refused_is_renewed_once_and_a_new_one_is_not() -> None:
    service = Service()
    async with scripted(service) as server:
        tokens = AccessTokens(replace(CLIENT, url=server.url))
        with pytest.raises(TokenRefused):
            await tokens.used(refused)
        assert len(service.forms) == 1
        assert await tokens.used(itself) == "token-2"
        with pytest.raises(TokenRefused):
            await tokens.used(refused)
        assert len(service.forms) == 3
        await tokens.close()


def told(status: int, **body: object) -> Script:
    return answer(status, json.dumps(body).encode())


async def dropped(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
    raise ConnectionError


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        (dropped, Unavailable, "cannot be reached"),
        (told(500), Unavailable, "has a problem"),
        (told(400, error="temporarily_unavailable"), Unavailable, "has a problem"),
        (answer(429, b"", Retry_After="17"), RateLimited, "slow down"),
        (told(401, error="invalid_client"), AuthFailed, "application's id or secret"),
        (told(400, error="\x1b[31m", error_description="s3cret~of-the-app"), AuthFailed, "application's id or secret"),
        (told(400, error="invalid_scope"), AuthFailed, "no token for this scope"),
        (told(400, error="invalid_grant"), AuthFailed, "refresh token any more: sign in anew"),
        (answer(302, b"", Location="https://elsewhere.example/"), ProtocolError, "not followed"),
        (answer(200, b"<html>"), ProtocolError, "cannot be read"),
        (told(200, token="t"), ProtocolError, "cannot be read"),
        (told(200, access_token=7), ProtocolError, "cannot be read"),
        (told(200, access_token="a\x01b\r\n"), ProtocolError, "sent no token"),
        (told(200, access_token="t", expires_in="soon"), ProtocolError, "cannot be read"),
        (answer(200, b"x" * 6_000_000), ProtocolError, "too large"),
    ],
)
async def test_what_goes_wrong_has_its_next_step_and_tells_no_secret(
    script: Script, error: type[BackendError], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with scripted(script) as server:
        grant = replace(USER, url=server.url)
        tokens = AccessTokens(grant)
        with pytest.raises(error, match=words) as failed:
            await tokens.used(itself)
        await tokens.close()
    assert type(failed.value) is error
    seen = "".join(traceback.format_exception(failed.value)) + failed.value.detail + caplog.text + f"{grant}{tokens}"
    assert "s3cret" not in seen and "r3fresh" not in seen


@pytest.mark.parametrize("life", [{}, {"expires_in": None}, {"expires_in": -5}, {"expires_in": "60"}], ids=str)
async def test_a_token_whose_end_is_not_known_or_near_is_used_once(life: dict[str, object]) -> None:
    async with scripted(told(200, access_token="t", **life)) as server:
        tokens = AccessTokens(replace(CLIENT, url=server.url))
        assert [await tokens.used(itself) for _ in range(2)] == ["t", "t"]
        await tokens.close()
    assert len(server.asked) == 2


async def test_a_service_that_is_back_is_asked_again() -> None:
    service = Service()

    async def first_away(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (told(503) if len(server.asked) == 1 else service)(asked, writer)

    async with scripted(first_away) as server:
        tokens = AccessTokens(replace(CLIENT, url=server.url))
        with pytest.raises(Unavailable):
            await tokens.used(itself)
        assert await tokens.used(itself) == "token-1"
        await tokens.close()


@pytest.mark.parametrize("url", ["http://login.example/token", "https://user:word@login.example/", "token", ""])
def test_secrets_go_to_no_other_address(url: str) -> None:
    with pytest.raises(Rejected):
        AccessTokens(replace(CLIENT, url=url))
