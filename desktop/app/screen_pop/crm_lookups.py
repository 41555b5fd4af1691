"""Asking the CRMs who it is: all at once, each until it has answered, none waiting for another."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from desktop.app.background import Background
from desktop.app.connections.backoff import full_jitter
from desktop.app.connections.failures import explain, own_words
from desktop.app.screen_pop.contact_keys import contact_key
from desktop.app.screen_pop.crm_desk import CrmDesk
from desktop.app.screen_pop.customer_finder import Matches
from desktop.app.screen_pop.pop import CrmLookup, Pop
from desktop.app.timing import Timing, first_of
from desktop.domain.entities.customer import Match
from desktop.domain.entities.words import PopAnswer
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.errors import BackendError, Unsupported

log = logging.getLogger(__name__)

NO_CRM = Sentence("customer.no_crm")


class CrmLookups:
    """Runs the look-ups of a pop and tells of each change. An answer to an older question is not heard."""

    def __init__(
        self,
        desks: Sequence[CrmDesk],
        broken: Mapping[str, Sentence],
        timing: Timing,
        now: Callable[[], float],
        changed: Callable[[Pop], None],
        region: str,
    ) -> None:
        """`desks` in order of precedence; `broken` are CRMs whose plug-in cannot be used, with the reason."""
        self.sources = (*(desk.source for desk in desks), *broken) or ("crm",)
        self._desks = {desk.source: desk for desk in desks}
        self._broken = broken
        self._timing = timing
        self._now = now
        self._changed = changed
        self._region = region
        self._background = Background()

    def new(self) -> dict[str, CrmLookup]:
        """The look-ups of a new pop, nobody asked yet."""
        return {source: CrmLookup(source, since=self._now()) for source in self.sources}

    def search(self, pop: Pop) -> None:
        """Ask every CRM who carries the address of the interaction; an answer that is known is there at once."""
        address = pop.interaction.customer
        if not self._desks:
            self._unasked(pop)
        elif not self._may_ask(pop):
            self._unasked(pop)
            pop.why = Sentence("customer.withheld" if address.withheld else "customer.nothing_to_search_by")
            for source in self._desks:
                self._set(pop.lookups[source], PopAnswer.NOT_ASKED)
        else:
            pop.why = NOTHING
            self._unasked(pop)
            for source, desk in self._desks.items():
                lookup = pop.lookups[source]
                known = desk.finder.known(address)
                if known is not None:
                    self.found(pop, lookup, known)
                    continue
                find = desk.finder.find(address)
                self._set(lookup, PopAnswer.SEARCHING)
                self._background.spawn(self._show_cached(pop, lookup, pop.question))
                lookup.task = asyncio.ensure_future(self._find(pop, lookup, pop.question, first=find))
        self._changed(pop)

    def again(self, pop: Pop, lookup: CrmLookup) -> None:
        """Ask one CRM anew, now, without taking an older answer."""
        desk = self._desks.get(lookup.source)
        if desk is None:
            return
        if not self._may_ask(pop):
            self._set(lookup, PopAnswer.NOT_ASKED, lookup.matches, cached=lookup.cached)
            return
        if lookup.waits_to_ask_again:
            lookup.again.set()
            return
        self._cancel(lookup)
        self._set(lookup, PopAnswer.SEARCHING, lookup.matches, cached=lookup.cached)
        lookup.task = asyncio.ensure_future(self._find(pop, lookup, pop.question, again=True))

    def go_on(self, pop: Pop) -> None:
        """Go on asking those who could not be asked, after something else was asked in between."""
        if not self._may_ask(pop):
            return
        for lookup in pop.lookups.values():
            desk = self._desks.get(lookup.source)
            if desk is not None and lookup.answer is PopAnswer.COULD_NOT_ASK:
                lookup.task = asyncio.ensure_future(self._find(pop, lookup, pop.question, again=True))

    async def search_by_text(self, pop: Pop, text: str) -> bool:
        """Ask every CRM for what was typed instead of the address; says whether any of them answered."""
        question = pop.question

        async def ask(desk: CrmDesk) -> bool:
            lookup = pop.lookups[desk.source]
            try:
                matches = await desk.finder.search(text)
            except BackendError as error:
                if question == pop.question:
                    self._could_not_ask(pop, lookup, error)
                return False
            if question == pop.question:
                pop.searched = pop.searched or not pop.decided
                pop.decided = True
                self.found(pop, lookup, matches)
                self._changed(pop)
            return True

        return any(await asyncio.gather(*(ask(desk) for desk in self._desks.values())))

    def found(self, pop: Pop, lookup: CrmLookup, matches: Matches) -> None:
        """One CRM has answered. Who is linked by the agent stays, whatever is found later."""
        if pop.decided:
            matches = with_chosen(pop, lookup, matches)
        pop.loaded.difference_update(match.customer.id for match in matches)
        answer = PopAnswer.NO_MATCH
        if matches:
            answer = PopAnswer.ONE if len(matches) == 1 else PopAnswer.MANY
        self._set(lookup, answer, matches)

    def restore(self, pop: Pop, matches: Matches) -> None:
        """Go on with what was found before, each record again at the CRM it is from."""
        own: dict[str, list[Match]] = {}
        only = self.sources[0]
        for match in matches:
            if not match.records:
                own.setdefault(match.customer.source if len(self.sources) > 1 else only, []).append(match)
            for record in match.records:
                one = Match(record.customer, match.matched_on, match.reason, match.verified)
                own.setdefault(record.customer.source, []).append(one)
        for source, lookup in pop.lookups.items():
            self.found(pop, lookup, tuple(own.get(source, ())))

    def stop(self, pop: Pop) -> int:
        """Whatever answers an older question is not heard any more; answers the number of the new one."""
        pop.question += 1
        pop.let_go()
        for lookup in pop.lookups.values():
            self._cancel(lookup)
        return pop.question

    def searching(self, pop: Pop) -> None:
        """Show that every CRM is being asked anew, with who is linked meanwhile."""
        for lookup in pop.lookups.values():
            if lookup.source in self._desks:
                self._set(lookup, PopAnswer.SEARCHING, with_chosen(pop, lookup, ()), cached=lookup.cached)

    def nobody(self, pop: Pop) -> None:
        """Forget what was found: the agent goes on without a record."""
        for lookup in pop.lookups.values():
            self._set(lookup, PopAnswer.NO_MATCH)

    async def close(self) -> None:
        """Stop showing what is kept here."""
        await self._background.cancel()

    async def _find(
        self,
        pop: Pop,
        lookup: CrmLookup,
        question: int,
        *,
        again: bool = False,
        first: "asyncio.Task[Matches] | None" = None,
    ) -> None:
        finder = self._desks[lookup.source].finder
        attempt = 0
        while question == pop.question:
            find = first or finder.find(pop.interaction.customer, again=again)
            first = None
            try:
                matches = await asyncio.shield(find)
            except BackendError as error:
                if question != pop.question:
                    return
                lookup.again.clear()
                self._could_not_ask(pop, lookup, error)
                if isinstance(error, Unsupported):
                    return
                wait = 1.0 + full_jitter(attempt, self._timing.random, base=2.0)
                await first_of(self._timing.sleep(wait), lookup.again.wait())
                attempt += 1
                again = True
            else:
                if question == pop.question:
                    self.found(pop, lookup, matches)
                    self._changed(pop)
                return

    async def _show_cached(self, pop: Pop, lookup: CrmLookup, question: int) -> None:
        matches = await self._desks[lookup.source].finder.cached(pop.interaction.customer)
        waiting = lookup.answer in (PopAnswer.SEARCHING, PopAnswer.COULD_NOT_ASK) and not lookup.matches
        if matches and waiting and question == pop.question and not pop.decided:
            lookup.matches, lookup.cached = matches, True
            self._changed(pop)

    def _may_ask(self, pop: Pop) -> bool:
        """Whether the contact's address is one that a CRM can be asked for: nobody owns a withheld number."""
        return bool(contact_key(pop.interaction.customer, self._region))

    def _could_not_ask(self, pop: Pop, lookup: CrmLookup, error: BackendError) -> None:
        log.info("could not ask %s: %s: %s", lookup.source, type(error).__name__, error.detail)
        # What to press is said by the card, once.
        why = explain(error, Sentence("customer.not_looked_up"), source=lookup.source).not_done
        self._set(lookup, PopAnswer.COULD_NOT_ASK, lookup.matches, why=why, cached=lookup.cached)
        lookup.reason = own_words(error)
        self._changed(pop)

    def _unasked(self, pop: Pop) -> None:
        """Say of the CRMs that cannot be asked at all why that is so."""
        for source, lookup in pop.lookups.items():
            if source not in self._desks:
                self._set(lookup, PopAnswer.COULD_NOT_ASK, why=self._broken.get(source, NO_CRM))

    def _set(
        self,
        lookup: CrmLookup,
        answer: PopAnswer,
        matches: Matches = (),
        *,
        why: Sentence = NOTHING,
        cached: bool = False,
    ) -> None:
        if lookup.answer is not answer:
            lookup.since = self._now()
        lookup.answer, lookup.matches, lookup.why = answer, matches, why
        lookup.reason = why
        lookup.cached = cached and bool(matches)

    def _cancel(self, lookup: CrmLookup) -> None:
        if lookup.task is not None and lookup.task is not asyncio.current_task():
            lookup.task.cancel()
            lookup.task = None


def with_chosen(pop: Pop, lookup: CrmLookup, matches: Matches) -> Matches:
    """What was found, and who is linked: that stays until another is chosen, whatever is found later."""
    chosen = pop.chosen_match()
    found = {match.customer.id for match in matches}
    kept = (match for match in lookup.matches if chosen is not None and match.customer.id in chosen.ids)
    return (*matches, *(match for match in kept if match.customer.id not in found))
