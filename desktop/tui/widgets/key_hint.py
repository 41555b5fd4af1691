"""A key as it is printed, with what it does. A click on either presses the key.

What may be pressed stands in the style of a cell, which text never reaches: text from outside is no more pressable for
looking like a key, and what a press does is what the key does, with all that is asked before.
"""

from typing import Final

from textual.content import Content
from textual.screen import Screen
from textual.style import Style

from desktop.tui.widgets.safe_text import content, line

_PRESSES: Final = "presses"
_REACH: Final = "reach"
"""How many cells behind the key belong to it."""
_ARROWS: Final = frozenset("←→↑↓")


def key_hint(
    key: str, words: str = "", gap: str = "", *, look: str = "bold $accent", words_look: str = "$muted", pad: str = ""
) -> Content:
    """A key and what it does.

    Args:
        key: as it is printed; several arrows are a key each.
        words: what it does; may be from outside.
        gap: what stands behind.
        look: a Textual style for the key, from our own code only.
        words_look: the same for the words.
        pad: what stands at both sides of the key, as in a key that is drawn as a button.
    """
    printed, said = content(f"{pad}{key}{pad}", look), content(f" {words}{gap}" if words else gap, words_look)
    reach = 0 if _ARROWS.issuperset(key) else max(0, said.cell_length - len(gap))
    return line(pressing(key, printed, reach), said)


def pressing(key: str, text: Content, reach: int = 0) -> Content:
    """A text of which every cell presses a key, and so many cells behind it.

    Args:
        key: as it is printed.
        text: of our own, or made safe.
        reach: cells.
    """
    return text.stylize(Style.from_meta({_PRESSES: key, _REACH: str(reach)}))


def pressed_at(screen: Screen[object], x: int, y: int) -> str:
    """The key, as it is printed, that a click on a cell of the screen presses; "" for none."""
    widget, _ = screen.get_widget_at(x, y)
    for left in range(x, max(widget.region.x, 0) - 1, -1):
        key, reach = _pressed(screen, left, y)
        if key and x - left <= reach:
            return key if len(key) == 1 or not _ARROWS.issuperset(key) else _arrow(screen, key, left, y)
        if key:
            return ""
    return ""


def _arrow(screen: Screen[object], key: str, x: int, y: int) -> str:
    """Which of several arrows stands there."""
    before = 0
    while x - before > 0 and _pressed(screen, x - before - 1, y)[0] == key:
        before += 1
    return key[before % len(key)]


def _pressed(screen: Screen[object], x: int, y: int) -> tuple[str, int]:
    meta = screen.get_style_at(x, y).meta
    key, reach = meta.get(_PRESSES), meta.get(_REACH)
    return (key, int(reach)) if isinstance(key, str) and isinstance(reach, str) else ("", 0)
