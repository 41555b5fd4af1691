"""Every figure of a day is what the raw log of that day says, across midnight and changes of the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.mocks.acd.day_check import check, midnights
from tests.mocks.acd.raw_day import Size


def day(zone: str, begins: tuple[int, ...], hours: float, seed: int, *, full: bool) -> Size:
    start = datetime(*begins, tzinfo=ZoneInfo(zone)).timestamp() + 137.25  # type: ignore[misc]
    many = 20_000 if full else 900
    return Size(zone, start, hours, 12 if full else 4, 150 if full else 12, many, seed)


@pytest.mark.parametrize(
    ("zone", "begins", "hours", "days"),
    [
        ("Europe/London", (2026, 10, 24, 21), 30.0, 2),  # the night and the day of 25 hours
        ("Europe/London", (2026, 3, 28, 20), 29.0, 2),  # of 23 hours
        ("America/Havana", (2026, 10, 31, 20), 32.0, 2),  # clocks go back from one to midnight
        ("America/Santiago", (2026, 9, 5, 20), 30.0, 2),  # there is no midnight: the day begins at one
        ("Australia/Lord_Howe", (2026, 4, 4, 20), 30.0, 2),  # by half an hour
        ("Asia/Kathmandu", (2026, 6, 1, 20), 6.0, 1),  # three quarters of an hour beside the others
    ],
)
def test_every_figure_is_what_the_log_says(
    zone: str, begins: tuple[int, ...], hours: float, days: int, full: bool
) -> None:
    for seed in range(3 if full else 1):
        size = day(zone, begins, hours, seed, full=full)
        assert len(midnights(size)) == days
        verdict = check(size)
        assert not verdict.different, verdict.different[:20]
        assert verdict.figures > 5_000 and verdict.moments == 12 + 3 * days


def test_the_figure_itself_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A centre that resets an hour late, or counts what only rings as idle, is found out."""
    size = day("Europe/London", (2026, 10, 24, 21), 8.0, 1, full=False)
    with monkeypatch.context() as patched:
        patched.setattr("mock_backends.acd.midnights.Midnights.after", lambda _, now: (now // 86_400 + 1) * 86_400)
        assert check(size).different
    with monkeypatch.context() as patched:
        patched.setattr("mock_backends.acd.lines.Agent.take", _take_without_telling)
        assert check(size).different


def _take_without_telling(agent: object, channel: str, now: float) -> None:
    agent.load += 1  # type: ignore[attr-defined]
    agent.used[channel] = agent.used.get(channel, 0) + 1  # type: ignore[attr-defined]
    agent.stamp += 1  # type: ignore[attr-defined]
