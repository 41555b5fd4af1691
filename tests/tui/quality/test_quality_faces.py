"""The pages of quality at three sizes, compared with the kept pictures."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from desktop.domain.entities.floor import CoachingNews
from desktop.tui.app import DesktopApp
from desktop.tui.quality.quality_page import QualityPage
from tests.tui.desk import settle, steady_cursors
from tests.tui.quality.quality_desk import (
    FAIR,
    GOOD,
    LOST,
    NAMES,
    SAM,
    QualityServer,
    both_in,
    calibration,
    judged,
    note,
    past,
    quality_desk,
    state,
)
from tests.tui.states import NOW

SIZES = [(80, 24), (120, 36), (200, 50)]
NOTES = [
    note(1, "Well done with the refund.\nThe greeting can be shorter."),
    note(2, "See the second question.", evaluation="e-2", released_at=None),
    note(3, "Thank you for covering.", read_at=NOW - 300, acknowledged_at=NOW - 200, answer="My pleasure."),
]
JUDGED = [
    judged(1, GOOD, released_at=NOW - 500, read_at=NOW - 100),
    judged(2, FAIR),
    judged(3, LOST, released_at=NOW - 100),
]
REVIEWS = {
    "sample": [],
    "card": ["enter", "1", "2", "c", "t", "o", "o", " ", "l", "a", "t", "e", "escape", "down", "4"],
    "comment": ["enter", "1", "2", "c", "w", "h", "y"],
    "judged": ["2", "down", "enter"],
    "calibration": ["3", "down", "enter"],
    "reviewers": ["k"],
    "notes": ["4", "down", "down", "enter"],
}
FEEDBACK = {"feedback": ["enter"], "feedback_evaluation": ["down", "enter"], "feedback_answer": ["a", "t", "h", "x"]}


async def _still(pilot: Pilot[Any], review: bool, keys: list[str]) -> None:
    app: Any = pilot.app
    await settle(pilot)
    app.quality.toggle(app.session, app.desk_screen, review=review)
    await settle(pilot)
    async with asyncio.timeout(10):
        while not app.quality.is_open or app.screen.query_one(QualityPage).asking:
            await pilot.pause(0.02)
    await settle(pilot, keys)
    desk = app.session.supervisor.quality
    await desk.words.flush()
    async with asyncio.timeout(10):
        while any("BackendCalls" in str(one.render()) for one in app.screen.query("#quality-text")) or any(
            "saving" in str(one.border_title) for one in app.screen.query("#card.open, #quality-words.open")
        ):
            await pilot.pause(0.02)
    await settle(pilot)
    app.screen.query_one(QualityPage).redraw()  # as it does every second, with everything in its place
    await settle(pilot)
    steady_cursors(pilot)
    await settle(pilot)


def _app(name: str) -> DesktopApp:
    if name in FEEDBACK:
        shown = [one for one in JUDGED if one.released_at is not None]
        server = QualityServer(judged=shown, notes=[one for one in NOTES if one.released_at is not None])
        return quality_desk(server, state(news=CoachingNews(0)))[0]
    server = QualityServer(
        judged=[] if name in ("sample", "card", "comment", "reviewers") else JUDGED,
        notes=NOTES,
        calibrated=[calibration(1, submitted=("ines",)), both_in(2), both_in(3, GOOD, GOOD)],
    )
    news = CoachingNews(answers=1, answered_by="Maya Okafor", answered_at=NOW - 200) if name == "notes" else None
    return quality_desk(server, state(SAM, news))[0]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", [*REVIEWS, *FEEDBACK])
def test_face(name: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    keys = (REVIEWS | FEEDBACK)[name]
    assert snap_compare(_app(name), terminal_size=size, run_before=lambda pilot: _still(pilot, name in REVIEWS, keys))


@pytest.mark.parametrize(
    ("tab", "parts"),
    [
        ("1", ("Maya Okafor", "General enquiries", "Mon 15:50", "○ to review")),
        ("2", ("Maya Okafor", "Call · Sam Rivera", "12:23", "0.0 % ✕ critical")),
        ("3", ("Maya Okafor", "12:06", "● yours missing")),
        ("4", ("Maya Okafor", "12:40", "○ not released")),
    ],
)
async def test_beside_the_details_a_list_has_its_names_whole(tab: str, parts: tuple[str, ...]) -> None:
    server = QualityServer(
        judged=JUDGED if tab == "2" else [],
        notes=NOTES,
        calibrated=[calibration(1, submitted=("ines",)), both_in(2)],
        past=[past(n, who, queue="General enquiries") for n, who in enumerate(NAMES)],
    )
    app = quality_desk(server, state(SAM))[0]
    async with app.run_test(size=(120, 36)) as pilot:
        await _still(pilot, True, [tab])
        page = app.screen.query_one(QualityPage)
        async with asyncio.timeout(10):
            while page.asking or not page.table.rows:
                await pilot.pause(0.02)
        lines = [strip.text for strip in app.screen._compositor.render_strips()]
        listed = "\n".join(line[: page.table.region.right] for line in lines)
        for part in parts:
            assert part in listed, listed
