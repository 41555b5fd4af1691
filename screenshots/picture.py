"""From a running app to an SVG file that looks the same everywhere and holds no address."""

import re

from textual.app import App
from textual.widgets import Input, TextArea

ADDRESSES = re.compile(r"@font-face\s*\{[^}]*\}\s*|<!--.*?-->\s*")
ROOT = re.compile(r"<svg\b(?![^>]*xml:space)")


def still(app: App[int]) -> None:
    """Keep the cursor of every field from blinking."""
    for field in (*app.screen.query(Input), *app.screen.query(TextArea)):
        field.cursor_blink = False


def svg(app: App[int]) -> str:
    """What the app shows now.

    The web font and the address in Textual's pictures are left out: a picture must not fetch anything. Spaces are
    kept, since without `xml:space` viewers join them and columns no longer stand below each other.
    """
    drawn = ADDRESSES.sub("", app.export_screenshot(title="agent-desktop"))
    drawn = ROOT.sub('<svg xml:space="preserve"', drawn, count=1).replace("Fira Code", "monospace")
    return "\n".join(line.rstrip() for line in drawn.splitlines()).rstrip() + "\n"
