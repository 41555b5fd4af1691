"""The desktop in a simulated world: whatever happens, what the agent entered is delivered once or visibly waits.

`python -m tests.simulation --steps 1000000` is the full size; here is a part of it.
"""

import pytest

from tests.simulation.schedule import at_random, exhaustively, play, random_campaign, shrink
from tests.simulation.world import Setting


def test_nothing_is_lost_at_random(full: bool) -> None:
    found = random_campaign(1, 100_000 if full else 6_000)
    assert not found.failures, str(shrink(found.failures[0]))


def test_nothing_is_lost_in_short_schedules(full: bool) -> None:
    for events in exhaustively(4 if full else 2):
        failure = play(Setting(), 0, events)
        assert failure is None, str(failure)


@pytest.mark.parametrize("seed", [3, 17])
def test_a_schedule_runs_the_same_way_again(seed: int) -> None:
    setting, events = at_random(seed, 80)
    assert play(setting, seed, events) == play(setting, seed, events)
