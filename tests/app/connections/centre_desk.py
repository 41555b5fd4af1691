"""A session with two mock contact centres on real sockets, each of which can be killed and started again."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import httpx

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.backends.mock.contact_center import MockContactCenter
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState
from mock_backends.contacts import customers_on_line
from mock_backends.play.fleet import Fleet
from tests.app.app_fakes import until
from tests.mocks.conftest import FAST
from tests.mocks.harness import CONTROL

SETTINGS = replace(FAST, clock_start=None)  # a server that is started again has a later clock
VOICE, WRITTEN = "contact_center:voice", "contact_center:written"
TOKENS = {who: f"a-token-for-{who}-to-sign-in" for who in ("maya", "jonas", "lucia", "sam", "grace")}


class Server:
    """One contact centre; as often as it is started, at the same address. Both number their contacts alike."""

    asked: ClassVar["Server"]

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self._fleet: Fleet | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._fleet = Fleet(["contact_center"], settings=SETTINGS, tokens=TOKENS, control=CONTROL)
        urls = await self._fleet.start({"contact_center": self._port})
        self._port = httpx.URL(urls["contact_center"]).port or 0

    async def kill(self) -> None:
        if self._fleet is not None:
            await self._fleet.stop()
        self._fleet = None

    async def step(self, do: str, **fields: Any) -> Any:
        """Make something happen, as the control plane does."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(
                f"{self.url}/_sim/step", json={"do": do, **fields}, headers={"Authorization": f"Bearer {CONTROL}"}
            )
        assert answer.is_success, answer.text
        return answer.json()

    async def call(self, **fields: Any) -> str:
        """A customer arrives; the contact's id there."""
        Server.asked = self
        fields = {"from": "+442079460018", "queue": "Billing", "stays": None, **fields}
        return str((await self.step("call", **fields))["interaction_id"])


class TwoCentres:
    """Both servers, and the session of somebody who is signed in at both."""

    def __init__(self, path: Path, who: Mapping[str, str]) -> None:
        """`who` is signed in, by source: not everybody is called the same at both."""
        self.servers = {VOICE: Server(), WRITTEN: Server()}
        self._path = path
        self._who = who
        self.session: Session

    @property
    def voice(self) -> Server:
        return self.servers[VOICE]

    @property
    def written(self) -> Server:
        return self.servers[WRITTEN]

    @property
    def state(self) -> AppState:
        return self.session.store.drain()

    async def sign_in(self) -> None:
        """Begin a session with the profile's file as the last one left it."""
        both = {
            source: MockContactCenter.create({"url": server.url, "token": TOKENS[self._who[source]]})
            for source, server in self.servers.items()
        }

        async def open_local() -> LocalStore:
            return await LocalStore.open(self._path)

        self.session = Session(
            "p", Backends(both, targets={one: one for one in both}), open_local
        )  # as wiring names them
        await self.session.start()

    async def live(self, *sources: str) -> None:
        await until(lambda: all(self.health(source) is Health.LIVE for source in sources or self.servers), 20)

    def health(self, source: str) -> Health | None:
        known = self.state.health.get(source)
        return known.health if known is not None else None

    async def close(self) -> None:
        await self.session.close()
        for server in self.servers.values():
            await server.kill()


@asynccontextmanager
async def two_centres(path: Path, voice: str = "maya", written: str = "jonas") -> AsyncIterator[TwoCentres]:
    desk = TwoCentres(path, {VOICE: voice, WRITTEN: written})
    for server in desk.servers.values():
        await server.start()
    await desk.sign_in()
    try:
        await desk.live()
        with patch.object(customers_on_line, "new_id", lambda prefix: f"{prefix}-{next(Server.asked.numbers)}"):
            yield desk
    finally:
        await desk.close()
