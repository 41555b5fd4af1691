"""From Odoo's own exceptions, which it names in its answers, to the error class that tells the host its next step."""

import re

from desktop.backends.wire.problem import error_of
from desktop.ports.errors import (
    AuthFailed,
    BackendBug,
    BackendError,
    Forbidden,
    NotFound,
    Rejected,
    Unavailable,
    Unsupported,
)

_BY_NAME: dict[str, type[BackendError]] = {
    "odoo.exceptions.AccessDenied": AuthFailed,  # a sign-in that failed, whatever its status
    "odoo.exceptions.AccessError": Forbidden,
    "odoo.http.SessionExpiredException": AuthFailed,
    "odoo.exceptions.MissingError": NotFound,
    "odoo.exceptions.UserError": Rejected,
    "odoo.exceptions.ValidationError": Rejected,
    "odoo.exceptions.RedirectWarning": Rejected,
    "werkzeug.exceptions.Unauthorized": AuthFailed,
    "werkzeug.exceptions.NotFound": Unsupported,  # a model or method that is not installed
}
# Odoo answers a mistake in a request (a field that is not there) as 500 with Python's own exception. It is no outage.
_MISTAKES = frozenset(
    {f"builtins.{name}Error" for name in ("Assertion", "Attribute", "Index", "Key", "Type", "Value")}
    | {"werkzeug.exceptions.UnprocessableEntity"}  # arguments that the method does not take
)
_FIELD = re.compile(r"Invalid field [\w.']+(?: on '[\w.]+')?")


def to_error(status: int, problem: object, /, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """As `error_of` of the wire, for Odoo's form of problem: `{"name": class, "message": words, ...}`."""
    name = problem.get("name") if isinstance(problem, dict) else None
    message = problem.get("message") if isinstance(problem, dict) else None
    if not isinstance(name, str) or not isinstance(message, str):
        if status == 404:
            # A page of its own: no database of that name is there. Nor is there one while PostgreSQL is away.
            return Unavailable(
                f"{server} has no database of that name, or cannot reach it now.", f"{request}: {status}"
            )
        return error_of(status, None, server=server, request=request, wait=wait)
    detail = f"{request}: {status} {name[:80]}"
    words = "".join(char for char in " ".join(message.split()) if char.isprintable())[:200]
    if name in _MISTAKES:
        field = _FIELD.match(words)  # the only part of the words that is sure to hold no customer's data
        return BackendBug(
            f"{server} does not understand our question.", f"{detail} {field[0] if field else ''}".rstrip()
        )
    if status < 500 and name in _BY_NAME:
        return _BY_NAME[name](words or f"{server} refuses it.", detail)
    return error_of(status, {"detail": words}, server=server, request=detail, wait=wait)
