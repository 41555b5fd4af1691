"""What stands before every server: who is calling, limits, faults, exactly-once, and the far-side record."""

import asyncio
import logging
import random
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backends.http.clock import Clock
from mock_backends.http.event_stream import abort
from mock_backends.http.far_side import FarSide
from mock_backends.http.faults import Faults, Rule
from mock_backends.http.idempotency import Answer, Idempotency, check_key, fingerprint
from mock_backends.http.limits import ClientGone, RateLimit, check_json, read_body
from mock_backends.http.principals import Principal, Tokens
from mock_backends.http.problem import Problem, not_found
from mock_backends.http.settings import Settings
from mock_backends.http.storage import Storage

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_log = logging.getLogger(__name__)
UPLOADS = re.compile(r"/v1/interactions/[^/]+/messages")
"""Where files may come."""
BY_LINK = "/v1/recordings/"
"""What lies below is for whoever has its address, which nobody can guess: a player outside sends no token."""
_NO_STORE = (b"cache-control", b"no-store")
Work = Callable[[], Awaitable[Answer]]


class Gate:
    """ASGI middleware around one server's app."""

    def __init__(
        self, app: ASGIApp, name: str, *, settings: Settings, clock: Clock, tokens: Tokens, storage: Storage, seed: int
    ) -> None:
        self._app = app
        self._settings = settings
        self._clock = clock
        self._tokens = tokens
        self._storage = storage
        self._rate = RateLimit(settings)
        self.faults = Faults(clock, random.Random(f"{seed}-{name}"))  # noqa: S311 - must repeat, not be secret
        self.far_side = FarSide(storage.db, name)
        self.idempotency = Idempotency(storage.db, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say as a problem why not."""
        if scope["type"] != "http":
            return
        started = False

        async def out(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if not any(name == b"cache-control" for name, _ in message["headers"]):
                    message["headers"] = [*message["headers"], _NO_STORE]
            await send(message)

        try:
            await self._enter(scope, receive, out)
        except Problem as problem:
            await problem.response()(scope, receive, out)
        except ClientGone:
            await abort(scope)
        except Exception:
            _log.exception("a call failed")
            if not started:
                await Problem(500, "unavailable", "The server has a fault.").response()(scope, receive, out)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        method, path = scope["method"], scope["path"]
        if path.startswith("/_sim/"):
            if not self._tokens.has_control:
                raise not_found()
            if not self._tokens.is_control(authorization):
                raise _unauthorized()
            await self._plain(scope, receive, send, headers)
            return
        principal = self._tokens.find(authorization)
        rules: list[Rule] = []
        if self.faults.any:
            rules = self.faults.for_call(method, path, principal.id if principal else "")
            if await self._before(rules, scope):
                return
            if method not in CHANGING:
                await _delay(rules)
        if path != "/v1/health" and not path.startswith(BY_LINK):
            if principal is None:
                raise _unauthorized()
            self._rate.take(principal.id)
            scope["state"]["principal"] = principal
        if method in CHANGING and principal is not None:
            files = self._settings.upload_limit if UPLOADS.fullmatch(path) else None
            body = await read_body(receive, headers, self._settings, files)
            answer = await self._once(scope, headers, body, principal, rules)
            await self._answer(answer, rules, scope, send)
        elif rules and path != "/v1/events":
            await self._answer(await self._run(scope, b""), rules, scope, send)
        else:
            await self._app(scope, receive, send)

    async def _plain(self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        body = await read_body(receive, headers, self._settings, self._settings.upload_limit)
        if body:
            check_json(body)
        answer = await self._run(scope, body)
        await self._answer((answer, False), [], scope, send)

    async def _once(
        self, scope: Scope, headers: dict[bytes, bytes], body: bytes, principal: Principal, rules: list[Rule]
    ) -> tuple[Answer, bool]:
        """Do a changing call unless it was done before. The flag says that the answer is a stored one."""
        key = check_key(headers[b"idempotency-key"].decode("latin-1") if b"idempotency-key" in headers else None)
        if body:
            check_json(body)
        method, path = scope["method"], scope["path"]
        stored = self.idempotency.begin(principal.id, key, fingerprint(method, path, scope["query_string"], body))
        if stored is not None:
            return stored, True
        try:
            await _delay(rules)
            async with self._storage.changing:
                with self._storage.db.atomic():  # the work, its answer and its record: all or nothing
                    answer = await self._run(scope, body)
                    if answer.status < 500:
                        self.idempotency.finish(principal.id, key, answer)
                    if answer.status < 300:
                        self.far_side.add(
                            principal=principal.id,
                            method=method,
                            path=path,
                            key=key,
                            body=body,
                            at=self._clock.now(),
                            status=answer.status,
                        )
        finally:
            self.idempotency.forget(principal.id, key)
        return answer, False

    async def _run(self, scope: Scope, body: bytes) -> Answer:
        """The app's answer, in one piece."""
        status, content_type = 500, ""
        chunks: list[bytes] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def collect(message: MutableMapping[str, Any]) -> None:
            nonlocal status, content_type
            if message["type"] == "http.response.start":
                status = message["status"]
                content_type = dict(message["headers"]).get(b"content-type", b"application/json").decode("latin-1")
            else:
                chunks.append(message.get("body", b""))

        await self._app(scope, receive, collect)
        return Answer(status, content_type, b"".join(chunks))

    async def _before(self, rules: list[Rule], scope: Scope) -> bool:
        """Faults that come before the work. True when there is nothing left to do."""
        for rule in rules:
            if rule.effect == "refuse":
                await abort(scope)
                return True
            elif rule.effect == "status":
                raise _status(rule)
        return False

    async def _answer(self, made: Answer | tuple[Answer, bool], rules: list[Rule], scope: Scope, send: Send) -> None:
        answer, replayed = made if isinstance(made, tuple) else (made, False)
        effects = {rule.effect: rule for rule in rules}
        body, content_type = answer.body, answer.content_type
        if rule := effects.get("apply_then_fail"):
            if "status" in rule.model_fields_set:
                raise _status(rule)
            await abort(scope)
            return
        if "garbage" in effects:
            body, content_type = b"<html><title>Welcome to the guest network</title>\xff\xfe{", "text/html"
        headers = [(b"content-type", content_type.encode("latin-1")), (b"content-length", str(len(body)).encode())]
        if replayed:
            headers.append((b"idempotency-replayed", b"true"))
        status = 200 if "garbage" in effects else answer.status
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if "drop_body" in effects:
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await abort(scope)
            return
        if rule := effects.get("slow_bytes"):
            for at in range(len(body)):
                await send({"type": "http.response.body", "body": body[at : at + 1], "more_body": True})
                await asyncio.sleep(rule.seconds)
            body = b""
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _delay(rules: list[Rule]) -> None:
    for rule in rules:
        if rule.effect == "delay":
            await asyncio.sleep(rule.seconds)


def _unauthorized() -> Problem:
    return Problem(401, "unauthorized", "A valid bearer token is needed.", {"WWW-Authenticate": "Bearer"})


def _status(rule: Rule) -> Problem:
    codes = {401: "unauthorized", 404: "not_found", 409: "conflict", 410: "gone", 422: "invalid", 429: "rate_limited"}
    headers = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
    code = codes.get(rule.status, "unavailable" if rule.status >= 500 else "invalid")
    return Problem(rule.status, code, "A fault was asked for.", headers)
