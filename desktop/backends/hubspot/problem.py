"""From HubSpot's answers that are no success to the error class that tells the host its next step."""

from desktop.backends.wire.problem import LONGEST_RETRY_AFTER, error_of, retry_after
from desktop.ports.errors import BackendError, Forbidden, RateLimited, Unavailable

_LONGEST = 200
# How long each of HubSpot's limits lasts at most, in seconds; what is not here is taken for the shortest.
_POLICIES = {"DAILY": LONGEST_RETRY_AFTER, "TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
_MIGRATING = 477


def to_error(status: int, problem: object, /, *, server: str, request: str, wait: str | None = None) -> BackendError:
    """The error for an answer; see `desktop.backends.wire.problem.error_of`."""
    document = problem if isinstance(problem, dict) else {}
    words, category, policy = (_text(document.get(name)) for name in ("message", "category", "policyName"))
    detail = f"{request}: {status} {category}".rstrip()
    if status == 429:
        seconds = retry_after(wait) if wait else _POLICIES.get(policy.upper(), 1.0)
        what = "its requests for today" if policy.upper() == "DAILY" else "its requests for now"
        return RateLimited(f"{server} has had {what}.", seconds, f"{detail} {policy}".rstrip())
    if status == 403:
        return Forbidden(f"The token lacks a permission: {words}" if words else "The token lacks a permission.", detail)
    if status == _MIGRATING:
        return Unavailable(f"{server} is moving this account.", detail)
    return error_of(status, {"detail": words}, server=server, request=request, wait=wait)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())[:_LONGEST]
