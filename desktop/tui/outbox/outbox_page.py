"""The outbox page: a list of what is not delivered, the selected item in full, and the keys to complete and send it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from desktop.app.callback_time.time_zones import customer_zone, local_zone
from desktop.app.notes.outbox_items import CHANNEL, Amendment, OutboxItem
from desktop.app.storage.tables.outbox_rows import PARKED, RECORD, WRAP_UP
from desktop.domain import select
from desktop.domain.entities.customer import FollowUp, Match
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Address
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState
from desktop.tui.keys.key import Key, show
from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.keys.outbox_keys import OUTBOX_BY_ID
from desktop.tui.keys.two_presses import Irrevocable
from desktop.tui.outbox import choices
from desktop.tui.outbox.item_actions import ItemActions, ItemSession
from desktop.tui.outbox.item_rows import COLUMNS, rows
from desktop.tui.outbox.item_text import Reader, item_lines
from desktop.tui.outbox.item_words import doubts_of, is_of_evaluation, kind, unfinished_for, victim, whom, words_of
from desktop.tui.outbox.message_lines import message_lines
from desktop.tui.outbox.note_field import LIMIT, NoteField
from desktop.tui.outbox.picker import Picker
from desktop.tui.outbox.when_field import Places, WhenField
from desktop.tui.pages.help import PageHelp, fitted_keys, key_line
from desktop.tui.pages.launcher import Around, LaunchedPage
from desktop.tui.quality.words_field import keys_of
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Line, PageText
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import ntr, tr
from desktop.words.marks import mark

WIDE: Final = 110
"""Columns from which the list and the item stand side by side."""
_OPEN_FIELDS: Final = frozenset({"item_edit", "item_codes", "item_customer", "item_when"})
_LEAST_LINES, _MOST_LINES = 1, 6

Choosing = Literal["", "codes", "customer", "follow_up", "callback", "channel", "time"]


class OutboxPage(LaunchedPage):
    """A list, the selected item, messages; a field for its words or a list to choose from in the place of the item."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self, session: ItemSession, around: Around) -> None:
        """A page that is not on screen yet."""
        super().__init__("outbox", around)
        self._acts = ItemActions(session, around.tell)
        self._region = session.region
        self._seen: tuple[object, ...] = ()
        self._selected = ""
        self._interaction = ""  # of the selected item, which may get another key
        self._drawn: dict[str, OutboxItem] = {}  # what the rows stand for
        self._choosing: Choosing = ""
        self._about = ""  # the key of the item that is edited or chosen for
        self._edited = ""  # the interaction of the item that is edited
        self._found: tuple[Match, ...] = ()
        self._dated: FollowUp | None = None  # the callback whose time is asked for
        self._question = 0
        self._leaving = asyncio.Lock()
        self._table = LineTable(COLUMNS, header=False, id="outbox-items", empty=tr("Reading …"))
        self._field = NoteField()
        self._picker = Picker()
        self._when = WhenField(lambda: self._server_now)
        self._item_text = PageText(id="outbox-item-text")
        self._messages = PageText(id="outbox-messages-text")
        self._summary = Static(id="outbox-summary")
        self._verbs_line = Static(id="outbox-verbs")

    def compose(self) -> ComposeResult:
        """What there is, the list, messages below it, the item, what is typed or chosen, the keys."""
        yield self._summary
        with Horizontal(id="outbox-body"):
            with Vertical(id="outbox-left"):
                yield self._table
                with VerticalScroll(id="outbox-messages"):
                    yield self._messages
            with Vertical(id="outbox-right"):
                with VerticalScroll(id="outbox-item"):
                    yield self._item_text
                yield self._field
                yield self._picker
                yield self._when
        yield self._verbs_line
        yield PageHelp(self._help)

    def on_mount(self) -> None:
        """Show what there is, unless the page was closed before it was there."""
        if not self._table.is_attached:
            return
        self.border_title = content(tr("Outbox"), "bold")
        self._fit()
        self._table.focus()
        self.set_interval(1.0, self.redraw)
        self.notice(self._state())

    def on_resize(self) -> None:
        """Side by side, or one below the other."""
        self._fit()
        self.call_after_refresh(self.redraw)

    def _fit(self) -> None:
        self.set_class(self.app.size.width < WIDE, "narrow")

    def refocus(self) -> None:
        """Take the keyboard back, to where it is needed."""
        if self._field.is_open:
            self._field.focus()
        elif self._when.is_open:
            self._when.field.focus()
        elif not self._picker.is_open:
            self._table.focus()

    # What there is

    def notice(self, state: AppState) -> None:
        """Something is known anew: read the outbox again if it is about that, and draw what else is shown here."""
        seen = (state.outbox, state.received, state.sent, state.health, state.codes, state.me, state.drafts)
        if len(self._seen) == len(seen) and all(a is b for a, b in zip(seen, self._seen, strict=True)):
            return
        read = not self._seen or self._seen[0] is not state.outbox
        self._seen = seen
        if read:
            self._spawn(self._read())
        else:
            self.redraw()

    async def _read(self) -> None:
        await self._acts.read()
        self.redraw()

    def redraw(self) -> None:
        """Draw what is known now."""
        if not (self._table.is_attached and self._item_text.is_attached and self._messages.is_attached):
            return
        acts, now = self._acts, self._clock()
        items = acts.items or ()
        self.set_class(acts.items is not None and not items and not self._field.is_open and not acts.problem, "empty")
        unreadable = tr("The outbox cannot be read: {why:clause}", why=acts.problem)
        self._table.set_empty(unreadable if acts.problem else tr("Reading …"))
        self._table.styles.height = max(_LEAST_LINES, min(len(items), _MOST_LINES if self._is_narrow else 20))
        if (cursor := self._table.cursor_key) is not None:
            self._select(cursor)  # a key may have moved it, and the word of that be still on its way here
        self._drawn = {item.key: item for item in items}
        self._table.set_rows(rows(items, now, acts.why))
        self._follow_selection()
        self._draw_item()
        self._messages.set_lines(message_lines(self._state(), self._server_now))
        self._draw_summary(items)
        self.draw_keys()
        if self._choosing:
            self._offer()

    def _select(self, key: str) -> bool:
        """Turn to the item of a row; says whether it is another one."""
        item = self._drawn.get(key)
        if item is None or self._acts.key_now(key) == self._acts.key_now(self._selected):
            return False
        self._selected, self._interaction = key, item.interaction_id
        return True

    def _follow_selection(self) -> None:
        """Stay with the item: under the key it has now, else with what became of the same contact."""
        wanted = self._acts.item(self._selected)
        if wanted is None:
            same = (
                item
                for item in self._acts.items or ()
                if self._interaction and item.interaction_id == self._interaction
            )
            wanted = next(same, None)
        if wanted is None:
            key = self._table.cursor_key
            wanted = self._acts.item(key) if key is not None else None
        if wanted is not None:
            self._table.move_to(wanted.key)
        self._selected = wanted.key if wanted is not None else ""
        self._interaction = wanted.interaction_id if wanted is not None else ""
        if self._choosing and self._acts.item(self._about) is None:
            self._put_away()

    def _draw_item(self) -> None:
        item, lines = self._item, list[Line]()
        if item is not None:
            reader = Reader(
                select.own_id(self._state(), item.author), self._clock(), self._server_now, self._acts.why(item)
            )
            lines += item_lines(item, reader)
        if self._is_narrow:
            messages = message_lines(self._state(), self._server_now)
            lines += [*([content("")] if lines and messages else []), *messages]
        self._item_text.set_lines(lines)

    def _draw_summary(self, items: Sequence[OutboxItem]) -> None:
        parked = sum(item.state == PARKED for item in items)
        waiting = len(items) - parked
        parts: list[Part] = []
        doubts = doubts_of(self._state())
        if self._acts.items is not None and not items and not doubts:
            parts.append((tr("Nothing is waiting to be sent."), "$success"))
        if parked:
            parts.append((ntr("{n} needs attention", "{n} need attention", parked), "bold $error"))
        if waiting:
            parts += [(" · " if parts else ""), (ntr("{n} not sent yet", "{n} not sent yet", waiting), "$warning")]
        if items:
            parts += ["   ", key_hint(shown("retry"), tr("retry all"))]
        # Last, since they are long: what the agent has to do must not be cut off.
        parts += [((" · " if parts and not n else " ") + doubt, "bold $warning") for n, doubt in enumerate(doubts)]
        self._summary.update(line(*parts))

    def draw_keys(self) -> None:
        """Say what can be done to the item, or what one more press does."""
        item = self._item
        armed = self._presses.armed
        if armed is not None and armed in (self._discarding(), self._sending_as_it_is()):
            keeps = (f"   {tr('{key} keeps it', key=BY_ID['back'].shown)}", "$muted")
            again = (tr("{key} again", key=armed.key), "bold $error")
            self._verbs_line.update(line(again, (f": {armed.words}", "bold"), keeps))
        elif self._field.is_open or self._choosing:
            self._verbs_line.update(content(""))
        else:
            self._verbs_line.update(keys_of(*((verb.shown, verb.label) for verb in self._verbs(item))))
        way_out = (BY_ID["back"].shown, tr("close"))
        self.border_subtitle = keys_of(*fitted_keys([], way_out, self.size.width - 4))

    def _discarding(self) -> Irrevocable | None:
        """The selected item discarded, as an act; None where there is none."""
        item, key = self._item, OUTBOX_BY_ID["item_discard"]
        if item is None or not self.is_open:
            return None
        return Irrevocable(key.shown, key.letters, ("discard", item.key), tr("discards {what}", what=victim(item)))

    def _sending_as_it_is(self) -> Irrevocable | None:
        """The selected item sent without what its queue wants, as an act; None where it lacks nothing."""
        item, key = self._item, OUTBOX_BY_ID["item_send"]
        if item is None or not self.is_open or not (lacks := unfinished_for(item)):
            return None
        words = tr("sends {what} with {lacks}", what=victim(item), lacks=lacks)
        return Irrevocable(key.shown, key.letters, ("send", item.key), words)

    @property
    def _item(self) -> OutboxItem | None:
        return self._acts.item(self._selected)

    @property
    def _is_narrow(self) -> bool:
        return self.has_class("narrow")

    @property
    def _server_now(self) -> Instant:
        return select.server_now(self._state(), self._clock())

    # Keys

    def _verbs(self, item: OutboxItem | None) -> Iterator[Key]:
        """What can be done to an item."""
        if item is None:
            return
        names: list[str] = []
        if item.state != PARKED:
            names = ["item_send"]
        elif is_of_evaluation(item):
            names = ["item_discard"]
        else:
            names = ["item_edit"] if item.intact or item.kind == RECORD else []
            if item.kind in (RECORD, WRAP_UP):
                names += ["item_codes", "item_customer"]
            names += ["item_when"] if choices.callbacks(item) else []
            if item.kind == RECORD:
                names += ["item_add"] if item.half is not None else []
                names += ["item_drop"] if item.follow_ups or item.half is not None else []
                names += ["item_channel"] if CHANNEL in item.missing else []
            names += ["item_send", "item_discard"]
        yield from (OUTBOX_BY_ID[name] for name in names)

    def commands(self) -> Iterator[tuple[str, str]]:
        """See the base class."""
        if not self._field.is_open and not self._choosing:
            yield from ((verb.shown, verb.label) for verb in self._verbs(self._item))

    def _help(self) -> list[Line]:
        lines: list[Line] = [content(tr("On the selected item"), "bold $accent")]
        lines += [key_line(" ".join(map(show, verb.letters)), verb.label, verb.help) for verb in OUTBOX_BY_ID.values()]
        lines += [content(""), content(tr("On the page"), "bold $accent")]
        lines += [
            key_line(shown("retry"), tr("retry all"), tr("Send everything that can be sent.")),
            key_line(shown("finish"), tr("save"), tr("Save what was typed.")),
            key_line("tab", tr("next part"), tr("From the list to the item and the messages, to scroll them.")),
            key_line(
                shown("back"), tr("back"), tr("Leave a field, or close the page. Unsaved text is asked about first.")
            ),
        ]
        return lines

    def on_key(self, event: events.Key) -> None:
        """No key of the page reaches the verbs of the screen below; no letter sends everything."""
        typing = self._field.has_focus or self._when.field.has_focus or (self._picker.is_open and self._picker.typing)
        if self.query_one(PageHelp).took(event, typing=typing):
            pass
        elif event.key in BY_ID["back"].letters:
            event.stop()
            self._back()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            self._next_part(-1 if event.key == "shift+tab" else 1)
        elif typing:
            return
        elif event.key in BY_ID["outbox"].letters:
            event.stop()
            self.close()
        elif not self._choosing and (verb := self._verb_of(event.key)) is not None:
            event.stop()
            self._do(verb)
        elif event.is_printable:
            event.stop()

    def takes_alt(self, key: str) -> bool:
        """Alt and a letter is that letter's verb here, and nothing where something is typed or chosen.

        Returns:
            Whether it is a letter of this page.
        """
        verb = next((one.id for one in OUTBOX_BY_ID.values() if key in one.anywhere), None)
        if verb is None:
            return False
        if not (self._field.is_open or self._choosing or self.query_one(PageHelp).is_open):
            self._do(verb)
        return True

    def _verb_of(self, key: str) -> str | None:
        return next((verb.id for verb in OUTBOX_BY_ID.values() if key in verb.letters), None)

    def _next_part(self, step: int) -> None:
        parts = [self._table, self.query_one("#outbox-item"), self.query_one("#outbox-messages")]
        if self._field.is_open:
            parts = [self._field, *parts]
        if self._when.is_open:
            parts = [self._when.field, *parts]
        parts = [part for part in parts if part.is_on_screen]
        at = next((at for at, part in enumerate(parts) if part.has_focus), 0)
        if parts:
            parts[(at + step) % len(parts)].focus()

    def _back(self) -> None:
        if self._choosing:
            self._put_away()
        elif self._field.is_open:
            self._field.focus()
        else:
            self.close()

    def _do(self, verb: str) -> None:
        """A verb on the selected item; one that makes no sense there says why."""
        self._select(self._table.cursor_key or "")
        item = self._item
        if verb in _OPEN_FIELDS and not (verb == "item_when" and item is not None and len(choices.callbacks(item)) > 1):
            self._wants_field()
        if item is None:
            return
        if self._field.is_open:
            self._tell(tr("Save or leave the text first ({key} saves).", key=shown("finish")), "info")
            self._field.focus()
        elif verb not in [one.id for one in self._verbs(item)]:
            self._tell(_why_not(verb, item), "info")
        elif verb == "item_edit":
            self._edit(item)
        elif verb == "item_codes":
            self._choose("codes", item)
        elif verb == "item_customer":
            self._choose("customer", item)
        elif verb == "item_drop":
            self._choose("follow_up", item)
        elif verb == "item_channel":
            self._choose("channel", item)
        elif verb == "item_when":
            self._ask_when(item)
        elif verb == "item_add" and item.half is not None and choices.lacks_time(item.half, self._server_now):
            self._ask_time(item, item.half)
        elif verb == "item_add":
            self._change(item.key, choices.with_half)
        elif verb == "item_send":
            act = self._sending_as_it_is()
            if act is None or self._presses.press(act, self._sending_as_it_is):
                self._spawn(self._after(self._acts.send(item.key)))
        elif verb == "item_discard" and self._presses.press(self._discarding(), self._discarding):
            self._spawn(self._after(self._acts.discard(item.key)))

    def send_all(self) -> None:
        """Send everything that can be sent; what is being typed is to be saved first."""
        if self._field.changed:
            self._tell(tr("Save the change first ({key}), then send.", key=shown("finish")), "warning")
            self._field.focus()
        else:
            self._spawn(self._after(self._acts.send_all()))

    async def _after(self, act: Awaitable[object]) -> None:
        await act
        self.redraw()

    @on(LineTable.Highlighted, "#outbox-items")
    def _other_item(self, event: LineTable.Highlighted) -> None:
        event.stop()
        if self._table.cursor_key == event.key and self._select(event.key):
            if self._choosing:
                self._put_away()
            self.query_one("#outbox-item").scroll_home(animate=False)
            self.redraw()

    @on(LineTable.Chosen, "#outbox-items")
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self._do("item_edit")

    # The text

    def _edit(self, item: OutboxItem) -> None:
        self._about, self._edited = item.key, item.interaction_id
        self.add_class("busy")
        self._field.edit_text(item.key, f"{words_of(item)} · {whom(item)}", item.note)
        self.draw_keys()

    @on(NoteField.Refused)
    def _too_long(self, event: NoteField.Refused) -> None:
        event.stop()
        self._tell(tr("Too long: a note holds {most:,} characters. Nothing was inserted.", most=LIMIT), "warning")

    @on(NoteField.Left)
    def _field_left(self, event: NoteField.Left) -> None:
        event.stop()
        if event.text is None:
            self._put_away()
        else:
            self._spawn(self._save(event.text))

    async def _save(self, text: str) -> None:
        """Put the changed text on disk; the field stays while that fails, or while more was typed."""
        field = self._field
        saved = await self._keep(self._about, self._edited, field.original, text)
        if saved and self.is_attached:
            if field.text == text:
                self._put_away()
            else:
                field.original = text
                field.label()
        self.redraw()

    async def _keep(self, key: str, interaction_id: str, original: str, text: str) -> bool:
        if self._acts.item(key) is None and self._acts.into_note(interaction_id, original, text):
            return True
        return await self._acts.change(key, lambda _: Amendment(note=text))

    async def keep_typed(self) -> bool:
        """Put what is being typed on disk, since the page or the program ends; says whether all of it is there."""
        field = self._field
        if field.changed:
            text = field.text
            if await self._keep(self._about, self._edited, field.original, text):
                field.original = text
        return not field.changed

    @property
    def typed(self) -> str:
        """What is being typed and not on disk; "" for nothing."""
        return self._field.text if self._field.changed else ""

    def close(self) -> None:
        """Leave the screen, once what was typed is saved."""
        if self._field.changed:
            self._spawn(self._save_and_leave())
        else:
            super().close()

    async def _save_and_leave(self) -> None:
        async with self._leaving:  # a second key finds nothing left to save
            changed = self._field.changed
            if self.is_open and await self.keep_typed():
                super().close()
                if changed:
                    self._tell(tr("Your change in the outbox was saved."), "info")

    # Choosing

    def _choose(self, what: Choosing, item: OutboxItem) -> None:
        self._choosing, self._about, self._found = what, item.key, ()
        self._question += 1
        self.add_class("busy")
        offered = choices.OFFERED[what]
        keys = keys_of(*((tr(key), tr(does)) for key, does in offered.keys), (BY_ID["back"].shown, tr("close")))
        placeholder = tr(offered.placeholder) if offered.placeholder else ""
        self._picker.open(f"{tr(offered.title)} · {whom(item)}", keys, placeholder, enter_picks=what != "customer")
        self._offer()
        self.draw_keys()

    def _offer(self) -> None:
        """Show what there is to choose from."""
        item, state = self._acts.item(self._about), self._state()
        if item is None:
            return
        if self._choosing == "codes":
            self._picker.set_rows(choices.code_rows(state, item, self._picker.typed), tr("No such code."))
        elif self._choosing == "customer":
            self._picker.set_rows(choices.customer_rows(self._found))
        elif self._choosing == "follow_up":
            self._picker.set_rows(choices.follow_up_rows(item))
        elif self._choosing == "callback":
            self._picker.set_rows(choices.callback_rows(item))
        elif self._choosing == "channel":
            self._picker.set_rows(choices.channel_rows())
        elif self._choosing == "time":
            self._when.draw()

    def _ask_when(self, item: OutboxItem) -> None:
        """Ask for the time of the callback, or first which one is meant."""
        wanted = choices.callbacks(item)
        if len(wanted) > 1:
            self._choose("callback", item)
        else:
            self._ask_time(item, wanted[0])

    def _ask_time(self, item: OutboxItem, callback: FollowUp) -> None:
        self._wants_field()
        self._choosing, self._about, self._dated = "time", item.key, callback
        came_from = Address("phone", callback.to or item.address)
        places = Places(local_zone(), customer_zone(None, came_from, self._region), self._region)
        keys = keys_of(("enter", tr("save")), (BY_ID["back"].shown, tr("close")))
        self._when.open(f"{tr('Callback: when, and what about')} · {whom(item)}", keys, callback.text, places)
        self.draw_keys()

    @on(WhenField.Said)
    def _time_said(self, event: WhenField.Said) -> None:
        event.stop()
        callback = self._dated
        if self._choosing == "time" and callback is not None:
            wanted = replace(callback, due=event.due, text=event.text)
            self._change(self._about, lambda item: choices.with_callback(item, callback, wanted))
            self._put_away()

    def _put_away(self) -> None:
        """Back to the list."""
        self._choosing = ""
        self._question += 1
        self._picker.close()
        self._when.close()
        self._field.close()
        self.remove_class("busy")
        self._table.focus()
        self.redraw()

    @on(Picker.Typed)
    def _typed(self, event: Picker.Typed) -> None:
        event.stop()
        if self._choosing == "codes":
            self._offer()

    @on(Picker.Asked)
    def _asked(self, event: Picker.Asked) -> None:
        event.stop()
        if not event.text:
            self._picker.go_to_list()
            return
        self._question += 1
        self._picker.border_title = content(tr("Asking the CRM …"), "bold")
        self._spawn(self._find(event.text, self._question))

    async def _find(self, text: str, question: int) -> None:
        found = await self._acts.find(text)
        if question != self._question or not self.is_attached:
            return  # another was asked since, or nothing is to be chosen any more
        self._found = found
        away = any(
            Source.of(name).kind == "crm" and health.health is Health.DOWN
            for name, health in self._state().health.items()
        )
        if found:
            said = ntr("{n} found", "{n} found", len(found))
        else:
            said = tr("The CRM cannot be asked now") if away else tr("Not in the CRM")
        self._picker.border_title = content(f"{said} · {text}", "bold")
        self._offer()
        if found:
            self._picker.go_to_list()

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        event.stop()
        if self._choosing == "codes":
            self._change(self._about, lambda item: choices.with_code(item, event.key))
            self._picker.clear()
            return
        if self._choosing == "customer":
            match = next((one for one in self._found if one.customer.id == event.key), None)
            self._change(self._about, lambda _: Amendment(customer=match))
        elif self._choosing == "callback":
            item = self._acts.item(self._about)
            if item is not None:
                self._put_away()
                self._ask_time(item, choices.callbacks(item)[int(event.key) - 1])
                return
        elif self._choosing == "follow_up":
            follow_up = choices.follow_up_at(self._acts.item(self._about), event.key)
            self._change(self._about, lambda item: choices.without(item, follow_up))
        elif self._choosing == "channel":
            self._change(self._about, lambda _: Amendment(channel=event.key))
        self._put_away()

    def _change(self, key: str, change: Callable[[OutboxItem], Amendment]) -> None:
        self._spawn(self._after(self._acts.change(key, change)))


def _why_not(verb: str, item: OutboxItem) -> str:
    if item.state != PARKED:
        return tr("This item is waiting to be sent. It can only be changed when it needs attention.")
    if is_of_evaluation(item):
        return tr("This belongs to an evaluation; open it there, or copy the text.")
    return tr(_WHY_NOT.get(verb, mark("Not possible for this item.")), kind=kind(item))


_WHY_NOT: Final[Mapping[str, str]] = {
    "item_codes": mark("The {kind} has no codes."),
    "item_customer": mark("The {kind} goes to the address it was written for."),
    "item_when": mark("There is no callback."),
    "item_add": mark("No follow-up is left to add."),
    "item_drop": mark("There is no follow-up."),
    "item_channel": mark("The channel is known."),
}
"""By verb, why it does nothing to an item."""
