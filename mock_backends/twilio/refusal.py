"""Errors as Twilio words them: a number of its own, beside the HTTP status."""

import json

from starlette.requests import Request
from starlette.responses import Response

from mock_backends.http.problem import Problem

_CODES = {401: 20003, 403: 20003, 404: 20404, 405: 20004, 409: 20409, 412: 20412, 429: 20429, 500: 20500, 503: 20503}


class Refusal(Problem):
    """A refused call. `number` is Twilio's error code."""

    def __init__(self, status: int, number: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, str(number), detail, headers)
        self.number = number


def answer(problem: Problem) -> Response:
    """The whole answer for a refusal, the engine's own included."""
    if isinstance(problem, Refusal):
        status, number = problem.status, problem.number
    else:
        status = 400 if problem.status == 422 else problem.status
        number = _CODES.get(status, 20001)
    body = {
        "code": number,
        "message": problem.detail,
        "more_info": f"https://www.twilio.com/docs/errors/{number}",
        "status": status,
    }
    return Response(json.dumps(body), status, headers=problem.headers, media_type="application/json")


async def handler(_: Request, error: Exception) -> Response:
    """For the app: a refusal from within a route."""
    assert isinstance(error, Problem)  # noqa: S101 - registered for nothing else
    return answer(error)


def gone() -> Refusal:
    """What is not there, or not this worker's."""
    return Refusal(404, 20404, "The requested resource was not found")


def wrong(detail: str, number: int = 20001) -> Refusal:
    """A parameter that makes no sense."""
    return Refusal(400, number, detail)
