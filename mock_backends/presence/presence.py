"""The presence server: its routes."""

from typing import Annotated

from fastapi import Path, Query

from mock_backends.http.problem import invalid
from mock_backends.http.service import Caller, Service
from mock_backends.http.site import Site
from mock_backends.presence.directory import Directory
from mock_backends.wire.presence import (
    ChatAnswer,
    People,
    PresenceAnswer,
    PresenceSnapshot,
    SendChat,
    SetPresence,
)

Text = Annotated[str, Query(max_length=200)]
PersonId = Annotated[str, Path(max_length=100)]


class PresenceService(Service):
    """Who works here and whether they are free."""

    name = "presence"
    title = "Mock company directory"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.directory = Directory(site, self.log)
        self.add_events()
        self._add_routes()

    def start(self) -> None:
        """Let people move."""
        if self.site.settings.autonomous:
            self.directory.start()

    def reset(self) -> None:
        """Everybody where they were at the start."""
        super().reset()
        self.directory = Directory(self.site, self.log)

    def _add_routes(self) -> None:
        app = self.app

        @app.get("/v1/people", operation_id="people", summary="Find people")
        async def people(caller: Caller, text: Text = "", skill: Text = "") -> People:
            return People(people=self.directory.find(text, skill))

        @app.get("/v1/snapshot", operation_id="snapshot", summary="Everybody and where they are")
        async def snapshot(caller: Caller) -> PresenceSnapshot:
            return PresenceSnapshot(
                as_of=self.log.as_of(caller.id),
                server_time=self.site.clock.now(),
                people=list(self.directory.people.values()),
                presence=list(self.directory.presence.values()),
                chats=self.directory.chats.get(caller.id, []),
            )

        @app.put("/v1/me/presence", operation_id="set_own", summary="The agent's own presence")
        async def set_own(caller: Caller, body: SetPresence) -> PresenceAnswer:
            if body.state == "unknown":
                raise invalid("Nobody can choose to be unknown.")
            presence = self.directory.set(caller.id, body.state, activity=body.activity, in_call=None, in_meeting=None)
            return PresenceAnswer(presence=presence)

        @app.post("/v1/chats/{person_id}", operation_id="chat", summary="Write to a person")
        async def chat(caller: Caller, person_id: PersonId, body: SendChat) -> ChatAnswer:
            return ChatAnswer(line=self.directory.say(caller.id, person_id, body.text, mine=True))
