"""Changing calls happen once: answers remembered by (principal, key)."""

import contextlib
import hashlib
import json
from dataclasses import dataclass

from sqlite_utils import Database

from mock_backends.http.problem import Problem, invalid


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it went out the first time."""

    status: int
    content_type: str
    body: bytes


def check_key(key: str | None) -> str:
    """The key of a changing call, 1-200 visible ASCII characters.

    :raises Problem: 400 when it is missing or malformed.
    """
    if key is None or not 1 <= len(key) <= 200 or not all("!" <= sign <= "~" for sign in key):
        raise invalid("A changing call needs an Idempotency-Key of 1-200 visible ASCII characters.", "key_missing", 400)
    return key


def fingerprint(method: str, path: str, query: bytes, body: bytes) -> str:
    """What makes two requests the same one. JSON that differs only in spacing or order of keys is the same."""
    with contextlib.suppress(ValueError, RecursionError):
        body = json.dumps(json.loads(body), sort_keys=True).encode() if body else b""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode("utf-8", "replace"), query, body))).hexdigest()


class Idempotency:
    """The memory of one server. `begin` before the work, `finish` with its answer or `forget` when there is none."""

    def __init__(self, db: Database, server: str) -> None:
        self._db = db
        self._server = server
        self._running: dict[tuple[str, str], str] = {}
        db.execute(
            "CREATE TABLE IF NOT EXISTS answers (server TEXT, principal TEXT, key TEXT, fingerprint TEXT, "
            "status INTEGER, content_type TEXT, body BLOB, PRIMARY KEY (server, principal, key)) WITHOUT ROWID"
        )

    def begin(self, principal: str, key: str, print_: str) -> Answer | None:
        """The stored answer of this very request, or None: then it is to be done now.

        :raises Problem: 422 `key_reused` for another request under the key, 409 `in_flight` while the first one runs.
        """
        running = self._running.get((principal, key))
        row = self._db.execute(
            "SELECT fingerprint, status, content_type, body FROM answers WHERE server=? AND principal=? AND key=?",
            [self._server, principal, key],
        ).fetchone()
        first = running or (row and row[0])
        if first and first != print_:
            raise invalid("This key was used for another request.", "key_reused")
        if running:
            raise Problem(409, "in_flight", "The first request with this key is still running.")
        if row:
            return Answer(row[1], row[2], row[3])
        self._running[principal, key] = print_
        return None

    def finish(self, principal: str, key: str, answer: Answer) -> None:
        """Remember the answer. Call it in the transaction that holds the work."""
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?,?,?,?,?,?,?)",
            [
                self._server,
                principal,
                key,
                self._running[principal, key],
                answer.status,
                answer.content_type,
                answer.body,
            ],
        )

    def forget(self, principal: str, key: str) -> None:
        """The request no longer runs."""
        self._running.pop((principal, key), None)

    def clear(self) -> None:
        """Forget everything that is not running."""
        self._db.execute("DELETE FROM answers WHERE server = ?", [self._server])
