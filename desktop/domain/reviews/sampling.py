"""Which finished interactions are looked at: by chance that repeats, the same number of each agent in each week."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from desktop.domain.entities.history import PastInteraction
from desktop.domain.reviews.scorecards import Form
from desktop.domain.text.sentence import Sentence


@dataclass(frozen=True, slots=True)
class SampleRule:
    """What is looked at: `per_agent` interactions of each agent a week, out of those that fit.

    Empty `queues` and `channels` mean all. `min_talk_seconds` counts talk and hold.
    """

    per_agent: int = 2
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    min_talk_seconds: float = 0.0

    def fits(self, interaction: PastInteraction) -> bool:
        """Whether an interaction may be chosen: an agent had it, and the rule takes it."""
        return (
            bool(interaction.agent_id)
            and interaction.answered_at is not None
            and (not self.queues or interaction.queue in self.queues)
            and (not self.channels or interaction.channel in self.channels)
            and interaction.talk_seconds + interaction.hold_seconds >= self.min_talk_seconds
        )


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A form, and which interactions are judged by it."""

    form: Form
    rule: SampleRule = SampleRule()


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The forms of a profile that can be used, by title, and what is wrong with the others."""

    cards: tuple[Scorecard, ...] = ()
    problems: tuple[Sentence, ...] = ()


def sample(
    interactions: Iterable[PastInteraction], rule: SampleRule, *, seed: str, done: Collection[str] = ()
) -> tuple[PastInteraction, ...]:
    """Those still to be looked at, by agent and then by time.

    Every fitting interaction of an agent has the same chance, and whoever draws with the same seed draws the same.
    One that is done is not drawn again and counts towards its agent's number, however it came to be looked at.

    Args:
        interactions: those of one week.
        seed: what the chance is made of, such as form and week.
        done: ids of the interactions that were looked at already.
    """
    by_agent: dict[str, dict[str, PastInteraction]] = {}
    for one in interactions:
        if rule.fits(one) or one.id in done:
            by_agent.setdefault(one.agent_id, {})[one.id] = one
    chosen: list[PastInteraction] = []
    for theirs in by_agent.values():
        wanted = rule.per_agent - sum(one in done for one in theirs)
        fresh = sorted((one for one in theirs.values() if one.id not in done), key=lambda one: _lot(seed, one.id))
        chosen += fresh[: max(0, wanted)]
    return tuple(sorted(chosen, key=lambda one: (one.agent_name, one.agent_id, one.arrived_at, one.id)))


def _lot(seed: str, interaction_id: str) -> bytes:
    lot = f"{len(seed)}|{seed}|{interaction_id}"
    return hashlib.sha256(lot.encode("utf-8", "surrogatepass")).digest()
