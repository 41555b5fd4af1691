"""Lines that fit into their room: what there is none for goes in whole parts, the least important first."""

from collections.abc import Iterable, Sequence
from typing import Final

from textual.content import Content
from textual.widget import Widget

from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part, line

_CORNERS: Final = 6


def border_room(widget: Widget) -> int:
    """Cells for a title in the border of a widget; 0 while nobody knows."""
    return max(0, widget.outer_size.width - _CORNERS)


def first_that_fits(room: int, versions: Iterable[Content]) -> Content:
    """The first of some versions of a line for which there is room, else the last one, cut.

    Args:
        room: cells; 0 where that is not known yet, and the first version is taken.
        versions: at least one, from all there is to say down to what must be said.
    """
    found = Content("")
    for found in versions:
        if not room or found.cell_length <= room:
            return found
    return found.truncate(room, ellipsis=True)


def lines_that_fit(room: int, width: int, lines: Sequence[tuple[int, Content]]) -> list[Content]:
    """Lines in their order, those that are wanted least left out until the others fit.

    Args:
        room: lines there are; 0 where that is not known yet, and all are taken.
        width: cells of a line, likewise.
        lines: each after its place among those that give way, the highest first; what has 0 stays in any case.
    """
    left = list(lines)
    high = sum(lines_of(one, width) for _, one in left)
    while room and high > room and (last := max((place for place, _ in left), default=0)):
        at = max(n for n, (place, _) in enumerate(left) if place == last)
        high -= lines_of(left.pop(at)[1], width)
    return [one for _, one in left]


def lines_of(text: Content, width: int) -> int:
    """How many lines a text is once it is broken; one where the width is not known yet, as before the first layout."""
    return max(1, text.get_height({}, width)) if width > 0 else 1


def key_hints(room: int, *wordings: Sequence[tuple[str, str]]) -> Content:
    """Keys and what they do: the first wording that fits; else the last without its last keys.

    Args:
        room: as above.
        wordings: the same hints, each shorter than the one before; a hint is a key and its words, the most important
            first.
    """
    shorter = (wordings[-1][:count] for count in range(len(wordings[-1]) - 1, -1, -1))
    spaced = (_hints(pairs, gap) for pairs in wordings for gap in ("  ", " "))
    return first_that_fits(room, (*spaced, *(_hints(pairs, " ") for pairs in shorter)))


def _hints(pairs: Sequence[tuple[str, str]], gap: str) -> Content:
    parts: list[Part] = []
    for key, words in pairs:
        parts += [key_hint(key, words, gap)]
    return line(*parts).rstrip()
