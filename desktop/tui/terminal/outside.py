"""Opening a web address outside of the terminal, where there is a desktop to open it on."""

import os
import subprocess
import sys
from collections.abc import Mapping
from shutil import which

from desktop.tui.widgets.safe_text import web_address


def opener(platform: str = sys.platform, environ: Mapping[str, str] | None = None) -> str:
    """The program that opens an address on this machine's own desktop; "" where there is none in front of the user.

    Over SSH there may be a desktop, but the user sits at another one: the link on the screen is theirs to click.
    """
    known = os.environ if environ is None else environ
    if known.get("SSH_CONNECTION") or known.get("SSH_TTY"):
        return ""
    if platform == "darwin":
        return which("open", path=known.get("PATH")) or ""
    if known.get("DISPLAY") or known.get("WAYLAND_DISPLAY"):
        return which("xdg-open", path=known.get("PATH")) or ""
    return ""


def open_outside(address: str, program: str) -> bool:
    """Hand a web address to that program; says whether it was. Anything but http and https is not."""
    safe_address = web_address(address)
    if not program or not safe_address:
        return False
    try:
        subprocess.Popen(  # noqa: S603 - a checked address; the terminal is ours, and it gets none of it
            [program, safe_address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True
