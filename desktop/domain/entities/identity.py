"""Who is one and the same in several systems: names of records that cannot clash, and groups of records.

Where a profile names several sources of a kind, a record's id carries the name of its source (`shop:42`), so that the
same number in two systems is two records. Where there is one source its ids stay as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from desktop.domain.text.sentence import Sentence

CUSTOMER, PERSON = "customer", "person"
BY_HAND: Final = Sentence("identity.by_hand")
"""Evidence that is the agent's own word."""
_HAND = ":"  # among the kinds of keys, none of which has that
_NAMED = frozenset({"phone", "email", "handle"})  # each set of these has a sentence of its own


@dataclass(frozen=True, slots=True)
class IdentityLink:
    """What the agent said of two records: `same` that they are one customer or person, or that they are not.

    `kind` is `customer` or `person`. `first` and `second` are qualified ids, the smaller one first.
    """

    kind: str
    first: str
    second: str
    same: bool

    @property
    def key(self) -> str:
        """The same for the same two records."""
        return "\n".join((self.kind, self.first, self.second))


def said(kind: str, one: str, other: str, *, same: bool) -> IdentityLink:
    """What is said of two records, whichever is named first."""
    return IdentityLink(kind, min(one, other), max(one, other), same)


@dataclass(frozen=True, slots=True)
class Known:
    """A record to be grouped: its id, its source, and what would prove it to be another's (`email:ada@example.org`)."""

    id: str
    source: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are one, the source with precedence first. `why` says it of each but the first."""

    ids: tuple[str, ...]
    why: Mapping[str, Sentence]


def grouped(records: Iterable[Known], links: Iterable[IdentityLink], precedence: Sequence[str]) -> tuple[Group, ...]:
    """The records in groups, each group in order of precedence, the groups in the order of `records`' first members.

    Two records of different sources are one when they share a key that nobody else in either source has: where a
    key is shared by two of one source, nobody can say which of them is meant; nor where two of one source tie to the
    same record by keys of one kind. An e-mail address weighs more than a number. What the agent said goes first,
    both ways, and no group ever holds two records of one source unless the agent said so. Which record came first
    changes nothing but the order of the groups.

    Args:
        links: what the agent said, about any records.
        precedence: the sources as declared; those not named come last.
    """
    known = {record.id: record for record in records}
    rank = {source: place for place, source in enumerate(precedence)}
    order = sorted(known, key=lambda one: (rank.get(known[one].source, len(rank)), known[one].source, one))
    place = {one: number for number, one in enumerate(order)}
    groups = {one: {one} for one in known}
    held = {one: {known[one].source} for one in known}  # the sources of a group, by its members
    why: dict[str, dict[str, list[str]]] = {one: {} for one in known}
    apart: set[frozenset[str]] = set()
    by_hand: list[tuple[str, str]] = []
    for link in links:
        if link.first in known and link.second in known:
            if link.same:
                by_hand.append((link.first, link.second))
            else:
                apart.add(frozenset((link.first, link.second)))

    def note(one: str, other: str, kind: str) -> None:
        for here, there in ((one, other), (other, one)):
            kinds = why[here].setdefault(there, [])
            if kind not in kinds:
                kinds.append(kind)

    def apart_in(members: Sequence[str]) -> bool:
        return bool(apart) and any(frozenset(pair) in apart for pair in combinations(members, 2))

    def join(one: str, other: str) -> None:
        ours, theirs = groups[one], groups[other]
        if ours is not theirs:
            ours |= theirs
            held[one] |= held[other]
            for each in theirs:
                groups[each], held[each] = ours, held[one]

    for one, other in sorted(by_hand):
        if groups[one] is groups[other] or not apart_in([*groups[one], *groups[other]]):
            note(one, other, _HAND)
            join(one, other)
    for kind, pairs in _proven(known, order):
        fitting = [
            (one, other)
            for one, other in pairs
            if groups[one] is groups[other]
            or (held[one].isdisjoint(held[other]) and not apart_in([*groups[one], *groups[other]]))
        ]
        lead = {one: min(groups[one]) for pair in fitting for one in pair}
        for tied in _connected(fitting, lead):
            leads = dict.fromkeys(lead[one] for pair in tied for one in pair)
            sources = [source for one in leads for source in held[one]]
            members = [each for one in leads for each in groups[one]]
            if len(leads) > 1 and (len(set(sources)) < len(sources) or apart_in(members)):
                continue  # two of one source, or two that are not one, tie to the same record: nobody can say which
            for one, other in tied:
                note(one, other, kind)
                join(one, other)
    seen: set[str] = set()
    made = []
    for one in known:
        if one not in seen:
            ids = tuple(sorted(groups[one], key=place.__getitem__))
            seen.update(ids)
            made.append(Group(ids, {each: _reason(each, ids, why) for each in ids[1:]}))
    return tuple(made)


def _proven(known: Mapping[str, Known], order: Sequence[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Pairs that share a key nobody else of their sources has, by the kind of key, in an order of their own."""
    holders: dict[str, list[str]] = defaultdict(list)
    for one in order:
        for key in dict.fromkeys(known[one].keys):
            holders[key].append(one)
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in sorted(holders):
        ids = holders[key]
        if len(ids) > 1 and len({known[one].source for one in ids}) == len(ids):
            pairs[key.partition(":")[0]] += combinations(ids, 2)
    yield from pairs.items()


def _connected(pairs: Iterable[tuple[str, str]], lead: Mapping[str, str]) -> Iterable[Sequence[tuple[str, str]]]:
    """The pairs in heaps that hang together. `lead` names the group of each record."""
    heap_of: dict[str, list[tuple[str, str]]] = {}
    for one, other in pairs:
        there, here = sorted((heap_of.setdefault(lead[each], []) for each in (one, other)), key=len)
        if here is not there:
            here += there
            for each in (one, other, *(each for pair in there for each in pair)):
                heap_of[lead[each]] = here
        here.append((one, other))
    return list({id(heap): heap for heap in heap_of.values()}.values())


def _reason(one: str, ids: Sequence[str], why: Mapping[str, Mapping[str, Sequence[str]]]) -> Sentence:
    """Why a record is in its group: what ties it to one of the others, those with precedence first."""
    kinds = next((why[one][other] for other in ids if other in why[one]), ())
    if _HAND in kinds:
        return BY_HAND
    if kinds and _NAMED.issuperset(kinds):
        return Sentence(f"identity.same_{'_'.join(sorted(kinds))}")
    return Sentence("identity.same", kinds=tuple(kinds))
