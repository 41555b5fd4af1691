"""From an HTTP status to the error class that tells the host its next step."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)

LONGEST_RETRY_AFTER = 300.0
DEFAULT_RETRY_AFTER = 5.0
_LONGEST_REASON = 200

_BY_STATUS: Mapping[int, type[BackendError]] = {
    401: AuthFailed,
    403: Forbidden,
    404: NotFound,
    410: NotFound,
    409: Conflict,
    412: Conflict,
    408: Unavailable,
    425: Unavailable,
    501: Unsupported,
}
# The code of a problem is more exact than its status: a request still running elsewhere is not a conflict of state.
_BY_CODE: Mapping[str, type[BackendError]] = {"in_flight": Unavailable, "unsupported": Unsupported}


@contextmanager
def unseen(server: str) -> Iterator[None]:
    """For look-ups after a change: it was done, so that one that fails is no reason to say "not done".

    Raises:
        OutcomeUnknown: it failed, and may go better when the change is asked for again under its key.
    """
    try:
        yield
    except (Unavailable, RateLimited, ProtocolError) as error:
        raise OutcomeUnknown(f"{server} did that and did not show it.", error.detail) from error


class ToError(Protocol):
    """From an answer that is no success to an error; see `error_of`."""

    def __call__(
        self, status: int, problem: object, /, *, server: str, request: str, wait: str | None = None
    ) -> BackendError: ...


def retry_after(header: str | None) -> float:
    """Seconds to wait after a 429, 0 to 300. A header that is missing, a date or nonsense counts as 5 seconds."""
    try:
        seconds = float(header or "")
    except ValueError:
        return DEFAULT_RETRY_AFTER
    if not math.isfinite(seconds) or seconds < 0:
        return DEFAULT_RETRY_AFTER
    return min(seconds, LONGEST_RETRY_AFTER)


def _reason(problem: object) -> tuple[str, str]:
    """The words and the code of a problem document; both may be empty and both are somebody else's text."""
    if not isinstance(problem, dict):
        return "", ""
    words = problem.get("detail") or problem.get("title") or ""
    code = problem.get("code") or ""
    plain = "".join(c for c in words if c.isprintable()) if isinstance(words, str) else ""
    return plain[:_LONGEST_REASON], code[:40] if isinstance(code, str) and code.isidentifier() else ""


def error_of(status: int, problem: object, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """The error for an answer that is not a success.

    Args:
        status: the HTTP status, 300-599.
        problem: the decoded problem document, or anything else when there was none.
        server: what to call the server in words for people.
        request: method and path without the query, for the log.
        wait: the `Retry-After` header.
    """
    words, code = _reason(problem)
    detail = f"{request}: {status} {code}".rstrip()
    if status == 429 or code == "not_ready":
        return RateLimited(words or f"{server} asks us to slow down.", retry_after(wait), detail)
    if code in _BY_CODE:
        return _BY_CODE[code](words or f"{server} cannot do this now.", detail)
    if status in _BY_STATUS:
        kind = _BY_STATUS[status]
    elif status >= 500:
        kind = Unavailable
    elif status >= 400:
        kind = Rejected
    else:
        return ProtocolError(f"{server} points to another address, which is not followed.", detail)
    if kind is Unavailable:
        return Unavailable(f"{server} has a problem.", f"{detail} {words}".rstrip())
    return kind(words or f"{server} answered with status {status}.", detail)
