"""Which queue stands first in a table that begins with the worst."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.alerts.worst_first import trouble
from desktop.domain.entities.alert import Alert, Severity
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.service_level import DEFAULT_FORMULA
from desktop.domain.text.sentence import verbatim
from tests.domain.alerts.test_thresholds import COUNTS, thresholds

NOW = 1_000.0
RULES = thresholds(
    {"watch": "service_level", "below": "80 %", "critical": "60 %", "min_volume": 20},
    {"watch": "longest_wait", "above": "3 min", "critical": "5 min"},
    {"watch": "abandon_rate", "above": "10 %", "critical": "20 %", "min_volume": 20},
)


def queue(answered: int, within: int, abandoned: int, wait: float = 0.0) -> QueueStats:
    """A queue with these counts, in which somebody waits for so many seconds."""
    sums = replace(COUNTS, offered=answered + abandoned, answered=answered, answered_within=within, abandoned=abandoned)
    return QueueStats("Q", 1, NOW, waiting=int(wait > 0), longest_since=NOW - wait if wait else None, counts=sums)


def alert(severity: Severity, **more: Any) -> Alert:
    """An alert about the queue."""
    return Alert("r|Q", "r", "Q", severity, verbatim("said"), 900.0, 900.0, **more)


def rank(one: QueueStats, about: Alert | None = None) -> tuple[float, ...]:
    return trouble(one, about, NOW, DEFAULT_FORMULA, RULES)


WELL = queue(100, 95, 1)
ORDER = [
    ("a critical alert that nobody has taken", WELL, alert(Severity.CRITICAL)),
    ("the same, taken", WELL, alert(Severity.CRITICAL, acknowledged_by="sam")),
    ("a mild alert", WELL, alert(Severity.WARNING)),
    ("level and wait beyond", queue(100, 79, 1, 200), None),
    ("far below its level", queue(100, 65, 1), None),
    ("a little below its level", queue(100, 79, 1), None),
    ("many gave up", queue(180, 165, 25), None),
    ("somebody waits too long", queue(100, 95, 1, 200), None),
    ("an alert is foreseen", WELL, alert(Severity.WARNING, forecast=1_200.0)),
    ("all of its few gave up", queue(0, 0, 3), None),
    ("all of its fewer gave up", queue(0, 0, 2), None),
    ("one of its few gave up", queue(5, 5, 1), None),
    ("well, somebody waits", queue(100, 95, 1, 30), None),
    ("well, an alert that is over", WELL, alert(Severity.CRITICAL, over_at=950.0)),
    ("no call at all", queue(0, 0, 0), None),
]


@pytest.mark.parametrize("at", range(len(ORDER) - 1), ids=lambda at: ORDER[at][0])
def test_the_worse_stands_before_the_better(at: int) -> None:
    (_, worse, first), (_, better, second) = ORDER[at], ORDER[at + 1]
    assert rank(worse, first) > rank(better, second)


@given(
    st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.floats(0, 600), st.sampled_from(["wait", "lost"])
)
def test_what_gets_worse_never_moves_down(within: int, late: int, lost: int, wait: float, worse: str) -> None:
    before = queue(within + late, within, lost, wait)
    if worse == "wait":
        after = queue(within + late, within, lost, wait + 1)
    else:
        after = queue(max(0, within + late - 1), max(0, within - 1), lost + 1, wait)
    assert rank(after) >= rank(before)
