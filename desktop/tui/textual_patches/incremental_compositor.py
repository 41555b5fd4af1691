"""Textual's compositor, without what it does for lines that nobody paints and without the garbage it leaves.

Upstream: `textual._compositor.Compositor._render_chops` and `render_partial_update`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/_compositor.py#L1165-L1242
Why: a line that is as wide as its widget is "divided" into itself and kept in its own cache (`Strip.divide`): a circle
for each line that is painted, 3,000 objects a second on a busy floor, which only a search for garbage finds. And for
one line in the first pane and one in the last every line of every pane between them is put together, and of every
container behind them, of which nothing is seen. It can paint some lines at a time, too, for whoever must not wait until
all are painted.
Switch: compositor
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import cast

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

from desktop.tui.textual_patches.switch import is_plain


class IncrementalCompositor(Compositor):
    """Paints the same."""

    most_lines: int | None = None
    """How many lines are painted at once; the others stay to be painted. None for all."""
    _painted: tuple[Region, ...] | None = None
    """While a part is painted: what of the screen it is."""

    @property
    def has_more(self) -> bool:
        """Whether lines stayed to be painted."""
        return bool(self._dirty_regions)

    def render_partial_update(self) -> ChopsUpdate | None:
        """Paint the topmost lines of those that changed."""
        if is_plain("compositor"):
            return super().render_partial_update()
        later: set[Region] = set()
        lines = sorted({y for region in self._dirty_regions for y in region.line_range})
        if self.most_lines is not None and len(lines) > self.most_lines:
            end = lines[self.most_lines]
            later = {part for region in self._dirty_regions if (part := _below(region, end))}
            self._dirty_regions = {part for region in self._dirty_regions if (part := _above(region, end))}
        self._painted = tuple(self._dirty_regions)
        try:
            update = super().render_partial_update()
        finally:
            self._painted = None
        self._dirty_regions |= later
        return update

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        if is_plain("compositor"):
            return super()._render_chops(crop, is_rendered_line)
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(cut_set[:-1]) for cut_set in cuts]
        painted = (crop,) if self._painted is None else self._painted
        lacks = {y: _pieces(cuts[y], painted, y) for y in crop.line_range if is_rendered_line(y)}
        for widget, (region, clip) in self.visible_widgets.items():  # front to back: whoever is in front stays
            seen = region.intersection(clip)
            inside = [y for y in lacks if seen.y <= y < seen.bottom and any(seen.x <= x < seen.right for x in lacks[y])]
            if not inside:
                continue
            first = inside[0]
            part = Region(seen.x - region.x, first - region.y, seen.width, inside[-1] + 1 - first)
            strips = widget.render_lines(part)
            for y in inside:
                lacks[y].difference_update(_put(strips[y - first], seen, cuts[y], chops[y]))
        return cast("Sequence[Mapping[int, Strip]]", chops)  # as Textual says; where nothing is painted there is None


def _above(region: Region, line: int) -> Region:
    return Region(region.x, region.y, region.width, max(0, min(region.height, line - region.y)))


def _below(region: Region, line: int) -> Region:
    top = max(region.y, line)
    return Region(region.x, top, region.width, max(0, region.bottom - top))


def _pieces(cuts: Sequence[int], painted: Sequence[Region], y: int) -> set[int]:
    """Where the pieces of a line begin of which anything is painted."""
    spans = [(one.x, one.right) for one in painted if one.y <= y < one.bottom]
    return {x for x, end in pairwise(cuts) if any(left < end and x < right for left, right in spans)}


def _put(strip: Strip, seen: Region, cuts: Sequence[int], line: dict[int, Strip | None]) -> list[int]:
    """Put a widget's strip into a line of the screen, wherever nothing stands in front of it; says where it begins."""
    here = [cut for cut in cuts if seen.x <= cut <= seen.right]
    whole = len(here) == 2 and here[1] - seen.x == strip.cell_length
    pieces = [strip] if whole else strip.divide([cut - seen.x for cut in here[1:]])
    for cut, piece in zip(here, pieces, strict=False):
        if line.get(cut) is None:
            line[cut] = piece
    return here[:-1]
