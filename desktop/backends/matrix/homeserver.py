"""Requests to a Matrix homeserver: the few of the client-server API that a contact centre needs."""

import json
import re
import secrets
from collections.abc import AsyncGenerator, Mapping
from typing import Final

from desktop.backends.matrix.room_event import KIND, ROOM_ID, USER_ID, RoomEvent, read_events
from desktop.backends.matrix.settings import Place
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.problem import LONGEST_RETRY_AFTER, error_of, retry_after
from desktop.ports.errors import AuthFailed, BackendError, ProtocolError, RateLimited, Rejected, Unsupported

LARGEST_ANSWER: Final = 24 << 20
"""Bytes of one answer to `/sync`: the first one has the newest events of every room."""
LEAST_VERSION: Final = (1, 11)
"""The specification from which files are fetched with the token, and not by anybody who knows their address."""
LINES_AT_FIRST: Final = 20
_PAGE: Final = 100
_CLIENT = "/_matrix/client/v3"
_TOKEN = re.compile(r"[!-~]{1,2000}")
_VERSION = re.compile(r"v(\d{1,4})\.(\d{1,4})")
_EVENT_ID = re.compile(r"\$[!-~]{1,254}")
_STATE = ("m.room.create", "m.room.encryption", "m.room.member", "m.room.name", "m.space.child")
_TIMELINE = (*_STATE, "m.room.message", "m.room.encrypted", "m.room.redaction", "m.sticker", KIND)
_LINES = {"types": list(_TIMELINE), "lazy_load_members": True}


def matrix_error(
    status: int, problem: object, /, *, server: str, request: str, wait: str | None = None
) -> BackendError:
    """The error for an answer that is no success; see `error_of`."""
    told: Mapping[object, object] = problem if isinstance(problem, dict) else {}
    code = told.get("errcode")
    known = code if isinstance(code, str) and code.isidentifier() and len(code) <= 60 else ""
    detail = f"{request}: {status} {known}".rstrip()
    if status == 429:
        milliseconds = told.get("retry_after_ms")
        seconds = retry_after(wait)
        if wait is None and isinstance(milliseconds, int) and milliseconds >= 0:
            seconds = min(milliseconds, LONGEST_RETRY_AFTER * 1_000) / 1_000
        return RateLimited(f"{server} asks us to slow down.", seconds, detail)
    if status == 401:
        if told.get("soft_logout") is True:
            return AuthFailed(f"{server} has signed this device out for now; it needs a new token.", detail)
        return AuthFailed(f"{server} does not accept the token: it has expired or was taken back.", detail)
    return error_of(status, {"detail": told.get("error")}, server=server, request=detail, wait=wait)


