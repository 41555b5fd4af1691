"""The frame of each server: its app, its gate, its events, and the OpenAPI document of it."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mock_backends.http.event_log import EventLog
from mock_backends.http.event_stream import EventStream
from mock_backends.http.gate import BY_LINK, CHANGING, Gate
from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem, invalid
from mock_backends.http.site import Site
from mock_backends.wire.base import Health, ProblemBody


async def calling(request: Request) -> Principal:
    """Who calls; the gate has put them there."""
    principal: Principal = request.state.principal
    return principal


Caller = Annotated[Principal, Depends(calling)]


class Service:
    """One server. Subclasses add routes to `app` and answer `reset`."""

    name = "service"
    title = "A mock server"

    def __init__(self, site: Site) -> None:
        self.site = site
        self.log = EventLog(site.clock, site.settings)
        self.app = FastAPI(
            title=self.title, version="1", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
        )
        self.gate = Gate(
            self.app,
            self.name,
            settings=site.settings,
            clock=site.clock,
            tokens=site.tokens,
            storage=site.storage,
            seed=site.seed,
        )
        self.log.faults = self.gate.faults
        self.app.add_exception_handler(Problem, _problem)
        self.app.add_exception_handler(RequestValidationError, _invalid)
        self.app.add_exception_handler(HTTPException, _http)
        self.app.get("/v1/health", operation_id="health", summary="Whether the server lives")(self._health)

    async def _health(self) -> Health:
        return Health(status="ok", server_time=self.site.clock.now(), name=self.name)

    def add_events(self) -> None:
        """Add the stream of events."""

        async def events(request: Request, caller: Caller) -> Response:
            return EventStream(self.log, self.gate.faults, caller.id, request.headers.get("last-event-id"))

        self.app.get(
            "/v1/events",
            operation_id="events",
            summary="Server-sent events of this principal",
            response_class=Response,
            responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
        )(events)

    def start(self) -> None:
        """Begin to move by itself; called when the loop runs."""

    def close(self) -> None:
        """End all event streams in good order: the server stops."""
        self.log.close()

    def cut(self, principal: str | None = None) -> None:
        """End the event streams of one principal, or all, in the middle of a line."""
        self.log.cut(principal)

    def reset(self) -> None:
        """Back to the start, in a new epoch."""
        self.gate.idempotency.clear()
        self.gate.far_side.clear()
        self.gate.faults.set([])
        self.log.restart()

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document: what the routes say, and what the gate adds to every call."""
        document = get_openapi(
            title=self.title,
            version="1",
            routes=[route for route in self.app.routes if not getattr(route, "path", "").startswith("/_sim/")],
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = ProblemBody.model_json_schema()
        for left_over in ("HTTPValidationError", "ValidationError"):
            schemas.pop(left_over, None)
        document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for path, item in document["paths"].items():
            for method, call in item.items():
                call["responses"].pop("422", None)
                call["responses"]["default"] = {"description": "A problem", "content": problem}
                if path != "/v1/health" and not path.startswith(BY_LINK):
                    call["security"] = [{"bearer": []}]
                if method.upper() in CHANGING:
                    call.setdefault("parameters", []).append(
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "required": True,
                            "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
                        }
                    )
        return document


async def _problem(_: Request, error: Any) -> Response:
    response: Response = error.response()
    return response


async def _invalid(_: Request, error: Any) -> Response:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return invalid(f"{place}: {first['msg']}"[:500]).response()


async def _http(_: Request, error: Any) -> Response:
    codes = {404: "not_found", 405: "unsupported", 400: "invalid"}
    headers = dict(error.headers or {})
    return Problem(error.status_code, codes.get(error.status_code, "invalid"), str(error.detail), headers).response()
