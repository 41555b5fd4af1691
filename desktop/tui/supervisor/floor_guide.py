"""The short guide through the demo's floor. It ticks off what was done and goes away when told."""

from collections.abc import Sequence

from textual.content import Content

from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, line

_SORTS = frozenset({"sort_left", "sort_right", "sort_turn"})


def steps() -> tuple[tuple[str, str], ...]:
    """What to do, in order, with the keys in force."""
    key = {name: one.shown for name, one in FLOOR_BY_ID.items()}
    return (
        ("sort", f"Arrows choose a queue, {key['sort_right']} sorts by the next column, {key['filter']} filters."),
        ("formula", f"{key['formula']} switches the service level formula; {key['compare']} compares all of them."),
        ("agents", "tab moves to the agents: what each is doing, for how long, and what comes next."),
        (
            "listen",
            f"On an agent who is on a call: {key['listen']} listens, {key['whisper']} whispers, with a reason.",
        ),
        ("audit", f"{key['audit']} opens the audit log. {shown('floor')} switches to your own desk and back."),
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
        ticks: list[Part] = [("guide  ", "bold $success")]
        for step, _ in steps():
            done = step in self._done
            ticks.append((f"{'✓' if done else '○'} {step}  ", "$success" if done else "$muted"))
        ticks.append(("esc hides", "$muted"))
        following = rest[0] if rest else "That is the tour. Everything you did is in the audit log."
        return (line(("→ ", "bold $success"), (following, "bold")), line(*ticks))
