"""Cases, timeline and purchases of a customer out of those of each of their records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from desktop.domain.entities.customer import Case, CustomerDetails, Match, Purchase, TimelineEntry
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Older
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence

T = TypeVar("T", Case, TimelineEntry, Purchase)


@dataclass(frozen=True, slots=True)
class ShownDetails:
    """What is known below the card. A part is None while no CRM gave it.

    `fetched_at` is when the oldest was fetched. `failed` says of each part which CRM could not be asked for it and why,
    though others could. `not_offered` names the parts that none of their CRMs has. `older` says whether the timeline
    goes on before its end, and `ends` where it ends meanwhile, for each record that has more.
    """

    cases: Sequence[Case] | None = None
    timeline: Sequence[TimelineEntry] | None = None
    purchases: Sequence[Purchase] | None = None
    fetched_at: Instant | None = None
    failed: Mapping[str, Sentence] = field(default_factory=dict)
    not_offered: frozenset[str] = frozenset()
    older: Older = Older.NONE
    ends: Mapping[str, Instant] = field(default_factory=dict)

    @property
    def known_since(self) -> Instant:
        """From when on nothing is missing: what happened before is shown once all that lies between is there."""
        return max(self.ends.values(), default=float("-inf"))


def details_of(state: AppState, match: Match | None) -> ShownDetails:
    """The details of a customer, of all their records together, each list newest first as the CRMs give them."""
    if match is None:
        return ShownDetails()
    ids = match.ids
    known = [state.details[one] for one in ids if one in state.details]
    ends = {one: end for one in ids if one in state.details and (end := _end(state.details[one])) is not None}
    older = next((one for one in _OLDER if any(each.older is one for each in known)), Older.NONE)
    failed: dict[str, Sentence] = {}
    for one in ids:
        for part, why in state.details_failed.get(one, {}).items():
            failed[part] = failed.get(part, NOTHING) + why
    if len(ids) == 1:
        only = known[0] if known else CustomerDetails()
        return ShownDetails(
            only.cases, only.timeline, only.purchases, only.fetched_at, failed, only.not_offered, older, ends
        )
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
        older,
        ends,
    )


def past_of(details: ShownDetails) -> list[TimelineEntry | Purchase]:
    """What the CRMs tell of, purchases in their places; one that is on a CRM's timeline by itself is not told twice."""
    timeline, since = details.timeline or (), details.known_since
    told = {(entry.source, entry.id) for entry in timeline if entry.channel == "purchase"}
    bought = [one for one in details.purchases or () if one.at >= since and (one.source, one.id) not in told]
    past: list[TimelineEntry | Purchase] = [entry for entry in timeline if entry.at >= since]
    past += bought
    return sorted(past, key=lambda entry: -entry.at)


def _end(details: CustomerDetails) -> Instant | None:
    """The time of the last entry that is there, where more can be had before it."""
    goes_on = details.older in (Older.MORE, Older.LOADING)
    return details.timeline[-1].at if goes_on and details.timeline else None


_OLDER = (Older.LOADING, Older.MORE, Older.FAILED)
"""Of several records, the first of these that one of them has is said of all together."""


def _joined(parts: Sequence[Sequence[T] | None]) -> list[T] | None:
    given = [part for part in parts if part is not None]
    return [one for part in given for one in part] if given else None
