"""A started session over real files, with a contact centre and a CRM in memory, for notes and wrap-ups."""

from pathlib import Path
from typing import Any

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.words import Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.select import unsettled_pop
from desktop.domain.state.events import Envelope
from desktop.domain.state.own_events import DraftSaved
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, interaction, until


class Desk:
    """A started session over real files, with a contact centre and a CRM in memory."""

    def __init__(self, path: Path, server: FakeContactCenter | None = None, crm: FakeCrm | None = None) -> None:
        self.path = path
        self.time = VirtualTime()
        self.server = server or FakeContactCenter(self.time.timing)
        self.server.timing = self.time.timing
        self.crm = crm or FakeCrm()
        self.session = Session("p", Backends(self.server, self.crm), self._open, timing=self.time.timing)
        self.saves: list[tuple[float, DraftView]] = []
        self.session.store.taps.append(self._tap)

    async def _open(self) -> LocalStore:
        return await LocalStore.open(self.path, clock=self.time.timing.clock)

    def _tap(self, envelope: Envelope) -> None:
        if isinstance(envelope.event, DraftSaved) and envelope.event.draft.saved_at is not None:
            self.saves.append((self.time.now, envelope.event.draft))

    @property
    def state(self) -> Any:
        return self.session.store.drain()

    async def start(self) -> "Desk":
        await self.session.start()
        await until(lambda: self.state.me)
        return self


async def make(desks: list[Desk], tmp_path: Path, **changes: Any) -> Desk:
    desk = Desk(tmp_path / "p.db")
    desks.append(desk)
    desk.server.happen(interaction(1, **{"phase": Phase.WRAP_UP, **changes}))
    await desk.start()
    await desk.time.run_until(lambda: not unsettled_pop(desk.state, "i1"), disk=True)  # asked again, it is asked anew
    return desk


async def again(desks: list[Desk], old: Desk) -> Desk:
    """The next run of the desktop on the same file, against the same servers."""
    await old.session.close()
    desks.remove(old)
    desk = Desk(old.path, old.server, old.crm)
    desks.append(desk)
    return await desk.start()
