"""The routes of recordings: asked for by a supervisor, written down, and heard with a link that is good for a while."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path
from starlette.responses import Response

from mock_backends.archive.archive import Archive
from mock_backends.archive.recordings import recorded
from mock_backends.archive.rows import Scope
from mock_backends.contact_center.centre import Centre
from mock_backends.http.gate import BY_LINK
from mock_backends.http.problem import not_found
from mock_backends.http.service import Caller
from mock_backends.wire.history import RecordingLink

GOOD_SECONDS: Final = 300.0
MOST_LINKS: Final = 1_000
Id = Annotated[str, Path(max_length=100)]


@dataclass(frozen=True, slots=True)
class _Link:
    interaction_id: str
    recording_id: str
    seconds: float
    expires_at: float


def add_recordings(app: FastAPI, centre: Callable[[], Centre], archive: Archive, now: Callable[[], float]) -> None:
    """Add the routes; `centre` is asked anew on each call, because a reset makes another."""
    links: dict[str, _Link] = {}

    @app.post(
        "/v1/history/interactions/{interaction_id}/recordings/{recording_id}/open",
        operation_id="open_recording",
        summary="Where a recording can be heard; that it was asked for is written down",
    )
    async def open_recording(caller: Caller, interaction_id: Id, recording_id: Id) -> RecordingLink:
        supervision = centre().supervision
        with supervision.authorisation.act(caller, "open_recording", interaction_id) as act:
            team = [agent.id for agent in centre().board.agents.values() if agent.team == caller.team]
            scope = Scope(tuple(centre().board.queues_of(caller)), tuple(team))
            found: dict[str, Any] | None = await archive.interaction(scope, interaction_id)
            one = next((each for each in found["recordings"] if each["id"] == recording_id), None) if found else None
            if found is None or one is None:
                raise not_found("There is no such recording of your team.")
            row = found["interaction"]
            act.team, act.queue = caller.team, row["queue"]
            act.entry.subject_name = row["customer_name"] or row["customer"] or "number withheld"
            act.entry.detail = f"recording {recording_id} of {row['agent_name']}, {one['seconds']:g} s"
        for path in [path for path, link in links.items() if link.expires_at <= now()] or list(links)[:-MOST_LINKS]:
            del links[path]
        path = f"{BY_LINK}{secrets.token_urlsafe(32)}"
        link = links[path] = _Link(interaction_id, recording_id, one["seconds"], now() + GOOD_SECONDS)
        return RecordingLink(path=path, expires_at=link.expires_at)

    @app.get(
        BY_LINK + "{link}",
        operation_id="recording",
        summary="A recording as WAV, for whoever has the link",
        response_class=Response,
        responses={200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def recording(link: Annotated[str, Path(max_length=100)]) -> Response:
        known = links.get(f"{BY_LINK}{link}")
        if known is None or known.expires_at <= now():
            raise not_found("There is no such recording, or the link is too old.")
        content = recorded(known.interaction_id, known.recording_id, known.seconds)
        return Response(content, media_type="audio/wav", headers={"Content-Disposition": "inline"})
