"""A Microsoft Graph of our own on loopback, for the adapter and for Microsoft's SDK as its judge.

What it takes and answers is checked against the names and types of Microsoft's published metadata
(`tests/real/specs/graph_presence.json`), so that it cannot agree with the adapter on something Graph does not have.
"""

import json
import re
import threading
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.real.servers.server import Server

SPEC = json.loads((Path(__file__).parent.parent / "specs" / "graph_presence.json").read_text())
TENANT, CLIENT_ID, CLIENT_SECRET = "contoso-tenant", "app-1", "s3cret~of-the-app"
READY = "ready-token-of-somebody"
VERSION = "/v1.0"
BATCH = 650
_PREFERRED = {
    ("Available", "Available"),
    ("Busy", "Busy"),
    ("DoNotDisturb", "DoNotDisturb"),
    ("BeRightBack", "BeRightBack"),
    ("Away", "Away"),
    ("Offline", "OffWork"),
}
_CHECKS = {"Edm.String": str, "Edm.Boolean": bool, "Edm.Duration": str}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers
        self.body: Any = {"error": {"code": code, "message": message or code}}


def properties(kind: str) -> Mapping[str, str]:
    """Names and types of everything a record of this kind may hold, by the metadata."""
    known = SPEC["types"].get(kind)
    if known is None:
        return {"id": "Edm.String"} if kind == "directoryObject" else {}
    return {**(properties(known["base"]) if known["base"] else {}), **known["properties"]}


def check(kind: str, value: Any) -> None:
    """See that a value is what the metadata says."""
    if value is None:
        return
    if kind.startswith("Collection("):
        assert isinstance(value, list), f"{value!r} is no {kind}"
        for one in value:
            check(kind[len("Collection(") : -1], one)
    elif kind in _CHECKS:
        assert isinstance(value, _CHECKS[kind]), f"{value!r} is no {kind}"
    elif (name := kind.removeprefix("graph.")) in SPEC["types"]:
        for member, inner in value.items():
            assert member in properties(name), f"{name} has no {member}"
            check(properties(name)[member], inner)


