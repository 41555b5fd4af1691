"""What wants a supervisor: requests for help, and alerts until they are acknowledged."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.content import Content

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.floor import HelpRequest, HelpState
from desktop.domain.entities.model import Instant
from desktop.domain.text.sentence import Sentence
from desktop.tui.supervisor.alert_advice import advice
from desktop.tui.supervisor.floor_view import (
    HELP,
    FloorView,
    agent_name,
    fresh_alerts,
    open_requests,
    signed,
    urgency,
)
from desktop.tui.supervisor.panels.floor_pane import FloorPane
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import FURTHER, LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row, as_content
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr

_WHAT: Final = 2
"""The column of what is said."""


class AlertPanel(FloorPane, LineTable):
    """Requests first, then alerts by urgency; what is acknowledged says by whom and when.

    The most urgent request, the most urgent alert and what is selected are always said in full; the others, and below
    each alert what to do about it, as far as there is room. What to do about others stands in the border while they
    are selected, and there stands how many are out of sight.
    """

    ticks: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(
            (Column("", 1), Column("age", 3, "right"), Column("what")),
            header=False,
            clears_selection=True,
            parts=True,
            empty=tr("No alerts or help requests."),
            id="floor-alerts",
        )
        self._said: dict[str, tuple[Sentence, str]] = {}

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """Requests for help and alerts."""
        state = view.state
        return (state.help, state.alerts, state.agents if state.help else None, state.capabilities, *view.blind)

    def draw_floor(self, view: FloorView) -> None:
        """List them."""
        requests, alerts = wanting(view)
        self._said = {one.key: self._in_words(one) for one in alerts}
        entries: list[tuple[Row, Alert | None]] = [(_help_row(one, view), None) for one in requests]
        entries += ((_alert_row(one, self._said[one.key][1], view), one) for one in alerts)
        rows, told = self._listed(entries, view)
        self.set_rows(rows)
        self.border_title = line(tr("Alerts"), *counted(view))
        now = self.cursor_key or ""
        full, note = view.state.alerts.get(now), view.state.acknowledgements.get(now)
        hint = "" if full is None else advice(full, view)
        hint = "" if hint in told else hint
        below = f"→ {hint}" if hint else note.text if note is not None else full.rule if full is not None else ""
        unseen = self._unseen_words()
        between = " · " if unseen and below else ""
        self.border_subtitle = line((unseen, "bold"), (f"{between}{below}", "$muted"), (_blind_words(view), "$warning"))

    def on_resize(self) -> None:
        """See the base class; there may be room for more, or less, by now."""
        super().on_resize()
        self._draw_again()

    def on_line_table_highlighted(self) -> None:
        """What is selected now is said in full, and all of it is in sight."""
        self._draw_again()
        self._show_cursor()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """See the base class; others are out of sight now."""
        super().watch_scroll_y(old_value, new_value)
        self._draw_again()

    def _draw_again(self) -> None:
        if self.view is not None:
            self.draw(self.view)

    def _unseen_words(self) -> str:
        """How many requests and alerts begin above the lines in sight, and how many below: `↑ 1  ↓ 2 more`."""
        above = sum(row.of is None for row in self.rows[: self._top])
        under = sum(row.of is None for row in self.rows[self._top + self._page :]) if self._page else 0
        ways = [f"{way} {n}" for way, n in (("↑", above), ("↓", under)) if n]
        return tr("{n} more", n="  ".join(ways)) if ways else ""

    def _listed(self, entries: Sequence[tuple[Row, Alert | None]], view: FloorView) -> tuple[list[Row], set[str]]:
        """The rows with their further lines, and what is said below them of what to do: the most urgent come first
        to the room there is."""
        cells, room = self.cells_of(_WHAT), self._page - len(entries)
        firsts = {(alert is None): row.key for row, alert in reversed(entries)}.values()
        whole = {row.key: self._wrapped(row, cells) for row, _ in entries if row.key in (*firsts, self.cursor_key)}
        room -= sum(len(rest) for _, rest in whole.values())
        rows: list[Row] = []
        told: set[str] = set()  # several alerts about one queue want the same
        for row, alert in entries:
            more: list[Content] = []
            if row.key in whole:
                row, more = whole[row.key]
                room += len(more)
            elif room > 0:
                wrapped, rest = self._wrapped(row, cells)
                if len(rest) <= room:
                    row, more = wrapped, rest
            if room > 0 and cells:
                todo = advice(alert, view) if alert is not None and len(more) < room else ""
                if todo and todo not in told:
                    told.add(todo)
                    said = content(f"→ {todo}", "$muted")
                    parts = said.wrap(cells)
                    more += parts if len(more) + len(parts) <= room else [said]
            rows += [row, *(Row(f"{row.key}\n{n}", ("", "", one), of=row.key) for n, one in enumerate(more))]
            room -= len(more)
        return rows, told

    def _wrapped(self, row: Row, cells: int) -> tuple[Row, list[Content]]:
        """A row with as much as fits into its first line, and its further lines."""
        if not cells:
            return row, []
        first, *rest = as_content(row.cells[_WHAT]).wrap(cells)
        return (row._replace(cells=(*row.cells[:_WHAT], first)), rest[:FURTHER]) if rest else (row, [])

    def _in_words(self, alert: Alert) -> tuple[Sentence, str]:
        """What the alert says; put into words once, for there may be hundreds, and a panel is drawn often."""
        known = self._said.get(alert.key)
        return known if known is not None and known[0] is alert.text else (alert.text, in_words(alert.text))


def _blind_words(view: FloorView) -> str:
    """Which rules nobody can judge now, or how many."""
    rules = sorted(view.blind)
    if not rules:
        return ""
    if len(rules) < 3:
        return f" ? {tr('no figures for {rules}', rules=', '.join(rules))} "
    return f" ? {tr('no figures for {n} rules', n=len(rules))} "


def wanting(view: FloorView) -> tuple[Sequence[HelpRequest], Sequence[Alert]]:
    """Requests for help, the one that waits longest first, and alerts by urgency."""
    requests = [one for one in view.state.help.values() if one.state is not HelpState.CLOSED]
    requests.sort(key=lambda one: (one.state is not HelpState.OPEN, one.at, one.id))
    return requests, sorted(view.state.alerts.values(), key=lambda one: (*urgency(one), one.key))


def counted(view: FloorView) -> tuple[Part, ...]:
    """How many want somebody still, by kind: ` · ? 1  ✕ 2  ! 1`."""
    fresh, asked = fresh_alerts(view.state), open_requests(view.state)
    parts: list[Part] = [(f" ? {asked}", "bold $warning")] if asked else []
    for sign in ("✕", "!", "~"):
        some = [one for one in fresh if signed(one)[0] == sign]
        if some:
            parts.append((f" {sign} {len(some)}", signed(some[0])[1]))
    return (" ·", *parts) if parts else ()


def _help_row(request: HelpRequest, view: FloorView) -> Row:
    is_open = request.state is HelpState.OPEN
    who = agent_name(view.state, request.agent_id)
    if request.text:
        asks = tr("{agent} needs help: {text}", agent=who, text=request.text)
    else:
        asks = tr("{agent} needs help", agent=who)
    by = "" if is_open else f"✓ {agent_name(view.state, request.answered_by)} {_at(request.since)} · "
    return Row(
        HELP + request.id,
        (
            ("?", "bold $warning" if is_open else "$muted"),
            (wording.age(view.now - request.at), "$muted"),
            line((by, "$muted"), (asks, "bold" if is_open else "$muted")),
        ),
    )


def _alert_row(alert: Alert, said: str, view: FloorView) -> Row:
    sign, style = signed(alert)
    by = agent_name(view.state, alert.acknowledged_by)
    before = f"✓ {by} {_at(alert.acknowledged_at)} · " if alert.acknowledged_by else ""
    if alert.over_at is not None:
        before += tr("ended {at}", at=_at(alert.over_at)) + " · "
    elif alert.forecast is not None and alert.forecast > view.now:
        before += tr("expected in {time}", time=wording.duration(alert.forecast - view.now)) + " · "
    if alert.unknown_since is not None:
        before += tr("unknown since {at}", at=_at(alert.unknown_since)) + " · "
    fresh = not alert.acknowledged_by and alert.over_at is None
    return Row(
        alert.key,
        (
            (sign, style),
            (wording.age(view.now - alert.since), "$muted"),
            line((before, style if fresh else "$muted"), (said, style if fresh else "$muted")),
        ),
    )


def _at(instant: Instant | None) -> str:
    return wording.clock(instant)[:5]
