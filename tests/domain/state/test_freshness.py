"""A pushed figure is as old as the last sign of life of its stream; a polled one as its observation."""

from dataclasses import replace

import pytest

from desktop.domain.entities.words import Health
from desktop.domain.state.freshness import known_at
from desktop.domain.state.state import AppState, Position, SourceHealth

LIVE = AppState(
    health={"presence": SourceHealth(Health.LIVE, 0.0, last_heard=100.0)}, positions={"presence": Position("e", 7)}
)


def test_a_live_numbered_stream_vouches_for_what_it_told() -> None:
    assert known_at(LIVE, "presence", 20.0) == 100.0


def test_an_observation_newer_than_the_last_sign_of_life_counts() -> None:
    assert known_at(LIVE, "presence", 101.0) == 101.0


@pytest.mark.parametrize(
    "state",
    [
        replace(LIVE, positions={}),
        replace(LIVE, health={}),
        replace(LIVE, positions={"presence": Position("e", 7, healing=True)}),
        replace(LIVE, health={"presence": SourceHealth(Health.DOWN, 50.0, last_heard=40.0)}),
    ],
    ids=["polled", "never heard", "healing", "down"],
)
def test_nothing_vouches_otherwise(state: AppState) -> None:
    assert known_at(state, "presence", 20.0) == 20.0
