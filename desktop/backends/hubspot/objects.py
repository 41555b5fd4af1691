"""HubSpot's objects: read, searched, associated, and made once."""

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member
from desktop.ports.errors import Conflict, NotFound, ProtocolError, Rejected

KEY = "agent_desktop_key"
"""The property that holds our idempotency key. It must have unique values, so that HubSpot itself refuses a second."""

BATCH = 100
PAGES = 4  # of 500 associations each
SEARCH_PAUSE = 0.2  # HubSpot takes some five searches a second
_ID = re.compile(r"[0-9]{1,20}")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
# From a new object to a contact: HubSpot's own numbers for these kinds of association.
_TO_CONTACT = {"calls": 194, "notes": 202, "tasks": 204, "tickets": 16}


@dataclass(frozen=True, slots=True)
class Record:
    """One object. What has no value is not among the `properties`."""

    id: str
    properties: Mapping[str, str]


class Objects:
    """The objects of one account."""

    def __init__(self, http: Http, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._monotonic = monotonic
        self._searches = asyncio.Lock()
        self._searched_at = float("-inf")

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def get(self, kind: str, object_id: str, properties: Sequence[str]) -> Record:
        """One object. Raises NotFound."""
        if not _ID.fullmatch(object_id):
            raise NotFound("HubSpot has no record of that id.")
        return _record(
            await self._http.get(f"/crm/v3/objects/{kind}/{object_id}", {"properties": ",".join(properties)})
        )

    async def search(self, kind: str, body: Mapping[str, object]) -> list[Record]:
        """What HubSpot's search finds. Its index lags some seconds behind, and its answers are not to be trusted."""
        async with self._searches:
            pause = self._searched_at + SEARCH_PAUSE - self._monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            self._searched_at = self._monotonic()
        return _records(await self._http.ask(f"/crm/v3/objects/{kind}/search", body))

    async def read(self, kind: str, ids: Sequence[str], properties: Sequence[str]) -> list[Record]:
        """These objects, at most 100; those that went meanwhile are missing."""
        if not ids:
            return []
        body = {"properties": list(properties), "propertiesWithHistory": [], "inputs": [{"id": one} for one in ids]}
        return _records(await self._http.ask(f"/crm/v3/objects/{kind}/batch/read", body))

    async def associated(self, contact_id: str, kind: str) -> list[str]:
        """The ids of a contact's objects of a kind, the newest first: HubSpot gives later objects higher ids."""
        if not _ID.fullmatch(contact_id):
            raise NotFound("HubSpot has no record of that id.")
        path = f"/crm/v4/objects/contacts/{contact_id}/associations/{kind}"
        found: set[str] = set()
        after = ""
        for _ in range(PAGES):
            params: dict[str, str | int | float] = {"limit": 500, **({"after": after} if after else {})}
            answer = await self._http.get(path, params)
            results = member(answer, "results")
            for one in results if isinstance(results, list) else []:
                object_id = str(member(one, "toObjectId"))
                if _ID.fullmatch(object_id):
                    found.add(object_id)
            after = _next(answer)
            if not after:
                break
        return sorted(found, key=int, reverse=True)

    async def is_unique(self, kind: str) -> bool:
        """Whether objects of this kind have the property for keys, with unique values. Raises AuthFailed."""
        try:
            answer = await self._http.get(f"/crm/v3/properties/{kind}/{KEY}", {"archived": "false"})
        except NotFound:
            return False
        return isinstance(answer, dict) and answer.get("hasUniqueValue") is True

    async def update(self, kind: str, object_id: str, properties: Mapping[str, str], *, key: str) -> None:
        """Change properties of an object; the same change again changes nothing. Raises NotFound."""
        if not _ID.fullmatch(object_id):
            raise NotFound("HubSpot has no record of that id.")
        await self._http.change(
            "PATCH", f"/crm/v3/objects/{kind}/{object_id}", {"properties": dict(properties)}, key=key
        )

    async def ticket_stages(self) -> list[tuple[str, str, str, bool]]:
        """(pipeline, stage, label, whether it closes), in their order."""
        pipelines = member(await self._http.get("/crm/v3/pipelines/tickets"), "results")
        stages = []
        for pipeline in pipelines if isinstance(pipelines, list) else []:
            own = member(pipeline, "stages")
            for stage in own if isinstance(own, list) else []:
                metadata = stage.get("metadata") if isinstance(stage, dict) else None
                closed = isinstance(metadata, dict) and str(metadata.get("ticketState", "")).upper() == "CLOSED"
                names = (str(member(pipeline, "id")), str(member(stage, "id")), str(member(stage, "label")))
                stages.append((*names, closed))
        return stages

    async def make_once(
        self, kind: str, properties: Mapping[str, str], *, key: str, contact_id: str = "", reading: Sequence[str] = ()
    ) -> Record:
        """A new object under `key`, or the one there is already.

        Args:
            reading: what else to read of one that is there already.

        Raises:
            OutcomeUnknown: no answer came; asked again, this finds what was made.
            ProtocolError: the answer does not carry the key.
        """
        if contact_id and not _ID.fullmatch(contact_id):
            raise NotFound("HubSpot has no record of that id.")
        value = key if _PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        body: dict[str, object] = {"properties": {**properties, KEY: value}, "associations": []}
        if contact_id:
            types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TO_CONTACT[kind]}]
            body["associations"] = [{"to": {"id": contact_id}, "types": types}]
        try:
            made = _record(await self._http.change("POST", f"/crm/v3/objects/{kind}", body, key=value))
        except (Conflict, Rejected):
            # Refused because there is one with that key; or for anything else, and then there is none.
            known = await self._by_key(kind, value, [*properties, *reading])
            if known is None:
                raise
            return known
        if made.properties.get(KEY) != value:
            raise ProtocolError("HubSpot's receipt is not for our record.", "the answer carries another key")
        return made

    async def _by_key(self, kind: str, value: str, properties: Sequence[str]) -> Record | None:
        """Read by the unique property, which does not wait for the search index."""
        params = {"idProperty": KEY, "properties": ",".join(dict.fromkeys([*properties, KEY, "createdate"]))}
        try:
            return _record(await self._http.get(f"/crm/v3/objects/{kind}/{segment(value)}", params))
        except NotFound:
            return None


def _next(answer: object) -> str:
    paging = answer.get("paging") if isinstance(answer, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return after if isinstance(after, str) else ""


def _records(answer: object) -> list[Record]:
    results = member(answer, "results")
    if not isinstance(results, list):
        raise ProtocolError("HubSpot's answer cannot be read.", "results is no list")
    return [_record(one) for one in results]


def _record(value: object) -> Record:
    object_id, properties = member(value, "id"), member(value, "properties")
    if not isinstance(object_id, str) or not _ID.fullmatch(object_id) or not isinstance(properties, dict):
        raise ProtocolError("HubSpot's answer cannot be read.", "an object without id or properties")
    return Record(object_id, {str(name): one for name, one in properties.items() if isinstance(one, str) and one})
