"""The desktop in a simulated world: whatever happens, what the agent entered is delivered once or visibly waits.

Each run is a process of its own: the simulation has its own clocks, disk and loop, which nothing else must meet.
`python -m tests.simulation --steps 1000000` is the full size; here is a part of it.
"""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.thorough


def run(*arguments: str) -> str:
    """What the simulation prints; fails with it when something does not hold."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--jobs", "1", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_once_went_wrong_does_not_go_wrong_again() -> None:
    assert run("--breaks").strip().splitlines()[-1].startswith("0 of ")


def test_nothing_is_lost_at_random(full: bool) -> None:
    run("--steps", "100000" if full else "5000")


def test_nothing_is_lost_in_short_schedules(full: bool) -> None:
    run("--depth", "4" if full else "2")


@pytest.mark.parametrize("seed", ["3", "17"])
def test_a_schedule_runs_the_same_way_again(seed: str) -> None:
    assert run("--replay", seed) == run("--replay", seed)
