"""One customer out of the records of several CRMs: each field from the first that has it, and who said what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop.domain.entities.card_fields import CARD_FIELDS
from desktop.domain.entities.customer import Consent, Customer, CustomerPromise, Match, Record
from desktop.domain.entities.identity import IdentityLink, Known, grouped
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import PopAnswer
from desktop.domain.text.sentence import NOTHING, Sentence

_SAME_HOUR = 3600.0
_TEXTS = tuple(field.name for field in CARD_FIELDS)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What one source says of one field, and when it was fetched."""

    value: str
    source: str
    fetched_at: Instant | None


def said_of(match: Match, field: str) -> tuple[FieldValue, ...]:
    """What each source says of a text field or of one of the CRM's own fields, the one with precedence first.

    A source that has nothing there says nothing. The first is the one that is shown.
    """
    customers = [record.customer for record in match.records] or [match.customer]
    values = (FieldValue(_text(customer, field), customer.source, customer.fetched_at) for customer in customers)
    return tuple(one for one in values if one.value)


def differing(match: Match, field: str) -> tuple[FieldValue, ...]:
    """`said_of`, when the sources do not agree; empty when they do, or only one says anything."""
    said = said_of(match, field)
    return said if len({_folded(one.value) for one in said}) > 1 else ()


def merged_matches(
    found: Iterable[Match], keys: Mapping[str, Sequence[str]], links: Iterable[IdentityLink], precedence: Sequence[str]
) -> tuple[Match, ...]:
    """The matches of all CRMs, those that are one customer made one.

    The same matches give the same customers in whatever order the CRMs answered; only the order of the customers is
    that in which they came. The matches of a single CRM come out as they went in.

    Args:
        found: each record once.
        keys: by record id, the addresses that the record really carries, in one spelling.
        links: what the agent said of records.
        precedence: the sources as declared.
    """
    by_id = {match.customer.id: match for match in found}
    known = [Known(one, match.customer.source, tuple(keys.get(one, ()))) for one, match in by_id.items()]
    groups = grouped(known, links, precedence)
    return tuple(_merged([by_id[one] for one in group.ids], group.why) for group in groups)


def combined_answer(answers: Sequence[PopAnswer], matches: int) -> PopAnswer:
    """One answer out of those of several CRMs.

    Whoever was found is shown at once. "No match" needs the word of every CRM; one that could not be asked makes it
    "could not ask", whatever the others say, and one that was not asked makes it "not asked".
    """
    if matches:
        return PopAnswer.ONE if matches == 1 else PopAnswer.MANY
    for weighty in (PopAnswer.SEARCHING, PopAnswer.COULD_NOT_ASK, PopAnswer.NOT_ASKED):
        if weighty in answers:
            return weighty
    return PopAnswer.NO_MATCH if answers else PopAnswer.SEARCHING


def _merged(matches: Sequence[Match], why: Mapping[str, Sentence]) -> Match:
    if len(matches) == 1:
        return matches[0]
    customers = [match.customer for match in matches]
    first = matches[0]
    texts: dict[str, Any] = {
        field: next((text for one in customers if (text := _text(one, field))), "") for field in _TEXTS
    }
    seen = [one.last_contact for one in customers if one.last_contact is not None]
    fetched = [one.fetched_at for one in customers if one.fetched_at is not None]
    fields: dict[str, str] = {}
    for one in reversed(customers):
        fields = {**fields, **{name: value for name, value in one.fields.items() if value}}
    customer = replace(
        customers[0],
        **texts,
        fetched_at=min(fetched, default=None),
        addresses=tuple(dict.fromkeys(address for one in customers for address in one.addresses)),
        consents=_consents(customers),
        promises=_promises(customers),
        fields=fields,
        last_contact=max(seen, default=None),
    )
    best = next((match for match in matches if match.verified), first)
    records = tuple(Record(one, why.get(one.id, NOTHING)) for one in customers)
    return Match(customer, best.matched_on, best.reason, best.verified, records)


def _promises(customers: Sequence[Customer]) -> tuple[CustomerPromise, ...]:
    """Each promise once: the same words for the same hour are one promise that two systems know of."""
    kept: list[CustomerPromise] = []
    for promise in (promise for customer in customers for promise in customer.promises):
        if not any(_is_same(promise, other) for other in kept):
            kept.append(promise)
    return tuple(kept)


def _is_same(one: CustomerPromise, other: CustomerPromise) -> bool:
    if _folded(one.text) != _folded(other.text) or (one.due is None) != (other.due is None):
        return False
    return one.due is None or other.due is None or abs(one.due - other.due) < _SAME_HOUR


def _consents(customers: Sequence[Customer]) -> tuple[Consent, ...]:
    """One answer a topic: the newest, but a refusal without a date is never outvoted, nor one as new as a yes."""
    topics: dict[str, Consent] = {}
    for consent in (consent for customer in customers for consent in customer.consents):
        known = topics.get(consent.topic)
        if known is None or _weight(consent) > _weight(known):
            topics[consent.topic] = consent
    return tuple(topics.values())


def _weight(consent: Consent) -> tuple[float, int]:
    if consent.granted is None:
        return float("-inf"), 0
    undated = float("-inf") if consent.granted else float("inf")
    return undated if consent.at is None else consent.at, 1 if consent.granted else 2


def _text(customer: Customer, field: str) -> str:
    value = getattr(customer, field) if field in _TEXTS else customer.fields.get(field, "")
    return str(value)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
