"""Somebody who writes to the account, with a program of their own: no part of our adapter."""

import itertools
from typing import Any

from tests.real.servers.synapse import DOMAIN, Synapse

_CLIENT = "/_matrix/client/v3"
_numbers = itertools.count()


class Customer:
    """One account of the server, which invites the contact centre's into rooms."""

    def __init__(self, synapse: Synapse, name: str) -> None:
        self._synapse = synapse
        self.token = synapse.register(name)
        self.id = f"@{name}:{DOMAIN}"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One request as this customer."""
        return self._synapse.ask(method, f"{_CLIENT}{path}", body, token=self.token)

    def begin(self, invited: str, **more: object) -> str:
        """A new room with the account in it, once it accepts; answers its id."""
        body = {"preset": "private_chat", "is_direct": True, "invite": [invited], **more}
        return str(self.ask("POST", "/createRoom", body)["room_id"])

    def send(self, room: str, content: object, kind: str = "m.room.message") -> str:
        """An event of theirs; answers its id."""
        return str(self.ask("PUT", f"/rooms/{room}/send/{kind}/t{next(_numbers)}", content)["event_id"])

    def write(self, room: str, text: str) -> str:
        """A line."""
        return self.send(room, {"msgtype": "m.text", "body": text})

    def said(self, room: str) -> list[dict[str, Any]]:
        """All events of a room as this customer sees them, the oldest first."""
        found: list[dict[str, Any]] = []
        before = ""
        while True:
            page = self.ask("GET", f"/rooms/{room}/messages?dir=b&limit=1000{before}")
            found = [*reversed(page["chunk"]), *found]
            if not page.get("end"):
                return found
            before = f"&from={page['end']}"

    def read_from(self, room: str, sender: str) -> list[str]:
        """What somebody wrote there."""
        return [
            one["content"].get("body", "")
            for one in self.said(room)
            if one["type"] == "m.room.message" and one["sender"] == sender
        ]
