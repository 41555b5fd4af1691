"""The calls that each capability of supervision and of the past switches on, for subjects that there are not."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from desktop.domain.entities.history import IntervalQuery, PastQuery, WeekQuery
from desktop.domain.entities.words import Availability
from desktop.ports.base import Capability
from desktop.testing.contracts.base import Call
from desktop.testing.contracts.contact_center.quality_calls import quality_calls

_DAY = date(2026, 1, 5)


def supervision_calls(backend: Any, who: str, key: str) -> dict[Capability, Sequence[Call]]:
    """By capability. `who` names nothing and nobody."""
    why = "asked by the contract"
    not_ready = Availability.NOT_READY
    return {
        Capability.SUPERVISE: [
            lambda: backend.set_agent_availability(who, not_ready, reason="", why=why, key=key),
            lambda: backend.waiting("no-such-queue"),
            lambda: backend.interaction(who),
        ],
        Capability.TAKE_OVER: [lambda: backend.take_over(who, why=why, key=key)],
        Capability.REASSIGN: [lambda: backend.reassign(who, "no-such-agent", why=why, key=key)],
        Capability.MOVE: [lambda: backend.move(who, "no-such-queue", why=why, key=key)],
        Capability.PRIORITY: [lambda: backend.set_priority(who, 1, why=why, key=key)],
        Capability.WITHDRAW: [lambda: backend.withdraw(who, why=why, key=key)],
        Capability.HELP: [
            lambda: backend.ask_help(who, "help", key=key),
            lambda: backend.answer_help("no-such-help", "", close=True, key=key),
        ],
        Capability.AGENT_MESSAGE: [lambda: backend.message_agent(who, "hello", key=key)],
        Capability.BROADCAST: [lambda: backend.broadcast([who], "hello", key=key)],
        Capability.ACKNOWLEDGE: [lambda: backend.acknowledge("rule|subject", "", key=key)],
        Capability.AUDIT: [lambda: backend.audit()],
        Capability.SCHEDULE: [lambda: backend.schedules(_DAY), lambda: backend.agent_day(who, _DAY)],
        Capability.HISTORY: [
            lambda: backend.intervals(IntervalQuery(0.0, 3600.0)),
            lambda: backend.week(WeekQuery(0.0, 3600.0)),
            lambda: backend.past_interactions(PastQuery(0.0, 3600.0)),
            lambda: backend.past_interaction(who),
        ],
        Capability.RECORDINGS: [lambda: backend.open_recording(who, "no-such-recording", key=key)],
        Capability.QUALITY: quality_calls(backend, who, key),
    }
