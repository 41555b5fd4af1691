"""Which records of several systems are one customer or colleague: seen, linked and taken apart with a digit."""

from dataclasses import dataclass, replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.customer import Customer
from desktop.domain.entities.identity import CUSTOMER, PERSON
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING
from desktop.tui.agent.menu_keys import MENU, keep_signs
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr

SHOWN = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """One record beside the customer or colleague it is about. `why` is the evidence where it is linked."""

    id: str
    source: str
    name: str
    why: str
    linked: bool
    is_first: bool = False


class RecordsPane(Pane, Vertical):
    """A short list over the screen; a digit or enter links a record, or takes it apart."""

    DEFAULT_CSS = css_beside(__file__)

    class Toggled(Message):
        """A record is to be linked with the records `ids`, or taken apart from them."""

        def __init__(self, kind: str, record_id: str, ids: tuple[str, ...], *, link: bool) -> None:
            super().__init__()
            self.kind = kind
            self.record_id = record_id
            self.ids = ids
            self.link = link

    def __init__(self) -> None:
        super().__init__(id="records", classes=MENU)
        self._person: str | None = None
        self._choices: tuple[Choice, ...] = ()
        self._seats: tuple[str, ...] = ()  # in which order the records stood when the list was opened

    def compose(self) -> ComposeResult:
        """The list."""
        yield LineTable(
            (Column("", 1), Column("", 1), Column("source", 8), Column("name", weight=1), Column("why", weight=1)),
            header=False,
            empty=tr("No one to link."),
            id="record-list",
        )

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, person_id: str | None) -> None:
        """Show the records of a colleague, or (None) of the customer of the selected contact."""
        self._person = person_id
        self._seats = ()
        self.add_class("open")
        if self.view is not None:
            self.draw(self.view)
        self.query_one(LineTable).focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """The customer, what was found besides them, the people, and what the agent said of them."""
        return (view.state.pops.get(view.selected or ""), view.state.people, view.state.same_people, view.state.links)

    def draw(self, view: View) -> None:
        """List the records that are linked, and those that could be."""
        if not self.is_open:
            return
        if self._person is not None:
            self._choices = _of_person(view.state, self._person)
        else:
            self._choices = _of_customer(view.state.pops.get(view.selected or ""))
        self._choices = _seated(self._choices, self._seats)
        self._seats = tuple(choice.id for choice in self._choices)
        whose = self._choices[0].name if self._choices else ""
        self.border_title = content(tr("Records of {name}", name=whose) if whose else tr("Records"))
        self.border_subtitle = line(
            key_hint(tr("digit"), tr("link or separate"), "  "),
            key_hint("esc", tr("close")),
        )
        rows = [_row(number, choice) for number, choice in enumerate(self._choices)]
        table = self.query_one(LineTable)
        table.set_rows(rows)
        table.styles.height = max(1, len(rows))

    def on_key(self, event: events.Key) -> None:
        """A digit links or takes apart."""
        keep_signs(event, "records")
        if event.key.isdecimal() and 0 < int(event.key) < len(self._choices):
            self._toggle(self._choices[int(event.key)])

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter does so with the one under the cursor."""
        event.stop()
        chosen = next((choice for choice in self._choices if choice.id == event.key), None)
        if chosen is not None and not chosen.is_first:
            self._toggle(chosen)

    def _toggle(self, choice: Choice) -> None:
        ids = tuple(one.id for one in self._choices if one.linked and one.id != choice.id)
        kind = CUSTOMER if self._person is None else PERSON
        self.post_message(self.Toggled(kind, choice.id, ids, link=not choice.linked))


def _seated(choices: tuple[Choice, ...], seats: tuple[str, ...]) -> tuple[Choice, ...]:
    """The choices where they were: the same digit again takes back what it did, and never hits another record."""
    if not any(choice.linked and choice.id == seats[0] for choice in choices if seats):
        return choices
    place = {seat: number for number, seat in enumerate(seats)}
    ordered = sorted(choices, key=lambda choice: place.get(choice.id, len(place)))
    return tuple(replace(choice, is_first=number == 0) for number, choice in enumerate(ordered))


def _row(number: int, choice: Choice) -> Row:
    sign, style = ("=", "$success") if choice.linked else ("○", "$muted")
    return Row(
        choice.id,
        (
            content("" if choice.is_first else str(number), "bold $accent"),
            content(sign, style),
            content(wording.source_tag(choice.source), "$accent"),
            content(choice.name, "bold" if choice.linked else ""),
            content(choice.why, "$muted"),
        ),
    )


def _of_customer(pop: ScreenPop | None) -> tuple[Choice, ...]:
    """The records on the card, then what else was found or searched for in the other CRMs."""
    if pop is None or pop.match is None:
        return ()
    match = pop.match
    records = [(record.customer, record.why) for record in match.records] or [(match.customer, NOTHING)]
    linked = [
        Choice(one.id, one.source, one.name, in_words(why) or _id(one), linked=True, is_first=place == 0)
        for place, (one, why) in enumerate(records)
    ]
    others = [
        Choice(one.id, one.source, one.name, _id(one), linked=False)
        for other in pop.matches
        if other is not match
        for one in ([record.customer for record in other.records] or [other.customer])
    ]
    return tuple([*linked, *others][: SHOWN + 1])


def _id(customer: Customer) -> str:
    return tr("id {id}", id=customer.id)


def _of_person(state: AppState, person_id: str) -> tuple[Choice, ...]:
    """The records of a colleague, then people of the other directories with a name like theirs."""
    found = select.colleague(state, person_id)
    if found is None:
        return ()
    why = select.why_same(state, found.person.id)
    linked = [
        Choice(
            one.id,
            one.source,
            one.name,
            in_words(why.get(one.id, NOTHING)) or one.email,
            linked=True,
            is_first=place == 0,
        )
        for place, one in enumerate(found.records)
    ]
    others = [
        Choice(one.id, one.source, one.name, one.email or one.title, linked=False)
        for one in select.namesakes(state, found)
    ]
    return tuple([*linked, *others][: SHOWN + 1])
