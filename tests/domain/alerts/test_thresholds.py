"""Which figures of a queue are beyond a threshold, and which service level is wanted of it."""

from dataclasses import replace

import pytest

from desktop.config.alert_rules import make_rule
from desktop.domain.alerts.thresholds import Thresholds
from desktop.domain.entities.alert import Severity
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.model import QueueStats

COUNTS = Counts(0.0, 60.0, threshold=20.0, offered=100, answered=90, answered_within=70, abandoned=10)
QUEUE = QueueStats("Billing", 1, 60.0, waiting=4, counts=COUNTS)


def thresholds(*tables: dict[str, object]) -> Thresholds:
    """Of rules as they stand in a file."""
    made = [make_rule({"name": f"rule {at}", **table}, lambda *_: None) for at, table in enumerate(tables)]
    assert None not in made
    return Thresholds([rule for rule in made if rule is not None])


LEVEL = {"watch": "service_level", "below": "80 %", "critical": "60 %", "threshold_within": "10 min"}
WAIT = {"watch": "longest_wait", "above": "3 min", "critical": "5 min"}


@pytest.mark.parametrize(
    ("figure", "value", "judged"),
    [
        ("service_level", 0.8, None),
        ("service_level", 0.79, Severity.WARNING),
        ("service_level", 0.59, Severity.CRITICAL),
        ("service_level", None, None),
        ("longest_wait", 180.0, None),
        ("longest_wait", 181.0, Severity.WARNING),
        ("longest_wait", 301.0, Severity.CRITICAL),
        ("waiting", 1_000.0, None),  # no rule
    ],
)
def test_a_figure_is_judged_by_the_rules_about_it(figure: str, value: float | None, judged: Severity | None) -> None:
    assert thresholds(LEVEL, WAIT).judge(QUEUE, figure, value) is judged


def test_the_strictest_rule_about_a_queue_is_its_target() -> None:
    both = thresholds(LEVEL, {"watch": "service_level", "below": "90 %", "queues": ["Bill*"]})
    assert both.target(QUEUE) == 0.9
    assert both.target(replace(QUEUE, name="Sales")) == 0.8
    assert Thresholds().target(QUEUE) is None


def test_a_rule_for_calls_says_nothing_about_queues_with_hours_to_answer() -> None:
    mail = replace(QUEUE, counts=replace(COUNTS, threshold=14_400.0))
    assert thresholds(LEVEL).target(mail) is None
    assert thresholds(LEVEL).judge(mail, "service_level", 0.1) is None


def test_a_share_of_few_is_not_judged() -> None:
    few = replace(QUEUE, counts=replace(COUNTS, answered=3, answered_within=1, abandoned=1))
    assert thresholds(LEVEL).judge(few, "service_level", 0.25) is None
    assert thresholds(LEVEL).target(few) == 0.8, "it is its target all the same"
    assert thresholds(LEVEL).judge(replace(QUEUE, counts=None), "service_level", 0.25) is None


def test_the_worst_of_several_rules_counts() -> None:
    rules = thresholds(WAIT, {"watch": "longest_wait", "above": "1 min", "severity": "critical"})
    assert rules.judge(QUEUE, "longest_wait", 70.0) is Severity.CRITICAL
    assert rules.judge(QUEUE, "longest_wait", 50.0) is None
