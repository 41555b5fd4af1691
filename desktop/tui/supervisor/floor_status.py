"""How the floor is, in one line: who waits, the service level, who is free, what wants a supervisor, how old it is."""

from collections.abc import Iterator
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.domain.figures.count_sums import total
from desktop.domain.figures.metric import SERVICE_LEVEL
from desktop.domain.figures.metrics import METRICS
from desktop.tui.supervisor.floor_view import (
    ALL_QUEUES,
    BELOW,
    SEVERITY,
    STALE_SECONDS,
    FloorView,
    fresh_alerts,
    open_requests,
    signed,
    urgency,
)
from desktop.tui.supervisor.panels.floor_pane import FloorPane
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import first_that_fits
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words import wording
from desktop.tui.words.figures import number, share
from desktop.words.catalogue import ntr, ptr, tr

RECENT = 2
"""How many quarters of an hour are compared with the day."""
STEADY = 0.02
"""A service level that is no further from that of the day is neither rising nor falling."""
_Said = list[Part]


class FloorStatus(FloorPane, Widget):
    """One line under the header; what is of least importance goes first where it does not fit."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)
    _line = Content("")
    _counted: tuple[object, float | None] = (None, None)
    """The quarters of an hour that were answered last, and the service level of the day at that moment."""

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """All of the floor in few figures, and what wants somebody."""
        state = view.state
        return (view.summary, view.thresholds, view.quarters, view.formula, state.alerts, state.help, state.health)

    def draw_floor(self, view: FloorView) -> None:
        """Redraw the line; its size never changes."""
        recent, level = view.quarters.get(ALL_QUEUES), _day_level(view)
        if recent is not self._counted[0]:
            self._counted = (recent, level)
        drawn = first_that_fits(self.content_size.width, _versions(view, self._counted[1]))
        if not drawn.is_same(self._line):
            self._line = drawn
            self.refresh()

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            self.draw(self.view)

    def render(self) -> Content:
        """What Textual paints."""
        return self._line


def _versions(view: FloorView, before: float | None) -> Iterator[Content]:
    """From all there is to say down to what must be said; `before` as for `_direction`."""
    waiting, longest, agents = _waiting(view), _longest(view), _agents(view)
    wanted, age = tuple(_wanted(view)), _age(view)
    level, aimed = _level(view, before, aimed=False), _level(view, before, aimed=True)
    old = view.stale or (view.summary.together is not None and view.is_old(view.summary.together))
    yield _joined(waiting, longest, aimed, agents, *wanted, age)
    last = (age,) if old else ()
    yield _joined(waiting, longest, aimed, agents, *wanted, *last)
    yield _joined(waiting, longest, level, agents, *wanted, *last)
    yield _joined(waiting, longest, level, *wanted, *last)
    yield _joined(waiting, level, *wanted, *last)
    yield _joined(waiting, level[:2], *wanted, *last)  # without where it goes
    yield _joined(waiting, *wanted, *last)


def _joined(*said: _Said) -> Content:
    parts: list[Part] = []
    for one in said:
        if one:
            parts += [(" · ", "$muted"), *one] if parts else one
    return line(*parts)


def _waiting(view: FloorView) -> _Said:
    together = view.summary.together
    if together is None:
        return [(tr("no queue figures yet"), "$muted")]
    count = together.waiting
    if count == 0:
        return [(tr("no one waiting"), "$muted")]
    return [(wording.UNKNOWN if count is None else number(count), "bold"), (f" {tr('waiting')}", "")]


def _longest(view: FloorView) -> _Said:
    together = view.summary.together
    if together is None or together.waiting == 0:
        return []
    wait = METRICS["longest_wait"].value(together, view.clock_of(together), view.formula)
    severity = None if view.is_old(together) else view.thresholds.judge(together, "longest_wait", wait)
    sign, style = ("", "bold") if severity is None else SEVERITY[severity]
    return [(f"{tr('longest')} ", ""), (f"{sign} {wording.duration(wait)}".strip(), style)]


def _day_level(view: FloorView) -> float | None:
    together = view.summary.together
    return None if together is None else METRICS[SERVICE_LEVEL].value(together, view.now, view.formula)


def _level(view: FloorView, before: float | None, *, aimed: bool) -> _Said:
    """The service level and where it goes; `aimed`: with its target."""
    together, level = view.summary.together, _day_level(view)
    if together is None or level is None:
        return []
    severity = None if view.is_old(together) else view.thresholds.judge(together, SERVICE_LEVEL, level)
    sign, style = ("", "bold") if severity is None else (BELOW, SEVERITY[severity][1])
    target = view.thresholds.target(together) if aimed else None
    said = "" if target is None else f" ({tr('target {share}', share=share(target))})"
    return [
        (f"{ptr('column', 'SL')} ", ""),
        (f"{sign}{share(level)}", style),
        (said, "$muted"),
        *_direction(view, level, before),
    ]


def _direction(view: FloorView, level: float, before: float | None) -> _Said:
    """Whether it was better or worse lately than over the day.

    Args:
        before: the level of the day when the last quarters of an hour were told. What it has lost or gained since is
            newer than they are.
    """
    recent = [one for one in view.quarters.get(ALL_QUEUES, ())[-RECENT:] if one is not None]
    together = total(recent, by_own_threshold=True)
    lately = None if together is None else view.formula.value(together)
    if lately is None:
        return []
    since = 0.0 if before is None else level - before
    change = since if abs(since) > STEADY else lately - level
    if change < -STEADY:
        return [(f" ↘ {tr('worse')}", "$warning")]
    return [(f" ↗ {tr('better')}", "$success")] if change > STEADY else [(f" → {tr('steady')}", "$muted")]


def _agents(view: FloorView) -> _Said:
    summary = view.summary
    if not summary.agents:
        return []
    text = tr("{free} free of {all}", free=number(summary.free), all=number(summary.signed_in))
    waits = summary.together is not None and bool(summary.together.waiting)
    return [(f"! {text}", "bold $warning") if waits and not summary.free else (text, "")]


def _wanted(view: FloorView) -> Iterator[_Said]:
    fresh, asked = fresh_alerts(view.state), open_requests(view.state)
    if fresh:
        sign, style = signed(min(fresh, key=urgency))
        yield [(f"{sign} {ntr('{n} alert', '{n} alerts', len(fresh))}", style)]
    else:
        yield [(tr("no alerts"), "$muted")]
    if asked:
        yield [(f"? {ntr('{n} needs help', '{n} need help', asked)}", "bold $warning")]


def _age(view: FloorView) -> _Said:
    together = view.summary.together
    age = view.age if together is None else view.age_of(together.as_of)
    old = view.stale or (age is not None and age > STALE_SECONDS)
    sign = "◐ " if old else ""
    return [(f"{sign}{tr('oldest figure {age}', age=wording.age(age))}", "bold $warning" if old else "$muted")]
