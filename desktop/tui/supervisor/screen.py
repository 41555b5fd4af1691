"""The supervisor's screen: where its panes stand, what is selected, what is open. Imported on the server's word."""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from desktop.domain import select
from desktop.domain.entities.floor import HelpState
from desktop.domain.figures.service_level import DEFAULT_FORMULA, Formula
from desktop.domain.select.floor_verbs import Standing
from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.header import Header
from desktop.tui.agent.panes.page import Page
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.two_presses import named
from desktop.tui.supervisor.actions.action_dialog import ActionDialog
from desktop.tui.supervisor.actions.acts_menu import ActsMenu, Listed
from desktop.tui.supervisor.actions.question import Act
from desktop.tui.supervisor.actions.target import Target, target_at, target_read, victim_of
from desktop.tui.supervisor.banners.floor_offer import FloorOffer
from desktop.tui.supervisor.banners.listening_banner import ListeningBanner
from desktop.tui.supervisor.banners.own_call_banner import OwnCallBanner
from desktop.tui.supervisor.floor_footer import FloorFooter
from desktop.tui.supervisor.floor_guide import FloorGuide
from desktop.tui.supervisor.floor_layout import BELOW, LAYOUT, classes_for
from desktop.tui.supervisor.floor_status import FloorStatus
from desktop.tui.supervisor.floor_summary import SummaryKeeper
from desktop.tui.supervisor.floor_tabs import FLOOR_TABS, FloorTabs
from desktop.tui.supervisor.floor_top import FloorTop
from desktop.tui.supervisor.floor_view import HELP, FloorView, Heard, row_of, worst_alerts
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.alert_panel import AlertPanel
from desktop.tui.supervisor.panels.detail_panel import DetailPanel
from desktop.tui.supervisor.panels.floor_table import FloorTable
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.supervisor.panels.thread_panel import ThreadPanel
from desktop.tui.terminal.input_priority import LOOK_SECONDS
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen
from desktop.tui.widgets.pane import Pane
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import tr

SETTLE_SECONDS = 0.15  # how long the cursor rests in a row before its details are drawn


class FloorVerbs(Protocol):
    """Who does what is wanted on the screen."""

    def do(self, name: str) -> None:
        """Do what the key of this name stands for."""

    def chosen(self, event: ActsMenu.Chosen) -> None:
        """Do what was chosen from the list of acts."""

    def answered(self, event: ActionDialog.Answered) -> None:
        """Do what was asked about."""

    def chosen_state(self, event: StateMenu.Chosen) -> None:
        """Take another availability."""

    def rearranged(self) -> None:
        """Remember the order of the tables."""

    def filtered(self) -> None:
        """Remember which rows are shown."""

    def turned(self, tab: str) -> None:
        """Remember the pane in sight."""


class FloorDesk(Protocol):
    """What stands behind the screen."""

    @property
    def actions(self) -> FloorVerbs:
        """What its keys do."""
        ...

    def ready(self) -> None:
        """The screen is there."""

    def look(self, view: FloorView, details: bool) -> FloorView:
        """The view with what was looked up; `details` says whether they are in sight."""
        ...


class _Closable(Protocol):
    @property
    def is_open(self) -> bool: ...

    def close(self) -> None: ...


def _bindings() -> list[BindingType]:
    bindings: list[BindingType] = []
    for key in FLOOR_BY_ID.values():
        does = f"floor('{key.action}')"
        bindings.append(Binding(",".join(key.letters), does, key.label, show=False, id=key.id))
        if key.anywhere:
            bindings.append(Binding(",".join(key.anywhere), does, show=False, priority=True, id=f"{key.id}.alt"))
    return bindings + [Binding(str(n), f"tab({n})", show=False) for n in range(1, len(FLOOR_TABS) + 1)]


