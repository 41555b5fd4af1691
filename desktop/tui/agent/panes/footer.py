"""The last line: what one more press does, or the keys that help where the agent is now."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.domain.entities.words import Phase
from desktop.tui.agent.menu_keys import MENU
from desktop.tui.agent.notice import cut_to_lines, notice_line
from desktop.tui.keys import keys
from desktop.tui.pages.launcher import LaunchedPage
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint, pressing
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.words.catalogue import ptr, tr

TALLEST = 3
"""Lines that a notice may have."""
IDLE = ("state", "search", "queues", "outbox", "help", "palette", "quit")
IN_CONTACT = ("note", "search", "copy", "state", "outbox", "help", "palette")
WRITING = ("back", "wrap_up", "search", "state", "help", "palette")
BESIDE_WRAP_UP = ("note", "search", "state", "outbox", "help", "palette")
IN_WRAP_UP = ("finish", "callback", "text", "extend", "note", "search", "help", "palette")
LOOKING_AT_CUSTOMER = ("customer_message", "dial", "copy", "find", "search", "back", "state", "help", "palette")
ON_PAGE = ("back", "help", "palette")
"""Also in a list over the desk."""


class Footer(Pane, Widget):
    """One line. Where notices have no row of their own, one of up to three lines stands here."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)
    _line: Content = Content("")
    _again: str = ""
    prompt: str = ""
    """What one more press does; it stands before everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.panes: Widget | None = None
        """What pages lie over; set by the screen."""
        self.told_above: Callable[[], bool] = lambda: False
        """Whether notices stand in a row of their own now; set by the screen."""

    def ask(self, prompt: str, key: str = "") -> None:
        """Show what one more press of a key does; "" for no more."""
        self.prompt, self._again = prompt, key
        self.redraw()

    def redraw(self) -> None:
        """Draw anew: the agent went elsewhere."""
        if self.view is not None:
            self.draw(self.view)

    def look(self, view: View) -> tuple[object, ...]:
        """What was told, what is new, what settles it, and where the agent is."""
        state = view.state
        told = (state.notices, state.news, state.health, state.outbox)
        return (*told, state.interactions, view.selected, view.preview)

    def draw(self, view: View) -> None:
        """Show the prompt, a notice that stands nowhere else, or keys."""
        width = self.size.width or 80
        covered = self._under_page
        most = 1 if covered else TALLEST
        told = None if self.told_above() and not covered else notice_line(view, width - 1, most)
        if self.prompt:
            shown = pressing(self._again, cut_to_lines(f" ! {self.prompt}", "bold $error", width, most))
        else:
            shown = Content(" ") + told if told is not None else self.keys_line(width)
        if not shown.is_same(self._line):
            other_height = shown.get_height({}, width) != self._line.get_height({}, width)
            self._line = shown
            self.refresh(layout=other_height)

    @property
    def _under_page(self) -> bool:
        """Whether a page covers the panes. It is a child of theirs: nothing further is searched at each draw."""
        return self.panes is not None and any(
            isinstance(one, LaunchedPage) or (one.id == "page" and one.has_class("open")) for one in self.panes.children
        )

    @property
    def _in_menu(self) -> bool:
        """Whether a list over the desk has the keyboard, so that the letters of the desk do nothing."""
        focused = self.screen.focused if self.is_attached else None
        return focused is not None and focused.parent is not None and focused.parent.has_class(MENU)

    def on_resize(self) -> None:
        """Fit the new width."""
        self.redraw()

    def render(self) -> Content:
        """What Textual paints."""
        return self._line

    def keys_line(self, width: int) -> Content:
        """The keys that help here, as many as there is room for; letters where letters work."""
        typing = self.is_attached and bool(getattr(self.screen, "typing", False))
        parts: list[Part] = [" "]
        helpful = self._helpful(typing=typing)
        for name in helpful:
            key = keys.BY_ID[name]
            shown = key.shown if typing else key.brief
            label = key.label
            if name == "back" and typing:
                label = tr("leave the field")
            elif name == "text" and helpful is IN_WRAP_UP:
                label = ptr("to the customer", "text")
            candidate: list[Part] = [*parts, key_hint(shown, label, "   ")]
            if line(*candidate).cell_length > width:
                break
            parts = candidate
        return line(*parts) if len(parts) > 1 else content("")

    def _helpful(self, *, typing: bool) -> Sequence[str]:
        """The names of the keys that help here, the most helpful first."""
        if self._under_page or self._in_menu:
            return ON_PAGE
        interaction = self.view.interaction if self.view is not None else None
        if interaction is not None and interaction.phase is Phase.WRAP_UP:
            hidden = self.is_attached and self.screen.has_class("narrow") and not self.screen.has_class("show-contact")
            return IN_WRAP_UP if hidden else BESIDE_WRAP_UP  # where it is in sight, it has its own keys in its border
        if typing:
            return WRITING
        if interaction is None and self.view is not None and self.view.preview is not None:
            return LOOKING_AT_CUSTOMER
        return IN_CONTACT if interaction is not None and interaction.phase is Phase.ACTIVE else IDLE
