"""What the distributor is told beforehand: how each queue behaves and what each agent can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from mock_backends.channels import CAPACITY, CHANNELS, WRITTEN


@dataclass(frozen=True, slots=True)
class RelaxationStep:
    """After `after` seconds in the queue, lower the minimum of the skills in `lower`.

    `lower` maps a skill to its new minimum proficiency; 0 drops the skill. Steps add up.
    """

    after: float
    lower: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """How one queue routes. Times are seconds, proficiencies whole numbers (1 = knows a little).

    Arguments:
        name: the queue's identity.
        required: skill -> least proficiency an agent must have.
        channels: the channels this queue expects; others are accepted too.
        offer_timeout: how long one agent is offered an interaction before it counts as missed (> 0).
        decline_pause: how long a declined interaction is kept from the agent who declined it.
        only_agent_pause: the same where no other agent could take it, so that it is never stranded.
        wrap_up_seconds: time for wrap-up; 0 = none, None = no limit.
        max_wrap_up_extensions: how often one wrap-up may be extended.
        ageing_per_minute: priority points an interaction gains per minute since its arrival (>= 0).
        proficiency_worth: seconds of idle time that one proficiency level above the minimum is worth
            when the longest idle agent is picked (0 = idle time alone decides).
        service_level_seconds, short_abandon_seconds: the thresholds of the counters.
        expected_handle_seconds: handle time assumed until some were measured (> 0).
        pulled: whether its agents may take what waits there in writing, without being offered it.
    """

    name: str
    required: Mapping[str, int] = field(default_factory=dict)
    channels: tuple[str, ...] = ("voice",)
    offer_timeout: float = 20.0
    decline_pause: float = 30.0
    only_agent_pause: float = 5.0
    wrap_up_seconds: float | None = 30.0
    max_wrap_up_extensions: int = 3
    ageing_per_minute: float = 1.0
    proficiency_worth: float = 30.0
    service_level_seconds: float = 20.0
    short_abandon_seconds: float = 5.0
    expected_handle_seconds: float = 180.0
    relaxation: tuple[RelaxationStep, ...] = ()
    pulled: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for times that would make the clock stand still or run backwards."""
        if not (self.offer_timeout > 0 and self.only_agent_pause > 0 and self.expected_handle_seconds > 0):
            raise ValueError(f"queue {self.name}: offer timeout, pause and handle time must be above 0")
        if not (self.ageing_per_minute >= 0 and self.decline_pause >= 0 and (self.wrap_up_seconds or 0) >= 0):
            raise ValueError(f"queue {self.name}: ageing, decline pause and wrap-up time must not be negative")
        if any(b.after < a.after for a, b in pairwise(self.relaxation)):
            raise ValueError(f"queue {self.name}: relaxation steps must come in the order of their time")

    def requirement(self, level: int, extra: Mapping[str, int]) -> dict[str, int]:
        """Skill -> minimum after `level` relaxation steps, with an interaction's own `extra` skills."""
        needed = dict(self.required)
        for skill, least in extra.items():
            needed[skill] = max(least, needed.get(skill, 0))
        for step in self.relaxation[:level]:
            for skill, least in step.lower.items():
                if skill in needed:
                    needed[skill] = min(needed[skill], least)
        return {skill: least for skill, least in needed.items() if least > 0}


CALLS_APART: Final[Mapping[str, frozenset[str]]] = dict.fromkeys(WRITTEN, WRITTEN)
"""A call is offered only when nothing else is in hand, and nothing during a call."""
CALLS_BESIDE_MAIL: Final[Mapping[str, frozenset[str]]] = {**CALLS_APART, "voice": frozenset({"email", "sms"})}
"""A call may ring while mails and texts are in hand, which can wait, but not beside a chat."""
ANYTHING: Final[Mapping[str, frozenset[str]]] = {channel: frozenset(CHANNELS) for channel in CHANNELS}


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """What one agent can do.

    Arguments:
        id: the agent's identity.
        skills: skill -> proficiency.
        capacity: channel -> how many interactions at a time, offers and wrap-ups counted.
        rings_beside: channel -> the channels of what may be in hand while it rings: the interruption matrix.
        takes_offers: false for a supervisor, who has only what they take over.
    """

    id: str
    skills: Mapping[str, int]
    capacity: Mapping[str, int] = field(default_factory=lambda: CAPACITY)
    rings_beside: Mapping[str, frozenset[str]] = field(default_factory=lambda: CALLS_APART)
    takes_offers: bool = True

    def surplus(self, needed: Mapping[str, int]) -> int | None:
        """Proficiency levels above the minimum, summed over `needed`; None where a skill is missing."""
        total = 0
        for skill, least in needed.items():
            level = self.skills.get(skill, 0)
            if level < least:
                return None
            total += level - least
        return total