class Homeserver(Http):
    """One device of the account at its homeserver."""

    def __init__(self, place: Place) -> None:
        """Nothing is opened yet."""
        super().__init__(
            place.url,
            server="The Matrix server",
            token=place.token,
            ca_file=place.ca_file,
            proxy=place.proxy,
            to_error=matrix_error,
            largest=LARGEST_ANSWER,
        )
        self._largest_file: int | None = None
        self._filter = _filter()

    async def sign_in(self) -> str:
        """The account's id.

        Raises:
            AuthFailed: the token is not accepted.
            Unsupported: the server is too old.
        """
        user = str_of(await self.get(f"{_CLIENT}/account/whoami"), "user_id")
        if not USER_ID.fullmatch(user):
            raise ProtocolError("The server's answer cannot be read.", "user_id")
        versions = dict_of(await self.get("/_matrix/client/versions")).get("versions")
        found = (
            [_VERSION.fullmatch(one) for one in versions if isinstance(one, str)] if isinstance(versions, list) else []
        )
        if not any((int(one[1]), int(one[2])) >= LEAST_VERSION for one in found if one):
            raise Unsupported("This Matrix server is too old: it does not know version 1.11 of the specification.")
        return user

    async def sync(self, since: str, seconds: float, presence: str) -> tuple[str, Mapping[object, object]]:
        """What is new since a position, and the position after it; all rooms with their newest events without one.

        Args:
            seconds: how long the server may wait for something new.
            presence: what others are shown of the account meanwhile.
        """
        how: dict[str, str | int | float] = {
            "filter": self._filter,
            "timeout": int(seconds * 1_000),
            "set_presence": presence,
        }
        answer = dict_of(await self.get(f"{_CLIENT}/sync", how | ({"since": since} if since else {})))
        position = str_of(answer, "next_batch")
        if not _TOKEN.fullmatch(position):
            raise ProtocolError("The server's answer cannot be read.", "next_batch")
        return position, answer

    async def earlier(self, room: str, before: str, *, only_ours: bool = False) -> tuple[list[RoomEvent], str]:
        """A page of events before a position, the newest first, and where the next page begins; "" for the end.

        Args:
            only_ours: those that say whose the customer is, and no others.
        """
        wanted = json.dumps({"types": [KIND]} if only_ours else _LINES)
        how: dict[str, str | int | float] = {"dir": "b", "limit": _PAGE, "filter": wanted, "from": before}
        answer = dict_of(await self.get(f"{_room(room)}/messages", how))
        end = answer.get("end")
        return read_events(answer.get("chunk")), end if isinstance(end, str) and _TOKEN.fullmatch(end) else ""

    async def send(self, room: str, kind: str, content: Mapping[str, object], *, key: str) -> str:
        """Send an event into a room, once under this key from this device; answers its id."""
        answer = await self.change("PUT", f"{_room(room)}/send/{segment(kind)}/{segment(key)}", content, key=key)
        event_id = str_of(answer, "event_id")
        if not _EVENT_ID.fullmatch(event_id):
            raise ProtocolError("The server's answer cannot be read.", "event_id")
        return event_id

    async def join(self, room: str) -> str:
        """Go into a room, or into the one that has an alias; answers its id."""
        found = str_of(await self.ask(f"{_CLIENT}/join/{segment(room)}", {}), "room_id")
        if not ROOM_ID.fullmatch(found):
            raise ProtocolError("The server's answer cannot be read.", "room_id")
        return found

    async def leave(self, room: str, reason: str) -> None:
        """Leave a room, or decline an invitation."""
        await self.ask(f"{_room(room)}/leave", {"reason": reason})

    async def show_presence(self, user: str, presence: str, *, key: str) -> None:
        """Show others whether anybody is there."""
        await self.change("PUT", f"{_CLIENT}/presence/{segment(user)}/status", {"presence": presence}, key=key)

    async def show_typing(self, room: str, user: str, *, on: bool, seconds: float) -> None:
        """Show the room that the account is writing, for so long at most."""
        body: dict[str, object] = {"typing": on} | ({"timeout": int(seconds * 1_000)} if on else {})
        await self._ask("PUT", f"{_room(room)}/typing/{segment(user)}", body=body)

    async def read_until(self, room: str, event_id: str, *, key: str) -> None:
        """All up to an event is read."""
        await self.change("POST", f"{_room(room)}/receipt/m.read/{segment(event_id)}", {}, key=key)

    async def note(self, room: str, user: str, kind: str, content: object, *, key: str) -> None:
        """Keep something about a room that only the account itself can see."""
        path = f"{_CLIENT}/user/{segment(user)}/rooms/{segment(room)}/account_data/{segment(kind)}"
        await self.change("PUT", path, content, key=key)

    async def upload(self, name: str, media_type: str, content: bytes) -> str:
        """Bring a file to the server; answers its address. Nobody sees it before an event names it.

        Raises:
            Rejected: it is larger than the server takes.
        """
        if self._largest_file is None:
            most = dict_of(await self.get("/_matrix/client/v1/media/config")).get("m.upload.size")
            self._largest_file = most if isinstance(most, int) and most > 0 else LARGEST_ANSWER
        if len(content) > self._largest_file:
            raise Rejected(f"The file is too large: this server takes {self._largest_file / (1 << 20):.3g} MB.")
        answer = await self._ask(
            "POST", "/_matrix/media/v3/upload", params={"filename": name}, file=(media_type, content)
        )
        return str_of(answer, "content_uri")

    def fetch(self, server: str, media: str) -> AsyncGenerator[bytes, None]:
        """The content of a file that a server keeps, in pieces."""
        return self.download(f"/_matrix/client/v1/media/download/{segment(server)}/{segment(media)}")


def _filter() -> str:
    """What is told of rooms.

    It is another one in each life of a desktop: Synapse keeps its answers for two minutes, so that a desktop that
    starts anew and asks the same would be told what was so before.
    """
    only_ours = {"types": [], "not_types": [secrets.token_hex(8)]}
    rooms = {
        "account_data": {"types": []},
        "ephemeral": {"types": ["m.receipt", "m.typing"]},
        "state": {"types": list(_STATE), "lazy_load_members": True},
        "timeline": {**_LINES, "limit": LINES_AT_FIRST},
    }
    return json.dumps({"presence": {"types": []}, "account_data": only_ours, "room": rooms})


def dict_of(value: object) -> Mapping[object, object]:
    """A JSON object.

    Raises:
        ProtocolError: it is none.
    """
    if not isinstance(value, dict):
        raise ProtocolError("The server's answer cannot be read.", "no object")
    return value


def str_of(value: object, name: str) -> str:
    """A member that is a text.

    Raises:
        ProtocolError: it is none.
    """
    found = dict_of(value).get(name)
    if not isinstance(found, str):
        raise ProtocolError("The server's answer cannot be read.", f"{name!r} is missing")
    return found


def _room(room: str) -> str:
    return f"{_CLIENT}/rooms/{segment(room)}"
