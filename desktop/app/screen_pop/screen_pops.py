"""Who is it: the customer's card with the ring, one of five honest answers, and every link can be undone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from desktop.app.background import Background
from desktop.app.commands.command_result import IGNORED, CommandResult, failed
from desktop.app.commands.intents import Intents
from desktop.app.connections.failures import explain
from desktop.app.screen_pop.crm_desk import CrmDesk
from desktop.app.screen_pop.crm_lookups import CrmLookups
from desktop.app.screen_pop.identity_links import IdentityLinks
from desktop.app.screen_pop.manual_links import ManualLinks
from desktop.app.screen_pop.pop import BEFORE, BY_AGENT, ONLY_MATCH, Merging, Pop
from desktop.app.screen_pop.prefetch import Prefetch
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.entities.customer import Customer, Match
from desktop.domain.entities.identity import CUSTOMER
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.domain.select.merged_details import details_of
from desktop.domain.state.events import ContactCenterSnapshot, Envelope, InteractionChanged, QueueChanged
from desktop.domain.state.own_events import PopChanged
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError, NotFound, OutcomeUnknown, ProtocolError

CRM = "crm"
_RINGING_OR_LATER = frozenset({Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP})


class ScreenPops:
    """Watches for work of mine and for who is next in line, and finds their records before they are needed."""

    def __init__(
        self,
        store: Store,
        desks: Sequence[CrmDesk],
        links: IdentityLinks,
        timing: Timing,
        region: str = "",
        broken: Mapping[str, Sentence] | None = None,
        *,
        kept_link: Callable[[str], tuple[str | None] | None] = lambda interaction_id: None,
    ) -> None:
        """`desks` in order of precedence. `broken`: CRMs whose plug-in cannot be used, with the reason.

        `kept_link`: whom the agent linked an interaction to in an earlier run, (None,) for nobody; None where they
        decided nothing.
        """
        self._kept_link = kept_link
        self._store = store
        self._desks = {desk.source: desk for desk in desks}
        self._identity_links = links
        self._pops: dict[str, Pop] = {}
        self._intents = Intents()
        self._background = Background()
        self._fetched: dict[str, str] = {}  # interaction -> whom it was linked to before, and was asked for
        self._me = ""
        self._lookups = CrmLookups(desks, broken or {}, timing, store.now, self._settle, region)
        self.merge = Merging(self._lookups.sources, lambda: links.of(CUSTOMER), region)
        self._linked = ManualLinks(self._desks, links, self._settle)
        self._prefetch = Prefetch([desk.finder for desk in desks], store)
        links.changed.append(self._merge_anew)
        store.taps.append(self._tap)
        store.listeners.append(self._listen)

    async def search(self, interaction_id: str, text: str) -> None:
        """Find customers by what the agent typed. Never links by itself."""
        pop, wanted = self._pop(interaction_id), text.strip()
        if pop is None or not self._desks or not wanted:
            return
        question = self._lookups.stop(pop)
        self._lookups.searching(pop)
        pop.why = Sentence("customer.searching_for", text=wanted)
        self._publish(pop)
        pop.why = NOTHING
        answered = await self._lookups.search_by_text(pop, wanted)
        if question != pop.question:
            return
        if answered:
            self.recall(interaction_id)  # which came while this was asked
        elif not pop.decided:
            self._lookups.go_on(pop)  # what went on by itself before goes on

    async def find(self, text: str) -> tuple[Match, ...]:
        """Customers found by what was typed, for no contact in particular; those of a CRM that fails are left out."""
        wanted = text.strip()
        if not wanted:
            return ()
        asked = [desk.finder.search(wanted) for desk in self._desks.values()]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        return self.merge([match for answer in answers if isinstance(answer, Sequence) for match in answer])

    def look_at(self, match: Match) -> None:
        """Ask for the cases and the history of a customer who is linked to no contact."""
        for customer_id, desk in self._desks_of(match).items():
            desk.details.load(customer_id)

    def read_on(self, match: Match) -> None:
        """Ask for what is older than the end of a customer's timeline; of several records, of that which ends first."""
        details = details_of(self._store.drain(), match)
        for customer_id, desk in self._desks_of(match).items():
            if details.ends.get(customer_id, details.known_since) >= details.known_since:
                desk.details.load_older(customer_id)

    def choose(self, interaction_id: str, customer_id: str) -> None:
        """Link the interaction to one of the matches."""
        pop = self._pop(interaction_id)
        if pop is None or pop.holding(customer_id) is None:
            return
        pop.decided, pop.searched = True, False
        self._link(pop, customer_id, BY_AGENT)

    def link(self, interaction_id: str, match: Match) -> None:
        """Link the interaction to a customer found by a search; who was found before stays on offer."""
        pop = self._pop(interaction_id)
        if pop is None:
            return
        pop.decided, pop.searched = True, False
        desks = self._desks_of(match)
        for customer in (match.customer, *(record.customer for record in match.records)):
            desk = desks.get(customer.id)
            if desk is not None and (lookup := pop.lookups.get(desk.source)) is not None:
                others = (one for one in lookup.matches if one.customer.id != customer.id)
                record = Match(customer, match.matched_on, match.reason, match.verified)
                self._lookups.found(pop, lookup, (*others, record))
        self._link(pop, match.customer.id, BY_AGENT)

    def unlink(self, interaction_id: str) -> None:
        """Undo the link; the matches stay on offer."""
        pop = self._pop(interaction_id)
        if pop is None:
            return
        pop.decided, pop.searched, pop.chosen, pop.chosen_by = True, False, None, ""
        self._publish(pop)
        self._tell_crms(pop)

    async def create(self, interaction_id: str, name: str) -> CommandResult:
        """Make a record for an unknown customer, under the address they came from, and link it.

        It is made in the first CRM that makes any.
        """
        pop, not_done = self._pop(interaction_id), Sentence("customer.not_created")
        desk = next((desk for desk in self._desks.values() if self._makes_records(desk)), None)
        if pop is None or desk is None or not name.strip():
            why = "customer.no_name" if pop is not None and desk is not None else "customer.nowhere_to_create"
            return CommandResult(False, not_done + Sentence(why), "Rejected")
        intent = (interaction_id, name.strip())
        if not self._intents.begin(intent):
            return IGNORED
        address = pop.interaction.customer
        crm = desk.crm
        try:
            key = self._intents.key(intent)  # kept until it is done, so that pressing again makes no second record
            customer = await desk.reading.backend_calls.ask(
                lambda: crm.create_customer(name.strip(), [] if address.withheld else [address], key=key), desk.source
            )
            if not isinstance(customer, Customer):
                raise ProtocolError(Sentence("customer.answer_no_customer"))
        except OutcomeUnknown as error:
            failure = explain(error, Sentence("customer.perhaps_created"), source=desk.source)
            look = Sentence("customer.search_first")
            return CommandResult(False, replace(failure, press=look).text, OutcomeUnknown.__name__)
        except BackendError as error:
            return failed(error, not_done, desk.source)
        finally:
            self._intents.end(intent)
        pop.chosen = None
        self._lookups.stop(pop)
        self._lookups.nobody(pop)
        pop.decided, pop.searched, pop.why = True, False, NOTHING
        match = Match(customer, "name", Sentence("match.created"), verified=True)
        self._lookups.found(pop, pop.lookups[desk.source], (match,))
        self._link(pop, customer.id, BY_AGENT)
        desk.finder.keep([match])
        return CommandResult(True, Sentence("customer.created", name=name.strip()))

    async def retry(self, interaction_id: str) -> None:
        """Ask the CRMs again, now. What the agent chose stays; a link they undid may come back."""
        pop = self._pop(interaction_id)
        if pop is None or not self._desks:
            return
        pop.decided = pop.decided and pop.chosen is not None
        failed = [one for one in pop.lookups.values() if one.waits_to_ask_again]
        if not failed:
            self._lookups.stop(pop)
        for lookup in failed or pop.lookups.values():
            self._lookups.again(pop, lookup)
        self._publish(pop)

    def without(self, interaction_id: str) -> None:
        """Go on without a record; it can still be searched for later."""
        pop = self._pop(interaction_id)
        if pop is not None:
            pop.decided, pop.searched, pop.chosen, pop.chosen_by = True, False, None, BY_AGENT
            self._lookups.stop(pop)
            self._lookups.nobody(pop)
            pop.why = Sentence("customer.without_record")
            self._publish(pop)
            self._tell_crms(pop)

    def recall(self, interaction_id: str) -> None:
        """A record of the last run was found: what the agent decided in it is known from now on."""
        pop = self._pops.get(interaction_id)
        if pop is None or (pop.decided and not (pop.searched and self._kept_link(interaction_id) is not None)):
            return
        pop.decided = pop.searched = False
        self._settle(pop)

    def retry_all(self) -> None:
        """Ask again, for everybody, the CRMs that could not be asked about them."""
        for pop in self._pops.values():
            for lookup in pop.lookups.values():
                if lookup.waits_to_ask_again:
                    lookup.again.set()

    async def close(self) -> None:
        """Stop asking."""
        for pop in self._pops.values():
            self._lookups.stop(pop)
        closing = (self._lookups.close(), self._linked.close(), self._background.cancel())
        await asyncio.gather(*closing, return_exceptions=True)
        await asyncio.gather(*(desk.close() for desk in self._desks.values()), return_exceptions=True)

    # What happens by itself

    def _tap(self, envelope: Envelope) -> None:
        event = envelope.event
        if isinstance(event, InteractionChanged):
            self._see(event.interaction)
        elif isinstance(event, QueueChanged):
            self._prefetch.look_at(event.queue)
        elif isinstance(event, ContactCenterSnapshot):
            self._me = self._prefetch.me = event.me
            for interaction in event.interactions:
                self._see(interaction)
            for queue in event.queues:
                self._prefetch.look_at(queue)

    def _listen(self, old: AppState, new: AppState) -> None:
        if new.interactions is not old.interactions or new.drafts is not old.drafts:
            for interaction_id in [known for known in self._pops if known not in new.interactions]:
                self._fetched.pop(interaction_id, None)
                if interaction_id not in new.drafts:
                    self._lookups.stop(self._pops.pop(interaction_id))

    def _see(self, interaction: Interaction) -> None:
        pop = self._pops.get(interaction.id)
        if interaction.phase is Phase.CLOSED:
            if pop is not None:
                self._lookups.stop(pop)
            return
        mine = interaction.agent_id == (self._me or self._store.state.me) and interaction.agent_id
        if not mine or interaction.phase not in _RINGING_OR_LATER:
            return
        if pop is None:
            self._begin(interaction)
            return
        moved = pop.interaction.customer != interaction.customer
        if interaction.version > pop.interaction.version:
            pop.interaction = interaction
            if moved and not pop.decided:
                pop.chosen = None
                self._lookups.stop(pop)
                self._lookups.search(pop)
            elif interaction.previous is not None and not pop.decided:
                self._settle(pop)

    def _begin(self, interaction: Interaction) -> None:
        gone = self._store.state.tombstones.get(interaction.id)
        if gone is not None and gone >= interaction.version:
            return
        pop = self._pops[interaction.id] = self._new(interaction)
        kept = self._store.state.pops.get(interaction.id)
        if kept is not None and kept.chosen_by == BY_AGENT:
            self._lookups.restore(pop, kept.matches)
            pop.chosen, pop.chosen_by, pop.decided = kept.chosen, BY_AGENT, True
            return
        self._lookups.search(pop)

    def _settle(self, pop: Pop) -> None:
        """Something was found, or could not be: link the only customer there is, and show it all."""
        if self._pops.get(pop.interaction.id) is not pop:
            return
        said_before = self._recall(pop)
        if not said_before:
            self._take_over(pop)
        if not pop.decided:
            fresh = pop.matches(fresh=True)
            shown = fresh or pop.matches()
            before, pop.chosen, pop.chosen_by = pop.chosen, None, ""
            if len(shown) == 1 and not said_before:
                pop.chosen = before if before in shown[0].ids else shown[0].customer.id
                pop.chosen_by = ONLY_MATCH
        self._follow(pop)

    def _recall(self, pop: Pop) -> bool:
        """Link it, or leave it unlinked, as the agent decided before the desktop was started anew.

        Returns:
            Whether they decided anything; then nothing is linked by itself.
        """
        kept = None if pop.decided else self._kept_link(pop.interaction.id)
        if kept is None:
            return False
        (customer_id,) = kept
        if customer_id is None:
            pop.decided, pop.chosen, pop.chosen_by = True, None, ""
        else:
            self._link_again(pop, customer_id, BY_AGENT)
        return True

    def _take_over(self, pop: Pop) -> None:
        """Link it as the agent before did, whose contact goes on in it."""
        previous = pop.interaction.previous
        if previous is not None and previous.customer_id and not pop.decided:
            self._link_again(pop, previous.customer_id, previous.agent_name or BEFORE)

    def _link_again(self, pop: Pop, customer_id: str, by: str) -> None:
        """Link it to whom it was linked before; a customer whom the search did not find is fetched."""
        if pop.holding(customer_id) is not None:
            pop.decided, pop.chosen, pop.chosen_by = True, customer_id, by
        elif pop.settled and self._fetched.get(pop.interaction.id) != customer_id:
            self._fetched[pop.interaction.id] = customer_id
            why = Sentence("match.linked_before" if by == BY_AGENT else "match.linked_by_previous_agent")
            self._background.spawn(self._fetch(pop, customer_id, why))

    async def _fetch(self, pop: Pop, customer_id: str, why: Sentence) -> None:
        """Ask for one record by its id, shown with `why`; where no CRM has it, what was found before counts."""

        async def record(desk: CrmDesk) -> Sequence[Match]:
            try:
                return (Match(await desk.crm.customer(customer_id), "id", why),)
            except NotFound:
                return ()

        found = [desk.reading.read(partial(record, desk)) for desk in self._desks.values()]
        answers = await asyncio.gather(*found, return_exceptions=True)
        if self._pops.get(pop.interaction.id) is not pop or pop.decided:
            return
        for desk, answer in zip(self._desks.values(), answers, strict=True):
            if isinstance(answer, tuple) and answer:
                self._lookups.found(pop, pop.lookups[desk.source], (*answer, *pop.lookups[desk.source].matches))
        self._settle(pop)

    def _link(self, pop: Pop, customer_id: str, by: str) -> None:
        pop.chosen, pop.chosen_by = customer_id, by
        self._follow(pop)

    def _follow(self, pop: Pop) -> None:
        """Show it, have the details of everybody linked, and tell the CRMs once all of them have answered."""
        chosen = pop.chosen_match()
        if chosen is None:
            pop.chosen, pop.chosen_by = None, ""
        elif not self._identity_links.linked_to(CUSTOMER, (pop.chosen or "",)):
            # Which of their records came first does not matter any more; but a link by hand may be taken back, and
            # then the contact is still with whom it was.
            pop.chosen = chosen.customer.id
        self._publish(pop)
        for one in chosen.ids if chosen is not None else ():
            desk = self._desk_of(pop, one)
            if desk is not None and one not in pop.loaded and pop.is_fresh(one):
                pop.loaded.add(one)
                desk.details.load(one)
        self._linked.fetch(pop)
        if pop.settled:
            self._tell_crms(pop)

    def _tell_crms(self, pop: Pop) -> None:
        chosen = pop.chosen_match()
        now = {
            desk.source: one
            for one in (chosen.ids if chosen is not None else ())
            if (desk := self._desk_of(pop, one)) is not None and pop.is_fresh(one)
        }
        for source, desk in self._desks.items():
            wanted = now.get(source)
            if wanted is not None and pop.told.get(source) != wanted:
                pop.told[source] = wanted
                desk.links.tell(pop.interaction.id, wanted, pop.chosen_by, decided=pop.chosen_by == BY_AGENT)
            elif wanted is None and pop.told.pop(source, None) is not None:
                desk.links.tell(pop.interaction.id, None, "", decided=pop.decided)

    def _merge_anew(self) -> None:
        """The agent said that records are one customer, or are not; whom a contact is linked to stays."""
        for pop in self._pops.values():
            if pop.chosen is not None:
                self._follow(pop)
            else:
                self._settle(pop)

    def _desk_of(self, pop: Pop, customer_id: str) -> CrmDesk | None:
        for source, lookup in pop.lookups.items():
            if any(match.customer.id == customer_id for match in lookup.matches):
                return self._desks.get(source)
        linked = pop.linked.get(customer_id)
        return self._desks.get(linked.customer.source) if linked is not None else None

    def _desks_of(self, match: Match) -> dict[str, CrmDesk]:
        """The CRM of each of a customer's records, by the record's id; where there is one CRM, it is that."""
        only = next(iter(self._desks.values())) if len(self._desks) == 1 else None
        records = (match.customer, *(record.customer for record in match.records))
        found = {one.id: self._desks.get(one.source, only) for one in records}
        return {one: desk for one, desk in found.items() if desk is not None}

    def _makes_records(self, desk: CrmDesk) -> bool:
        offered = self._store.state.capabilities.get(desk.source)
        return len(self._desks) == 1 or (offered is not None and Capability.CREATE_CUSTOMER.value in offered)

    def _new(self, interaction: Interaction) -> Pop:
        return Pop(interaction, self._lookups.new(), self.merge)

    def _pop(self, interaction_id: str) -> Pop | None:
        pop = self._pops.get(interaction_id)
        if pop is None:
            interaction = self._store.drain().interactions.get(interaction_id)
            if interaction is not None:
                pop = self._pops[interaction_id] = self._new(interaction)
        return pop

    def _publish(self, pop: Pop) -> None:
        if self._pops.get(pop.interaction.id) is pop:
            self._store.publish(PopChanged(pop.interaction.id, pop.seen(self._store.now())), CRM)
