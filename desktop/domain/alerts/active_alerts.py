"""All alerts there are, by key, kept in step with what each rule says at each subject and who acknowledged what."""

from collections.abc import Mapping

from desktop.domain.alerts.raise_and_clear import Progress, Subject
from desktop.domain.alerts.readings import NEVER, Reading, quiet_until
from desktop.domain.alerts.rules import Rule
from desktop.domain.entities.alert import Alert
from desktop.domain.entities.floor import Acknowledgement
from desktop.domain.entities.instant import Instant

MOST_OVER = 300
"""How many alerts wait for somebody to acknowledge them though what they are about is gone; the oldest leave."""

AHEAD = 300.0
"""Seconds by which the clock of whoever acknowledged may be ahead of ours. What is further ahead waits for its time."""

ProgressKey = tuple[str, str]  # the rule's name, the subject's id


class ActiveAlerts:
    """Takes readings and acknowledgements in, and has the alerts that follow."""

    def __init__(self) -> None:
        self.alerts: dict[str, Alert] = {}
        self.changed = False
        self.from_start = True
        self.blind: dict[str, set[str]] = {}  # by rule, the subjects whose figure is unknown; no rule has none
        self._by_key: dict[str, Progress] = {}
        self._gone: dict[str, Progress] = {}
        self._heard: Mapping[str, Acknowledgement] = {}
        self._ripe_at = NEVER  # when the next acknowledgement that is ahead of its time counts
        self._said: Mapping[str, Acknowledgement] = {}

    def begin(self) -> None:
        """A new look begins: nothing has changed yet."""
        self.changed = False

    def is_quiet(self, mine: dict[ProgressKey, Progress], rule: Rule, reading: Reading) -> bool:
        """Whether there is nothing to note: most readings, so this must cost little."""
        return (
            reading.value is not None
            and not mine
            and reading.breach is None
            and not rule.is_bad(reading.value)
            and rule.name not in self.blind
        )

    def judge(
        self,
        mine: dict[ProgressKey, Progress],
        rule: Rule,
        subject: Subject,
        reading: Reading,
        now: Instant,
    ) -> Instant:
        """Take in what a rule reads at a subject; answers when to read it again though nothing changes.

        Args:
            mine: the progress of all rules at what the subject belongs to.
        """
        key = (rule.name, subject.id)
        progress, value = mine.get(key), reading.value
        self._note_blind(rule.name, subject.key, value is None)
        if progress is None:
            soon = rule.forecast is not None and reading.breach is not None and reading.breach <= rule.forecast
            if value is None or not (soon or rule.is_bad(value)):
                return quiet_until(rule, reading)
            progress = mine[key] = Progress(rule, subject, from_start=self.from_start)
        before = progress.alert
        fresh = progress.step(reading, now)
        self._settle(progress, before, fresh)
        due = progress.due(reading, now)
        if progress.idle:
            del mine[key]
        return NEVER if due is None else due

    def let_go(self, progress: Progress, now: Instant) -> None:
        """What the progress is about is there no more, or the rule is no more about it."""
        before = progress.alert
        progress.end(now)
        self._note_blind(progress.rule.name, progress.subject.key, False)
        self._settle(progress, before, False)
        if progress.alert is None:
            return
        self._gone[progress.alert.key] = progress
        while len(self._gone) > MOST_OVER:
            oldest = self._gone.pop(next(iter(self._gone)))
            last, oldest.alert = oldest.alert, None
            self._settle(oldest, last, False)

    def see(self, subject: Subject) -> None:
        """Of this one nothing is asked any more, so nothing of it is unknown."""
        for rule in tuple(self.blind):
            self._note_blind(rule, subject.key, False)

    def acknowledged(self, said: Mapping[str, Acknowledgement], now: Instant) -> None:
        """Take in every acknowledgement there is; one from the future must not hide what is raised until then."""
        if said is self._heard and now < self._ripe_at:
            return
        self._heard = said
        self._ripe_at = min((one.at - AHEAD for one in said.values() if one.at > now + AHEAD), default=NEVER)
        self._said = said = {key: one for key, one in said.items() if one.at <= now + AHEAD}
        for key in [key for key in self._by_key if key in said]:
            progress = self._by_key[key]
            before = progress.alert
            progress.acknowledge(said[key])
            self._settle(progress, before, False)

    def _note_blind(self, rule: str, subject_key: str, unknown: bool) -> None:
        if unknown:
            self.blind.setdefault(rule, set()).add(subject_key)
        elif (keys := self.blind.get(rule)) is not None:
            keys.discard(subject_key)
            if not keys:
                del self.blind[rule]

    def _settle(self, progress: Progress, before: Alert | None, fresh: bool) -> None:
        """Bring the list in line with a progress that took a step."""
        if fresh and progress.alert is not None and (said := self._said.get(progress.alert.key)) is not None:
            progress.acknowledge(said)
        alert = progress.alert
        shown = alert or before
        if alert is before or shown is None:
            return
        self.changed = True
        self._gone.pop(shown.key, None)
        if alert is None:
            if self._by_key.get(shown.key) is progress:
                del self._by_key[shown.key], self.alerts[shown.key]
            return
        self._by_key[alert.key] = progress
        self.alerts[alert.key] = alert