class Graph(Server):
    """One tenant."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, dict[str, Any]] = {}
        self.presence: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
        self.asked: list[tuple[str, str]] = []  # method and path with query
        self.batches: list[list[str]] = []
        self.preferred: list[tuple[str, dict[str, Any]]] = []
        self.refusals: list[Refusal] = []  # given to the next requests of Graph, one each
        self.token_requests = 0
        self.page = 100
        self.me = ""
        self.next_host = ""
        self._tokens = {READY}
        self._lives = 3600
        self._server: ThreadingHTTPServer

    def start(self) -> None:
        """Listen."""
        graph = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers: Mapping[str, str] = {}
                try:
                    status, answer = 200, graph.answer(self.command, self.path, self.headers, body)
                except Refusal as refusal:
                    status, answer, headers = refusal.status, refusal.body, refusal.headers
                except AssertionError as error:
                    status, answer = 400, {"error": {"code": "BadRequest", "message": str(error)}}
                data = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status if data else 204)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Nothing: what was asked is in `asked`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        super().stop()

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, name: str, **fields: Any) -> str:
        """A person who is there; answers their id."""
        person_id = str(uuid.uuid4())
        mail = name.lower().replace(" ", ".") + "@contoso.example"
        person = {"id": person_id, "displayName": name, "userPrincipalName": mail, "accountEnabled": True, **fields}
        check("graph.user", person)
        self.people[person_id] = person
        self.show(person_id, "Offline", "Offline")
        return person_id

    def show(self, person_id: str, availability: str, activity: str, **fields: Any) -> None:
        """A person's presence changes."""
        number = f"A{len(self.batches):06}{uuid.uuid1().time:020}"
        shown = {
            "id": person_id,
            "availability": availability,
            "activity": activity,
            "sequenceNumber": number,
            **fields,
        }
        check("graph.presence", shown)
        self.presence[person_id] = shown

    def expire(self) -> None:
        """No token that was given out is good any more."""
        self._tokens = {READY}

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Any:
        """The JSON answer, None for none."""
        parts = urlsplit(target)
        if parts.path == f"/{TENANT}/oauth2/v2.0/token":
            return self._token(parse_qs(body.decode()))
        self.asked.append((method, unquote(target)))
        if self.refusals:
            raise self.refusals.pop(0)
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self._tokens:
            raise Refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        assert parts.path.startswith(f"{VERSION}/"), parts.path
        path = [unquote(one) for one in parts.path.removeprefix(f"{VERSION}/").split("/")]
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        document = json.loads(body) if body else {}
        match [method, *path]:
            case ["GET", "me"] if self.me:
                return self._selected(self.people[self.me], query)
            case ["GET", "users"]:
                if "$search" in query:
                    assert headers.get("ConsistencyLevel") == "eventual", "Request with $search needs ConsistencyLevel"
                    assert query["$search"].startswith('"')
                return self._page(list(self.people.values()), "users", query)
            case ["GET", "users", one]:
                found = [who for who in self.people.values() if one in (who["id"], who["userPrincipalName"])]
                if not found:
                    raise Refusal(404, "Request_ResourceNotFound")
                return self._selected(found[0], query)
            case ["GET", "groups", group]:
                if group not in self.groups:
                    raise Refusal(404, "Request_ResourceNotFound")
                return {"id": group}
            case ["GET", "groups", group, "members", "microsoft.graph.user"]:
                return self._page([self.people[one] for one in self.groups[group]], "/".join(path), query)
            case ["POST", "communications", "getPresencesByUserId"]:
                return self._presences(self._arguments("getPresencesByUserId", document))
            case ["POST", "users", one, "presence", "setUserPreferredPresence"]:
                return self._prefer(one, self._arguments("setUserPreferredPresence", document))
        raise Refusal(404, "ResourceNotFound", f"{method} {parts.path}")

    def _token(self, form: Mapping[str, list[str]]) -> Any:
        self.token_requests += 1
        given = {name: values[0] for name, values in form.items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT_ID}
        assert {name: given.get(name) for name in wanted} == wanted, str(given.keys())
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\.default", given["scope"]), given["scope"]
        if given.get("client_secret") != CLIENT_SECRET:
            refusal = Refusal(401, "")
            refusal.body = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
            raise refusal
        token = f"eyJ.{uuid.uuid4().hex}"
        self._tokens.add(token)
        return {"token_type": "Bearer", "expires_in": self._lives, "access_token": token}

    def _selected(self, record: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        names = query["$select"].split(",")
        for name in names:
            assert name in properties("user"), f"user has no {name}"
        return {name: record.get(name) for name in names}

    def _page(self, records: list[dict[str, Any]], path: str, query: Mapping[str, str]) -> Any:
        assert 1 <= int(query.get("$top", "100")) <= 999
        size = min(self.page, int(query.get("$top", "100")))
        first = int(query.get("$skiptoken", "0"))
        answer: dict[str, Any] = {"value": [self._selected(one, query) for one in records[first : first + size]]}
        if first + size < len(records) and query.get("$top") != "1":
            origin = self.next_host or self.origin
            rest = f"$select={query['$select']}&$top={size}&$skiptoken={first + size}"
            answer["@odata.nextLink"] = f"{origin}{VERSION}/{path}?{rest}"
        return answer

    def _arguments(self, action: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
        known = SPEC["actions"][action]["parameters"]
        for name, value in document.items():
            assert name in known, f"{action} has no parameter {name}"
            check(known[name]["type"], value)
        missing = [name for name, one in known.items() if not one["nullable"] and document.get(name) is None]
        assert not missing, f"{action} wants {missing}"
        return document

    def _presences(self, arguments: Mapping[str, Any]) -> Any:
        ids = arguments["ids"]
        assert 1 <= len(ids) <= BATCH, f"{len(ids)} ids"
        self.batches.append(list(ids))
        return {"value": [self.presence[one] for one in reversed(ids) if one in self.presence]}

    def _prefer(self, person_id: str, arguments: Mapping[str, Any]) -> None:
        pair = (arguments["availability"], arguments["activity"])
        assert pair in _PREFERRED, f"{pair} cannot be preferred"
        assert arguments.get("expirationDuration", "PT1H").startswith("PT")
        self.preferred.append((person_id, dict(arguments)))
        self.show(person_id, *pair)
