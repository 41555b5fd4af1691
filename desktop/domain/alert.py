"""Something a supervisor should look at, as it stands now. `alerts.py` decides when one begins and ends."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.instant import Instant


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
    text: str  # for people, with the figure: "Billing: service level 74 %, below 80 %"
    since: Instant  # since when the rule holds
    raised_at: Instant  # when it had held for long enough
    forecast: Instant | None = None  # a breach that is to come: when
    over_at: Instant | None = None  # it holds no more, but nobody has acknowledged it yet
    acknowledged_by: str = ""
    acknowledged_at: Instant | None = None
    about: About = About.QUEUE
    agent_id: str = ""  # whose work it is about
    queue: str = ""  # of that work
    unknown_since: Instant | None = None  # since when nobody knows whether it still holds
