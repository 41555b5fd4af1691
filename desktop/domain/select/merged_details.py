"""Cases, timeline and purchases of a customer out of those of each of their records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from desktop.domain.entities.customer import Case, CustomerDetails, Match, Purchase, TimelineEntry
from desktop.domain.entities.model import Instant
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence

T = TypeVar("T", Case, TimelineEntry, Purchase)


@dataclass(frozen=True, slots=True)
class ShownDetails:
    """What is known below the card. A part is None while no CRM gave it.

    `fetched_at` is when the oldest was fetched. `failed` says of each part which CRM could not be asked for it and why,
    though others could. `not_offered` names the parts that none of their CRMs has.
    """

    cases: Sequence[Case] | None = None
    timeline: Sequence[TimelineEntry] | None = None
    purchases: Sequence[Purchase] | None = None
    fetched_at: Instant | None = None
    failed: Mapping[str, Sentence] = field(default_factory=dict)
    not_offered: frozenset[str] = frozenset()


def details_of(state: AppState, match: Match | None) -> ShownDetails:
    """The details of a customer, of all their records together, each list newest first as the CRMs give them."""
    if match is None:
        return ShownDetails()
    ids = match.ids
    known = [state.details[one] for one in ids if one in state.details]
    failed: dict[str, Sentence] = {}
    for one in ids:
        for part, why in state.details_failed.get(one, {}).items():
            failed[part] = failed.get(part, NOTHING) + why
    if len(ids) == 1:
        only = known[0] if known else CustomerDetails()
        return ShownDetails(only.cases, only.timeline, only.purchases, only.fetched_at, failed, only.not_offered)
    fetched = [one.fetched_at for one in known if one.fetched_at is not None]
    cases, timeline = _joined([one.cases for one in known]), _joined([one.timeline for one in known])
    purchases = _joined([one.purchases for one in known])
    return ShownDetails(
        None if cases is None else sorted(cases, key=lambda case: -case.opened_at),
        None if timeline is None else sorted(timeline, key=lambda entry: -entry.at),
        None if purchases is None else sorted(purchases, key=lambda purchase: -purchase.at),
        min(fetched, default=None),
        failed,
        frozenset.intersection(*(one.not_offered for one in known)) if len(known) == len(ids) else frozenset(),
    )


def _joined(parts: Sequence[Sequence[T] | None]) -> list[T] | None:
    given = [part for part in parts if part is not None]
    return [one for part in given for one in part] if given else None
