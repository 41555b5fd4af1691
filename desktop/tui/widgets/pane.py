"""A pane: a part of the screen drawn from a slice of the state, and only when that slice is another object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.widget import Widget

from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Instant, Interaction
from desktop.domain.state.state import AppState
from desktop.tui.textual_patches.steady_title import SteadyTitle
from desktop.tui.widgets.css import css_beside


@dataclass(frozen=True, slots=True)
class View:
    """What a pane may look at: the state, which interaction is selected, and the server's time now.

    `preview`: a customer who was searched for without a contact. `numbers`: the number key of each contact. `wanted`:
    what the agent looks for in the customer's timeline.
    """

    state: AppState
    selected: str | None
    now: Instant
    preview: Match | None = field(default=None, kw_only=True)
    numbers: Mapping[str, int] = field(default_factory=dict, kw_only=True)
    wanted: str = field(default="", kw_only=True)

    @property
    def interaction(self) -> Interaction | None:
        """The selected interaction: one on my desk, or one that left me before its note was handed over."""
        if not self.selected:
            return None
        return self.state.interactions.get(self.selected) or self.state.unfinished.get(self.selected)


class Pane:
    """Mixed into a widget. `look` says what is drawn from; `draw` draws it."""

    ticks: ClassVar[bool] = False
    """Whether the pane shows something that moves with the clock alone."""

    border_title = SteadyTitle()
    border_subtitle = SteadyTitle()
    view: View | None = None
    _seen: tuple[object, ...] = ()

    def look(self, view: View) -> tuple[object, ...]:
        """The objects this pane is drawn from; it is drawn again when one of them is another object."""
        raise NotImplementedError

    def draw(self, view: View) -> None:
        """Draw the view."""
        raise NotImplementedError

    def show(self, view: View) -> None:
        """Take a new view, and draw it if this pane's part of it changed."""
        self.view = view
        seen = self.look(view)
        if len(seen) != len(self._seen) or any(a is not b for a, b in zip(seen, self._seen, strict=True)):
            self._seen = seen
            self.draw(view)

    def forget(self) -> None:
        """Have the next view drawn whatever was drawn before: words or keys are others now."""
        self._seen = ()

    def tick(self, view: View) -> None:
        """A second has passed."""
        self.view = view
        if self.ticks:
            self.draw(view)


class TextPane(Pane, Widget):
    """A pane of plain lines."""

    DEFAULT_CSS = css_beside(__file__)

    virtual_size = Reactive(Size(0, 0))
    """Of no consequence for the layout, as nothing scrolls here: Textual's own asks for a second layout after each."""
    _lines: Content = Content("")

    def lines(self, view: View) -> Sequence[Content]:
        """The lines to show."""
        raise NotImplementedError

    def draw(self, view: View) -> None:
        """Redraw the lines that changed; with layout only when there are more or fewer."""
        before, lines = self._lines, Content("\n").join(self.lines(view))
        if lines.is_same(before):
            return
        taller = lines.plain.count("\n") != before.plain.count("\n") or self.styles.is_auto_height
        self._lines = lines
        if taller and self._height_may_change(lines):
            self.refresh(layout=True)
        else:
            self.refresh(*self._changed(before.split("\n"), lines.split("\n")))

    def _changed(self, before: Sequence[Content], now: Sequence[Content]) -> list[Region]:
        """The lines that are others now; none, which is all, where they do not stand one below the other."""
        width = self.content_size.width
        if len(before) != len(now) or any(line.cell_length > width for line in (*before, *now)):
            return []
        return [Region(0, y, width, 1) for y, line in enumerate(now) if not line.is_same(before[y])]

    def _height_may_change(self, lines: Content) -> bool:
        if not self.styles.is_auto_height:
            return False
        width = self.content_size.width
        return width == 0 or lines.get_height({}, width) != self.content_size.height

    def render(self) -> Content:
        """What Textual paints."""
        return self._lines
