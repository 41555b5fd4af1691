"""The page of settings: a list by groups, what the selected one means, and the control that changes it."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from desktop.config.setting import ConfigError
from desktop.config.settings_file import FileChanged, Value
from desktop.tui.keys.key import is_typed
from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.pages.help import PageHelp, fitted_keys, key_line
from desktop.tui.pages.launcher import Around, LaunchedPage
from desktop.tui.quality.words_field import keys_of
from desktop.tui.settings.entries import Entry, origin_word
from desktop.tui.settings.settings import Settings
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.page_text import Line, PageText
from desktop.tui.widgets.safe_text import Part, content, line, safe
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

LONGEST: Final = 200
"""Characters of a value that are taken; of one that is shown in full."""
_COLUMNS: Final = (
    Column(mark("setting"), 28),
    Column(mark("value")),
    Column(mark("from"), 15),
    Column(mark("means"), min_width=110, weight=2),
)
_KEYS: Final = (
    ("enter", mark("change")),
    ("d", mark("default")),
    ("u", mark("undo")),
    ("/", mark("find")),
    ("b", mark("copy")),
    ("←→", mark("groups")),
)
_HELP: Final = (
    ("enter", mark("change"), mark("Change the selected setting. A double click does the same.")),
    ("d", mark("default"), mark("Take the setting out of the file: the default counts again.")),
    ("u", mark("undo"), mark("Take the last change back.")),
    ("/", mark("find"), mark("Show only settings that contain what you type; esc shows all.")),
    ("b", mark("copy"), mark("Copy the value to the clipboard.")),
    ("r", mark("read again"), mark("Read the file again.")),
    ("←→", mark("groups"), mark("To the group before or after.")),
)


class KeyCapture(Static, can_focus=True):
    """While it has the keyboard, the next key is taken for what it is."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        super().__init__(id="settings-capture")
        self._pressed = pressed

    def on_key(self, event: events.Key) -> None:
        """Every key, whatever it means elsewhere."""
        event.stop()
        event.prevent_default()
        self._pressed(event.key)


