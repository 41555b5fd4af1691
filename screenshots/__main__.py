"""`python -m screenshots [NAME …]`: makes the pictures of the documentation by playing scenarios."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from screenshots.scenes import SCENES, Scene
from screenshots.stage import stage

HERE = Path(__file__).parent


async def take(scene: Scene) -> str:
    """Play a scene and return its picture as SVG."""
    async with stage(scene.scenario, scene.size, scene.role) as made:
        await scene.play(made)
        return await made.picture()


def main(argv: Sequence[str] | None = None) -> int:
    """Make the pictures that are named, or all."""
    line = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__)
    line.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(SCENES)}; all if left out")
    line.add_argument("--into", type=Path, default=HERE, metavar="FOLDER", help="where to; this folder by default")
    chosen = line.parse_args(argv)
    if unknown := [name for name in chosen.names if name not in SCENES]:
        line.error(f"there is no {unknown[0]!r}")
    for name in chosen.names or SCENES:
        path = chosen.into / f"{name}.svg"
        path.write_text(asyncio.run(take(SCENES[name])), encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