class SupervisorScreen(ImmediateScreen):
    """Draws views of the floor; what keys do is in `floor_actions.py`."""

    CSS_PATH = "screen.tcss"
    LINES_AT_ONCE = 10
    BINDINGS: ClassVar[list[BindingType]] = _bindings()

    def __init__(self, floor: FloorDesk, now: Callable[[], float]) -> None:
        """Nothing is on screen yet; `now` is the local clock, seconds since the Unix epoch."""
        super().__init__()
        self._floor = floor
        self._now = now
        self.state = AppState()
        self.formula: Formula = DEFAULT_FORMULA
        self.heard: Heard | None = None
        self.standing = Standing("", None, frozenset())
        self.guided = False
        self._panes: tuple[Pane, ...] = ()
        self._worst = worst_alerts({})
        self._worst_of: object = None
        self._summary = SummaryKeeper()
        self._second_at = float("-inf")
        self._settling: Timer | None = None
        self.place = FLOOR_TABS[0][0]
        """The pane that verbs are about: the one that had the focus last."""
        self.about = "queue"
        """What the details are of: the queue or the agent."""
        self._tab = FLOOR_TABS[0][0]
        self._below = BELOW[0]
        self._size_fitted = Size(0, 0)
        self._typed: tuple[FloorTable[Any], str] | None = None

    def compose(self) -> ComposeResult:
        """Header, banners, panes, footer; dialogs and pages above all."""
        yield Header()
        with Vertical(id="floor-strip"):
            yield FloorOffer()
            yield FloorStatus()
            yield FloorTabs()
        yield ListeningBanner()
        yield OwnCallBanner()
        with Vertical(id="floor"):
            with FloorTop(id="floor-top"):
                yield QueuePanel()
                yield AlertPanel()
            with Horizontal(id="floor-bottom"):
                yield AgentPanel()
                yield DetailPanel()
            yield ThreadPanel()
            yield Page()
        yield Input(placeholder=tr("show only rows that contain …"), id="floor-filter")
        yield FloorGuide()
        yield FloorFooter()
        yield Static(content(tr("Enlarge the window. Nothing is lost.")), id="floor-too-small")
        yield StateMenu()
        yield ActsMenu()
        yield ActionDialog()

    def on_mount(self) -> None:
        """Begin in the queues, with whatever is known."""
        self._panes = tuple(node for node in self.query("*") if isinstance(node, Pane))
        self.query_one(FloorGuide).set_class(self.guided, "open")
        self.query_one(FloorFooter).panes = self.query_one("#floor")
        self.redraw()
        self.query_one(QueuePanel).focus()
        self._floor.ready()

    def on_unmount(self) -> None:
        """Nothing is drawn any more, whatever is still under way."""
        self._panes = ()

    @property
    def _whole(self) -> bool:
        """Whether every pane is there: at the end they leave one by one, and the clock may tick in between."""
        return bool(self._panes) and all(pane.is_attached for pane in self._panes if isinstance(pane, Widget))

    # Drawing

    def view(self) -> FloorView:
        """What there is to see now."""
        state = self.state
        if state.alerts is not self._worst_of:
            self._worst, self._worst_of = worst_alerts(state.alerts), state.alerts
        asking = frozenset(one.agent_id for one in state.help.values() if one.state is HelpState.OPEN)
        mounted = self._whole
        queue = self.query_one(QueuePanel).cursor_key if mounted else None
        return FloorView(
            state,
            None,
            select.server_now(state, self._clock),
            self.formula,
            queue or "",
            self.query_one(AgentPanel).agent if mounted else "",
            self.about,
            self.heard,
            self._worst,
            reading=self.thread.contact_id if mounted else "",
            asking=asking,
            held=mounted and (self.dialog.is_open or self.acts.is_open),
            summary=self._summary.of(state, self._now()),
            in_sight=self.query_one(QueuePanel).trends_in_sight if mounted else (),
        )

    @property
    def _clock(self) -> float:
        """The local clock as of the last whole second, so that all times on screen go on together, whichever part of a
        second each pane is drawn in; as it is where no second was told for a while."""
        now = self._now()
        return self._second_at if 0 <= now - self._second_at < 1 else now

    def show(self, state: AppState) -> None:
        """Draw a new state, only where it changed."""
        self.state = state
        if not self._whole:
            return
        view = self._before_drawing()
        for pane in self._panes:
            pane.show(view)

    def second(self) -> None:
        """Draw what moves with the clock: the tables a little later, so that no key waits for all of it at once."""
        if not self._whole:
            return
        self._second_at = self._now()
        view = self._before_drawing()
        for pane in self._panes:
            if not isinstance(pane, FloorTable):
                pane.tick(view)
        self.set_timer(0.3, lambda: self._tick(QueuePanel))
        self.set_timer(0.6, lambda: self._tick(AgentPanel))

    def _tick(self, table: type[FloorTable[Any]]) -> None:
        if self.key_under_way:
            self.set_timer(LOOK_SECONDS, lambda: self._tick(table))
        elif self._whole:
            self.query_one(table).tick(self.looked())

    def redraw(self) -> None:
        """Draw again after something of the screen itself changed."""
        self.show(self.state)

    def looked(self) -> FloorView:
        """The view with what was looked up."""
        return self._floor.look(self.view(), False)

    def _before_drawing(self) -> FloorView:
        view = self._floor.look(self.view(), self.query_one(DetailPanel).is_on_screen)
        self.query_one(ListeningBanner).heard = self.heard
        listed = self._listed(view)
        self.query_one(FloorFooter).offered = listed.keys
        self.acts.follow(listed)
        return view

    # What is selected

    def target(self, view: FloorView | None = None) -> Target:
        """What a verb is about now."""
        if self.thread.is_open:
            return target_read(view or self.looked(), self.standing)
        alert = self.query_one(AlertPanel).cursor_key or ""
        contact = self.query_one(DetailPanel).contact
        return target_at(view or self.looked(), self.standing, self.place, alert, contact)

    def _listed(self, view: FloorView) -> Listed:
        """What the list of acts shows of the selected row now."""
        target, rows = self.target(view), self._rows
        row = view.reading or f"{self.place}|{rows.cursor_key or ''}"
        victim, readable = victim_of(view, self.place, target), target.readable(self.standing)
        return Listed(row, victim, target, target.offered(self.standing), () if view.reading else readable)

    def selected(self) -> str:
        """The row that verbs are about, as `ActsMenu.Chosen` names it."""
        return self._listed(self.looked()).subject

    def gone(self, view: FloorView) -> str:
        """That what was selected is gone, as a sentence; "" where it is not."""
        contact = self.query_one(DetailPanel).gone if self.place == "detail" else None
        if contact is not None:
            holder = next(
                (
                    agent.name
                    for agent in view.state.agents.values()
                    if agent.id != contact.agent_id and any(work.interaction_id == contact.id for work in agent.work)
                ),
                "",
            )
            if holder:
                left = tr("{customer} is with {agent} now.", customer=named(contact.who), agent=holder)
            else:
                left = tr("{customer} is no longer here.", customer=named(contact.who))
            return left + " " + tr("No one is selected: choose with the arrow keys.")
        lost = self.place != "detail" and self._rows.removed is not None
        return tr("The row you had selected is gone. Choose another with the arrow keys.") if lost else ""

    # What is open

    @property
    def dialog(self) -> ActionDialog:
        """What asks before something is done."""
        return self.query_one(ActionDialog)

    @property
    def acts(self) -> ActsMenu:
        """What can be done about the selected row."""
        return self.query_one(ActsMenu)

    @property
    def thread(self) -> ThreadPanel:
        """The written contact that is read along."""
        return self.query_one(ThreadPanel)

    def read(self, contact_id: str) -> None:
        """Show a written contact's thread, and what is added to it."""
        self.thread.open(contact_id)
        self.redraw()

    def open_acts(self) -> bool:
        """List what can be done about the selected row; says whether there is anything."""
        listed = self._listed(self.looked())
        if listed.keys:
            self.acts.open(listed, self._rows.cursor_offset, self._coverable)
            self.redraw()
        return bool(listed.keys)

    def ask(self, act: Act) -> None:
        """Ask beside the selected row what must be known before something is done."""
        self.dialog.open(act, self._rows.cursor_offset, self._coverable)
        self.redraw()

    @property
    def _coverable(self) -> Region:
        """What a box beside a row may cover: the panes, and no banner."""
        return self.query_one("#floor").region

    def close_top(self) -> bool:
        """Close what is open on top; says whether anything was."""
        page, menu = self.query_one(Page), self.query_one(StateMenu)
        on_top: tuple[_Closable, ...] = (page, menu, self.acts, self.dialog, self.thread)
        for pane in on_top:
            if pane.is_open:
                pane.close()
                self.focus_place()
                return True
        field = self.query_one("#floor-filter", Input)
        if field.has_class("open") or self.table.ordering.wanted:
            field.value = ""
            self.filter_now()
            self.table.filter("")
            self.close_filter()
            return True
        guide = self.query_one(FloorGuide)
        was_open = guide.has_class("open")
        guide.remove_class("open")
        return was_open

    def open_state_menu(self) -> None:
        """Choose one's own availability."""
        menu = self.query_one(StateMenu)
        if menu.is_open:
            self.close_top()
        else:
            menu.open()

    # Where panes stand, of which a small window shows fewer, and which rows are shown

    def show_tab(self, name: str) -> None:
        """Turn to a pane."""
        self.place = name
        self.thread.close()
        self.turn_tab(name)
        self._widget_of(name).focus()
        self.redraw()
        self._floor.actions.turned(name)

    def turn_tab(self, name: str) -> None:
        """Have a pane in sight, with the focus wherever it is."""
        if name != self._tab:
            self._tab = self.query_one(FloorTabs).current = name
            self._below = name if name in BELOW else self._below
            self._set_layout_classes()

    def next_tab(self) -> None:
        """Turn to the next pane."""
        names = [name for name, _ in FLOOR_TABS]
        self.show_tab(names[(names.index(self.place) + 1) % len(names)])

    def focus_place(self) -> None:
        """Back to what verbs are about."""
        (self.thread if self.thread.is_open else self._widget_of(self.place)).focus()
        self.redraw()

    def _widget_of(self, place: str) -> LineTable:
        if place == "detail":
            return self.query_one("#detail-contacts", LineTable)
        panels: dict[str, type[LineTable]] = {"queues": QueuePanel, "agents": AgentPanel, "alerts": AlertPanel}
        return self.query_one(panels[place])

    @property
    def _rows(self) -> LineTable:
        """The rows of which one is selected."""
        return self._widget_of(self.place)

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
        self._floor.actions.filtered()

    def fit(self, size: Size) -> None:
        """Lay the panes out; called before the first paint, too."""
        self._size_fitted = size
        self._set_layout_classes()

    def on_resize(self, event: events.Resize) -> None:
        """Fit, and draw what depends on the width."""
        self.fit(event.size)
        self.call_after_refresh(self._fitted)

    def _fitted(self) -> None:
        """The panes have their places: what stands beside a row follows it."""
        self.redraw()
        for box in (self.acts, self.dialog):
            if box.is_open:
                box.place(self._rows.cursor_offset, self._coverable)

    def _set_layout_classes(self) -> None:
        wanted = classes_for(self._size_fitted, self._tab, self._below)
        if wanted != self.classes & LAYOUT:  # a change of class styles every widget anew
            self.classes = frozenset(self.classes - LAYOUT | wanted)

    # What happens on the screen

    def action_floor(self, name: str) -> None:
        """Do what the key of this name stands for."""
        if not self.has_class("small"):
            self._floor.actions.do(name)

    def action_tab(self, number: int) -> None:
        """Turn to the pane with this number."""
        if not self.dialog.is_open:
            self.show_tab(FLOOR_TABS[number - 1][0])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Verbs are about the pane that is turned to."""
        self.filter_now()
        widget = event.widget
        places = {"floor-queues": "queues", "floor-agents": "agents", "floor-alerts": "alerts"}
        place = "detail" if widget.id == "detail-contacts" else places.get(widget.id or "")
        if place is None:
            return
        if self.focused is widget:
            self.acts.close()  # another row was turned to with the mouse
        self.place = place
        if place in ("queues", "agents"):
            self.about = "queue" if place == "queues" else "agent"
        self.query_one(FloorGuide).did(place)
        self.turn_tab(place)
        self.call_later(self.redraw)

    @on(LineTable.Highlighted)
    def _row_changed(self) -> None:
        """What the row leads to is drawn once the cursor rests."""
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE_SECONDS, self.redraw)

    @on(LineTable.Chosen, "#floor-queues, #floor-agents")
    def _row_chosen(self) -> None:
        self.show_tab("detail")

    @on(LineTable.Chosen, "#floor-alerts")
    def _alert_chosen(self, event: LineTable.Chosen) -> None:
        alert = self.state.alerts.get(event.key)
        request = self.state.help.get(event.key.removeprefix(HELP))
        row = f"agent|{request.agent_id}" if request is not None else row_of(alert) if alert is not None else ""
        if not self.go_to(row):
            self.app.bell()

    @on(Input.Changed, "#floor-filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.filter_soon(event.value)

    @on(Input.Submitted, "#floor-filter")
    def _filter_done(self) -> None:
        self.close_filter()

    @on(ActsMenu.Chosen)
    def _act_chosen(self, event: ActsMenu.Chosen) -> None:
        event.stop()
        self._floor.actions.chosen(event)

    @on(ThreadPanel.Closed)
    @on(ActsMenu.Closed)
    def _acts_closed(self) -> None:
        self.focus_place()

    @on(ActionDialog.Answered)
    def _answered(self, event: ActionDialog.Answered) -> None:
        event.stop()
        self._floor.actions.answered(event)

    @on(StateMenu.Chosen)
    def _state_chosen(self, event: StateMenu.Chosen) -> None:
        event.stop()
        self.close_top()
        self._floor.actions.chosen_state(event)

    @on(FloorTable.Rearranged)
    def _rearranged(self, event: FloorTable.Rearranged) -> None:
        event.stop()
        self._floor.actions.rearranged()
        self.redraw()  # the title says by what the rows are sorted

    @on(ActionDialog.Closed)
    def _dialog_closed(self) -> None:
        self.focus_place()
