"""The short guide through the demo's floor. It ticks off what was done and goes away when told."""

from collections.abc import Sequence

from textual.content import Content

from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, line
from desktop.words.catalogue import ptr, tr
from desktop.words.marks import pmark

_SORTS = frozenset({"sort_left", "sort_right", "sort_turn"})


def steps() -> tuple[tuple[str, str], ...]:
    """What to do, in order, with the keys in force: each step's name and its words."""
    key = {name: one.shown for name, one in FLOOR_BY_ID.items()}
    return (
        (
            pmark("guide", "sort"),
            tr(
                "Arrows choose a queue, {sort} sorts by the next column, {filter} filters.",
                sort=key["sort_right"],
                filter=key["filter"],
            ),
        ),
        (
            pmark("guide", "formula"),
            tr(
                "{formula} switches the service level formula; {compare} compares all of them.",
                formula=key["formula"],
                compare=key["compare"],
            ),
        ),
        (
            pmark("guide", "agents"),
            tr("tab moves to the agents: what each is doing, for how long, and what comes next."),
        ),
        (
            pmark("guide", "listen"),
            tr(
                "On an agent who is on a call: {listen} listens, {whisper} whispers, with a reason.",
                listen=key["listen"],
                whisper=key["whisper"],
            ),
        ),
        (
            pmark("guide", "audit"),
            tr(
                "{audit} opens the audit log. {floor} switches to your own desk and back.",
                audit=key["audit"],
                floor=shown("floor"),
            ),
        ),
    )


class FloorGuide(TextPane):
    """What to try next."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="floor-guide")
        self._done: frozenset[str] = frozenset()

    def did(self, name: str) -> None:
        """A key of this name was used, or a pane of this name was turned to."""
        step = "sort" if name in _SORTS | {"filter"} else "formula" if name == "compare" else name
        if step in dict(steps()) and step not in self._done and self.has_class("open"):
            self._done |= {step}
            if self.view is not None:
                super().draw(self.view)

    def look(self, view: View) -> tuple[object, ...]:
        """What was done."""
        return (self._done,)

    def lines(self, view: View) -> Sequence[Content]:
        """The next step in words, the others as ticks."""
        rest = [text for step, text in steps() if step not in self._done]
        ticks: list[Part] = [(f"{tr('guide')}  ", "bold $success")]
        for step, _ in steps():
            done = step in self._done
            ticks.append((f"{'✓' if done else '○'} {ptr('guide', step)}  ", "$success" if done else "$muted"))
        ticks.append((tr("esc hides"), "$muted"))
        following = rest[0] if rest else tr("That is the tour. Everything you did is in the audit log.")
        return (line(("→ ", "bold $success"), (following, "bold")), line(*ticks))
