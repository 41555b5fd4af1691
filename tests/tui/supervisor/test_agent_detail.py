"""The details of an agent: what they do now, said once."""

from dataclasses import replace

import pytest

from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability
from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.agent_detail import agent_lines
from tests.tui.states import NOW
from tests.tui.supervisor.floor_states import AGENTS, floor

MAYA, OMAR, SARA, INES = AGENTS["a1"], AGENTS["a7"], AGENTS["a6"], AGENTS["a8"]


def said(agent: Agent, width: int = 56) -> list[str]:
    """The lines about an agent."""
    view = FloorView(floor(), None, NOW)
    return [line.plain for line in agent_lines(agent, view, width)]


@pytest.mark.parametrize(
    ("agent", "state"),
    [
        (MAYA, "● talking 03:41"),
        (SARA, "● available 00:44"),
        (OMAR, "◐ Lunch 31:40"),
        (INES, "○ offline 8:20:00"),
        (replace(MAYA, observed=Availability.NOT_READY, reason="lunch"), "◐ talking 03:41 · Lunch 05:00"),
    ],
)
def test_the_state_is_said_once(agent: Agent, state: str) -> None:
    assert said(agent)[0].rstrip() == state


def test_no_figure_is_parted_from_its_name() -> None:
    for width in range(30, 120, 7):
        lines = [one for one in said(MAYA, width) if "signed in" in one]
        assert [one for one in lines if "signed in 5:50:00" in one]
        assert all(len(one) <= width for one in lines)
