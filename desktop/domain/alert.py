"""Something a supervisor should look at, as it stands now. `alerts.py` decides when one begins and ends."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.instant import Instant


class Severity(StrEnum):
    """How bad it is."""

    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that holds for one subject. `key` is `rule|subject` and the same for every supervisor with that rule."""

    key: str
    rule: str  # its name in the profile
    subject: str  # a queue, an agent id, an interaction id or a source; "" for the whole floor
    severity: Severity
    text: str  # for people, with the figure: "Billing: service level 74 %, below 80 % for 2 min"
    since: Instant  # since when the rule holds
    raised_at: Instant  # when it had held for long enough
    forecast: Instant | None = None  # a breach that is to come: when
    over_at: Instant | None = None  # it holds no more, but nobody has acknowledged it yet
    acknowledged_by: str = ""
    acknowledged_at: Instant | None = None
