"""What stands before every call in Twilio's dialect: an API key and its secret, faults, and the far-side record."""

import asyncio
import base64
import binascii
import json
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from mock_backends.http.gate import CHANGING, Gate
from mock_backends.http.limits import read_body
from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem
from mock_backends.twilio.refusal import Refusal, answer

BRIDGE = "/v1/wschannels"
FILES = "/v1/Files/"


class TwilioGate(Gate):
    """The gate of the other servers, but for who is calling and how a no is worded."""

    knows: Callable[[str, str], Principal | None]
    """The principal of an API key and its secret."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let a channel through: it has its token in its address."""
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/_sim/"):
            await super()._enter(scope, receive, send)
            return
        try:
            await self._let_in(scope, receive, send)
        except Problem as problem:
            await answer(problem)(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method, path = scope["method"], scope["path"]
        principal = self._caller(headers.get(b"authorization", b"").decode("latin-1"))
        rules = self.faults.for_call(method, path, principal.id if principal else "") if self.faults.any else []
        if await self._before(rules, scope):
            return
        # A bridge call has its token in its body, and a file's temporary address its proof in itself.
        if path not in (BRIDGE, "/v1/health") and not path.startswith(FILES):
            if principal is None:
                raise Refusal(401, 20003, "Authenticate", {"WWW-Authenticate": 'Basic realm="Twilio API"'})
            scope["state"]["principal"] = principal
        largest = self._settings.upload_limit if method == "POST" and path.startswith("/v1/Services/") else None
        body = await read_body(receive, headers, self._settings, largest)
        for rule in rules:
            if rule.effect == "delay":
                await asyncio.sleep(rule.seconds)

        async def whole() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def noted(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and method in CHANGING and principal is not None:
                self._note(principal, scope, body, message["status"])
            await send(message)

        if rules:
            made = await self._run(scope, body)
            if method in CHANGING and principal is not None:
                self._note(principal, scope, body, made.status)
            await self._answer(made, rules, scope, send)
        else:
            await self._app(scope, whole, noted)

    def _note(self, principal: Principal, scope: Scope, body: bytes, status: int) -> None:
        if status < 300:
            form = dict(scope["headers"]).get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded")
            text = body.decode("utf-8", "replace") if form else ""
            given = json.dumps(dict(parse_qsl(text, keep_blank_values=True)))
            self.far_side.add(
                principal=principal.id,
                method=scope["method"],
                path=scope["path"],
                key="",
                body=given.encode(),
                at=self._clock.now(),
                status=status,
            )

    def _caller(self, authorization: str) -> Principal | None:
        scheme, _, coded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            key, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return self.knows(key, secret)
