"""Who it is: pick, search, create, unlink."""

from typing import TYPE_CHECKING, NamedTuple

from desktop.domain import select
from desktop.domain.entities.customer import Match
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.domain.news.notices import DONE, LINK, UNDO_SECONDS
from desktop.tui.agent.overlays.copy_list import CopyList
from desktop.tui.agent.overlays.records import RecordsPane
from desktop.tui.agent.panes.entry import TEXT_LIMIT, EntryPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.past import match_of
from desktop.tui.agent.verbs.base import DeskContext, DeskVerbs
from desktop.tui.agent.verbs.messages import MessageVerbs
from desktop.tui.keys.two_presses import named
from desktop.tui.widgets.safe_text import safe
from desktop.words.catalogue import tr

if TYPE_CHECKING:
    from desktop.app.commands.command_result import CommandResult
    from desktop.app.session import Session


class Unlinked(NamedTuple):
    """A link that was undone a moment ago, and until when it can be brought back.

    `instead`: the customer linked in its place, None where there is none.
    """

    interaction_id: str
    customer_id: str
    until: Instant
    instead: str | None = None


class CustomerVerbs(DeskVerbs):
    """What is done to the link between contact and customer."""

    _unlinked: Unlinked | None = None

    def __init__(self, context: DeskContext, messages: MessageVerbs) -> None:
        super().__init__(context)
        self._messages = messages

    def pick(self, number: int) -> None:
        """The customer with this number where there are several, else the contact with this number in the work list."""
        matches = self.ambiguous()
        interaction = self._selected()
        if matches and interaction is not None and self.session is not None:
            if number <= len(matches):
                self.session.pops.choose(interaction.id, matches[number - 1])
            return
        wanted = self._screen.numbered(number)
        if wanted is not None:
            self._screen.select(wanted.id)
            if wanted.phase in (Phase.ACTIVE, Phase.WRAP_UP):
                self._screen.show_tab("contact")

    def ambiguous(self) -> list[str]:
        """The customers to choose between, by id; empty where it is clear."""
        interaction = self._selected()
        matches = select.possible_customers(self._screen.state, interaction.id) if interaction else ()
        return [match.customer.id for match in matches[:9]]

    def create(self) -> None:
        """Name a new customer."""
        self.open_search(creating=True)

    def unlink(self) -> None:
        """Take back a reply or message that is held back; else undo the link of the selected contact.

        Within 10 s that again: the customer is linked again, or the one in whose place another was linked.
        """
        interaction = self._selected()
        own = interaction is not None and select.held_back(self._screen.state, interaction.id)
        if not own and self._messages.take_back():
            return
        if interaction is None or self.session is None:
            self._tell(tr("There is no contact to unlink."))
            return
        if select.held_back(self._screen.state, interaction.id) or self.session.replies.just_went(interaction.id):
            self._result(self.session.replies.take_back(interaction.id), interaction.id)
            return
        pop, now = select.pop(self._screen.state, interaction.id), self._screen.now
        match = pop.match if pop is not None else None
        undone, self._unlinked = self._unlinked, None
        linked = match.customer.id if match is not None else None
        brings_back = undone is not None and undone.interaction_id == interaction.id and now <= undone.until
        if undone is not None and brings_back and linked == undone.instead:
            self.session.pops.choose(interaction.id, undone.customer_id)
            self.session.store.settle(LINK)
        elif match is not None:
            self._unlinked = Unlinked(interaction.id, match.customer.id, now + UNDO_SECONDS)
            self.session.pops.unlink(interaction.id)
            name, seconds = match.customer.name, UNDO_SECONDS
            words = tr(
                "Unlinked from {name}. {unlink:key} within {seconds:.0f} s links them again.",
                name=name,
                seconds=seconds,
            )
            self._tell(words, LINK)
        else:
            self._tell(tr("This contact is linked to no customer."))

    def records(self) -> None:
        """Which records of several systems are the customer, or the expert under the cursor."""
        screen = self._screen
        pane, finder = screen.query_one(RecordsPane), screen.query_one(ExpertFinder)
        if pane.is_open:
            screen.close_top()
            return
        if len(screen.state.sources) == 0:
            has_crm = select.names_crm(screen.state)
            self._tell(
                tr("There is nothing to link: no second CRM and no second directory in this profile.")
                if has_crm
                else tr("This profile has no CRM: there are no records to link.")
            )
            return
        person = finder.under_cursor if finder.is_open else None
        pop = select.pop(screen.state, screen.selected or "")
        if person is None and (pop is None or pop.match is None):
            self._tell(tr("Choose the customer first; then their records can be linked."))
            return
        pane.open(person)
        if not finder.is_open:
            screen.opened()

    def copy(self) -> None:
        """Copy the entry that is read; else list what of the contact or the customer can be copied."""
        pane, entry = self._screen.query_one(CopyList), self._screen.query_one(EntryPane)
        if entry.is_open and entry.has_focus:
            self.copied(tr("the entry"), entry.text, lines=True)
        elif pane.is_open:
            self._screen.close_top()
        elif self._selected() is None and self._screen.preview is None:
            self._tell(tr("Nothing to copy: no contact is selected and no customer is shown."))
        else:
            self._screen.uncover()
            pane.open()
            self._screen.opened()

    def find(self) -> None:
        """Look for something in the customer's timeline."""
        match = match_of(self._screen.view())
        if match is None and self._selected() is None:
            self._tell(tr("There is no timeline: no contact is selected."))
            return
        self._wants_field()
        self._screen.uncover()
        self._screen.open_history_filter()

    def read_on(self) -> None:
        """Have the entries that are older than those on the timeline."""
        match = match_of(self._screen.view())
        if match is not None and self.session is not None:
            self.session.pops.read_on(match)

    def copied(self, label: str, text: str, *, lines: bool = False) -> None:
        """Put a text on the terminal's clipboard, without anything in it that is not for reading.

        Args:
            label: what it is.
            text: an id, a number, an address; a newline in one of these is no business of a terminal's.
            lines: whether it is a text of several lines.
        """
        self._screen.app.copy_to_clipboard(safe(text, limit=TEXT_LIMIT, newlines=lines))
        copied = tr(
            "Copied {label} {text}, if this terminal lets programs copy (OSC 52).",
            label=label,
            text=safe(text.partition("\n")[0], limit=60),
        )
        self._tell(copied, DONE)

    def toggled_record(self, kind: str, record_id: str, ids: tuple[str, ...], *, link: bool) -> None:
        """Link a record with others, or take it apart from them."""
        if self.session is None or not ids:
            return
        if link:
            self.session.links.join(kind, record_id, ids)
        else:
            self.session.links.part(kind, record_id, ids)

    def picked_customer(self, match: Match, *, only_shows: bool) -> None:
        """The contact is with this customer; without a contact, or where there was none, their card is shown."""
        interaction = self._selected()
        if only_shows or interaction is None:
            self._show(match)
            return
        if self.session is not None:
            self._link_instead(self.session, interaction, match)
        if self._screen.query_one(SearchPane).is_open:
            self._screen.close_top()

    def _link_instead(self, session: "Session", interaction: Interaction, found: Match) -> None:
        """Link a contact; who takes the place of another customer is named, and that one can be brought back."""
        pop = select.pop(self._screen.state, interaction.id)
        before = pop.match if pop is not None else None
        if pop is not None and any(found.customer.id in match.ids for match in pop.matches):
            session.pops.choose(interaction.id, found.customer.id)
        else:
            session.pops.link(interaction.id, found)
        if before is None or found.customer.id in before.ids:
            return
        until = self._screen.now + UNDO_SECONDS
        self._unlinked = Unlinked(interaction.id, before.customer.id, until, found.customer.id)
        old, new = named(before.customer.name), named(found.customer.name)
        words = tr(
            "Linked to {new} instead of {old}. {unlink:key} within {seconds:.0f} s links {old} again.",
            new=new,
            old=old,
            seconds=UNDO_SECONDS,
        )
        self._tell(words, LINK)

    def _show(self, match: Match) -> None:
        """Show the card of a customer found without a contact."""
        if self._screen.query_one(SearchPane).is_open:
            self._screen.close_top()
        if self.session is None:
            return
        if self._selected() is not None:
            name = match.customer.name
            self._tell(tr("{name} was not linked: a contact came in meanwhile. Search again to link it.", name=name))
            return
        self._screen.preview = match
        self.session.pops.look_at(match)
        self._screen.show_tab("customer")
        self._screen.redraw()
        self._messages.shown(match)

    def create_customer(self, name: str) -> None:
        """Make a record and link the contact to it; the name stands in its field until there is one."""
        interaction, session = self._selected(), self.session
        if interaction is None or session is None:
            self._screen.close_top()
            return

        async def create() -> "CommandResult":
            result = await session.pops.create(interaction.id, name)
            if result.ok:
                self._screen.created(name)
            return result

        self._result(create(), interaction.id)

    def open_search(self, *, creating: bool) -> None:
        """Open the search, or to name a new customer its field alone."""
        self._wants_field()
        without = self._selected() is None
        if without and creating:
            self._tell(tr("A new customer needs a contact: the record takes its number or address from it."))
            return
        self._screen.uncover()
        self._screen.query_one(SearchPane).open(creating=creating, only_shows=without)
        self._screen.open_right()
