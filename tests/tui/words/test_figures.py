"""How figures are written: shorter where they do not fit, never cut off, never rounded up onto a target."""

import re
from dataclasses import replace

import pytest

from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.model import QueueStats
from desktop.domain.entities.words import Availability
from desktop.report import words
from desktop.tui.words.figures import estimate, exact_share, share, short_duration, short_number
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import AGENTS, QUEUES, SAM, floor
from tests.tui.supervisor.test_floor import sees

HOURS = 12 * 3600 + 34 * 60 + 56.0
HUGE = Counts(
    NOW - 80_000, NOW, 20.0, 5.0, 1_234_567, 1_100_000, 900_000, 120_000, 50_000, 20_000, 0, 0, 0, 0, 9, 9, 1_000_000,
    1_000_000, wait_seconds=1_100_000 * 4_000.0, abandon_seconds=9e8, talk_seconds=1_000_000 * 40_000.0,
    hold_seconds=0.0, wrap_up_seconds=0.0, longest_wait=HOURS, staff=StaffTime(9e9, 0.0, 8e9, 8e9),
)  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "width", "text"),
    [
        (59.9, 5, "00:59"),
        (3_599.9, 5, "59:59"),
        (3_729.0, 7, "1:02:09"),
        (3_729.0, 5, "1h02m"),
        (HOURS, 7, "12h34m"),
        (HOURS, 5, "12h"),
        (400 * 3600.0, 7, "400h00m"),
        (9_000 * 3600.0, 5, "9000h"),
        (90_000 * 3600.0, 5, "3750d"),
        (None, 5, "—"),
    ],
)
def test_a_duration_that_does_not_fit_is_said_shorter(seconds: float | None, width: int, text: str) -> None:
    assert short_duration(seconds, width) == text


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [(99_999, 6, "99,999"), (99_999, 5, "99999"), (100_000, 6, "100000"), (123_999, 5, "123k"), (9_999_999, 4, "9M")],
)
def test_a_number_that_does_not_fit_is_said_shorter_and_never_rounded_up(value: int, width: int, text: str) -> None:
    assert short_number(value, width) == text


async def test_no_figure_of_a_table_is_ever_cut_off() -> None:
    """`12:3…` for twelve hours would be read as twelve minutes."""
    great = replace(
        QUEUES["Billing"], waiting=12_345, longest_since=NOW - HOURS, counts=HUGE, agents_available=120,
        agents_busy=3_000, agents_signed_in=5_000, estimated_wait=HOURS, estimated_low=HOURS / 2,
        estimated_high=HOURS * 2,
    )  # fmt: skip
    gone = replace(AGENTS["a1"], observed=Availability.OFFLINE, since=NOW - 80 * 3600, work=(), in_use={})
    queues, agents = {"A": replace(great, name="A"), "B": replace(great, name="B")}, {"a1": gone, "sam": SAM}
    app, _ = floor_desk(replace(floor(), queues=queues, agents=agents, alerts={}, help={}))
    async with app.run_test(size=(250, 50)) as pilot:
        shown = await sees(
            pilot, "✕ 12h  ", "12h 6–26h", "120/3000/5000", "1234567", "1100000", "120,000", "1h06m", "80h00m"
        )
        assert "…" not in shown


@pytest.mark.parametrize("low, wait, high", [(36.0, 50.0, 121.0), (0.2, 8.0, 19.6), (3_000.0, 3_700.0, 40_000.0)])
def test_an_estimated_wait_lies_in_its_interval_as_shown(low: float, wait: float, high: float) -> None:
    text = estimate(QueueStats("Q", 1, NOW, estimated_wait=wait, estimated_low=low, estimated_high=high))
    found = re.search(r"(\d+)–(\d+)([smh])$", text)
    assert found is not None and len(text) <= 12
    size = {"s": 1, "m": 60, "h": 3600}[found[3]]
    assert int(found[1]) * size <= low and high <= int(found[2]) * size


@pytest.mark.parametrize(
    ("value", "cell", "exact", "page"),
    [
        (0.79996, "79%", "79.99 %", "79.9\u00a0%"),
        (0.8, "80%", "80.00 %", "80.0\u00a0%"),
        (5 / 7, "71%", "71.43 %", "71.4\u00a0%"),
        (0.29, "29%", "29.00 %", "29.0\u00a0%"),
        (0.999999, "99%", "99.99 %", "99.9\u00a0%"),
        (1.0, "100%", "100.00 %", "100.0\u00a0%"),
        (None, "—", "—", "—"),
    ],
)
def test_a_share_just_short_of_a_target_reads_so_everywhere(
    value: float | None, cell: str, exact: str, page: str
) -> None:
    assert (share(value), exact_share(value), words.share(value)) == (cell, exact, page)


@pytest.mark.parametrize(("seconds", "text"), [(59.6, "0:59"), (3_599.9, "59:59"), (3_600.0, "1:00 h")])
def test_a_page_cuts_seconds_as_the_screen_does(seconds: float, text: str) -> None:
    assert words.span(seconds) == text
