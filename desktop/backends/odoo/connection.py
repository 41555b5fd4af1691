"""Calls of Odoo's models over its JSON-2 API, and writes that happen once."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member
from desktop.ports.errors import ProtocolError, Rejected

Record = dict[str, Any]
Domain = list[Any]

NAMESPACE = "agent_desktop"
_TRIES = 3
_LARGEST_ID = 2**31 - 1
# Odoo's import makes a record with an external id, or leaves the one that has it as it is.
_ONCE = {"mode": "update", "noupdate": True}
# In the domain, because Odoo's own switch for it (`active_test`) reaches what is computed on the way too: whoever was
# taken off a blacklist counts as being on it then.
_ARCHIVED_TOO: Domain = [["active", "in", [True, False]]]


def external_id(kind: str, key: str) -> str:
    """The external id under which the far side keeps what was made under `key`; a key of any form makes a valid one."""
    return f"{NAMESPACE}.{kind}_{digest(key)}"


def digest(key: str) -> str:
    """40 hex digits that stand for a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def record_id(text: str) -> int | None:
    """The number of a record, or None when no record can have such an id."""
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or text.startswith("0"):
        return None
    return number if (number := int(text)) <= _LARGEST_ID else None


class Odoo:
    """One database of one Odoo server, as one user."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def ask(self, model: str, method: str, **arguments: object) -> object:
        """Call a method that changes nothing."""
        return await self._http.ask(_path(model, method), arguments)

    async def change(self, model: str, method: str, *, key: str, **arguments: object) -> object:
        """Call a method that changes something. Odoo itself does not know keys: see `once`."""
        return await self._http.change("POST", _path(model, method), arguments, key=key)

    async def records(
        self,
        model: str,
        domain: Domain,
        fields: Mapping[str, object],
        *,
        limit: int,
        order: str = "",
        archived: bool = False,
    ) -> list[Record]:
        """Records that the domain and the user's rights let through, with the fields of related records inside them."""
        answer = await self.ask(
            model,
            "web_search_read",
            domain=[*_ARCHIVED_TOO, *domain] if archived else domain,
            specification=fields,
            limit=limit,
            order=order or None,
            count_limit=limit,
        )
        found = member(answer, "records")
        if not isinstance(found, list) or not all(
            isinstance(one, dict) and type(one.get("id")) is int for one in found
        ):
            raise ProtocolError("Odoo's answer cannot be read.", f"{model}: no list of records")
        return found

    async def once(self, model: str, kind: str, key: str, values: Mapping[str, str]) -> int:
        """Make a record under a key, or find the one that was made under it; answers its number.

        The key becomes an external id, of which the database keeps only one (`ir_model_data`, unique by module and
        name). Of several transactions at once all but one fail on it, and find the winner's record when they ask again.

        Args:
            values: by the column names of Odoo's import: `partner_id/.id` is a number, `subtype_id/id` an external id.

        Raises:
            Rejected: Odoo refuses the values; carries its words.
        """
        fields = ["id", *values]
        row = [external_id(kind, key), *values.values()]
        words = ""
        for _ in range(_TRIES):
            answer = await self.change(model, "load", key=key, fields=fields, data=[row], context=_ONCE)
            ids = member(answer, "ids")
            if isinstance(ids, list) and len(ids) == 1 and type(ids[0]) is int:
                return ids[0]
            words = _complaint(member(answer, "messages"))
        raise Rejected(words, f"{model} load: refused")

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.close()


def _path(model: str, method: str) -> str:
    return f"/json/2/{segment(model)}/{segment(method)}"


def _complaint(messages: object) -> str:
    for message in messages if isinstance(messages, Sequence) else ():
        words = message.get("message") if isinstance(message, dict) else None
        if isinstance(words, str) and words.strip():
            return "Odoo: " + "".join(char for char in " ".join(words.split()) if char.isprintable())[:200]
    return "Odoo refuses the record."
