"""An availability chosen before there is a session is seen at once, and asked for as soon as there is one."""

import asyncio
from typing import Any

from desktop.domain.entities.words import Availability
from desktop.tui.agent.panes.header import Header
from desktop.tui.app import DesktopApp
from tests.tui.desk import RecordedSession, settle
from tests.tui.states import IDLE, NOW


async def test_what_was_chosen_before_there_is_a_session_is_asked_for_once() -> None:
    session, ready = RecordedSession(IDLE), asyncio.Event()

    async def build() -> Any:
        await ready.wait()
        return session

    app = DesktopApp(build, clock=lambda: NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["s", "1"])
        assert "signing in …  → next: available" in app.screen.query_one(Header).render().plain
        assert not session.calls
        ready.set()
        await settle(pilot)
        asked = [call for call in session.calls if call[0] == "commands.set_availability"]
        assert [call[1] for call in asked] == [Availability.AVAILABLE]
