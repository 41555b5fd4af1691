"""The queues I serve, with the age of their figures."""

from typing import ClassVar

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Instant, QueueStats, Waiting
from desktop.domain.select.centres import centre_of
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.keyed import keyed
from desktop.tui.words.titles import queue_name
from desktop.words.catalogue import ptr, tr

_TO_PULL = "contact "
"""Before the id of a contact, the key of its row."""
STALE = 15.0
"""Seconds without a sign of life after which figures are shown dim."""


ROOMY, WHOLE_WORDS = 44, 62
"""Cells from which one heading, and from which all are whole words: no name of a queue is to be cut for them."""


def _columns(width: int) -> tuple[Column, ...]:
    """The columns in a pane so wide: the name of the queue comes first, then who waits and how well it goes."""
    whole = width >= WHOLE_WORDS
    waiting = (tr("waiting"), 8 if whole else 7) if width >= ROOMY else (ptr("customers waiting", "wait"), 4)
    estimate = (tr("est. wait"), 10) if whole else (ptr("wait", "est."), 6)
    free = (tr("agents free"), 12) if whole else (ptr("agents", "free"), 4)
    level = (tr("service level"), 14) if whole else (tr("SL"), 4)
    return (
        Column(tr("queue")),
        Column(*waiting, align="right"),
        Column(ptr("wait", "longest"), 8 if whole else 7, align="right"),
        Column(*estimate, align="right", min_width=54),
        Column(*free, align="right", min_width=ROOMY),
        Column(*level, align="right"),
    )


class QueuesPane(Pane, LineTable):
    """Waiting, longest and estimated wait, service level; while one is here, who waits and may be taken by enter."""

    ticks: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(
            _columns(0),
            empty=tr("No queue figures yet."),
            clears_selection=True,
            id="queues",
        )
        self.border_title = content(tr("Queues"))

    def look(self, view: View) -> tuple[object, ...]:
        """The queues."""
        return (view.state.queues,)

    def draw(self, view: View) -> None:
        """Set the rows, busiest first."""
        queues = sorted(view.state.queues.values(), key=lambda queue: (-(queue.waiting or 0), queue.name))
        seen = {
            queue.name: select.known_at(view.state, centre_of(view.state, queue.name), queue.as_of) for queue in queues
        }
        rows = list[Row]()
        for queue in queues:
            shown = queue_name(view.state, queue.name)
            rows.append(Row(queue.name, _cells(queue, shown, view.now, view.now - seen[queue.name])))
            can = self.has_focus and "pull" in select.call_capabilities(view.state, queue.name)
            rows += [_waiting(one, view.now) for one in queue.to_pull] if can else []
        self.set_rows(rows)
        oldest = min(seen.values(), default=None)
        formula = next((queue.service_level_formula for queue in queues if queue.service_level_formula), "")
        title = tr("Queues")
        if oldest is not None:
            title = tr("Queues · updated {when}", when=wording.since(view.now - oldest))
        self.border_title = content(title)
        self.border_subtitle = self._service_level(formula)

    def watch_has_focus(self, has_focus: bool) -> None:
        """While one is here, who may be taken is shown too."""
        super().watch_has_focus(has_focus)
        self.on_resize()

    def on_resize(self) -> None:
        """Fit the new width."""
        self.set_columns(_columns(self.content_size.width))
        if self.view is not None:
            self.draw(self.view)

    @property
    def pullable(self) -> str | None:
        """The contact under the cursor that can be taken, if one is."""
        key = self.cursor_key or ""
        return key.removeprefix(_TO_PULL) if key.startswith(_TO_PULL) else None

    def _service_level(self, formula: str) -> Content:
        """How the service level is counted, whole; where there is no room for it, where it stands."""
        if self.pullable is not None:
            return line(key_hint("enter", tr("take")))
        if not formula:
            return content("")
        whole = content(f"{tr('SL')} {formula}")
        if whole.cell_length <= self.outer_size.width - 6:  # corners, a dash and a space at each end
            return whole
        return line(*keyed(tr("SL: see {diagnostics:key}"), "diagnostics"))


def _cells(queue: QueueStats, name: str, now: Instant, age: float) -> tuple[Part, ...]:
    dim = "$muted" if age > STALE else ""
    level = queue.service_level
    goal = "" if level is None else "$success" if level >= 0.8 else "$warning" if level >= 0.6 else "$error"
    return (
        content(name, dim),
        content(_count(queue.waiting), dim or ("bold" if queue.waiting else "$muted")),
        content(wording.UNKNOWN if queue.longest_since is None else wording.duration(now - queue.longest_since), dim),
        content(wording.UNKNOWN if queue.estimated_wait is None else wording.duration(queue.estimated_wait), dim),
        content(_count(queue.agents_available), dim),
        content(wording.UNKNOWN if level is None else f"{int(level * 100 + 1e-9)}%", dim or goal),  # 79.9 is not 80
    )


def _waiting(one: Waiting, now: Instant) -> Row:
    """Who waits in writing, since when, what about."""
    sign = TRAITS[one.channel].sign if one.channel is not None else "·"
    who = one.customer_name or wording.address(one.customer)
    parts: list[Part] = [(f"  {sign} ", "$accent"), (f"{wording.duration(now - one.since)} ", "$muted"), who]
    parts += [(f" · {one.subject}", "$muted")] if one.subject else []
    return Row(f"{_TO_PULL}{one.interaction_id}", (line(*parts),))


def _count(value: int | None) -> str:
    return wording.UNKNOWN if value is None else str(value)
