"""The last lines: what was told last or is new, or the keys that always help."""

from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.domain.entities.news_item import News
from desktop.domain.news import notices
from desktop.domain.news.news import unseen
from desktop.domain.state.state import Notice
from desktop.tui.keys import keys
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words.news import sentence
from desktop.words.catalogue import in_words, tr

TALLEST = 3
"""Lines that a notice may have."""
SHOWN = ("help", "state", "search", "note", "outbox", "diagnostics", "palette", "quit")


class Footer(Pane, Widget):
    """One line; a notice that needs more has up to three."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)
    _line: Content = Content("")
    prompt: str = ""
    """What one more press does; it stands before everything else."""

    def ask(self, prompt: str) -> None:
        """Show what one more press does; "" for no more."""
        self.prompt = prompt
        if self.view is not None:
            self.draw(self.view)

    def look(self, view: View) -> tuple[object, ...]:
        """What was told, what is new, and what settles it."""
        state = view.state
        return (state.notices, state.news, state.health, state.outbox, state.interactions)

    def draw(self, view: View) -> None:
        """Show what was told last or is new, while it is fresh; an error while it stands."""
        notice, new = notices.shown(view.state, view.now), _newest(view)
        if self.prompt:
            shown = self._fitted(f" ! {self.prompt}", "bold $error")
        elif new is not None and (notice is None or new.at > notice.at):
            reads = f"  {tr('{news:key} reads it')}"
            shown = self._fitted(f" ● {sentence(new)}", "bold $warning" if new.urgent else "bold $accent", reads)
        elif notice is not None:
            style = {"error": "bold $error", "warning": "bold $warning"}.get(notice.severity, "$accent")
            sign = {"error": "✕", "warning": "!"}.get(notice.severity, "·")
            hides = f"  {tr('{back:key} hides it')}" if notices.stands(view.state, notice) else ""
            shown = self._fitted(f" {sign} {in_words(notice.text)}", style, hides)
        else:
            shown = self.keys_line(self.size.width or 80)
        if not shown.is_same(self._line):
            width = self.size.width or 80
            other_height = shown.get_height({}, width) != self._line.get_height({}, width)
            self._line = shown
            self.refresh(layout=other_height)

    def _fitted(self, text: str, style: str, after: str = "") -> Content:
        """As much of a notice as there is room for, with an ellipsis where that is not all, and what follows it."""
        width = self.size.width or 80
        # A page covers all but the last line.
        room = 1 if self.is_attached and self.screen.query("#page.open, LaunchedPage") else TALLEST
        fitted, words = line((text, style), (after, "$muted")), text.split(" ")
        while fitted.get_height({}, width) > room and len(words) > 1:
            words.pop()
            fitted = line((" ".join(words) + " …", style), (after, "$muted"))
        return fitted

    def on_resize(self) -> None:
        """Fit the new width."""
        if self.view is not None:
            self.draw(self.view)

    def render(self) -> Content:
        """What Textual paints."""
        return self._line

    def keys_line(self, width: int) -> Content:
        """The keys that always help, as many as there is room for."""
        parts: list[Part] = [" "]
        for name in SHOWN:
            key = keys.BY_ID[name]
            candidate: list[Part] = [*parts, (key.shown, "bold $accent"), (f" {key.label}   ", "$muted")]
            if line(*candidate).cell_length > width:
                break
            parts = candidate
        return line(*parts) if len(parts) > 1 else content("")


def _newest(view: View) -> News | None:
    """The newest news while it is fresh; the header counts what is not seen for as long as it takes."""
    waiting = unseen(view.state)
    return waiting[-1] if waiting and view.now - waiting[-1].at < notices.STAYS else None


def standing_error(view: View) -> Notice | None:
    """The error in the last lines, if it is one that stays until it is mended."""
    notice = notices.shown(view.state, view.now)
    return notice if notice is not None and notices.stands(view.state, notice) else None
