"""The line of tabs on narrow screens, where one pane is shown at a time, and whom it is about."""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget

from desktop.domain.entities.channels import TRAITS
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import pressing
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr
from desktop.words.marks import mark

TABS = (("work", mark("Work")), ("contact", mark("Contact")), ("customer", mark("Customer")))


class Tabs(Pane, Widget):
    """One line; hidden on wide screens. The customer's name stands here whatever is shown below."""

    class Chosen(Message):
        """The mouse asked for a tab."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)
    current = Reactive("work")

    def look(self, view: View) -> tuple[object, ...]:
        """Which tab is shown and whom the selected contact is with."""
        return (self.current, view.interaction, view.state.pops.get(view.selected or ""))

    def draw(self, view: View) -> None:
        """Redraw."""
        if self.display:
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Turn to the tab under the mouse."""
        event.stop()
        at = 1
        for name, label in TABS:
            end = at + content(tr(label)).cell_length + 2
            if at <= event.x < end:
                self.post_message(self.Chosen(name))
            at = end + 1

    def render(self) -> Content:
        """What Textual paints."""
        parts: list[Part] = [" "]
        for name, label in TABS:
            parts += [(f" {tr(label)} ", "bold reverse $accent" if name == self.current else "$muted"), " "]
        left = line(*parts, pressing(shown("pane"), content(f" {shown('pane')} {tr('next')}", "$muted")))
        right = self._whom(self.size.width - left.cell_length - 3)
        return Content.assemble(left, " " * max(1, self.size.width - left.cell_length - right.cell_length - 1), right)

    def _whom(self, room: int) -> Content:
        """Whom the selected contact is with, and its clock."""
        interaction = self.view.interaction if self.view is not None else None
        if interaction is None or self.view is None:
            return content("")
        since = interaction.parked_since or interaction.held_since or interaction.answered_at or interaction.phase_since
        clock = content(f" {wording.duration(self.view.now - since)}", "$muted")
        sign = line((f"{TRAITS[interaction.channel].sign} ", "$accent"))
        name = content(title(self.view.state, interaction), "bold")
        return Content.assemble(
            sign, name.truncate(max(1, room - sign.cell_length - clock.cell_length), ellipsis=True), clock
        )