class SettingsPage(LaunchedPage):
    """A list; below it the selected setting in full, or the control that changes it."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self, settings: Settings, around: Around) -> None:
        """A page that is not on screen yet."""
        super().__init__("settings", around)
        self._settings = settings
        self._entries: dict[str, Entry] = {}
        self._edited: Entry | None = None
        self._problem = ""
        self._busy = False
        self._stale = False  # what is chosen from is not what the file holds any more
        self._table = LineTable(_COLUMNS, id="settings-list", empty=tr("Reading …"), parts=True)
        self._filter = Input(id="settings-filter", compact=True, max_length=60)
        self._about = PageText(id="settings-about")
        self._question = Static(id="settings-question")
        self._field = Input(id="settings-field", compact=True, max_length=LONGEST)
        self._choices = LineTable(
            (Column("", 1), Column("value", 20), Column("means")),
            header=False,
            id="settings-choices",
            click_chooses=True,
        )
        self._capture = KeyCapture(self._captured)
        self._refusal = Static(id="settings-refusal")

    def compose(self) -> ComposeResult:
        """The filter, the list, what the selected one means, the controls, the keys."""
        yield self._filter
        yield self._table
        yield self._about
        with Vertical(id="settings-editor"):
            yield self._question
            yield self._field
            yield self._choices
            yield self._capture
            yield self._refusal
        yield PageHelp(self._help)

    def on_mount(self) -> None:
        """Read what there is."""
        if not self._table.is_attached:
            return
        self._filter.placeholder = tr("find a setting")
        self._table.focus()
        self._spawn(self._read())

    async def _read(self) -> None:
        await self._try(self._settings.read)
        self.redraw()

    async def _try(self, work: Callable[[], object]) -> bool:
        """Do something with the file, aside from the loop; says whether it went well, else `_problem` says why not."""
        try:
            await asyncio.to_thread(work)
        except ConfigError as error:
            self._problem = " ".join(in_words(one) for one in error.problems)
            self._stale = isinstance(error, FileChanged)
        else:
            self._problem = ""
        return not self._problem

    # What is shown

    def redraw(self) -> None:
        """Draw what is known now."""
        if not (self._table.is_attached and self._about.is_attached):
            return
        file = self._settings.file
        where = tr("demo: kept until you leave") if file.path is None else str(file.path)
        name = self._settings.profile.name.value
        self.border_title = line((tr("Settings"), "bold"), (f" · {name} · {where}", "$muted"))
        entries = self._settings.entries()
        wanted = self._filter.value.casefold().split()
        kept = [one for one in entries if all(word in self._searched(one) for word in wanted)]
        self._entries = {one.id: one for one in entries}
        nothing = tr("No setting contains that.") if wanted else self._problem or tr("Reading …")
        self._table.set_empty(nothing)
        self._table.set_rows(list(self._rows(kept)))
        self._draw_about()
        self._draw_keys()

    @staticmethod
    def _searched(entry: Entry) -> str:
        return f"{entry.group} {entry.name} {'.'.join(entry.place)} {entry.help} {entry.shown}".casefold()

    @staticmethod
    def _rows(entries: list[Entry]) -> Iterator[Row]:
        group = None
        for one in entries:
            if one.group != group:
                group = one.group
                yield Row(f"group:{group}", ((group, "bold $accent"),), of="")
            value: Part = (safe(one.shown, limit=LONGEST), "bold" if one.is_set else "")
            if one.later:
                value = line(value, (f" → {safe(one.later, limit=LONGEST)}", "$warning"))
            yield Row(one.id, (one.name, value, (origin_word(one.written.origin), "$muted"), (one.help, "$muted")))

    def _draw_about(self) -> None:
        entry = self._selected
        if entry is None:
            self._about.set_lines([content(self._problem, "$error")] if self._problem else [])
            return
        key = ".".join(entry.place)
        lines: list[Line] = [line((entry.name, "bold"), (f"   {key}", "$muted"), f"   {entry.help}")]
        origin = in_words(entry.written.origin)
        parts: list[Part] = [(tr("From: {origin}", origin=origin), "$muted")]
        if entry.later:
            parts.append((f" · {tr('{value} from the next start', value=entry.later)}", "$warning"))
        elif entry.place:
            when = tr("a change is seen at once") if entry.at_once else tr("a change counts from the next start")
            parts.append((f" · {when}", "$muted"))
        lines.append(line(*parts))
        if reason := self._why_not(entry):
            lines.append(content(reason, "$warning"))
        if self._problem:
            lines.append(content(self._problem, "$error"))
        self._about.set_lines(lines)

    def _draw_keys(self) -> None:
        way_out = (BY_ID["back"].shown, mark("close"))
        if self.has_class("editing"):
            self.border_subtitle = content("")
        else:
            self.border_subtitle = keys_of(*fitted_keys(_KEYS, way_out, self.size.width - 4))

    def on_resize(self) -> None:
        """Fit the keys."""
        self._draw_keys()

    @property
    def _selected(self) -> Entry | None:
        return self._entries.get(self._table.cursor_key or "")

    def _why_not(self, entry: Entry) -> str:
        """Why a setting cannot be changed here; "" where it can."""
        if entry.id == "profile":
            return tr("Another one is chosen at the start: agent-desktop --profile NAME.")
        if not entry.place:
            return tr("Connections are changed in the file; agent-desktop config check tries them.")
        if entry.variable:
            return tr(
                "{variable} is set and wins over the file: unset it to change this here.", variable=entry.variable
            )
        if entry.id == "data_dir" and self._settings.file.path is None:
            return tr("The demo keeps its data in a folder of its own.")
        if entry.place[0] == "alerting" and str(in_words(entry.written.origin)).startswith(
            str(self._settings.path.with_name("alerts.toml"))
        ):
            return tr("Set in alerts.toml, which wins: change it there.")
        return in_words(self._settings.file.refusal)

    @on(LineTable.Highlighted, "#settings-list")
    def _moved(self, event: LineTable.Highlighted) -> None:
        event.stop()
        self._draw_about()

    # Changing

    @on(LineTable.Chosen, "#settings-list")
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self._edit()

    def _edit(self) -> None:
        entry = self._selected
        if entry is None or self._busy:
            return
        self._problem = ""
        if reason := self._why_not(entry):
            self._tell(reason, "warning")
        elif entry.control == "flag":
            self._change(entry, entry.written.value != "true")
        else:
            self._open(entry)

    def _open(self, entry: Entry) -> None:
        self._edited = entry
        self.remove_class("typing", "choosing", "refused")
        self.add_class("editing")
        back = BY_ID["back"].shown
        if entry.control == "choice":
            self.add_class("choosing")
            keys = keys_of(("enter", tr("choose")), (back, tr("leave as it is")))
            rows = [
                Row(value, ("●" if value == entry.written.value else " ", (safe(value), "bold"), (means, "$muted")))
                for value, means in entry.choices
            ]
            self._choices.set_rows(rows, anew=True)
            self._choices.move_to(entry.written.value)
            self._choices.focus()
        elif entry.control == "key":
            keys = keys_of((tr("any key"), tr("becomes its key")), (back, tr("leave as it is")))
            self._capture.focus()
        else:
            self.add_class("typing")
            self._wants_field()
            keys = keys_of(("enter", tr("save")), (back, tr("leave as it is")))
            self._field.value = safe(entry.written.value, limit=LONGEST)
            self._field.focus()
        self._question.update(line((f"{entry.name}  ", "bold"), keys))
        self._draw_keys()

    def _close_editor(self) -> None:
        entry, self._edited = self._edited, None
        self.remove_class("editing", "typing", "choosing", "refused")
        if entry is not None and entry.id == "theme":
            self._preview(entry.now.value)
        self._table.focus()
        self.redraw()

    def _refuse(self, why: str) -> None:
        self._refusal.update(content(why, "$error"))
        self.add_class("refused")

    def _change(self, entry: Entry, value: Value | None) -> None:
        if self._busy:
            return
        self._busy = True

        async def change() -> None:
            try:
                done = await self._try(lambda: self._settings.change(entry, value))
            finally:
                self._busy = False
            self._after(entry.at_once and done)
            if not self.is_open:
                return
            if not done and self._edited is not None and not self._stale:
                why, self._problem = self._problem, ""
                self._refuse(why)
                return
            if self._edited is not None:
                self._edited = self._edited if self._stale else None  # a look that was only looked at goes
                self._close_editor()
            self._stale = False
            self.redraw()

        self._spawn(change())

    def _after(self, at_once: bool) -> None:
        if at_once and self._settings.live is not None:
            self._settings.put_in_force(self._settings.live)

    def _undo(self) -> None:
        if self._busy:
            return
        self._busy = True
        name = ""

        def work() -> None:
            nonlocal name
            name = self._settings.undo()

        async def undo() -> None:
            try:
                done = await self._try(work)
            finally:
                self._busy = False
            self._after(done and bool(name))
            if done:
                self._tell(
                    tr("Taken back: {name}.", name=name) if name else tr("There is nothing to take back."), "info"
                )
            self.redraw()

        self._spawn(undo())

    @on(LineTable.Highlighted, "#settings-choices")
    def _choice_moved(self, event: LineTable.Highlighted) -> None:
        event.stop()
        if self._edited is not None and self._edited.id == "theme" and self._choices.has_focus:
            self._preview(event.key)

    def _preview(self, theme: str) -> None:
        """See a look before it is chosen."""
        choose = getattr(self.app, "choose_theme", None)
        if choose is None:
            return
        try:
            choose(theme)
        except ValueError as wrong:
            self._refuse(str(wrong))

    @on(LineTable.Chosen, "#settings-choices")
    def _choice_made(self, event: LineTable.Chosen) -> None:
        event.stop()
        if self._edited is not None:
            self._change(self._edited, event.key)

    @on(Input.Submitted, "#settings-field")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._edited is not None:
            self._change(self._edited, event.value.strip() or None)

    # A key

    @property
    def is_capturing(self) -> bool:
        """Whether the next key becomes that of a verb."""
        return self._edited is not None and self._edited.control == "key"

    def stop_capturing(self) -> None:
        """A contact is offered: keys are verbs again."""
        if self.is_capturing:
            self._close_editor()

    def _captured(self, key: str) -> None:
        entry = self._edited
        if entry is None:
            return
        if key == "escape":
            self._close_editor()
            return
        before = entry.written.value.split(",") if entry.in_file else []
        kept = [one for one in before if one and is_typed(one) != is_typed(key)]
        self._change(entry, ",".join([key, *kept]))

    # Keys of the page

    def _help(self) -> list[Line]:
        lines: list[Line] = [content(tr("Settings"), "bold $accent")]
        lines += [key_line(key, label, does) for key, label, does in _HELP]
        lines.append(key_line(shown("back"), mark("back"), mark("Leave a field, show all, or close the page.")))
        return lines

    def commands(self) -> Iterator[tuple[str, str]]:
        """See the base class."""
        if not self.has_class("editing"):
            yield from ((key, tr(label)) for key, label, _ in _HELP if key in ("u", "d", "b", "r", "enter"))

    def on_key(self, event: events.Key) -> None:
        """No key of the page reaches the verbs of the screen below."""
        typing = self._field.has_focus or self._filter.has_focus
        if self.query_one(PageHelp).took(event, typing=typing):
            return
        if event.key in BY_ID["back"].letters:
            event.stop()
            self._back()
        elif self._filter.has_focus:
            if event.key in ("enter", "down", "tab"):
                event.stop()
                self._table.focus()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
        elif self.has_class("editing"):
            if not self._field.has_focus and event.is_printable:
                event.stop()
        elif self._pressed(event.key) or event.is_printable:
            event.stop()

    def _pressed(self, key: str) -> bool:
        if key == "u":
            self._undo()
        elif key == "d":
            self._to_default()
        elif key == "b":
            self._copy()
        elif key == "r":
            self._spawn(self._read())
        elif key == "slash":
            self._wants_field()
            self.add_class("filtering")
            self._filter.focus()
        elif key in ("left", "right"):
            self._turn_group(1 if key == "right" else -1)
        elif key in BY_ID["settings"].letters:
            self.close()
        else:
            return False
        return True

    def _to_default(self) -> None:
        entry = self._selected
        if entry is None or self._busy:
            return
        if reason := self._why_not(entry):
            self._tell(reason, "warning")
        elif entry.is_set:
            self._change(entry, None)

    def _copy(self) -> None:
        if (entry := self._selected) is not None:
            self.app.copy_to_clipboard(safe(entry.shown, limit=LONGEST))
            self._tell(tr("Copied: {name}.", name=entry.name), "info")

    def _turn_group(self, by: int) -> None:
        rows = [row.key for row in self._table.rows]
        heads = [at for at, key in enumerate(rows) if key.startswith("group:")]
        at = rows.index(self._table.cursor_key) if self._table.cursor_key in rows else 0
        mine = max((n for n, head in enumerate(heads) if head <= at), default=0)
        to = heads[max(0, min(mine + by, len(heads) - 1))] if heads else 0
        if to + 1 < len(rows):
            self._table.move_to(rows[to + 1])

    def _back(self) -> None:
        """One step: the control, the filter; then the page itself."""
        if self._edited is not None:
            self._close_editor()
        elif self._filter.value or self.has_class("filtering"):
            self._filter.value = ""
            self.remove_class("filtering")
            self._table.focus()
            self.redraw()
        else:
            self.close()

    @on(Input.Changed, "#settings-filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self.redraw()
        wanted = event.value.strip().casefold()
        named = (key for key, one in self._entries.items() if wanted and wanted in one.name.casefold())
        if (first := next(named, None)) is not None:
            self._table.move_to(first)

    def close(self) -> None:
        """Leave the screen; a look that was only looked at goes."""
        if self._edited is not None:
            entry, self._edited = self._edited, None
            if entry.id == "theme":
                self._preview(entry.now.value)
        super().close()
