"""The places of the supervisor's screen: which pane verbs are about, what is in sight in this size."""

from typing import Any

from textual import events
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input

from desktop.tui.supervisor.floor_layout import LAYOUT, classes_for
from desktop.tui.supervisor.floor_tabs import FLOOR_TABS, FloorTabs
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.alert_panel import AlertPanel
from desktop.tui.supervisor.panels.floor_table import FloorTable
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen
from desktop.tui.widgets.table import LineTable


class FloorPlaces(ImmediateScreen):
    """A screen with four panes, of which a small window shows fewer."""

    def __init__(self) -> None:
        super().__init__()
        self.place = FLOOR_TABS[0][0]
        """The pane that verbs are about: the one that had the focus last."""
        self.about = "queue"
        """What the details are of: the queue or the agent."""
        self._tab = FLOOR_TABS[0][0]
        self._size_fitted = Size(0, 0)
        self._typed: tuple[FloorTable[Any], str] | None = None

    def redraw(self) -> None:
        """Draw again after something of the screen itself changed."""
        raise NotImplementedError

    def show_tab(self, name: str) -> None:
        """Turn to a pane."""
        self.turn_tab(name)
        self._widget_of(name).focus()
        self.redraw()

    def turn_tab(self, name: str) -> None:
        """Have a pane in sight, with the focus wherever it is."""
        if name != self._tab:
            self._tab = self.query_one(FloorTabs).current = name
            self._set_layout_classes()

    def next_tab(self) -> None:
        """Turn to the next pane."""
        names = [name for name, _ in FLOOR_TABS]
        self.show_tab(names[(names.index(self.place) + 1) % len(names)])

    def focus_place(self) -> None:
        """Back to the pane that verbs are about."""
        self._widget_of(self.place).focus()
        self.redraw()

    def _widget_of(self, place: str) -> Widget:
        if place == "detail":
            return self.query_one("#detail-contacts", LineTable)
        panels: dict[str, type[Widget]] = {"queues": QueuePanel, "agents": AgentPanel, "alerts": AlertPanel}
        return self.query_one(panels[place])

    def go_to(self, row: str) -> bool:
        """Turn to `queue|NAME` or `agent|ID`, with its details; says whether there is such a row."""
        kind, _, name = row.partition("|")
        panels: dict[str, FloorTable[Any]] = {"queue": self.query_one(QueuePanel), "agent": self.query_one(AgentPanel)}
        panel = panels.get(kind)
        if panel is None or not panel.go_to(name):
            return False
        self.about = kind
        panel.focus()
        self.redraw()
        return True

    @property
    def table(self) -> FloorTable[Any]:
        """The table that is sorted and filtered: the agents where they are turned to, else the queues."""
        return self.query_one(AgentPanel) if self.about == "agent" else self.query_one(QueuePanel)

    def open_filter(self) -> None:
        """Type what the rows must contain."""
        field = self.query_one("#floor-filter", Input)
        with self.prevent(Input.Changed):
            field.value = self.table.ordering.wanted
        field.add_class("open")
        field.focus()

    def filter_soon(self, text: str) -> None:
        """Show only rows with these words, once the letter that was typed is painted."""
        self._typed = (self.table, text)
        self.call_after_refresh(self.filter_now)

    def filter_now(self) -> None:
        """Show only rows with the words that were typed last."""
        if self._typed is not None:
            table, text = self._typed
            self._typed = None
            table.filter(text)
            self.redraw()

    def close_filter(self) -> None:
        """Back to the rows; the filter stays as it is."""
        self.filter_now()
        self.query_one("#floor-filter", Input).remove_class("open")
        self.table.focus()
        self.redraw()

    def fit(self, size: Size) -> None:
        """Lay the panes out; called before the first paint, too."""
        self._size_fitted = size
        self._set_layout_classes()

    def on_resize(self, event: events.Resize) -> None:
        """Fit, and draw what depends on the width."""
        self.fit(event.size)
        self.call_after_refresh(self.redraw)

    def _set_layout_classes(self) -> None:
        wanted = classes_for(self._size_fitted, self._tab)
        if wanted != self.classes & LAYOUT:  # a change of class styles every widget anew
            self.classes = frozenset(self.classes - LAYOUT | wanted)
