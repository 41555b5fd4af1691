"""An agent's day goes on between two tellings of it, as they have stood since."""

from dataclasses import replace

import pytest

from desktop.domain.entities.floor import AgentDay, AgentWork
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Channel, Phase, Role
from desktop.domain.figures.agent_day import day_until

DAY = AgentDay(0.0, 3, 1, 0, signed_in=900.0, idle=400.0, engaged=450.0, load=200.0, until=1_000.0)
FREE = Agent(
    "a", 1, "A", Role.AGENT, "T", Availability.AVAILABLE, 600.0, capacity={"voice": 1, "chat": 3}, today=DAY
)  # fmt: skip
CHAT = AgentWork("i1", Channel.CHAT, Phase.ACTIVE, "Q", 700.0)
GONE = replace(FREE, observed=Availability.OFFLINE)


def grown(agent: Agent, now: float = 1_060.0) -> tuple[float, ...]:
    """By how much signed in, idle, engaged and load have grown."""
    day = day_until(agent, now)
    assert day is not None and (day.handled, day.missed) == (3, 1)
    parts = ("signed_in", "idle", "engaged", "load")
    return tuple(round(getattr(day, name) - getattr(DAY, name), 6) for name in parts)


@pytest.mark.parametrize(
    ("agent", "seconds"),
    [
        (FREE, (60, 60, 0, 0)),
        (replace(FREE, observed=Availability.NOT_READY), (60, 0, 0, 0)),
        (GONE, (0, 0, 0, 0)),
        (replace(FREE, work=(CHAT,)), (60, 0, 60, 20)),
        (replace(FREE, work=(CHAT, replace(CHAT, interaction_id="i2"))), (60, 0, 60, 40)),
        (replace(FREE, work=(CHAT, replace(CHAT, channel=Channel.VOICE))), (60, 0, 60, 60)),
        (replace(FREE, work=(replace(CHAT, phase=Phase.WRAP_UP),)), (60, 0, 60, 20)),
        (replace(FREE, work=(replace(CHAT, phase=Phase.OFFERED),)), (60, 0, 0, 0)),
    ],
    ids=["free", "not ready", "offline", "one chat", "two chats", "chat and call", "wrap-up", "ringing"],
)
def test_time_goes_on_as_they_stand(agent: Agent, seconds: tuple[float, ...]) -> None:
    assert grown(agent) == seconds


def test_sums_that_are_older_than_the_present_state_stay_as_they_are_and_keep_their_age() -> None:
    for agent in (replace(FREE, since=1_020.0), replace(FREE, work=(replace(CHAT, since=1_020.0),))):
        assert day_until(agent, 1_060.0) == DAY
    assert day_until(replace(FREE, today=replace(DAY, until=None)), 1_060.0) == replace(DAY, until=None)
    assert day_until(replace(FREE, today=None), 1_060.0) is None
    assert day_until(FREE, 990.0) == DAY, "a clock behind takes nothing away"
