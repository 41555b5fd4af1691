"""Labels with their figures, flowed over lines so that none is parted from its figure."""

from collections.abc import Sequence

from textual.content import Content

from desktop.tui.widgets.safe_text import Part, content, line

_GAP = 3


def flowed(
    pairs: Sequence[tuple[str, str]], width: int, *, head: Content | None = None, style: str = ""
) -> list[Content]:
    """As many pairs on a line as there is room for.

    Args:
        pairs: label ("" for none) and figure of each.
        width: cells there are for a line.
        head: what the first line begins with.
        style: of the figures.
    """
    lines: list[Content] = []
    parts: list[Part] = [head] if head is not None else []
    used = head.cell_length if head is not None else 0
    empty = True
    for label, value in pairs:
        pair = line((f"{label} " if label else "", "$muted"), (value, style))
        if used + pair.cell_length + (0 if empty else _GAP) > width and used:
            lines.append(line(*parts))
            parts, used, empty = [content(" ")] if head is not None else [], int(head is not None), True
        parts += [pair] if empty else [" " * _GAP, pair]
        used += pair.cell_length + (0 if empty else _GAP)
        empty = False
    return [*lines, line(*parts)] if parts else lines
