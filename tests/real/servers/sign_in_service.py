"""A sign-in service on loopback: it gives access tokens out (RFC 6749), and tells mail servers of them (RFC 7662)."""

import json
import secrets
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

CLIENT_ID, CLIENT_SECRET = "agent-desktop", "s3cret~of-the-app"
SCOPE = "mail:read mail:send"


class SignInService:
    """One application and one user. Use as a context manager; the port stays the same when it is started anew."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.refresh_token = ""
        """The one that is good, which changes with each use; "": the application signs in for itself."""
        self.given: list[str] = []
        """Every access token, oldest first."""
        self.answers: Mapping[str, Any] = {}
        """What an answer holds beside or instead of the usual."""
        self._good: set[str] = set()
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, on the same port as before."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                status, answer = service.token(form) if self.path == "/token" else (200, service.about(form["token"]))
                self._say(status, answer)

            def do_GET(self) -> None:
                self._say(200, service.about(self.path.rpartition("/")[2]))

            def _say(self, status: int, answer: Mapping[str, Any]) -> None:
                data = json.dumps(answer, separators=(",", ":")).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse every connection."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it is, on 127.0.0.1."""
        return self._port

    def revoke(self) -> None:
        """No token that was given out is good any more."""
        self._good.clear()

    def token(self, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        """The answer to a request for a token."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if form.get("scope") != SCOPE:
            return 400, {"error": "invalid_scope"}
        renewed = {}
        if self.refresh_token:
            if (form.get("grant_type"), form.get("refresh_token")) != ("refresh_token", self.refresh_token):
                return 400, {"error": "invalid_grant"}
            self.refresh_token = secrets.token_urlsafe(24)
            renewed = {"refresh_token": self.refresh_token}
        elif form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        token = secrets.token_urlsafe(900)  # as long as those of Microsoft
        self.given.append(token)
        self._good.add(token)
        return 200, {"token_type": "Bearer", "access_token": token, "expires_in": 3600, **renewed, **self.answers}

    def about(self, token: str) -> Mapping[str, Any]:
        """What a mail server is told of a token."""
        if token not in self._good:
            return {"active": False}
        return {"active": True, "username": self.user, "scope": SCOPE, "client_id": CLIENT_ID}
