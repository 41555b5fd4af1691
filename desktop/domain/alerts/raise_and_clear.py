"""One rule at one subject: from holding, over raised and acknowledged, to over. Nothing else decides these steps."""

from dataclasses import dataclass, replace
from math import isfinite

from desktop.domain.alerts.readings import Reading
from desktop.domain.alerts.rules import Rule
from desktop.domain.alerts.text import alert_text
from desktop.domain.entities.alert import About, Alert, Severity
from desktop.domain.entities.floor import Acknowledgement
from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import Sentence

FORECAST_HOLD = 30.0
"""Seconds for which a breach must have been in sight before it is told; less where the rate is of a short time."""

FORECAST_SPARE = 1.5
"""A breach in sight is out of sight again when it has moved this many times further off than the rule looks."""

REWORDED_EVERY = 10.0
"""Seconds between two wordings of an alert that goes on; all of them change at the same moments."""

EARLY = 5.0
"""Seconds by which another supervisor's program may have raised the same alert, and its user acknowledged it, before
this one did."""

LATE = 1_800.0
"""How old the acknowledgement may be of an alert that held already when this program began to look."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule holds for. `name` is for people; the rest as in `Alert`."""

    id: str
    about: About
    name: str
    agent_id: str = ""
    queue: str = ""

    @property
    def key(self) -> str:
        """What no other subject has: two agents may have their part of the same contact in hand."""
        return f"{self.id}|{self.agent_id}" if self.agent_id else self.id


