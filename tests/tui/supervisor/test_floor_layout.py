"""Where the panes of the floor stand: nothing jumps, alerts are in sight, and the queues have the lines they need."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.alert import About
from desktop.domain.state.floor_events import FloorChanged
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.alert_panel import AlertPanel
from desktop.tui.supervisor.panels.detail_panel import DetailPanel
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.widgets.safe_text import plain
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import (
    CRITICAL,
    QUEUES,
    WARNING,
    alert,
    counts,
    floor,
    offered_on_floor,
    quiet,
)
from tests.tui.supervisor.test_floor import change, screen_of, screen_text, sees, until

_WHAT = 2
"""The column of the alerts in which they are said."""
EVERY_SIZE = [(200, 50), (152, 40), (140, 32), (120, 36), (100, 24), (80, 24)]


def places(app: Any) -> dict[str, Any]:
    """Where each pane is."""
    panes = (QueuePanel, AgentPanel, AlertPanel, DetailPanel)
    return {pane.__name__: screen_of(app).query_one(pane).region for pane in panes}


@pytest.mark.parametrize("size", EVERY_SIZE)
async def test_an_offer_moves_no_pane(size: tuple[int, int]) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        before = places(app)
        session.store.state = offered_on_floor()
        app.request_frame()
        text = await sees(pilot, "Incoming call", "F2", "16 s")
        assert places(app) == before
        assert "oldest figure" not in text.splitlines()[1]
        session.store.state = floor()
        app.request_frame()
        await sees(pilot, "13 waiting")
        assert places(app) == before


@pytest.mark.parametrize("size", [size for size in EVERY_SIZE if size[0] >= 100])
@pytest.mark.parametrize("tab", "1234")
async def test_alerts_stand_in_the_top_right_whatever_is_turned_to(size: tuple[int, int], tab: str) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, [tab])
        alerts, queues = places(app)["AlertPanel"], places(app)["QueuePanel"]
        assert alerts.right == size[0] and alerts.y == queues.y and alerts.height == queues.height
        assert alerts.x == queues.right and queues.x == 0
        await sees(pilot, "Maya Okafor needs help")


@pytest.mark.parametrize("size", EVERY_SIZE)
async def test_neighbours_share_a_border(size: tuple[int, int]) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        text = await sees(pilot, "Billing")
        assert "││" not in text and "╮╭" not in text and "╯╰" not in text


async def test_the_details_stay_while_one_walks_through_the_queues() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["4", "1", "down"])
        assert places(app)["DetailPanel"].height and not places(app)["AgentPanel"].height
        await sees(pilot, "Chat · updated")
        await settle(pilot, ["2"])
        assert places(app)["AgentPanel"].height and not places(app)["DetailPanel"].height


async def test_the_queues_are_as_high_as_there_are_queues_and_never_more_than_half() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        lines = places(app)["QueuePanel"].height
        assert lines == len(QUEUES) + 4, "headings, their sum and the border"
        await settle(pilot, ["slash", *"sales", "enter"])
        assert places(app)["QueuePanel"].height == lines, "a filter moves nothing"
        await settle(pilot, ["escape"])
        many = tuple(replace(QUEUES["Sales"], name=f"Q{n}") for n in range(40))
        await change(session, pilot, FloorChanged(queues=many))
        await until(pilot, lambda: places(app)["QueuePanel"].height > lines)
        panes = places(app)
        assert abs(panes["QueuePanel"].height - panes["AgentPanel"].height) <= 1


async def test_the_worst_queue_stands_first_and_the_title_says_by_what() -> None:
    state = replace(floor(), alerts={})
    app, _ = floor_desk(state)
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        table = screen_of(app).query_one(QueuePanel)
        names = [row.key for row in table.rows]
        assert names == ["Billing", "Retention", "Chat", "Support", "Sales"], "below target, then who waits longest"
        assert "worst first" in str(table.border_title)
        await settle(pilot, ["equals_sign"])
        await until(pilot, lambda: "worst last" in str(table.border_title))
        await settle(pilot, ["equals_sign", "full_stop", "full_stop", "full_stop"])
        await until(pilot, lambda: "by longest ▾" in str(table.border_title))


async def test_figures_beyond_a_threshold_are_marked_and_zeros_are_dim() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        table = screen_of(app).query_one(QueuePanel)
        ids = [column.id for column in table.floor_columns]
        rows = {row.key: dict(zip(ids, row.cells, strict=True)) for row in table.rows}
        billing, sales = rows["Billing"], rows["Sales"]
        assert billing["longest_wait"] == ("✕ 02:10", "bold $error")
        assert billing["abandoned"] == ("! 34", "bold $warning")
        assert billing["service_level"] == ("▼62%", "bold $error")
        assert sales["waiting"] == sales["longest_wait"] == ("·", "$muted")
        await until(pilot, lambda: "▇▇▆▄▄▃▂▂ ┄80%" in screen_text(app.screen))
        assert "4 of 5 counted" in screen_text(app.screen)
        assert plain(rows["Chat"]["service_level"]) == "—"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (
            (152, 40),
            "13 waiting · longest ✕ 02:10 · SL 80% (target 80%) ↘ worse · 1 free of 8 · ✕ 3 alerts · ? 1 needs help"
            " · oldest figure 1s",
        ),
        ((80, 24), "13 waiting · longest ✕ 02:10 · SL 80% ↘ worse · ✕ 3 alerts · ? 1 needs help"),
        ((60, 18), "13 waiting · SL 80% ↘ worse · ✕ 3 alerts · ? 1 needs help"),
    ],
)
async def test_one_line_says_how_the_floor_is(size: tuple[int, int], said: str) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        text = await sees(pilot, said)
        assert text.splitlines()[1].strip() == said


async def test_where_the_service_level_goes_is_newer_than_the_quarters_of_an_hour() -> None:
    app, session = floor_desk(floor())
    now = NOW
    app.door._clock = lambda: now
    async with app.run_test(size=(152, 40)) as pilot:
        await sees(pilot, "SL 80% (target 80%) ↘ worse")
        now = NOW + 2
        in_time = [
            replace(one, version=2, as_of=now, counts=counts(90, 85, 90, 0, 9.0, 200.0)) for one in QUEUES.values()
        ]
        await change(session, pilot, FloorChanged(queues=tuple(in_time)))
        await sees(pilot, "↗ better")


async def test_a_quiet_floor_says_so() -> None:
    app, _ = floor_desk(quiet())
    async with app.run_test(size=(152, 40)) as pilot:
        text = await sees(pilot, "no one waiting", "no alerts")
        assert "longest" not in text.splitlines()[1] and "help" not in text.splitlines()[1]


SIX = {
    one.key: one
    for one in (
        alert("low service level", "Billing", CRITICAL, "Billing: service level 62 %, below 80 % for 2 min", 190),
        alert("long wait", "Billing", CRITICAL, "Billing: longest wait 02:10, above 02:00 for 30 s", 75),
        alert("long wait", "Chat", WARNING, "Chat: longest wait 01:11, above 01:00 for 30 s", 75),
        alert("abandon rate", "Billing", WARNING, "Billing: abandon rate 8 %, above 7 % for 5 min", 305),
        alert("breach ahead", "Retention", WARNING, "Retention: service level below 80 %", 30, forecast=NOW + 540),
        alert("long hold", "a3", WARNING, "Ana Lindqvist: on hold for 20 min", 130, about=About.AGENT),
    )
}


@pytest.mark.parametrize("size", [(100, 30), (120, 36), (140, 40)])
async def test_of_many_alerts_the_most_urgent_are_whole_and_the_others_are_seen_or_counted(
    size: tuple[int, int],
) -> None:
    app, _ = floor_desk(replace(floor(), alerts=SIX))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        panel = screen_of(app).query_one(AlertPanel)
        await until(pilot, lambda: "more" in str(panel.border_subtitle))
        in_sight = [row for row in panel.rows if row.of is None][: panel.size.height]
        lines = [line[panel.region.x :] for line in screen_text(app.screen).splitlines()[: panel.region.bottom]]
        said = " ".join(" ".join(line.strip(" │") for line in lines[panel.region.y + 1 :]).split())
        assert "Maya Okafor needs help: wants to cancel, may I give 20 %?" in said
        assert "Billing: service level 62 %, below 80 % for 2 min" in said
        seen = sum(plain(row.cells[_WHAT])[:12] in said for row in in_sight)
        assert f"↓ {7 - seen} more" in str(panel.border_subtitle) and seen >= 4
        await settle(pilot, ["3", "end"])
        await until(pilot, lambda: "↑" in str(panel.border_subtitle) and "↓" not in str(panel.border_subtitle))
        last = [row for row in panel.rows if row.key == "breach ahead|Retention" or row.of == "breach ahead|Retention"]
        whole = " ".join(plain(row.cells[_WHAT]).strip() for row in last)
        assert "Retention: service level below 80 %" in whole, "what is selected is whole"


@pytest.mark.parametrize(
    ("size", "headings"),
    [
        (
            (200, 50),
            "queue waiting longest estimated wait offered answered abandoned SL last 2 h target ASA AHT"
            " free/busy/signed in",
        ),
        ((140, 40), "queue waiting longest offered answered abandoned SL last 2 h target"),
        ((120, 36), "queue waiting longest offered answered abandoned SL last 2 h"),
        ((100, 30), "queue waiting longest offered abandoned SL"),
        ((80, 24), "queue waiting longest offered answered abandoned SL last 2 h"),
    ],
)
async def test_columns_give_way_in_an_order_and_answered_stays_from_120_on(
    size: tuple[int, int], headings: str
) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        text = await sees(pilot, "4 of 5 counted")
        heading = next(line for line in text.splitlines() if "waiting longest" in line)
        assert " ".join(heading.split("│")[1].strip(" ▾").split()) == headings
        for name in QUEUES:
            assert f" {name} " in text


async def test_the_sum_of_the_queues_is_of_the_frame_of_its_rows() -> None:
    """Within the same half second, and with a clock that goes on between two frames."""
    app, session = floor_desk(floor())
    now = NOW
    app.door._clock = lambda: now
    async with app.run_test(size=(152, 40)) as pilot:
        await sees(pilot, "4 of 5 counted")
        app._second()
        await settle(pilot)
        now = NOW + 0.2
        await change(session, pilot, FloorChanged(queues=(replace(QUEUES["Billing"], version=2, waiting=9),)))
        total = await _counted_line(pilot)
        assert total[:2] == ["15", "02:10"], total
        now = NOW + 0.4
        await change(session, pilot, FloorChanged(queues=(replace(QUEUES["Support"], version=2, waiting=4),)))
        total = await _counted_line(pilot)
        assert total[:2] == ["18", "02:10"], total
        assert "18 waiting · longest ✕ 02:10" in screen_text(app.screen)


async def test_all_clocks_of_the_floor_go_on_together() -> None:
    """The sum's longest wait is that of the row that waits longest, in whichever part of a second either is drawn."""
    begun = replace(QUEUES["Billing"], longest_since=NOW - 130.5)
    app, session = floor_desk(replace(floor(), queues={**QUEUES, "Billing": begun}))
    now = NOW
    app.door._clock = lambda: now
    async with app.run_test(size=(152, 40)) as pilot:
        await sees(pilot, "4 of 5 counted")
        app._second()
        await settle(pilot)
        now = NOW + 0.7
        await change(session, pilot, FloorChanged(queues=(replace(QUEUES["Support"], version=2, waiting=4),)))
        assert (await _counted_line(pilot))[:2] == ["16", "02:10"]
        assert "✕ 02:10" in screen_text(app.screen).replace("longest ✕ 02:10", "")
        now = NOW + 1.1
        screen_of(app).second()  # the tables have their own second a moment later
        await change(session, pilot, FloorChanged(queues=(replace(QUEUES["Support"], version=3, waiting=5),)))
        assert (await _counted_line(pilot))[:2] == ["17", "02:11"]
        assert "✕ 02:11" in screen_text(app.screen).replace("longest ✕ 02:11", "")


async def _counted_line(pilot: Any) -> list[str]:
    """The figures of all queues together."""
    text = await sees(pilot, "4 of 5 counted")
    return text.partition("4 of 5 counted")[2].split("│")[0].split()
