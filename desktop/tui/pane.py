"""A pane: a part of the screen drawn from a slice of the state, and only when that slice is another object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.content import Content
from textual.widget import Widget, _BorderTitle

from desktop.domain.model import Instant, Interaction
from desktop.domain.state import AppState


@dataclass(frozen=True, slots=True)
class View:
    """What a pane may look at: the state, which interaction is selected, and the server's time now."""

    state: AppState
    selected: str | None
    now: Instant

    @property
    def interaction(self) -> Interaction | None:
        """The selected interaction: one on my desk, or one that left me before its note was handed over."""
        if not self.selected:
            return None
        return self.state.interactions.get(self.selected) or self.state.unfinished.get(self.selected)


class SteadyTitle(_BorderTitle):
    """A title that paints its pane anew only when it is another one: most are set once a second and stay the same."""

    def __set__(self, obj: Widget, title: Any) -> None:
        given = f"_given{self._internal_name}"
        before = vars(obj).get(given)
        if not (isinstance(title, Content) and isinstance(before, Content) and title.is_same(before)):
            setattr(obj, given, title)
            super().__set__(obj, title)


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

    def tick(self, view: View) -> None:
        """A second has passed."""
        self.view = view
        if self.ticks:
            self.draw(view)


class TextPane(Pane, Widget):
    """A pane of plain lines."""

    DEFAULT_CSS = """
    TextPane { height: auto; }
    """

    _lines: Content = Content("")

    def lines(self, view: View) -> Sequence[Content]:
        """The lines to show."""
        raise NotImplementedError

    def draw(self, view: View) -> None:
        """Redraw, with layout only when the number of lines is another one."""
        lines = Content("\n").join(self.lines(view))
        if lines.is_same(self._lines):
            return
        taller = lines.plain.count("\n") != self._lines.plain.count("\n") or self.styles.is_auto_height
        self._lines = lines
        self.refresh(layout=taller and self._height_may_change(lines))

    def _height_may_change(self, lines: Content) -> bool:
        if not self.styles.is_auto_height:
            return False
        width = self.content_size.width
        return width == 0 or lines.get_height({}, width) != self.content_size.height

    def render(self) -> Content:
        """What Textual paints."""
        return self._lines
