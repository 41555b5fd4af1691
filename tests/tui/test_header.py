"""The first line says what one's state is and which system is ill, whatever else there is to say."""

from dataclasses import replace

import pytest

from desktop.domain.state import SourceHealth
from desktop.domain.words import Health
from desktop.tui.panes.header import Header
from tests.tui.desk import desk, settle
from tests.tui.states import FACES, MAYA, NOW


@pytest.mark.parametrize(
    "name", ["Maya Okafor " + "x" * 200, "界" * 200, "Maya\x1b[31m" * 40], ids=["long", "wide", "hostile"]
)
async def test_a_long_name_pushes_nothing_out(name: str) -> None:
    quiet = next(iter(FACES.values()))()
    ill = {**quiet.health, "crm": SourceHealth(Health.DOWN, NOW - 60, "It does not answer.", NOW - 60)}
    app, _ = desk(replace(quiet, agents={**quiet.agents, MAYA.id: replace(MAYA, name=name)}, health=ill))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = app.screen.query_one(Header).render().plain
        assert "Available" in text and "down" in text and "\x1b" not in text
