"""Searches while one types: customers, contacts of mine, colleagues, queues and commands."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from desktop.app.screen_pop.customer_search import LEAST_SIGNS
from desktop.domain import select
from desktop.domain.entities.customer import FoundCustomers
from desktop.domain.entities.words import PopAnswer
from desktop.tui.agent.found import FoundKind, Hit, asked, customers, found_here, group_of, of_kind
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, key_hints
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.words.catalogue import tr

_MOVES = {"up": -1, "down": 1, "pageup": -5, "pagedown": 5}
"""Keys that move in the list while the field has the keyboard, by rows."""

_ABOVE = (FoundKind.CONTACT, FoundKind.OVER, FoundKind.CUSTOMER)
"""What stands above all that the CRMs may still bring, or was brought by one."""

INDENT = 3
"""Cells before a second line: the mark, and two."""


class SearchPane(Pane, Vertical):
    """A field and what was found; enter does what is natural for the row: show, link, turn to, run.

    What the desk knows is there with each key, what the CRMs answer comes later. Until then nothing below the customers
    is chosen, so that enter doesn't take somebody else; a cursor that the agent moved stays where it is.
    """

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    class Typed(Message):
        """This is looked for from now on, "" for nothing; `now`: the CRMs are to be asked without waiting for more."""

        def __init__(self, text: str, *, now: bool = False) -> None:
            super().__init__()
            self.text = text
            self.now = now

    class Picked(Message):
        """Enter on a row."""

        def __init__(self, hit: Hit) -> None:
            super().__init__()
            self.hit = hit

    class StillAsked(Message):
        """Enter while no row is chosen, because the CRM has not answered."""

    class CreateWanted(Message):
        """Make a record with this name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="search")
        self._creating = False
        self._only_shows = False
        self._found = FoundCustomers()
        self._moved = False  # the agent moved the cursor since they typed
        self._hits: dict[str, Hit] = {}

    def compose(self) -> ComposeResult:
        """A field and a list."""
        yield Input(id="search-text")
        yield LineTable(
            (Column("name"), Column("more", 20, align="right", min_width=34)),
            header=False,
            parts=True,
            id="search-found",
        )

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    @property
    def only_shows(self) -> bool:
        """Whether it was opened without a contact, so that there is nothing to link."""
        return self._only_shows and self.is_open

    @property
    def new_name(self) -> str:
        """The name of the new customer that is being typed; "" while none is."""
        return self.text if self.is_open and self._creating else ""

    @property
    def text(self) -> str:
        """What is looked for."""
        return " ".join(self.query_one(Input).value.split())

    def answer(self, found: FoundCustomers) -> None:
        """What the CRMs say so far, unless something else is looked for by now."""
        if self.is_open and found.text == self.text:
            self._found = found
            self._redraw()

    def look_for(self, text: str) -> None:
        """Look for a text as if it had been typed."""
        field = self.query_one(Input)
        field.value = text
        field.action_end()
        field.focus()

    def open(self, *, creating: bool, only_shows: bool = False) -> None:
        """Show the field with the focus.

        Args:
            creating: to name a new record instead of searching.
            only_shows: there is no contact that could be linked.
        """
        self._creating, self._only_shows = creating, only_shows
        self._found, self._moved = FoundCustomers(), False
        self.add_class("open")
        field = self.query_one(Input)
        field.placeholder = tr("name of the new customer") if creating else tr("name, company, number, e-mail …")
        field.value = ""
        table = self.query_one(LineTable)
        table.display = not creating
        table.mark(True)
        self.border_title = content(tr("New customer") if creating else tr("Search"))
        self._redraw(anew=True)
        field.focus()

    def close(self) -> None:
        """Hide it; no answer is waited for any more."""
        if self.is_open:
            self.remove_class("open")
            self.post_message(self.Typed(""))

    def look(self, view: View) -> tuple[object, ...]:
        """The screen pop of the selected interaction, and everything that is searched on this desk."""
        state = view.state
        return (
            state.pops.get(view.selected or ""),
            *(state.interactions, state.endings, state.people, state.presence, state.queues, state.details),
        )

    def draw(self, view: View) -> None:
        """List what was found."""
        self._draw(view, anew=False)

    def on_resize(self) -> None:
        """Fit second lines and keys to the new width."""
        self.call_after_refresh(self._redraw)

    def _redraw(self, *, anew: bool = False) -> None:
        if self.view is not None:
            self._draw(self.view, anew=anew)

    def _draw(self, view: View, *, anew: bool) -> None:
        if not self.is_open:
            return
        if self._creating:
            self._draw_keys()
            return
        text = self.text
        found = self._found
        if not text:
            pop = view.state.pops.get(view.selected or "")
            found = FoundCustomers(pop.matches if pop is not None and not self._only_shows else ())
        elif found.text != text:
            found = FoundCustomers(text=text)
        here = found_here(view, text)
        table = self.query_one(LineTable)
        hits = [
            *of_kind(here, FoundKind.CONTACT),
            *of_kind(here, FoundKind.OVER),
            *customers(view, found, max(0, table.scrollable_content_region.width - INDENT)),
            *(hit for hit in here if hit.kind not in _ABOVE),
        ]
        self._hits = {hit.key: hit for hit in hits}
        table.set_empty(tr("Customers, your contacts, colleagues, queues and commands."))
        waits = not self._moved and self._is_asked(found, view) and not (hits and hits[0].kind in _ABOVE)
        table.set_rows(self._rows(hits, found, view), anew=anew or not self._moved, chosen=not waits)
        self._draw_keys()

    def _rows(self, hits: list[Hit], found: FoundCustomers, view: View) -> list[Row]:
        rows: list[Row] = []
        for kind in FoundKind:
            some = of_kind(hits, kind)
            asks = kind is FoundKind.CUSTOMER and bool(found.text)
            if not some and not asks:
                continue
            said: list[Part] = self._asked(found, view) if asks else []
            rows.append(Row(f"={kind}", (line((group_of(kind), "$muted"), *said),), of=""))
            for hit in some:
                rows.append(Row(hit.key, (hit.name, hit.aside)))
                if hit.second:
                    rows.append(Row(f"{hit.key}\n", (line("  ", hit.second),), of=hit.key))
        return rows

    def _is_asked(self, found: FoundCustomers, view: View) -> bool:
        """Whether customers may still come."""
        if not found.answers:
            return len(found.text) >= LEAST_SIGNS and select.names_crm(view.state)
        return any(one.answer is PopAnswer.SEARCHING for one in found.answers)

    def _asked(self, found: FoundCustomers, view: View) -> list[Part]:
        """Whom the customers are from, and who has not answered."""
        if not select.names_crm(view.state):
            return [(f" · {tr('this profile has no CRM')}", "$muted")]
        if len(found.text) < LEAST_SIGNS and not found.answers:
            return [(f" · {tr('the CRM is asked from {n} characters on', n=LEAST_SIGNS)}", "$muted")]
        return asked(found, view.now) or [(" · …", "$muted")]

    def _draw_keys(self) -> None:
        """What enter does for the row under the cursor."""
        hit = self._hits.get(self.query_one(LineTable).cursor_key or "")
        if self._creating:
            does = tr("create")
        elif hit is None:
            does = tr("ask the CRM now")
        else:
            does = {
                FoundKind.CONTACT: tr("turn to it"),
                FoundKind.OVER: tr("look for the customer"),
                FoundKind.CUSTOMER: tr("show") if self._only_shows else tr("link to this contact"),
                FoundKind.PERSON: tr("find as expert"),
                FoundKind.QUEUE: tr("show"),
                FoundKind.COMMAND: tr("do it"),
            }[hit.kind]
        self.border_subtitle = key_hints(border_room(self), (("enter", does), (shown("back"), tr("close"))))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What the desk knows is shown with each key; the CRMs are asked when the keys rest."""
        event.stop()
        if self.is_open and not self._creating:
            self._moved = False
            self._redraw(anew=True)
            self.post_message(self.Typed(self.text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the row under the cursor; with none it asks at once, and creating it creates."""
        event.stop()
        text = self.text
        if self._creating:
            if text:
                self.post_message(self.CreateWanted(text))
            return
        if self._pick() or not text:
            return
        if self._found.text == text and any(one.answer is PopAnswer.SEARCHING for one in self._found.answers):
            self.post_message(self.StillAsked())
        else:
            self.post_message(self.Typed(text, now=True))

    def on_key(self, event: events.Key) -> None:
        """Up and down move in the list while the field has the keyboard."""
        if event.key in _MOVES and self.query_one(Input).has_focus:
            self._moved = True
            self.query_one(LineTable).action_move(_MOVES[event.key])
            event.stop()

    def on_descendant_focus(self) -> None:
        """Whoever goes to the list moves there."""
        self._moved = self._moved or self.query_one(LineTable).has_focus

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Enter may do something else here."""
        event.stop()
        self._draw_keys()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter on a row does as in the field."""
        event.stop()
        self._pick()

    def _pick(self) -> bool:
        hit = self._hits.get(self.query_one(LineTable).cursor_key or "")
        if hit is not None:
            self.post_message(self.Picked(hit))
        return hit is not None
