"""How old a pushed figure is.

A numbered stream tells of every change and proves with each sign of life that none was missed. What it told is
therefore as old as that sign of life, however long ago it last changed. What was polled is as old as its observation.
"""

from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState

STALE_AFTER = 60.0
"""Seconds after which what the directory said of a person weighs less."""


def known_at(state: AppState, source: str, observed_at: Instant) -> Instant:
    """When something observed at `observed_at` was last known to be so.

    Args:
        state: the state, for the health and position of the stream.
        source: where it came from, such as `presence`.
        observed_at: when the source observed it.
    """
    health, position = state.health.get(source), state.positions.get(source)
    if health is None or health.last_heard is None or position is None or position.healing:
        return observed_at
    if health.health not in (Health.LIVE, Health.STALE):
        return observed_at
    return max(observed_at, health.last_heard)
