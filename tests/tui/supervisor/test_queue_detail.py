"""The details of a queue: what the what-if line says and what it assumes."""

from dataclasses import replace

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import DEFAULT_FORMULA
from desktop.domain.staffing.what_if import Step, WhatIf
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.supervisor.floor_view import HALF_HOUR, FloorView, LookedUp
from desktop.tui.supervisor.panels.queue_detail import queue_lines
from desktop.tui.words import wording
from tests.tui.supervisor.floor_states import NOW as AT
from tests.tui.supervisor.floor_states import QUEUES

Q = "Billing"
NOW, MORE = Step(0, 7.6, 0.62, 0.5, 0.7, 31.0, 0.9, 0.08), Step(1, 8.6, 0.79, 0.7, 0.9, 14.0, 0.8, 0.04)
ASSUMED = (verbatim("[red]7.6[/] agents"), verbatim("patience"))
SAID = WhatIf(Q, DEFAULT_FORMULA.id, 1_800, 40, 0.62, NOW, (MORE,), 97.0, None, 7.6, ASSUMED)


def shown(found: WhatIf, of: str = Q) -> str:
    view = FloorView(AppState(), None, 0.0, what_if=LookedUp(f"{of}|{DEFAULT_FORMULA.id}", found, 0.0))
    return "\n".join(line.plain for line in queue_lines(QueueStats(Q, 1, 0.0), view, 110))


def test_what_it_assumes_stands_below_the_figures() -> None:
    text = shown(SAID)
    assert "what-if, last 30 min: +1 agent: 62 → 79 %" in text
    assert text.endswith("what-if assumes [red]7.6[/] agents · patience")


def test_nothing_is_assumed_where_nothing_is_said() -> None:
    why_not = verbatim("Only 4 came in 30 min.")
    text = shown(WhatIf(Q, DEFAULT_FORMULA.id, 1_800, 4, None, assumes=(verbatim("a"),), why_not=why_not))
    assert "what-if: Only 4 came in 30 min." in text and "assumes" not in text


def test_counts_of_the_day_and_of_the_half_hour_say_which_they_are() -> None:
    """They differ: the day is told live, its half hours are asked for now and then."""
    sums = replace(QUEUES[Q].counts or Counts(0.0, 0.0), offered=16)
    half = replace(sums, since=AT // HALF_HOUR * HALF_HOUR, until=AT, offered=14)
    since = wording.clock(half.since)[:5]
    today = LookedUp(Q, (Interval(Q, half),), AT - 25)
    view = FloorView(AppState(), None, AT, today=today)
    text = "\n".join(line.plain for line in queue_lines(replace(QUEUES[Q], counts=sums), view, 110))
    assert "today  offered 16 " in text
    assert f" 14 since {since}, peak 14" in text and f"by half hour from {since} · updated 25s ago" in text


def test_the_answer_for_another_queue_is_not_shown() -> None:
    assert "what-if" not in shown(SAID, of="Sales")


def test_the_longest_wait_today_is_never_below_that_of_who_waits_now() -> None:
    sums = QUEUES["Billing"].counts
    assert sums is not None
    queue = replace(QUEUES["Billing"], counts=replace(sums, longest_wait=56.0), longest_since=AT - 288)
    assert METRICS["longest_wait_today"].value(queue, AT, DEFAULT_FORMULA) == 288.0
    assert METRICS["longest_wait_today"].value(replace(queue, longest_since=AT - 9), AT, DEFAULT_FORMULA) == 56.0
