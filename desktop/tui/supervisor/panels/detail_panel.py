"""What is selected, in detail: a queue with who waits in it, or an agent with what they have in hand."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from desktop.domain.entities.model import QueueStats
from desktop.domain.entities.words import Phase
from desktop.domain.select.floor_verbs import standing
from desktop.tui.supervisor.contact import Contact, contact_of_interaction, contact_of_work
from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.agent_detail import agent_lines
from desktop.tui.supervisor.panels.floor_column import NONE
from desktop.tui.supervisor.panels.floor_pane import FloorPane
from desktop.tui.supervisor.panels.queue_detail import queue_lines
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.figures import short_duration
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

_TIME = 7
"""Cells of a duration."""
_CONTACT_LINES = 5
"""Lines for the contacts below the words, at least."""


_CONTACT = (Column("", 1), Column(mark("customer"), weight=3), Column(mark("state"), 10))
_COLUMNS = {
    "queue": (*_CONTACT, Column(mark("waited"), _TIME, "right"), Column(mark("priority"), 8, "right", 48)),
    "agent": (*_CONTACT, Column(mark("time"), _TIME, "right"), Column(mark("queue"), min_width=48, weight=2)),
}
"""Of who waits in a queue, and of what an agent has in hand."""


class DetailLines(Widget):
    """The words of it. They keep the room of the longest of their kind so far: what stands below must not jump with
    each row that is passed, and every change of height would lay the whole screen out anew."""

    DEFAULT_CSS = css_beside(__file__)
    _text = Content("")
    _kept: tuple[str, int, int] = ("", 0, 0)  # the kind, the width, and the most lines so far

    def show(self, lines: Sequence[Content], about: str) -> None:
        """Show these lines, about a `queue` or an `agent`."""
        text, width = Content("\n").join(lines), self.content_size.width
        kind, kept_width, most = self._kept
        if (kind, kept_width) != (about, width):
            most = 0
        height = text.get_height({}, width) if width else 0
        if height < most:
            text += Content("\n" * (most - height))
        if text.is_same(self._text):
            return
        self._text, self._kept = text, (about, width, max(most, height))
        self.refresh(layout=not width or height > most)

    def render(self) -> Content:
        """What Textual paints."""
        return self._text


class DetailPanel(FloorPane, Vertical):
    """Lines above, contacts below; the contacts can be turned to, and acted on."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="floor-detail")
        self.contacts: dict[str, Contact] = {}
        self._chosen: Contact | None = None
        self._of = ("", "")

    def compose(self) -> ComposeResult:
        """Words and contacts."""
        yield DetailLines()
        yield LineTable(
            _COLUMNS["queue"],
            empty="",
            clears_selection=True,
            id="detail-contacts",
        )

    @property
    def contact(self) -> Contact | None:
        """The contact under the cursor."""
        return self.contacts.get(self.query_one(LineTable).cursor_key or "")

    @property
    def gone(self) -> Contact | None:
        """The contact that was under the cursor and is here no more, until another one is chosen."""
        return self._chosen if self.query_one(LineTable).removed is not None else None

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """What is selected, and what was looked up about it."""
        state = view.state
        return (
            *(view.about, view.queue, view.agent, state.queues.get(view.queue), state.agents.get(view.agent)),
            *(view.waiting, view.today, view.day, view.formula, state.agent_messages, view.schedules, view.worst),
            *(view.what_if, view.forecast, view.thresholds),
            state.capabilities,
        )

    def draw_floor(self, view: FloorView) -> None:
        """Show the queue or the agent."""
        if not self.is_on_screen:
            return
        self._chosen = self.contact or self._chosen
        about_agent = view.about == "agent"
        lines = self._agent(view) if about_agent else self._queue(view)
        self.query_one(DetailLines).show(lines, view.about)
        clock = view.clock
        before, self._of = self._of, (view.about, view.agent if about_agent else view.queue)
        rows = [_row(one, clock, view, of_agent=about_agent) for one in self.contacts.values()]
        table = self.query_one(LineTable)
        table.set_columns(_COLUMNS[view.about])
        table.set_rows(rows, anew=before != self._of)

    @property
    def is_on_screen(self) -> bool:
        """Whether it has a place in the present layout."""
        return self.size.width > 0

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            self.draw(self.view)

    def _queue(self, view: FloorView) -> Sequence[Content]:
        queue = view.state.queues.get(view.queue)
        self.border_title = line(view.queue or tr("Queue"), *_heard(view, queue))
        if queue is None:
            self._set_contacts((), "")
            self.border_subtitle = line("")
            return [line((tr("No queue is selected."), "$muted"))]
        waiting = view.waiting
        if waiting.of != queue.name or waiting.value is None:
            self._set_contacts((), in_words(waiting.problem) or tr("Loading the waiting customers …"))
        else:
            who = standing(view.state)
            self._set_contacts([contact_of_interaction(one, who) for one in waiting.value], tr("No one waiting."))
        self.border_subtitle = _asked(view)
        width, height = self.content_size
        return queue_lines(queue, view, max(20, width), height - _CONTACT_LINES)

    def _agent(self, view: FloorView) -> Sequence[Content]:
        agent = view.state.agents.get(view.agent)
        self.border_title = line(agent.name if agent is not None else tr("Agent"), *_heard(view))
        self.border_subtitle = line("")
        if agent is None:
            self._set_contacts((), "")
            return [line((tr("No agent is selected."), "$muted"))]
        who = standing(view.state)
        self._set_contacts([contact_of_work(work, agent.id, who) for work in agent.work], tr("No active contacts."))
        return agent_lines(agent, view, max(20, self.content_size.width))

    def _set_contacts(self, contacts: Sequence[Contact], empty: str) -> None:
        self.contacts = {one.id: one for one in contacts}
        self.query_one(LineTable).set_empty(empty)


def _heard(view: FloorView, queue: QueueStats | None = None) -> tuple[Part, ...]:
    age, old = (view.age, view.stale) if queue is None else (view.age_of(queue.as_of), view.is_old(queue))
    return ((f" · {tr('updated {ago}', ago=wording.since(age))}", "bold $warning" if old else "$muted"),)


def _asked(view: FloorView) -> Content:
    waiting = view.waiting
    if waiting.of != view.queue or waiting.at is None:
        return line("")
    return line((tr("waiting list updated {ago}", ago=wording.since(view.now - waiting.at)), "$muted"))


def _row(contact: Contact, now: float, view: FloorView, *, of_agent: bool) -> Row:
    priority = (str(contact.priority), "") if contact.priority else NONE
    style = "bold $accent" if contact.phase is Phase.OFFERED else ""
    return Row(
        contact.id,
        (
            (contact.sign, "$accent"),
            (contact.who, ""),
            (contact.word, style),
            (short_duration(now - contact.arrived_at, _TIME), ""),
            (contact.queue, "$muted") if of_agent else priority,
        ),
        "$muted" if view.stale else "",
    )
