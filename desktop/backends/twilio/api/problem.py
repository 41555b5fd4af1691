"""From Twilio's error numbers to the error class that tells the host its next step."""

from desktop.backends.wire.problem import error_of, retry_after
from desktop.ports.errors import AuthFailed, BackendError, Conflict, Forbidden, NotFound, RateLimited, Rejected

NOT_PENDING = frozenset({40109, 40114, 40123, 40135, 40136, 40144})
"""An instruction for a reservation that is not pending any more."""

_BY_NUMBER: dict[int, type[BackendError]] = {
    20003: AuthFailed,  # with 401 and with 403: credentials that are wrong, or an account that is closed
    20005: AuthFailed,  # an account that is suspended: nothing of ours would go
    20006: Forbidden,
    20101: AuthFailed,  # invalid token
    20104: AuthFailed,  # token expired
    20404: NotFound,
    20409: Conflict,
    20412: Conflict,
    21610: Rejected,  # the customer wrote STOP
} | dict.fromkeys(NOT_PENDING, Conflict)
_TOO_MANY = frozenset({20429, 14107})
_SAID = {21610: "The customer has opted out of messages from this number."}
_LONGEST = 200


def twilio_error(
    status: int, problem: object, /, *, server: str, request: str, wait: str | None = None
) -> BackendError:
    """As `wire.problem.error_of`, for `{"code", "message", "status"}` bodies."""
    body = problem if isinstance(problem, dict) else {}
    code, message = body.get("code"), body.get("message")
    number = code if isinstance(code, int) and not isinstance(code, bool) else 0
    words = "".join(c for c in message if c.isprintable())[:_LONGEST] if isinstance(message, str) else ""
    detail = f"{request}: {status} {number or ''}".rstrip()
    if number in _TOO_MANY or status == 429:
        return RateLimited(f"{server} asks us to slow down.", retry_after(wait), detail)
    kind = _BY_NUMBER.get(number) if status < 500 else None
    if kind is not None:
        return kind(_SAID.get(number) or words or f"{server} answered with error {number}.", detail)
    error = error_of(status, {"detail": words}, server=server, request=request, wait=wait)
    error.detail = detail if status < 500 else f"{detail} {words}".rstrip()
    return error
