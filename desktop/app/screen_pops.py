"""Who is it: the customer's card with the ring, one of five honest answers, and every link can be undone."""

import asyncio
import logging
from dataclasses import dataclass, field

from desktop.app.actions import ActionResult
from desktop.app.asking import Reading
from desktop.app.backoff import full_jitter
from desktop.app.contact_keys import contact_key
from desktop.app.crm_links import CrmLinks
from desktop.app.customer_details import DetailsLoader
from desktop.app.customer_finder import CustomerFinder, Matches
from desktop.app.failures import error_class, explain
from desktop.app.intents import Intents
from desktop.app.prefetch import Prefetch
from desktop.app.store import Store
from desktop.app.timing import first_of
from desktop.domain.customer import Customer, Match
from desktop.domain.events import ContactCenterSnapshot, Envelope, InteractionChanged, PopChanged, QueueChanged
from desktop.domain.model import Interaction
from desktop.domain.state import AppState
from desktop.domain.words import Phase, PopAnswer
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, ProtocolError, Unsupported

log = logging.getLogger(__name__)

CRM = "crm"
ONLY_MATCH = "only match"
BY_AGENT = "you"
_RINGING_OR_LATER = frozenset({Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP})


@dataclass(slots=True)
class _Pop:
    """What is known so far of one interaction's customer."""

    interaction: Interaction
    answer: PopAnswer = PopAnswer.SEARCHING
    matches: Matches = ()
    chosen: str | None = None
    chosen_by: str = ""
    cached: bool = False
    why: str = ""
    decided: bool = False  # the agent chose, unlinked or went on without: nothing links by itself any more
    linked: str | None = None  # what the CRM was told
    question: int = 0
    task: "asyncio.Task[None] | None" = None
    again: asyncio.Event = field(default_factory=asyncio.Event)


