"""What mkdocs does for this site beyond its own: the pictures are taken from where the scenarios put them.

They stand once in the repository, in `screenshots/`. Pages point there, so that they can be read in the clone as well.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

PICTURES = Path(__file__).parents[1] / "screenshots"
_OUTSIDE = re.compile(r"\]\(((?:\.\./)*)\.\./screenshots/")


def on_files(files: Files, config: Any) -> Files:
    """Add the pictures to the site."""
    for picture in sorted(PICTURES.glob("*.svg")):
        files.append(File.generated(config, f"screenshots/{picture.name}", abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Point to the pictures as they are in the site: one folder nearer than in the clone."""
    return _OUTSIDE.sub(r"](\1screenshots/", markdown)
