"""The places of the agent's screen: what is in sight in this size, and where typed letters go when nothing is."""

from typing import Any

from textual import events
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, TextArea

from desktop.tui.agent.layout import LAYOUT, classes_for
from desktop.tui.agent.panes.history import TimelinePane
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.tabs import TABS, Tabs
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen


class AgentPlaces(ImmediateScreen):
    """A screen whose panes stand in columns, of which a narrow window shows one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._size_fitted = Size(0, 0)
        self._tab = TABS[0][0]
        self.typed_in_unseen: Widget | None = None
        """While the window is too small to show anything: the field that letters go into all the same."""

    def redraw(self) -> None:
        """Draw again after something of the screen itself changed."""
        raise NotImplementedError

    def show_tab(self, name: str) -> None:
        """On a narrow screen: show this tab."""
        self._tab = self.query_one(Tabs).current = name
        self._set_layout_classes()

    def next_tab(self) -> None:
        """On a narrow screen: the next one, with the focus in it."""
        names = [name for name, _ in TABS]
        name = names[(names.index(self.query_one(Tabs).current) + 1) % len(names)]
        self.show_tab(name)
        target: dict[str, type[Any]] = {"work": WorkPane, "contact": NotePane, "customer": TimelinePane}
        self.query_one(target[name]).focus()
        self.redraw()

    def focus_note(self) -> None:
        """Go on with the note."""
        self.show_tab("contact")
        note = self.query_one(NotePane)
        if not note.read_only:
            note.focus()

    @property
    def typing(self) -> bool:
        """Whether keys go into a field."""
        return isinstance(self.focused, Input | TextArea) and not getattr(self.focused, "read_only", False)

    def fit(self, size: Size) -> None:
        """Lay the panes out; called before the first paint, too."""
        self._size_fitted = size
        self._set_layout_classes()

    def on_resize(self, event: events.Resize) -> None:
        """Fit, and draw what depends on the width; a field hidden because there was no room gets its focus back."""
        was_small, field = self.has_class("small"), self.focused
        self.fit(event.size)
        small = self.has_class("small")
        if small and not was_small:
            self.typed_in_unseen = field
        elif self.typed_in_unseen is not None and not small:
            self.call_after_refresh(self.typed_in_unseen.focus)
            self.typed_in_unseen = None
        self.call_after_refresh(self.redraw)

    def on_key(self, event: events.Key) -> None:
        """While nothing can be shown, what is typed goes where it went before: letters there are words, not verbs."""
        if not self.has_class("small"):
            return
        event.stop()
        field = self.typed_in_unseen
        if isinstance(field, TextArea) and (event.is_printable or event.key == "enter"):
            field.insert("\n" if event.key == "enter" else event.character or "")
        elif isinstance(field, Input) and event.is_printable:
            field.insert_text_at_cursor(event.character or "")

    def _set_layout_classes(self) -> None:
        """The classes that say where the panes stand, all at once and only if they are others.

        Each change of a class of the screen styles every widget anew, which takes as long as painting all of them:
        with the ring, and on screens that show every pane, which tab is the current one must not cost that.
        """
        wanted = classes_for(self._size_fitted, self._tab)
        if wanted != self.classes & LAYOUT:
            self.classes = frozenset(self.classes - LAYOUT | wanted)
