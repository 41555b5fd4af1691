"""Something a supervisor should look at, as it stands now. `raise_and_clear.py` says when one begins and ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import Sentence


class Severity(StrEnum):
    """How bad it is."""

    WARNING = "warning"
    CRITICAL = "critical"


class About(StrEnum):
    """What kind of thing an alert is about."""

    QUEUE = "queue"
    AGENT = "agent"
    WORK = "work"  # one contact in an agent's hands
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that holds for one subject. `key` is `rule|subject`, for a contact in an agent's hands
    `rule|subject|agent`, and the same for every supervisor with that rule."""

    key: str
    rule: str  # its name in the profile
    subject: str  # a queue, an agent id, an interaction id or a source, as `about` says
    severity: Severity
    text: Sentence  # with the figure: "Billing: service level 74 %, below 80 %"
    since: Instant  # since when the rule holds
    raised_at: Instant  # when it had held for long enough, or when it was foreseen: then before `since`
    forecast: Instant | None = None  # a breach that is to come: when
    over_at: Instant | None = None  # it holds no more, but nobody has acknowledged it yet
    acknowledged_by: str = ""
    acknowledged_at: Instant | None = None
    about: About = About.QUEUE
    agent_id: str = ""  # whose work it is about
    queue: str = ""  # of that work
    unknown_since: Instant | None = None  # since when nobody knows whether it still holds
    ring: bool = False  # whether its rule wants the bell
    notify: bool = False  # and a desktop notification
    watch: str = ""  # what its rule watches


class AlertStep(StrEnum):
    """What happened to an alert between two moments."""

    RAISED = "raised"
    FORESEEN = "foreseen"  # the breach is still to come
    WORSE = "worse"  # critical now
    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"
    KNOWN = "known"
    CHANGED = "changed"
    OVER = "over"
    GONE = "gone"


def step_between(before: Alert | None, after: Alert | None) -> AlertStep:
    """The step from one state of an alert to the next; None: there was or is none."""
    if after is None:
        return AlertStep.GONE
    if before is None or before.raised_at != after.raised_at or (before.over_at is not None and after.over_at is None):
        return AlertStep.RAISED if after.forecast is None else AlertStep.FORESEEN
    if before.forecast is not None and after.forecast is None:
        return AlertStep.RAISED
    if after.severity is Severity.CRITICAL is not before.severity:
        return AlertStep.WORSE
    if before.over_at is None and after.over_at is not None:
        return AlertStep.OVER
    if before.acknowledged_at is None and after.acknowledged_at is not None:
        return AlertStep.ACKNOWLEDGED
    if (before.unknown_since is None) != (after.unknown_since is None):
        return AlertStep.UNKNOWN if after.unknown_since is not None else AlertStep.KNOWN
    return AlertStep.CHANGED


def news(before: Mapping[str, Alert], after: Mapping[str, Alert]) -> tuple[Alert, ...]:
    """The alerts that somebody should be called to: new or worse, and nobody deals with them yet."""
    fresh = (AlertStep.RAISED, AlertStep.FORESEEN, AlertStep.WORSE)
    return tuple(
        alert
        for key, alert in after.items()
        if (known := before.get(key)) is not alert
        and alert.acknowledged_at is None
        and step_between(known, alert) in fresh
    )
