"""The first line: me, what comes next, my capacity, what is new, every system's health, the outbox, the clock."""

from collections.abc import Iterator
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.domain import select
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Availability, Channel, Health
from desktop.domain.state.state import AppState, SourceHealth
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table_rows import cut
from desktop.tui.words import news as news_words
from desktop.tui.words import wording
from desktop.words.catalogue import ntr, ptr, term, tr

GAP = 2
NAME_CELLS = 30
"""Everybody knows their own name; a long one must not push out the state and what is ill."""


class Header(Pane, Widget):
    """One line, full width; what does not fit goes in order of importance."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)
    _line: Content = Content("")

    def look(self, view: View) -> tuple[object, ...]:
        """Who I am, how the sources are, what waits to go out."""
        state = view.state
        me = state.agents.get(state.me)
        return (me, state.health, state.outbox, state.pending.get(""), state.interactions, state.news, state.awaited)

    def draw(self, view: View) -> None:
        """Redraw the line; its size never changes."""
        width = self.size.width or 80
        clock = line((wording.clock(view.now), "bold"), " ")
        room = width - clock.cell_length - GAP
        left, right = next(
            ((left, right) for left, right in _sides(view) if left.cell_length + right.cell_length <= room),
            _cut_sides(view, room),
        )
        space = max(0, room + GAP - left.cell_length - right.cell_length)
        self._line = Content.assemble(left, " " * space, right, clock)
        self.refresh()

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            self.draw(self.view)

    def render(self) -> Content:
        """What Textual paints."""
        return self._line


def _agent(view: View, *, named: bool = True) -> list[Part]:
    me = select.me(view.state)
    if me is None:
        return [(tr("signing in …"), "$muted"), *_awaited(view.state)]
    sign, word, style = wording.AVAILABILITY[me.observed]
    reason = f" · {_reason(view.state, me.reason)}" if me.reason and me.observed is Availability.NOT_READY else ""
    name: list[Part] = [cut(content(me.name, "bold"), NAME_CELLS), "  "] if named else []
    parts: list[Part] = [
        *name,
        (f"{sign} {tr(word)}{reason}", style),
        (f" {wording.duration(view.now - me.since)}", "$muted"),
    ]
    apart = [(source, there) for source, there in select.own_apart(view.state) if there.observed is not me.observed]
    for source, there in apart:
        parts.append((f" · {wording.source_tag(source)}: {term('availability', there.observed)}", "$warning"))
    if me.next is not None:
        following = term("availability", me.next)
        why = f" · {_reason(view.state, me.next_reason)}" if me.next_reason else ""
        parts.append((f"  {tr('→ next: {what}', what=f'{following}{why}')}", "$accent"))
    elif view.state.pending.get(""):
        parts.append((f"  {tr('asking …')}", "$muted"))
    return parts


def _awaited(state: AppState) -> list[Part]:
    """What was chosen while signing in."""
    if state.awaited is None:
        return []
    return [(f"  {tr('→ next: {what}', what=term('availability', state.awaited.availability))}", "$accent")]


def _reason(state: AppState, reason: str) -> str:
    return next((known.label.lower() for known in state.reasons if known.id == reason), reason)


def _capacity(view: View) -> list[Part]:
    me = select.me(view.state)
    if me is None:
        return []
    return [
        (f"  · {_capacity_of(channel)} {me.in_use.get(channel, 0)}/{most}", "$muted")
        for channel, most in me.capacity.items()
        if most
    ]


def _capacity_of(channel: str) -> str:
    return ptr("capacity", "voice") if channel == Channel.VOICE else term("channel", channel)


def _sides(view: View) -> Iterator[tuple[Content, Content]]:
    """Left and right, from all there is to say down to what must be said."""
    new = news_words.badge(view.state)
    outbox = view.state.outbox
    waits = outbox.waiting + outbox.parked
    unsure = bool(outbox.unknown or outbox.lost)
    number = "?" if outbox.unknown and not waits else f"{waits}?" if unsure else str(waits)
    count: list[Part] = [f"{tr('outbox')} ", (number, "bold $warning" if waits or unsure else "$muted")]
    oldest: list[Part] = []
    if waits and outbox.oldest is not None:
        oldest.append((f" {tr('oldest {age}', age=wording.age(view.now - outbox.oldest))}", "$warning"))
    attention: list[Part] = []
    if outbox.parked:
        need = ntr("{n} needs attention", "{n} need attention", outbox.parked)
        attention.append((f" · {need}", "bold $error"))
    words = [*count, *oldest, *attention]
    sources = [(name, health) for name, health in view.state.health.items() if wording.source(name)]
    aged = [part for name, health in sources for part in _source(name, health, view.now, aged=True)]
    short = [part for name, health in sources for part in _source(name, health, view.now, aged=False)]
    close = [part for name, health in sources for part in _source(name, health, view.now, aged=False, gap=" ")]
    ill = [
        part
        for name, health in sources
        if health.health is not Health.LIVE
        for part in _source(name, health, view.now, aged=False)
    ]
    well = tr("others") if ill else tr("all systems")
    live = any(health.health is Health.LIVE for _, health in sources)
    summed = [*ill, *(_light(well, Health.LIVE) if live else [])]
    with_capacity, without = line(" ", *_agent(view), *_capacity(view), *new), line(" ", *_agent(view), *new)
    yield with_capacity, line(*aged, *words, "   ")
    yield with_capacity, line(*short, *words, "  ")
    yield without, line(*short, *words, "  ")
    yield without, line(*short, *(words if waits else []), " ")
    yield without, line(*close, *(words if waits else []), " ")
    yield without, line(*summed, *(words if waits else []), " ")
    yield without, line(*ill, *(words if waits else []), " ")
    least = [*count, *attention] if waits else []
    yield without, line(*ill, *least, " ")
    nameless = line(" ", *_agent(view, named=False), *new)
    yield nameless, line(*ill, *least, " ")
    yield nameless, line(*_signs(view), *least, " ")


def _cut_sides(view: View, room: int) -> tuple[Content, Content]:
    """Where all that must be said does not fit: what is new and wants the agent stays, their own state is cut."""
    outbox = view.state.outbox
    waits: list[Part] = [(f"{tr('outbox')} ", "$muted"), (str(outbox.waiting + outbox.parked), "bold $warning")]
    right = line(*_signs(view), *(waits if outbox.waiting + outbox.parked else []), " ")
    new = line(*news_words.badge(view.state))
    state = line(" ", *_agent(view, named=False))
    left = state.truncate(max(1, room - right.cell_length - new.cell_length), ellipsis=True)
    return Content.assemble(left, new), right


def _signs(view: View) -> list[Part]:
    """The systems that are ill, as signs."""
    ill = [(name, one.health) for name, one in view.state.health.items() if one.health is not Health.LIVE]
    signs = [(wording.source(name), *wording.HEALTH[health]) for name, health in ill if wording.source(name)]
    return [part for name, sign, _, style in signs for part in ((f"{name} ", "$muted"), (f"{sign}  ", style))]


def _light(what: str, health: Health) -> list[Part]:
    sign, _, style = wording.HEALTH[health]
    return [(f"{what} ", "$muted"), (sign, style)]


def _source(name: str, health: SourceHealth, now: Instant, *, aged: bool, gap: str = "  ") -> list[Part]:
    heard = health.last_heard if health.last_heard is not None else health.since
    parts = _light(wording.source(name), health.health)
    if health.health is not Health.LIVE:
        _, word, style = wording.HEALTH[health.health]
        parts.append((f" {tr(word)}", style))
    if aged:
        parts.append((f" {wording.age(now - heard)}", "$muted"))
    return [*parts, "   " if aged else gap]
