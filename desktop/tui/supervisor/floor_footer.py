"""The last line of the floor: what was told, or what can be done with what is selected."""

from dataclasses import replace

from textual.content import Content

from desktop.tui.agent.panes.footer import Footer
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr

_LOOKS = ("filter", "reports", "quality", "audit", "formula", "group", "definitions")
_ALWAYS = ("floor", "help")
_COVERS = "#page.open, #report, #quality, ActionDialog.open, ActsMenu.open, ThreadPanel.open"


class FloorFooter(Footer):
    """Verbs that are on offer first; looking and the way out after them."""

    offered: tuple[str, ...] = ()
    """Names of the keys of what can be done about the selected row."""

    def look(self, view: View) -> tuple[object, ...]:
        """What was told, and what is on offer."""
        return (*super().look(view), view.state.coaching, self._covered, *self.offered)

    @property
    def _covered(self) -> bool:
        """Whether something lies over the floor in which its keys mean something else, or are typed."""
        return any(cover.display for cover in self.screen.query(_COVERS))

    def keys_line(self, width: int) -> Content:
        """As many keys as there is room for."""
        news = self.view.state.coaching if self.view is not None else None
        covered = self._covered
        shown = [] if covered else [(FLOOR_BY_ID[name], "bold $accent") for name in self.offered]
        if shown:
            shown.insert(0, (FLOOR_BY_ID["acts"], "bold $accent"))
        if not covered and news is not None and news.answers:
            unread = replace(FLOOR_BY_ID["quality"], english_label=f"● {wording.answers(news.answers)}")
            shown.insert(0, (unread, "bold $accent"))
        shown += [] if covered else [(FLOOR_BY_ID[name], "$accent") for name in _LOOKS]
        last = [(keys.BY_ID[name], "$accent") for name in _ALWAYS]
        tail: list[Part] = []
        for key, style in last:
            tail.append(key_hint(key.shown, tr("desk") if key.id == "floor" else key.label, "  ", look=style))
        room = width - line(*tail).cell_length
        parts: list[Part] = [" "]
        for key, style in shown:
            candidate: list[Part] = [*parts, key_hint(key.shown, key.label, "  ", look=style)]
            if line(*candidate).cell_length > room:
                break
            parts = candidate
        return line(*parts, *tail)