class Progress:
    """Where one rule stands with one subject. `alert` is what there is to show of it."""

    __slots__ = ("_from_start", "_reworded", "_soon_since", "_unknown_since", "alert", "bad_since", "rule", "subject")

    def __init__(self, rule: Rule, subject: Subject, *, from_start: bool) -> None:
        """`from_start`: nobody looked before, so that it may have held for long."""
        self.rule = rule
        self.subject = subject
        self.bad_since: Instant | None = None
        self.alert: Alert | None = None
        self._from_start = from_start
        self._soon_since: Instant | None = None
        self._unknown_since: Instant | None = None
        self._reworded = 0.0

    @property
    def idle(self) -> bool:
        """Whether there is nothing to remember."""
        return self.alert is None and self.bad_since is None and self._soon_since is None

    def step(self, reading: Reading, now: Instant) -> bool:
        """Take in what the figure is at `now`. True when it is raised, foreseen or worse by that.

        What is unknown changes nothing but that it is said to be unknown, and does not count as time for which a rule
        has held.
        """
        value, rule = reading.value, self.rule
        if value is None:
            self._lose_sight(now)
            return False
        self._regain_sight(reading, now)
        bad = rule.is_bad(value)
        if rule.is_good(value):
            self.bad_since = None
            if self.alert is not None and self.alert.forecast is None:
                self.end(now)
        elif bad and self.bad_since is None:
            self.bad_since = now if reading.since is None else reading.since + rule.raise_at
        if self.bad_since is not None:
            self._soon_since = None
            if bad and not self._stands and (now - self.bad_since >= rule.hold or rule.is_critical(value)):
                return self._raise(reading, value, now)
        elif self._foresee(reading, value, now):
            return True
        self._reword(reading, value, now)
        return self._weigh(value, now)

    def end(self, now: Instant) -> None:
        """It holds no more, or there is nothing any more that it could hold for."""
        self.bad_since = self._soon_since = self._unknown_since = None
        self._from_start = False
        alert = self.alert
        if alert is None or alert.over_at is not None:
            return
        if alert.acknowledged_at is not None or alert.forecast is not None or not self.rule.stays:
            self.alert = None
        else:
            self.alert = replace(alert, over_at=now, unknown_since=None)

    def acknowledge(self, said: Acknowledgement) -> None:
        """Somebody acknowledged the alert of this key, perhaps that of an earlier time."""
        alert = self.alert
        if alert is None or alert.acknowledged_at is not None:
            return
        least = alert.raised_at - EARLY
        if self._from_start:
            least = min(least, alert.since - LATE)
        if said.at >= least:
            gone = alert.over_at is not None
            name = said.by_name or said.by
            self.alert = None if gone else replace(alert, acknowledged_by=name, acknowledged_at=said.at)

    def due(self, reading: Reading, now: Instant) -> Instant | None:
        """When to look again although nothing has changed; None for never."""
        times = [] if reading.until is None else [reading.until]
        if reading.since is not None and self.bad_since is None:
            times.append(reading.since + self.rule.raise_at)
        if self.bad_since is not None and not self._stands:
            times.append(self.bad_since + self.rule.hold)
        there = self.alert is not None and self.alert.over_at is None
        if there:
            times.append(_tick(now) + REWORDED_EVERY)
        critical = self.rule.critical_at
        looms = there or self.bad_since is not None
        if looms and critical is not None and reading.since is not None and reading.since + critical >= now:
            times.append(reading.since + critical)
        return min(times, default=None)

    @property
    def _stands(self) -> bool:
        """Whether it is raised, for a breach that has come."""
        return self.alert is not None and self.alert.over_at is None and self.alert.forecast is None

    def _lose_sight(self, now: Instant) -> None:
        if self._unknown_since is None:
            self._unknown_since = now
            if self.alert is not None and self.alert.over_at is None:
                self.alert = replace(self.alert, unknown_since=now)

    def _regain_sight(self, reading: Reading, now: Instant) -> None:
        since, self._unknown_since = self._unknown_since, None
        if since is None:
            return
        if self.alert is not None and self.alert.unknown_since is not None:
            self.alert = replace(self.alert, unknown_since=None)
        if self.bad_since is not None and not self._stands and reading.since is None:
            self.bad_since += now - since
        if self._soon_since is not None:
            self._soon_since += now - since

    def _raise(self, reading: Reading, value: float, now: Instant) -> bool:
        since = now if self.bad_since is None else self.bad_since
        text = alert_text(self.rule, self.subject.name, value)
        self._reworded = now
        known = self.alert
        if known is not None and known.over_at is None:  # it was foreseen
            severity = self.rule.severity_at(value, None)
            self.alert = replace(known, severity=severity, text=text, since=since, forecast=None)
            return known.acknowledged_at is None
        # What grows with time began to hold for everybody at the same moment, however late somebody began to look.
        raised_at = now
        if reading.since is not None:
            raised_at = since + self.rule.hold
            if self.rule.critical_at is not None:
                raised_at = min(raised_at, max(since, reading.since + self.rule.critical_at))
        self.alert = self._new(self.rule.severity_at(value, None), text, since, raised_at)
        return True

    def _weigh(self, value: float, now: Instant) -> bool:
        """See how bad an alert that goes on has become; true when it is worse than before."""
        alert = self.alert
        if alert is None or not self._stands:
            return False
        severity = self.rule.severity_at(value, alert.severity)
        if severity is alert.severity:
            return False
        self.alert = replace(alert, severity=severity, text=alert_text(self.rule, self.subject.name, value))
        self._reworded = now
        return severity is Severity.CRITICAL

    def _foresee(self, reading: Reading, value: float, now: Instant) -> bool:
        """Take in when the threshold will be reached; True when that is to be told anew."""
        alert, horizon, breach = self.alert, self.rule.forecast, reading.breach
        if horizon is None or breach is None:
            return False
        foreseen = alert is not None and alert.over_at is None
        if breach > horizon:
            if breach > horizon * FORECAST_SPARE or not foreseen:
                self._soon_since = None
                if foreseen:
                    self.end(now)
            return False
        if self._soon_since is None:
            self._soon_since = now
        if foreseen or now - self._soon_since < min(FORECAST_HOLD, self.rule.rate / 20):
            return False
        text = alert_text(self.rule, self.subject.name, value, breach)
        fresh = self._new(Severity.WARNING, text, self._soon_since, now)
        self.alert = replace(fresh, forecast=now + breach)
        self._reworded = now
        return True

    def _reword(self, reading: Reading, value: float, now: Instant) -> None:
        """Say the figure of now in an alert that goes on, at the moments at which all do."""
        alert = self.alert
        if alert is None or alert.over_at is not None or _tick(now) <= _tick(self._reworded):
            return
        if alert.forecast is not None and reading.breach is not None and isfinite(reading.breach):
            text = alert_text(self.rule, self.subject.name, value, reading.breach)
            self.alert = replace(alert, text=text, forecast=now + reading.breach)
        elif alert.forecast is None:
            text = alert_text(self.rule, self.subject.name, value)
            self.alert = replace(alert, text=text) if text != alert.text else alert
        else:
            return
        self._reworded = now

    def _new(self, severity: Severity, text: Sentence, since: Instant, raised_at: Instant) -> Alert:
        subject = self.subject
        return Alert(
            f"{self.rule.name}|{subject.key}",
            self.rule.name,
            subject.id,
            severity,
            text,
            since,
            raised_at,
            about=subject.about,
            agent_id=subject.agent_id,
            queue=subject.queue,
            ring=self.rule.ring,
            notify=self.rule.notify,
            watch=self.rule.watch.id,
        )


def _tick(now: Instant) -> float:
    return now // REWORDED_EVERY * REWORDED_EVERY
