"""The details of a queue: what the what-if line says and what it assumes."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.alerts.thresholds import Thresholds
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import DEFAULT_FORMULA
from desktop.domain.staffing.what_if import Step, WhatIf
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.supervisor.floor_pages import compare_lines
from desktop.tui.supervisor.floor_view import FloorView, LookedUp
from desktop.tui.supervisor.panels.queue_detail import queue_lines
from desktop.tui.widgets.page_text import Hanging
from tests.tui.supervisor.floor_states import FORECAST, QUEUES, RULES, TODAY, floor
from tests.tui.supervisor.floor_states import NOW as AT

Q = "Billing"
NOW, MORE = Step(0, 7.6, 0.62, 0.5, 0.7, 31.0, 0.9, 0.08), Step(1, 8.6, 0.79, 0.7, 0.9, 14.0, 0.8, 0.04)
ASSUMED = (verbatim("[red]7.6[/] agents"), verbatim("patience"))
SAID = WhatIf(Q, DEFAULT_FORMULA.id, 1_800, 40, 0.62, NOW, (MORE,), 97.0, None, 7.6, ASSUMED)


WIDTH, HEIGHT = 110, 30


def shown(found: WhatIf, of: str = Q) -> str:
    view = FloorView(AppState(), None, 0.0, what_if=LookedUp(f"{of}|{DEFAULT_FORMULA.id}", found, 0.0))
    return "\n".join(line.plain for line in queue_lines(QueueStats(Q, 1, 0.0), view, WIDTH, HEIGHT))


def test_what_if_is_one_sentence_with_its_assumption() -> None:
    text = shown(SAID)
    assert "With 1 more agent: 62 → 79 % (likely 70–90 %), if the last 30 min continue" in text


def test_what_else_it_assumes_stands_beside_the_formulas() -> None:
    view = FloorView(AppState(), None, AT, what_if=LookedUp(f"{Q}|{DEFAULT_FORMULA.id}", SAID, AT))
    lines = compare_lines(QUEUES[Q], view)
    text = "\n".join(one.words.plain if isinstance(one, Hanging) else one.plain for one in lines)
    assert text.endswith("What-if assumes\n[red]7.6[/] agents\npatience")
    other = compare_lines(QUEUES["Sales"], view)
    assert "assumes" not in "".join(one.plain for one in other if not isinstance(one, Hanging))


def test_nothing_is_assumed_where_nothing_is_said() -> None:
    why_not = verbatim("Only 4 came in 30 min.")
    text = shown(WhatIf(Q, DEFAULT_FORMULA.id, 1_800, 4, None, assumes=(verbatim("a"),), why_not=why_not))
    assert "What-if: Only 4 came in 30 min." in text and "continue" not in text


def detail(view: FloorView, height: int = HEIGHT, queue: QueueStats = QUEUES[Q], width: int = WIDTH) -> list[str]:
    """The lines of the details."""
    return [line.plain for line in queue_lines(queue, view, width, height)]


def looked(**more: Any) -> FloorView:
    """A view with the day of the queue, and what the rules say."""
    today = LookedUp(Q, TODAY, AT - 25)
    return FloorView(floor(), None, AT, today=today, thresholds=Thresholds(RULES.rules), **more)


def test_the_plot_has_an_axis_with_numbers_and_the_line_of_the_target() -> None:
    lines = detail(looked())
    assert any(line.startswith("   100% ┤") for line in lines)
    assert any(line.startswith("    80% ┼┄") for line in lines)
    assert any(line.strip().startswith("08") and " 12 " in line for line in lines)
    assert "░ not answered   by half hour · updated 25s ago" in "\n".join(lines)


def test_without_a_rule_there_is_no_target() -> None:
    lines = detail(replace(looked(), thresholds=Thresholds()))
    assert "┄" not in "".join(lines) and "target" not in "".join(lines)


def test_what_is_expected_stands_behind_what_came() -> None:
    lines = detail(looked(forecast=LookedUp(Q, FORECAST, AT)))
    bars = next(line for line in lines if line.startswith("offered "))
    assert "▒" in bars or "░" in bars
    assert "▒ expected" in "\n".join(lines)
    assert "20" in next(line for line in lines if line.strip().startswith("08"))
    other = "\n".join(detail(looked(forecast=LookedUp("Sales", FORECAST, AT))))
    assert "expected" not in other, "that of another queue is not drawn"


@pytest.mark.parametrize("height", [12, 18, 25, 40])
def test_the_plot_takes_the_room_there_is(height: int) -> None:
    lines = detail(looked(), height)
    assert len(lines) <= height
    assert any("within the predicted range" in line for line in lines)
    assert ("average talk" in "\n".join(lines)) == (height >= 25)


def test_there_is_one_service_level_with_its_name_and_its_target() -> None:
    text = "\n".join(detail(looked()))
    assert "service level today ▼62.80 % in 20 s (target 80%) · abandons count against · Genesys" in text
    assert "71%" not in text, "the contact centre's own figure stands beside the other formulas"


def test_the_estimated_wait_says_how_often_it_held() -> None:
    assert "estimated wait 02:10 (01:05–04:20) · 81% within the predicted range (120 answered" in "\n".join(
        detail(looked())
    )


def test_the_answer_for_another_queue_is_not_shown() -> None:
    assert "With 1 more agent" not in shown(SAID, of="Sales")


def test_the_longest_wait_today_is_never_below_that_of_who_waits_now() -> None:
    sums = QUEUES["Billing"].counts
    assert sums is not None
    queue = replace(QUEUES["Billing"], counts=replace(sums, longest_wait=56.0), longest_since=AT - 288)
    assert METRICS["longest_wait_today"].value(queue, AT, DEFAULT_FORMULA) == 288.0
    assert METRICS["longest_wait_today"].value(replace(queue, longest_since=AT - 9), AT, DEFAULT_FORMULA) == 56.0


def test_in_a_narrow_column_the_words_give_way_to_the_plot() -> None:
    lines = detail(looked(), 22, width=42)
    assert "SL ▼62.80 % in 20 s (target 80%)" in [one.strip() for one in lines]
    assert sum("│" in one or "┤" in one or "┼" in one for one in lines) >= 7, "the plot keeps its lines"


def test_a_queue_with_hours_to_answer_says_hours() -> None:
    counted = QUEUES[Q].counts
    assert counted is not None
    mail = replace(QUEUES[Q], counts=replace(counted, threshold=14_400.0))
    assert " in 4 h" in "\n".join(detail(looked(), queue=mail))
