"""A HubSpot of our own on loopback, for the adapter and for HubSpot's SDK as its judge.

It was written against the SDK's models and the published behaviour; nothing of HubSpot's specification is in it.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import phonenumbers

from tests.real.servers.server import Server

TOKEN = "pat-eu1-0123456789"
KEY = "agent_desktop_key"
KINDS = ("contacts", "calls", "notes", "emails", "tasks", "tickets")
STAGES = (("1", "New", "OPEN"), ("2", "Waiting on us", "OPEN"), ("4", "Closed", "CLOSED"))


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": "error", "message": message, "category": category, "correlationId": "c-1", **more}


@dataclass(frozen=True)
class Asked:
    """A request by its form: `query` and `body` hold the names that occurred, nested ones with dots."""

    method: str
    path: str
    query: frozenset[str]
    body: frozenset[str]


@dataclass
class Account:
    """What is in one HubSpot account."""

    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    links: set[tuple[str, str, str]] = field(default_factory=set)  # contact, kind, id
    unique: set[str] = field(default_factory=lambda: set(KINDS))  # kinds whose key property is unique
    forbidden: set[str] = field(default_factory=set)  # kinds the token may not touch
    lag: int = 0  # searches that new contacts stay out of the index for
    ignores_filters: bool = False
    asked: list[Asked] = field(default_factory=list)
    next_id: int = 100

    def add(self, kind: str, **properties: str) -> str:
        """An object that is there, without a request."""
        self.next_id += 1
        number = str(self.next_id)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if "email" in properties:
            properties["email"] = properties["email"].lower()  # as HubSpot keeps it, however it was typed
        known = {"createdate": now, "hs_createdate": now, "hs_object_id": number, **properties}
        self.objects[kind][number] = {"properties": known, "unseen": self.lag, "at": now}
        return number

    def link(self, contact: str, kind: str, number: str) -> None:
        self.links.add((contact, kind, number))

    def with_property(self, kind: str, name: str, value: str) -> list[str]:
        return [key for key, one in self.objects[kind].items() if one["properties"].get(name) == value]

    # the calls

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        for pattern, verb, call in _ROUTES:
            if verb == method and (found := re.fullmatch(pattern, path)):
                parts = [unquote(part) for part in found.groups()]
                if parts and parts[0] in self.forbidden:
                    raise Refusal(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.")
                return getattr(self, call)(*parts, query=query, body=body)  # type: ignore[no-any-return]
        raise Refusal(404, "OBJECT_NOT_FOUND", "no such route")

    def _shown(self, kind: str, number: str, names: Any = None) -> dict[str, Any]:
        one = self.objects[kind][number]
        default = {"createdate", "hs_object_id", "hs_lastmodifieddate"}
        wanted = set(names) | default if names is not None else set(one["properties"])
        properties = {name: one["properties"].get(name) for name in wanted}
        return {
            "id": number,
            "properties": properties,
            "createdAt": one["at"],
            "updatedAt": one["at"],
            "archived": False,
        }

    def get(self, kind: str, number: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if query.get("idProperty") == KEY:
            number = next(iter(self.with_property(kind, KEY, number)), "")
        if number not in self.objects[kind]:
            raise Refusal(404, "OBJECT_NOT_FOUND", "resource not found")
        return 200, self._shown(kind, number, query.get("properties", "").split(","))

    def change(self, kind: str, number: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if number not in self.objects[kind]:
            raise Refusal(404, "OBJECT_NOT_FOUND", "resource not found")
        self.objects[kind][number]["properties"].update(body["properties"])
        return 200, self._shown(kind, number)

    def make(self, kind: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        properties = {name: str(value) for name, value in body["properties"].items()}
        if kind in self.unique and self.with_property(kind, KEY, properties.get(KEY, "-")):
            raise Refusal(400, "VALIDATION_ERROR", f"Property values were not valid: {KEY} must be unique")
        if kind == "contacts" and properties.get("email") and self.with_property(kind, "email", properties["email"]):
            raise Refusal(409, "CONFLICT", "Contact already exists. Existing ID: 101")
        for one in body["associations"]:
            if one["to"]["id"] not in self.objects["contacts"]:
                raise Refusal(400, "VALIDATION_ERROR", "one or more associations are not valid")
        number = self.add(kind, **properties)
        for one in body["associations"]:
            self.link(one["to"]["id"], kind, number)
        return 201, self._shown(kind, number)

    def search(self, kind: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        found = []
        for number, one in self.objects[kind].items():
            if one["unseen"] > 0:
                one["unseen"] -= 1
            elif self.ignores_filters or self._fits(one["properties"], body):
                found.append(number)
        names = body.get("properties", [])
        results = [self._shown(kind, number, names) for number in found[: int(body.get("limit", 10))]]
        return 200, {"total": len(found), "results": results}

    def _fits(self, properties: Mapping[str, str], body: Any) -> bool:
        known = dict(properties)
        for name in ("phone", "mobile"):
            number = properties.get("mobilephone" if name == "mobile" else "phone", "")
            known[f"hs_searchable_calculated_{name}_number"] = _without_country(number)
        if "query" in body:
            text = " ".join(properties.values()).casefold()
            return all(word in text for word in body["query"].casefold().split())
        return any(all(_holds(known, one) for one in group["filters"]) for group in body["filterGroups"])

    def read(self, kind: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        numbers = [one["id"] for one in body["inputs"] if one["id"] in self.objects[kind]]
        results = [self._shown(kind, number, body["properties"]) for number in numbers]
        now = "2026-01-01T00:00:00.000Z"
        return 200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}

    def associated(self, contact: str, kind: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if kind in self.forbidden:
            raise Refusal(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.")
        numbers = sorted((number for own, what, number in self.links if (own, what) == (contact, kind)), key=int)
        start, size = int(query.get("after", "0")), int(query.get("limit", "500"))
        types = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
        page = [{"toObjectId": number, "associationTypes": types} for number in numbers[start : start + size]]
        following = {"paging": {"next": {"after": str(start + size)}}} if start + size < len(numbers) else {}
        return 200, {"results": page, **following}

    def property_of(self, kind: str, name: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if name != KEY or kind not in self.unique:
            raise Refusal(404, "OBJECT_NOT_FOUND", f"Property {name} does not exist")
        known = {"name": name, "label": "Key", "type": "string", "fieldType": "text", "description": "", "options": []}
        return 200, {**known, "groupName": "desktop", "hasUniqueValue": True}

    def pipelines(self, kind: str, *, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        now = {"createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "archived": False}
        stages = [
            {"id": key, "label": label, "displayOrder": order, "metadata": {"ticketState": state}, **now}
            for order, (key, label, state) in enumerate(STAGES)
        ]
        return 200, {"results": [{"id": "0", "label": "Support", "displayOrder": 0, "stages": stages, **now}]}


def _without_country(number: str) -> str:
    try:
        return str(phonenumbers.national_significant_number(phonenumbers.parse(number, "GB")))
    except phonenumbers.NumberParseException:
        return ""


def _holds(known: Mapping[str, str], one: Mapping[str, str]) -> bool:
    value = known.get(one["propertyName"], "")
    if one["operator"] == "CONTAINS_TOKEN":
        return one["value"] in re.split(r"[;\s]+", value)
    return bool(value) and value == one["value"]


_ROUTES = (
    (r"/crm/v3/objects/(\w+)/search", "POST", "search"),
    (r"/crm/v3/objects/(\w+)/batch/read", "POST", "read"),
    (r"/crm/v3/objects/(\w+)/([^/]+)", "GET", "get"),
    (r"/crm/v3/objects/(\w+)/([^/]+)", "PATCH", "change"),
    (r"/crm/v3/objects/(\w+)", "POST", "make"),
    (r"/crm/v4/objects/contacts/([^/]+)/associations/(\w+)", "GET", "associated"),
    (r"/crm/v3/properties/(\w+)/(\w+)", "GET", "property_of"),
    (r"/crm/v3/pipelines/(\w+)", "GET", "pipelines"),
)


def _names(value: Any, above: str = "") -> set[str]:
    """The names of a JSON value, nested ones with dots; values of `properties` objects are data, not form."""
    if isinstance(value, list):
        return set().union(*(_names(one, above) for one in value)) if value else set()
    if not isinstance(value, dict) or above == "properties":
        return set()
    return {name for key, inner in value.items() for name in (f"{above}.{key}".lstrip("."), *_names(inner, key))}


class HubSpotFake(Server):
    """The account behind a loopback port."""

    def start(self) -> None:
        self.account = Account()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        super().stop()

    def counted(self) -> Counter[str]:
        """How often each method and path was asked."""
        return Counter(f"{one.method} {one.path}" for one in self.account.asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                """Quiet."""

            def _answer(self) -> None:
                parts = urlsplit(self.path)
                query = {name: ",".join(values) for name, values in parse_qs(parts.query).items()}
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.loads(raw) if raw else None
                form = Asked(self.command, parts.path, frozenset(query), frozenset(_names(body)))
                try:
                    with lock:
                        fake.account.asked.append(form)
                        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                            raise Refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
                        status, document = fake.account.answer(self.command, parts.path, query, body)
                except Refusal as refused:
                    status, document = refused.status, refused.body
                answer = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json;charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PATCH = _answer

        return Handler
