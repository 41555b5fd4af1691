"""`python -m tests.tui.gallery FOLDER`: every state of both screens at four sizes and in three themes, on one page."""

import argparse
import asyncio
import html
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from screenshots.picture import svg
from tests.tui.agent import test_faces as desk_faces
from tests.tui.desk import desk
from tests.tui.supervisor import test_floor_faces as floor_faces
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import FLOOR_FACES, floor

SIZES = [(80, 24), (120, 36), (140, 40), (200, 50)]
THEMES = ["desk-dark", "desk-light", "desk-contrast"]
HEAD = """<!doctype html><meta charset="utf-8"><title>Gallery</title><style>
body { background: #888; font-family: sans-serif }
table { table-layout: fixed; width: 100% }
th { width: 8em }
img { width: 100% }
</style>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A state of a screen: how it is made, and the keys that lead to what is shown."""

    name: str
    make: Callable[[], App[Any]]
    keys: Sequence[str]
    still: Callable[[Pilot[Any], list[str]], Awaitable[None]]


def states() -> Iterator[Shown]:
    """All that the tests of the pictures know, the desk's first."""
    for name, state in (desk_faces.FACES | desk_faces.SEVERAL_FACES).items():
        yield Shown(f"desk/{name}", lambda state=state: desk(state())[0], [], desk_faces.still)
    for name, (state, keys) in desk_faces.OPENED.items():
        yield Shown(f"desk/{name}", lambda state=state: desk(state())[0], keys, desk_faces.still)
    for name, state in FLOOR_FACES.items():
        yield Shown(f"floor/{name}", lambda state=state: floor_desk(state())[0], [], floor_faces.still)
    for name, (keys, _) in floor_faces.OPENED.items():
        yield Shown(f"floor/{name}", lambda: floor_desk(floor())[0], keys, floor_faces.still)


async def picture(shown: Shown, size: tuple[int, int], theme: str) -> str:
    """One state, drawn, as SVG."""
    app = shown.make()
    async with app.run_test(size=size) as pilot:
        app.theme = theme
        await shown.still(pilot, list(shown.keys))
        return svg(app)


def page(names: Sequence[str], sizes: Sequence[str], themes: Sequence[str], before: str | None) -> str:
    """All pictures on one page of HTML, themes side by side, and those of another gallery beside them."""
    rows = []
    for name, size in product(names, sizes):
        files = [f"{name}.{size}.{theme}.svg" for theme in themes]
        files += [f"{before}/{name}.{size}.{themes[0]}.svg"] if before else []
        cells = "".join(f'<td><img loading="lazy" src="{html.escape(file)}"></td>' for file in files)
        rows.append(f"<tr><th>{html.escape(name)}<br>{size}</th>{cells}</tr>")
    return f"{HEAD}<table>{''.join(rows)}</table>\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the pictures that are asked for, and the page that shows them."""
    every = {f"{width}x{height}": (width, height) for width, height in SIZES}
    line = argparse.ArgumentParser(prog="python -m tests.tui.gallery", description=__doc__)
    line.add_argument("folder", type=Path)
    line.add_argument("--state", default="", metavar="TEXT", help="only states whose name holds it")
    line.add_argument("--size", action="append", choices=every, help="only this size; can be given again")
    line.add_argument("--theme", action="append", choices=THEMES, help="only this theme; can be given again")
    line.add_argument("--before", metavar="FOLDER", help="an older gallery, shown beside, as seen from this folder")
    asked = line.parse_args(argv)
    sizes, themes = asked.size or list(every), asked.theme or THEMES
    chosen = [one for one in states() if asked.state in one.name]
    for shown, size, theme in product(chosen, sizes, themes):
        path: Path = asked.folder / f"{shown.name}.{size}.{theme}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(asyncio.run(picture(shown, every[size], theme)), encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    (asked.folder / "index.html").write_text(page([one.name for one in chosen], sizes, themes, asked.before))
    return 0


if __name__ == "__main__":
    sys.exit(main())
