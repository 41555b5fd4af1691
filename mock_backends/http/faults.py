"""Faults on demand: rules that spoil calls and events, so that a desktop can be tried against a bad day."""

import random
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_backends.http.clock import Clock

Effect = Literal[
    "delay",
    "refuse",
    "status",
    "drop_body",
    "garbage",
    "slow_bytes",
    "apply_then_fail",
    "drop_event",
    "skip_event",
    "repeat_event",
    "reorder_events",
    "cut_stream",
    "unknown_word",
]
_EVENTS_ONLY = frozenset({"drop_event", "skip_event", "repeat_event", "reorder_events", "cut_stream", "unknown_word"})
_BOTH = frozenset({"delay", "garbage"})


class Rule(BaseModel):
    """One fault.

    `match` is a glob: over `METHOD /path` for calls (`POST /v1/interactions/*/accept`), over the type for events
    (`interaction.*`). `delay` and `garbage` hit events where `match` has no slash and is not `*`.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    match: str = Field(default="*", max_length=200)
    effect: Effect
    server: Literal["crm", "contact_center", "presence", "messaging"] | None = Field(
        default=None, description="which server; None is the one asked, or in a scenario all of them"
    )
    principal: str | None = Field(default=None, max_length=100, description="only for this principal")
    times: int | None = Field(default=None, ge=1, le=1_000_000_000, description="how often; None is always")
    after: int = Field(default=0, ge=0, le=1_000_000_000, description="let so many matching calls or events pass first")
    lasts: float | None = Field(default=None, gt=0, le=1e9, description="server seconds, from when it was set")
    probability: float = Field(default=1.0, ge=0, le=1)
    seconds: float = Field(default=1.0, ge=0, le=3600, description="real seconds: of a delay, or of a pause per byte")
    status: int = Field(default=503, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0, le=86_400, description="seconds")

    def hits(self, text: str, principal: str, *, event: bool) -> bool:
        """Whether this rule is about such a call or event at all."""
        about_events = self.effect in _EVENTS_ONLY or (
            self.effect in _BOTH and "/" not in self.match and self.match != "*"
        )
        return about_events is event and self.principal in (None, principal) and fnmatchcase(text, self.match)


class Faults:
    """The rules in force on one server."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._rules: list[tuple[Rule, list[float]]] = []  # rule, [left to skip, left to do, ends at]

    def set(self, rules: Iterable[Rule]) -> None:
        """Put these rules in the place of all earlier ones."""
        now = self._clock.now()
        self._rules = [
            (rule, [float(rule.after), rule.times or float("inf"), now + (rule.lasts or float("inf"))])
            for rule in rules
        ]

    @property
    def any(self) -> bool:
        """Whether there is any rule."""
        return bool(self._rules)

    def for_call(self, method: str, path: str, principal: str) -> list[Rule]:
        """The rules that hit this call; each is used up by one."""
        return [rule for rule, left in self._rules if self._use(rule, left, f"{method} {path}", principal, event=False)]

    def for_event(self, kind: str, principal: str) -> Rule | None:
        """The first rule that hits this event on its way out; it is used up by one."""
        for rule, left in self._rules:
            if rule.effect != "skip_event" and self._use(rule, left, kind, principal, event=True):
                return rule
        return None

    def skips(self, kind: str, principal: str) -> bool:
        """Whether this event is never to be written, though its number is used up."""
        return any(
            rule.effect == "skip_event" and self._use(rule, left, kind, principal, event=True)
            for rule, left in self._rules
        )

    def _use(self, rule: Rule, left: list[float], text: str, principal: str, *, event: bool) -> bool:
        if left[1] <= 0 or self._clock.now() >= left[2] or not rule.hits(text, principal, event=event):
            return False
        if left[0] > 0:
            left[0] -= 1
            return False
        if rule.probability < 1.0 and self._rng.random() >= rule.probability:
            return False
        left[1] -= 1
        return True
