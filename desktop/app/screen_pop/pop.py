"""What is known so far of one interaction's customer: what each CRM answered, and what comes of it together."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from desktop.app.screen_pop.contact_keys import keys_of
from desktop.app.screen_pop.customer_finder import Matches
from desktop.domain.entities.customer import CrmAnswer, Match
from desktop.domain.entities.identity import IdentityLink
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.domain.select.merged_customer import combined_answer, merged_matches
from desktop.domain.text.sentence import NOTHING, Sentence, sentences

# Who linked a contact, as the CRM is told.
ONLY_MATCH = "only match"
BEFORE = "the agent before"
BY_AGENT = "you"


@dataclass(slots=True)
class CrmLookup:
    """One CRM being asked about one interaction. `since` is when its answer became what it is."""

    source: str
    answer: PopAnswer = PopAnswer.SEARCHING
    since: float = 0.0
    matches: Matches = ()
    why: Sentence = NOTHING
    reason: Sentence = NOTHING  # the CRM's own words in `why`
    cached: bool = False  # the matches are from the last time, on this machine
    task: "asyncio.Task[None] | None" = None
    again: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waits_to_ask_again(self) -> bool:
        """Whether it could not be asked and will be by itself."""
        return self.answer is PopAnswer.COULD_NOT_ASK and self.task is not None and not self.task.done()


@dataclass(slots=True)
class Pop:
    """The search for one interaction's customer. `lookups` are in order of precedence."""

    interaction: Interaction
    lookups: dict[str, CrmLookup]
    merge: "Merging"
    why: Sentence = NOTHING
    chosen: str | None = None  # the id of any record of the customer
    chosen_by: str = ""
    decided: bool = False  # the agent chose, unlinked or went on without: nothing links by itself any more
    searched: bool = False  # decided by a search alone: whom they chose in the last run still counts
    question: int = 0
    told: dict[str, str] = field(default_factory=dict)  # which CRM was told of which customer
    loaded: set[str] = field(default_factory=set)  # records whose details were asked for
    fetched: set[str] = field(default_factory=set)  # records asked for because the agent once said they belong
    linked: dict[str, Match] = field(default_factory=dict)  # those of them that came

    @property
    def answer(self) -> PopAnswer:
        """The five answers, out of those of all CRMs."""
        return combined_answer([one.answer for one in self.lookups.values()], len(self.matches(fresh=True)))

    @property
    def settled(self) -> bool:
        """Whether every CRM has answered, or could not be asked."""
        return all(one.answer is not PopAnswer.SEARCHING for one in self.lookups.values())

    def matches(self, *, fresh: bool = False) -> tuple[Match, ...]:
        """The customers found so far; `fresh` leaves out those that only memory knows."""
        found = {
            match.customer.id: match
            for lookup in self.lookups.values()
            if not (fresh and (lookup.cached or lookup.answer in _UNANSWERED))
            for match in lookup.matches
        }
        belonging = {one: match for one, match in self.linked.items() if one not in found} if found else {}
        return self.merge([*found.values(), *belonging.values()])

    def chosen_match(self) -> Match | None:
        """The customer the interaction is linked to."""
        return self.holding(self.chosen) if self.chosen is not None else None

    def holding(self, customer_id: str) -> Match | None:
        """The customer found that a record belongs to."""
        return next((match for match in self.matches() if customer_id in match.ids), None)

    def let_go(self) -> None:
        """Forget the records that were fetched for somebody found before, but not those of who is linked."""
        chosen = self.chosen_match()
        kept = chosen.ids if chosen is not None else ()
        self.linked = {one: match for one, match in self.linked.items() if one in kept}
        self.fetched = set(self.linked)

    def is_fresh(self, customer_id: str) -> bool:
        """Whether a record is the CRM's present word and not a memory."""
        return customer_id in self.linked or any(
            match.customer.id == customer_id
            for lookup in self.lookups.values()
            if not lookup.cached
            for match in lookup.matches
        )

    def seen(self, now: Instant) -> ScreenPop:
        """All of it, for the state; `now`: since when, if this answer is a new one (server time)."""
        matches, chosen = self.matches(), self.chosen_match()
        lookups = list(self.lookups.values())
        shown = [one for one in lookups if one.matches]
        several = len(lookups) > 1
        return ScreenPop(
            self.answer,
            now,
            matches,
            chosen.customer.id if chosen is not None else None,
            self.chosen_by if chosen is not None else "",
            bool(shown) and all(one.cached for one in shown),
            self.why or (NOTHING if several and matches else sentences(*(one.why for one in lookups))),
            tuple(CrmAnswer(one.source, one.answer, one.since, one.reason) for one in lookups) if several else (),
            self.decided and not self.searched,
        )


_UNANSWERED = (PopAnswer.SEARCHING, PopAnswer.COULD_NOT_ASK)


class Merging:
    """Makes one customer of the records of several CRMs, as declared and as the agent said."""

    def __init__(self, precedence: Sequence[str], links: Callable[[], Iterable[IdentityLink]], region: str) -> None:
        """`precedence`: the CRMs as declared. `region`: where their numbers without `+` are dialled."""
        self._precedence = precedence
        self._links = links
        self._region = region

    def __call__(self, found: Iterable[Match]) -> tuple[Match, ...]:
        matches = tuple(found)
        if len(self._precedence) < 2:
            return matches
        keys = {match.customer.id: keys_of(match.customer, self._region) for match in matches}
        return merged_matches(matches, keys, self._links(), self._precedence)
