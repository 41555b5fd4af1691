"""Errors as `application/problem+json` (RFC 9457), with a stable code and never a trace."""

import json
from http import HTTPStatus

from starlette.responses import Response

_KNOWN = frozenset(status.value for status in HTTPStatus)


class Problem(Exception):
    """A refused call. `code` is one of the contract's stable words; `headers` are added to the answer."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}

    def body(self) -> bytes:
        """The answer's body."""
        return json.dumps(
            {
                "type": f"urn:agent-desktop:problem:{self.code}",
                "title": HTTPStatus(self.status).phrase if self.status in _KNOWN else "Error",
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
            }
        ).encode()

    def response(self) -> Response:
        """The whole answer."""
        return Response(self.body(), self.status, headers=self.headers, media_type="application/problem+json")


def not_found(what: str = "There is no such thing.") -> Problem:
    """What is not there, or not yours."""
    return Problem(404, "not_found", what)


def forbidden(detail: str) -> Problem:
    """What this principal may not do."""
    return Problem(403, "forbidden", detail)


def conflict(detail: str) -> Problem:
    """The world has moved on."""
    return Problem(409, "conflict", detail)


def invalid(detail: str, code: str = "invalid", status: int = 422) -> Problem:
    """A request that can never be granted."""
    return Problem(status, code, detail)