class ScreenPops:
    """Watches for work of mine and for who is next in line, and finds their records before they are needed."""

    def __init__(
        self, store: Store, crm: Crm | None, reading: Reading, finder: CustomerFinder | None, source: str = CRM
    ) -> None:
        self._store = store
        self._crm = crm
        self._reading = reading
        self._finder = finder
        self._source = source
        self._timing = reading.asking.timing
        self._details = DetailsLoader(crm, reading, store, source) if crm is not None else None
        self._pops: dict[str, _Pop] = {}
        self._intents = Intents()
        self._me = ""
        self._background: set[asyncio.Task[None]] = set()
        self._links = CrmLinks(crm, reading.asking, store, source)
        self._prefetch = Prefetch(finder, store)
        store.taps.append(self._tap)
        store.listeners.append(self._listen)

    async def search(self, interaction_id: str, text: str) -> None:
        """Find customers by what the agent typed. Never links by itself."""
        pop, crm = self._pop(interaction_id), self._crm
        if pop is None or crm is None or not text.strip():
            return
        question = self._ask_anew(pop)
        self._show(pop, PopAnswer.SEARCHING, matches=_with_chosen(pop, ()), why=f"searching for {text.strip()!r}")
        try:
            found = await self._reading.read(lambda: crm.search(text.strip()))
            matches = tuple(match for match in found if isinstance(match, Match))
        except BackendError as error:
            if question == pop.question:
                self._could_not_ask(pop, error)
                if not pop.decided and self._finder is not None:  # what went on by itself before goes on
                    pop.task = asyncio.ensure_future(self._find(pop, pop.question, again=True))
            return
        if question == pop.question:
            pop.decided = True
            matches = _with_chosen(pop, matches)
            self._show(pop, _answer_for(matches), matches=matches)

    def choose(self, interaction_id: str, customer_id: str) -> None:
        """Link the interaction to one of the matches."""
        pop = self._pop(interaction_id)
        if pop is None or all(match.customer.id != customer_id for match in pop.matches):
            return
        pop.decided = True
        self._link(pop, customer_id, BY_AGENT)

    def unlink(self, interaction_id: str) -> None:
        """Undo the link; the matches stay on offer."""
        pop = self._pop(interaction_id)
        if pop is None:
            return
        pop.decided, pop.chosen, pop.chosen_by = True, None, ""
        self._publish(pop)
        if pop.linked is not None:
            pop.linked = None
            self._links.tell(interaction_id, None, "")

    async def create(self, interaction_id: str, name: str) -> ActionResult:
        """Make a record for an unknown customer, under the address they came from, and link it."""
        pop, crm, not_done = self._pop(interaction_id), self._crm, "No record was created."
        if pop is None or crm is None or not name.strip():
            why = "There is no name." if pop is not None and crm is not None else "There is nothing to create it in."
            return ActionResult(False, f"{not_done} {why}", "Rejected")
        intent = (interaction_id, name.strip())
        if not self._intents.begin(intent):
            return ActionResult(False, "", "ignored")
        address = pop.interaction.customer
        try:
            key = self._intents.key(intent)  # kept until it is done, so that pressing again makes no second record
            customer = await self._reading.asking.ask(
                lambda: crm.create_customer(name.strip(), [] if address.withheld else [address], key=key), self._source
            )
            if not isinstance(customer, Customer):
                raise ProtocolError("The answer is not a customer.")
        except BackendError as error:
            return ActionResult(False, explain(error, not_done, source=self._source).text, error_class(error).__name__)
        finally:
            self._intents.end(intent)
        self._ask_anew(pop)
        pop.decided = True
        match = Match(customer, "name", "created now", verified=True)
        self._show(pop, PopAnswer.ONE, matches=(match,))
        self._link(pop, customer.id, BY_AGENT)
        if self._finder is not None:
            self._finder.keep([match])
        return ActionResult(True, f"A record for {name.strip()} was created.")

    async def retry(self, interaction_id: str) -> None:
        """Ask the CRM again, now. What the agent chose stays; a link they undid may come back."""
        pop = self._pop(interaction_id)
        if pop is None or self._finder is None:
            return
        pop.decided = pop.decided and pop.chosen is not None
        if pop.answer is PopAnswer.COULD_NOT_ASK and pop.task is not None and not pop.task.done():
            pop.again.set()
            return
        self._ask_anew(pop)
        self._show(pop, PopAnswer.SEARCHING, matches=pop.matches)
        pop.task = asyncio.ensure_future(self._find(pop, pop.question, again=True))

    def without(self, interaction_id: str) -> None:
        """Go on without a record; it can still be searched for later."""
        pop = self._pop(interaction_id)
        if pop is not None:
            self._ask_anew(pop)
            pop.decided, pop.chosen, pop.chosen_by = True, None, BY_AGENT
            self._show(pop, PopAnswer.NO_MATCH, matches=(), why="you went on without a record")

    def retry_all(self) -> None:
        """Ask again for everybody the CRM could not be asked about."""
        for pop in self._pops.values():
            if pop.answer is PopAnswer.COULD_NOT_ASK:
                pop.again.set()

    async def close(self) -> None:
        """Stop asking."""
        tasks = [pop.task for pop in self._pops.values() if pop.task is not None] + list(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._links.close()
        if self._details is not None:
            await self._details.close()
        if self._finder is not None:
            await self._finder.close()

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
                if interaction_id not in new.drafts:
                    self._drop(interaction_id)

    def _see(self, interaction: Interaction) -> None:
        pop = self._pops.get(interaction.id)
        if interaction.phase is Phase.CLOSED:
            self._stop(pop)
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
                self._ask_anew(pop)
                self._search(pop)

    def _begin(self, interaction: Interaction) -> None:
        gone = self._store.state.tombstones.get(interaction.id)
        if gone is not None and gone >= interaction.version:
            return
        pop = self._pops[interaction.id] = _Pop(interaction)
        kept = self._store.state.pops.get(interaction.id)
        if kept is not None and kept.chosen_by == BY_AGENT:
            pop.answer, pop.matches, pop.chosen, pop.chosen_by = kept.answer, kept.matches, kept.chosen, BY_AGENT
            pop.decided = True
            return
        self._search(pop)

    def _search(self, pop: _Pop) -> None:
        address = pop.interaction.customer
        if self._finder is None:
            self._show(pop, PopAnswer.COULD_NOT_ASK, why="this profile names no CRM")
            return
        if not contact_key(address, self._finder.region):
            why = "the number is withheld" if address.withheld else "there is nothing to search by"
            self._show(pop, PopAnswer.NO_MATCH, why=why)
            return
        known = self._finder.known(address)
        if known is not None:
            self._found(pop, known)
            return
        find = self._finder.find(address)
        self._show(pop, PopAnswer.SEARCHING)
        task = asyncio.ensure_future(self._show_cached(pop, pop.question))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        pop.task = asyncio.ensure_future(self._find(pop, pop.question, first=find))

    async def _find(
        self, pop: _Pop, question: int, *, again: bool = False, first: "asyncio.Task[Matches] | None" = None
    ) -> None:
        finder = self._finder
        if finder is None:
            return
        attempt = 0
        while question == pop.question:
            find = first or finder.find(pop.interaction.customer, again=again)
            first = None
            try:
                matches = await asyncio.shield(find)
            except BackendError as error:
                if question != pop.question:
                    return
                pop.again.clear()
                self._could_not_ask(pop, error)
                if isinstance(error, Unsupported):
                    return
                wait = 1.0 + full_jitter(attempt, self._timing.random, base=2.0)
                await first_of(self._timing.sleep(wait), pop.again.wait())
                attempt += 1
                again = True
            else:
                if question == pop.question:
                    self._found(pop, matches)
                return

    async def _show_cached(self, pop: _Pop, question: int) -> None:
        if self._finder is None:
            return
        matches = await self._finder.cached(pop.interaction.customer)
        waiting = pop.answer in (PopAnswer.SEARCHING, PopAnswer.COULD_NOT_ASK) and not pop.matches
        if matches and waiting and question == pop.question and not pop.decided:
            pop.matches, pop.cached = matches, True
            if len(matches) == 1:
                pop.chosen, pop.chosen_by = matches[0].customer.id, ONLY_MATCH
            self._publish(pop)

    def _found(self, pop: _Pop, matches: Matches) -> None:
        if pop.decided:
            matches = _with_chosen(pop, matches)
        else:
            pop.chosen, pop.chosen_by = None, ""
        pop.cached = False
        self._show(pop, _answer_for(matches), matches=matches)
        if len(matches) == 1 and not pop.decided:
            self._link(pop, matches[0].customer.id, ONLY_MATCH)

    def _could_not_ask(self, pop: _Pop, error: BackendError) -> None:
        log.info("could not ask the CRM: %s: %s", type(error).__name__, error.detail)
        why = explain(error, "The customer could not be looked up.", source=self._source, safe="").text
        self._show(pop, PopAnswer.COULD_NOT_ASK, matches=pop.matches, why=why)

    def _link(self, pop: _Pop, customer_id: str, by: str) -> None:
        pop.chosen, pop.chosen_by = customer_id, by
        self._publish(pop)
        if self._details is not None:
            self._details.load(customer_id)
        if pop.linked != customer_id:
            pop.linked = customer_id
            self._links.tell(pop.interaction.id, customer_id, by)

    def _pop(self, interaction_id: str) -> _Pop | None:
        pop = self._pops.get(interaction_id)
        if pop is None:
            interaction = self._store.drain().interactions.get(interaction_id)
            if interaction is not None:
                pop = self._pops[interaction_id] = _Pop(interaction)
        return pop

    def _ask_anew(self, pop: _Pop) -> int:
        """Whatever answers an older question is not heard any more."""
        pop.question += 1
        if pop.task is not None and pop.task is not asyncio.current_task():
            pop.task.cancel()
            pop.task = None
        return pop.question

    def _show(self, pop: _Pop, answer: PopAnswer, *, matches: Matches = (), why: str = "") -> None:
        pop.answer, pop.matches, pop.why = answer, matches, why
        if pop.chosen is not None and all(match.customer.id != pop.chosen for match in matches):
            pop.chosen, pop.chosen_by = None, ""
        if not pop.matches:
            pop.cached = False
        self._publish(pop)

    def _publish(self, pop: _Pop) -> None:
        if self._pops.get(pop.interaction.id) is not pop:
            return
        self._store.say(
            PopChanged(pop.interaction.id, pop.answer, pop.matches, pop.chosen, pop.chosen_by, pop.cached, pop.why),
            self._source,
        )

    def _drop(self, interaction_id: str) -> None:
        self._stop(self._pops.pop(interaction_id, None))

    def _stop(self, pop: _Pop | None) -> None:
        if pop is not None:
            self._ask_anew(pop)


def _with_chosen(pop: _Pop, matches: Matches) -> Matches:
    """What was found, and who is linked: that stays until another is chosen, whatever is found later."""
    if any(match.customer.id == pop.chosen for match in matches):
        return matches
    return (*matches, *(match for match in pop.matches if match.customer.id == pop.chosen))


def _answer_for(matches: Matches) -> PopAnswer:
    if not matches:
        return PopAnswer.NO_MATCH
    return PopAnswer.ONE if len(matches) == 1 else PopAnswer.MANY
