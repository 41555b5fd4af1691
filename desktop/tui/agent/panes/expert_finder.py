"""Finds the expert: type a skill, a name or a team; the ranked list says who is free and how sure that is.

A telephone number that is typed during a call is a target itself.
"""

import re
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from desktop.domain import select
from desktop.domain.entities.channels import CALLS, TRAITS
from desktop.domain.entities.model import Instant
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Channel, Health
from desktop.domain.select.centres import queues_beside
from desktop.domain.select.experts import RankedExpert
from desktop.ports.phone_numbers import e164
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, key_hints
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.sources import sightings
from desktop.words.catalogue import in_words, ptr, tr
from desktop.words.marks import mark

SHOWN = 40
_NUMBER = re.compile(r"(?=(?:\D*\d){5})[-0-9+()./ ]+")
"""What may be a telephone number: too short ones are extensions, tickets or the beginning of one."""


class ExpertFinder(Pane, Vertical):
    """Enter consults, alt+enter writes, F7 hands over without talking first."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    class Picked(Message):
        """Somebody was chosen for `how`: consult, transfer or chat (with the text to send).

        `person_id` is an expert's id, `queue:NAME` or `tel:NUMBER`.
        """

        def __init__(self, how: str, person_id: str, text: str = "") -> None:
            super().__init__()
            self.how = how
            self.person_id = person_id
            self.text = text

    class Refused(Message):
        """Nobody was handed over to, and why."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    class Looking(Message):
        """Other people are on screen than before: those of the list, nobody once it is closed."""

        def __init__(self, person_ids: tuple[str, ...]) -> None:
            super().__init__()
            self.person_ids = person_ids

    def __init__(self) -> None:
        super().__init__(id="experts")
        self.border_title = content(tr("Find an expert"))
        self._ranked: dict[str, RankedExpert] = {}
        self._queues: tuple[str, ...] = ()
        self.country = ""
        """The two-letter country in which a number without `+` is dialled; set by who opens the list."""
        self._writing_to: str | None = None
        self._first_guess = ""
        self._chosen: str | None = None  # the row that the agent moved to or typed for
        self.transferring = False

    def compose(self) -> ComposeResult:
        """A field, the list, what speaks for the one under the cursor, and the chat with them."""
        yield Input(placeholder=tr("skill, name, team or number"), id="expert-query")
        yield LineTable(
            (
                Column("", 1),
                Column(mark("name"), weight=3),
                Column(mark("presence"), 14),
                Column(mark("seen"), 4, align="right"),
                Column(mark("skill"), 5, min_width=40),
                Column(mark("their time"), 10, align="right", min_width=50),
            ),
            empty=tr("No matches."),
            id="expert-list",
        )
        yield Static(id="expert-evidence")
        yield Static(id="expert-chat")
        yield Input(placeholder=tr("your message, enter to send"), id="expert-message")

    def on_mount(self) -> None:
        """The chat field appears when it is asked for."""
        self.query_one("#expert-message", Input).display = False

    def open(self, query: str, *, transferring: bool) -> None:
        """Show the finder with a first guess at the skill, ready for typing.

        Args:
            query: what the contact is about; typing replaces it.
            transferring: whether enter hands the customer over at once instead of consulting.
        """
        self.transferring = transferring
        self.query_one("#expert-message", Input).display = False
        field = self.query_one("#expert-query", Input)
        field.value = self._first_guess = query
        self._chosen = None
        self.add_class("open")
        field.focus()
        field.action_select_all()
        if self.view is not None:
            self.draw(self.view)

    def focus_query(self) -> None:
        """Go to the field of the search."""
        self.query_one("#expert-query", Input).focus()

    def find(self) -> None:
        """Find somebody to talk to first, also with what was typed for a transfer."""
        field = self.query_one("#expert-query", Input)
        field.focus()
        if self.transferring:
            self.transferring = False
            field.action_end()
        if self.view is not None:
            self.draw(self.view)

    def move_to(self, person_id: str) -> None:
        """Put the cursor on somebody who was chosen elsewhere."""
        if self.query_one("#expert-list", LineTable).move_to(person_id) or self.under_cursor == person_id:
            self._chosen = person_id

    def close(self) -> None:
        """Hide the finder; what was being written to an expert is there again when the same one is written to."""
        self.remove_class("open")
        self.post_message(self.Looking(()))

    @property
    def _does(self) -> str:
        """What enter does: only who is on a call can talk to somebody first."""
        if self.transferring:
            return "transfer"
        interaction = self.view.interaction if self.view is not None else None
        return "consult" if interaction is None or interaction.channel in CALLS else "chat"

    @property
    def under_cursor(self) -> str | None:
        """The id of the person under the cursor."""
        key = self.query_one("#expert-list", LineTable).cursor_key
        return key if key in self._ranked else None

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """The directory, who is one in several, presence and what was said."""
        state = view.state
        return (state.people, state.same_people, state.presence, state.chats, state.past_help, state.health)

    def draw(self, view: View) -> None:
        """Rank again and redraw; nothing is done while hidden."""
        if not self.is_open:
            return
        query = self.query_one("#expert-query", Input).value
        ranked = select.rank_experts(view.state, query, view.now)[:SHOWN]
        self._ranked = {expert.person.id: expert for expert in ranked}
        self.post_message(self.Looking(tuple(self._ranked)))
        rows = [_row(expert, view.now) for expert in ranked]
        if self.transferring:
            wanted = query.casefold()
            contact = view.interaction.id if view.interaction is not None else ""
            known = (queue.name for queue in queues_beside(view.state, contact))
            self._queues = tuple(name for name in known if wanted in name.casefold())
            rows = (
                [_queue_row(name) for name in self._queues] + rows
                if wanted
                else rows + [_queue_row(n) for n in self._queues]
            )
        if number := self._number(view, query):
            rows = [_number_row(number), *rows]
        table = self.query_one("#expert-list", LineTable)
        table.set_rows(rows)
        if table.cursor_key != self._chosen:
            self._chosen = None  # it went away, and another row has slid under the cursor
        self.border_title = content((tr("Transfer to") if self.transferring else tr("Find an expert")) + _heard(view))
        self.border_subtitle = self._keys()
        self._draw_expert(view, table.cursor_key)

    def _number(self, view: View, query: str) -> str:
        """The telephone number that was typed, where a call can be brought to it; "" for none."""
        on_call = view.interaction is not None and view.interaction.channel in CALLS
        return e164(query, self.country) if on_call and _NUMBER.fullmatch(query.strip()) else ""

    def _keys(self) -> Content:
        """What can be done with whoever is under the cursor."""
        writing = self.query_one("#expert-message", Input).has_focus
        wordings = []
        consult, send = tr("consult"), tr("send")
        if self._does == "chat":
            return key_hints(
                border_room(self),
                (("enter", send if writing else tr("chat")), (shown("transfer"), tr("blind transfer"))),
            )
        for blind, instead in ((tr("blind transfer"), tr("consult instead")), (tr("transfer"), consult)):
            verb, other = (blind, ("expert", instead)) if self.transferring else (consult, ("transfer", blind))
            wordings.append(
                (
                    ("enter", send if writing else verb),
                    (shown(other[0]), other[1]),
                    (shown("finish"), send if writing else tr("chat")),
                )
            )
        return key_hints(border_room(self), *wordings)

    def on_resize(self) -> None:
        """Fit the keys to the new width."""
        self.border_subtitle = self._keys()

    def _draw_expert(self, view: View, key: str | None) -> None:
        expert = self._ranked.get(key or "")
        evidence = self.query_one("#expert-evidence", Static)
        chat = self.query_one("#expert-chat", Static)
        if expert is None:
            evidence.update(content(""))
            chat.update(content(""))
            return
        evidence.update(_evidence(expert, view.now))
        said = select.chat_with(view.state, expert.person.id)[-5:]
        me, first = tr("You"), expert.person.name.split(" ")[0]
        chat.update(
            Content("\n").join(
                line((f"{me if said_line.mine else first:<8.8} ", "bold $muted"), said_line.text) for said_line in said
            )
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing filters and ranks at once."""
        event.stop()
        if event.input.id == "expert-query" and self.view is not None:
            self.draw(self.view)
            table = self.query_one("#expert-list", LineTable)
            table.action_edge(-1)
            self._chosen = table.cursor_key if event.value != self._first_guess else None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the search consults; enter in the chat field sends."""
        event.stop()
        if event.input.id == "expert-message":
            self._send(event.input)
            return
        self.pick(self._does)

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Enter on a row does as in the field."""
        event.stop()
        self._chosen = event.key
        self.pick(self._does)

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """What speaks for the expert under the cursor."""
        event.stop()
        if self.query_one("#expert-list", LineTable).has_focus:
            self._chosen = event.key
        if self.view is not None and self.is_open:
            self._draw_expert(self.view, event.key)

    def on_descendant_focus(self) -> None:
        """What enter does depends on the field."""
        if self.view is not None:
            self.draw(self.view)

    def on_key(self, event: events.Key) -> None:
        """Up and down move in the list while the field has the focus."""
        key = event.key
        if key in ("up", "down") and isinstance(self.app.focused, Input):
            table = self.query_one("#expert-list", LineTable)
            table.action_move(-1 if key == "up" else 1)
            self._chosen = table.cursor_key
            event.stop()

    def pick(self, how: str) -> None:
        """Choose the expert, number or queue under the cursor for `consult`, `transfer` or `chat`.

        A transfer needs somebody who was moved to or typed for: who comes first in a list just opened was not chosen.
        """
        key = self.query_one("#expert-list", LineTable).cursor_key
        if key is None:
            return
        if how == "transfer" and key != self._chosen:
            self.post_message(self.Refused(tr("Choose whom to transfer to first: type a name, or move to a row.")))
            return
        if how == "chat":
            if key.startswith(("queue:", "tel:")):
                return
            field = self.query_one("#expert-message", Input)
            if field.has_focus and key == self._writing_to:
                self._send(field)
                return
            if key != self._writing_to:
                field.value = ""
            self._writing_to = key
            field.display = True
            field.focus()
            return
        self.post_message(self.Picked(how, key))

    def _send(self, field: Input) -> None:
        if self._writing_to:
            self.post_message(self.Picked("chat", self._writing_to, field.value.strip()))
            field.value = ""


def _row(expert: RankedExpert, now: Instant) -> Row:
    presence = expert.presence
    sign, word, style = wording.PRESENCE[presence.state] if presence else ("?", mark("unknown"), "$muted")
    if presence is not None and presence.in_call:
        word = mark("on a call")
    elif presence is not None and presence.in_meeting:
        word = mark("in a meeting")
    stars = "▪" * expert.level + "▫" * (5 - expert.level) if expert.level else ""
    return Row(
        expert.person.id,
        (
            content(sign, style),
            content(expert.person.name, "bold" if expert.can_consult else ""),
            content(tr(word), style),
            content(wording.age(expert.age), "$warning" if expert.age is not None and expert.age > 60 else "$muted"),
            content(stars, "$accent"),
            content(_local_time(expert.person.time_zone, now), "$muted"),
        ),
    )


def _heard(view: View) -> str:
    """When each directory was heard last, and which is not there."""
    words = ""
    for source, health in view.state.health.items():
        kind, name = Source.of(source)
        if kind == "presence" and health.last_heard is not None:
            gone = f" {tr(wording.HEALTH[health.health][1])}" if name and health.health is not Health.LIVE else ""
            words += f" · {name or tr('directory')}{gone} {wording.since(view.now - health.last_heard)}"
    return words


def _queue_row(name: str) -> Row:
    return Row(
        f"queue:{name}",
        (content("≡", "$accent"), content(name, "bold"), content(ptr("in a column", "queue"), "$muted"), "", "", ""),
    )


def _number_row(number: str) -> Row:
    return Row(
        f"tel:{number}",
        (
            content(TRAITS[Channel.VOICE].sign, "$accent"),
            content(wording.number(number), "bold"),
            content(ptr("in a column", "number"), "$muted"),
            *("", "", ""),
        ),
    )


def _local_time(zone: str, now: Instant) -> str:
    try:
        there = datetime.fromtimestamp(now, ZoneInfo(zone)) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return ""
    return f"{there:%H:%M}" if there is not None else ""


def _evidence(expert: RankedExpert, now: Instant) -> Content:
    person = expert.person
    about = " · ".join(text for text in (person.title, person.team) if text)
    until = expert.presence.until if expert.presence else None
    parts: list[Part] = [(about, "")]
    if until is not None and until > now:
        parts.append((f" · {tr('until {until:clock}', until=until)}", "$warning"))
    why = " · ".join(map(in_words, expert.reasons))
    return Content("\n").join([line(*parts), content(why, "$muted"), *sightings(expert, now)])
