"""Every figure of the floor says how old it is: one that stands still never looks fresh, one of others never stays."""

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from desktop.app.history.query_cache import Answer
from desktop.app.supervision.questions import Looked
from desktop.domain.entities.floor import ActivityKind, StateStretch
from desktop.domain.entities.history import Interval
from desktop.domain.figures.adherence import FITS
from desktop.domain.figures.queue_totals import all_together
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.widgets.safe_text import plain
from desktop.tui.words import wording
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import QUEUES, counts, floor
from tests.tui.supervisor.test_floor import SIZE, screen_of, sees, until

HALF_HOUR = 1_800.0


async def test_figures_that_nobody_tells_anew_are_old_however_well_the_line_is() -> None:
    frozen = replace(QUEUES["Billing"], as_of=NOW - 200)
    app, _ = floor_desk(replace(floor(), queues={**QUEUES, "Billing": frozen}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        table = screen_of(app).query_one(QueuePanel)
        rows = {row.key: row for row in table.rows}
        assert rows["Billing"].style == "$muted"
        assert plain(rows["Billing"].cells[3]) == "00:00", "a wait that may be over is not counted on"
        assert rows["Sales"].style == ""
        assert "oldest figure 3m" in str(table.border_title), "the title is no younger than a row below it"
        await sees(pilot, "Billing · updated 3m ago", "◐ oldest figure 3m")


async def test_a_queue_whose_figures_are_old_says_so_without_colour_and_is_not_judged() -> None:
    frozen = replace(QUEUES["Billing"], as_of=NOW - 200)
    app, _ = floor_desk(replace(floor(), alerts={}, queues={**QUEUES, "Billing": frozen}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        rows = {row.key: [plain(cell) for cell in row.cells] for row in screen_of(app).query_one(QueuePanel).rows}
        assert rows["Billing"][0] == "◐" and "62%" in rows["Billing"], "no sign of a threshold before it"
        assert rows["Sales"][0].strip() == ""


async def test_the_line_of_totals_is_of_the_queues_in_sight_at_once() -> None:
    """Another filter with as many queues behind it, within the same second and with nothing new from the server."""
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"sales"])
        await sees(pilot, "1 queue   ", "1 of 5")
        assert " 210 " in total_line(screen_of(app))
        screen_of(app).query_one("#floor-filter", Input).value = "support"
        await until(pilot, lambda: " 611 " in total_line(screen_of(app)))


def total_line(screen: Any) -> str:
    """What stands below the queues."""
    lines = [strip.text for strip in screen._compositor.render_strips()]
    return next((line.split("│")[1] for line in lines if "│    1 queue " in line), "")


def test_no_longest_wait_is_told_of_all_where_one_is_unknown() -> None:
    known, unknown = QUEUES["Billing"], replace(QUEUES["Support"], longest_since=None)
    for other, longest in ((QUEUES["Sales"], known.longest_since), (unknown, None)):
        together = all_together([known, other])
        assert together is not None and together.longest_since == longest
    together = all_together([known, replace(unknown, waiting=None)])
    assert together is not None and (together.waiting, together.longest_since) == (None, None)


async def test_an_agents_day_says_from_when_on_anything_is_known_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre may have begun to look at noon; time before that is neither kept nor not kept."""
    app, session = floor_desk(floor())
    begun = NOW - 1_800.0

    async def day_of(_: str) -> Looked[Any]:
        return Looked((StateStretch(begun, NOW, "available"),))

    monkeypatch.setattr(session.supervisor, "day_of", day_of)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "down", "down", "4"])
        await sees(pilot, "no data for", f"from {wording.clock(begun)[:5]}")


async def test_half_hours_without_anything_keep_their_place_in_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre leaves out half hours without anything; what it does not count at all is not told as nothing."""
    first = NOW // HALF_HOUR * HALF_HOUR - 5 * HALF_HOUR
    some = replace(counts(12, 9, 10, 2, 9.0, 240.0), abandoned=None)
    app, session = floor_desk(floor())

    async def intervals(query: Any) -> Any:
        held = [replace(some, since=first + HALF_HOUR * n, until=first + HALF_HOUR * (n + 1)) for n in (0, 4)]
        return Answer([Interval("Billing", one) for one in held], NOW - 25)

    monkeypatch.setattr(session.supervisor, "intervals", intervals)
    async with app.run_test(size=SIZE) as pilot:
        text = await sees(pilot, "by half hour · updated 25s ago")  # one that was kept keeps its age
        foot = next(line for line in text.splitlines() if "offered │" in line)
        bars = foot.partition("offered │")[2].partition("│")[0]
        assert re.fullmatch(r"█+ {9,}█+ +", bars), "half hours without contacts keep their place"


@pytest.mark.parametrize(("fits", "word"), [({}, "no"), ({ActivityKind.WORK: frozenset({"not_ready"})}, "yes")])
async def test_a_file_judges_schedules_as_the_screen_does(tmp_path: Path, fits: dict[Any, Any], word: str) -> None:
    app, session = floor_desk(floor())
    session.supervisor.alerts.fits = {**FITS, **fits}
    path = tmp_path / "agents.csv"
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "E"])
        screen_of(app).query_one("#act-answer", Input).value = str(path)
        await settle(pilot, ["enter"])
        await until(pilot, path.exists)
    rows = {row["agent_id"]: row["adherent"] for row in csv.DictReader(path.read_text().splitlines())}
    assert rows["a7"] == word, "planned to work, and at lunch"
