"""A phone book to test against. For your own plug-in start the real server in its place."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TOKEN = "token-of-the-phone-book"


class Phonebook(ThreadingHTTPServer):
    """A server on a free loopback port, with what is in it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.people: dict[str, dict[str, Any]] = {}
        self.calls: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


def _bare(address: str) -> str:
    return "".join(c for c in address if c not in " ()-").casefold()


def _known(person: dict[str, Any]) -> set[tuple[str, str]]:
    return {(kind, _bare(value)) for kind, value in person["addresses"]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer goes out in two pieces
    server: Phonebook

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/people":
            person = self.server.people.get(unquote(parts.path.removeprefix("/people/")))
            self._answer(200, person) if person else self._answer(404, {})
            return
        kind, wanted = next(iter(parse_qsl(parts.query, keep_blank_values=True)), ("text", ""))
        if kind == "text":
            found = [one for one in self.server.people.values() if wanted and wanted in one["name"]]
        else:
            found = [one for one in self.server.people.values() if (kind, _bare(wanted)) in _known(one)]
        self._answer(200, found)

    def do_PUT(self) -> None:
        key = unquote(self.path.removeprefix("/calls/"))
        record = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:  # two at the same time are one
            call = self.server.calls.setdefault(key, {"id": f"call-{len(self.server.calls)}", "record": record})
        self._answer(200, call)

    def _answer(self, status: int, value: object) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            status, value = 401, {}
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
