"""Bytes for the terminal that Textual has no method for, such as the colour of a tab.

Upstream: `textual.app.App._driver`, by which its own `bell` goes out.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/app.py#L3907-L3914
Why: the driver has a public `write`, and nobody but the app knows the driver.
Switch: none; nothing of Textual is replaced
"""

from typing import Any

from textual.app import App


def write_raw(app: App[Any], text: str) -> None:
    """Hand bytes to the terminal as they are; nothing where there is none."""
    driver = app._driver
    if driver is not None and not app.is_headless and not app.is_web:  # a browser has no terminal
        driver.write(text)
