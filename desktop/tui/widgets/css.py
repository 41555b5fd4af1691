"""A widget's own style rules, in a `.tcss` file beside its module."""

import sys
from collections.abc import Iterator
from inspect import getfile
from pathlib import Path
from typing import Any

from textual.app import App
from textual.file_monitor import FileMonitor
from textual.widget import Widget


def css_beside(module: str) -> str:
    """The rules beside a module, for `DEFAULT_CSS`: there they rank below those of the screens, wherever they stand.

    Args:
        module: its `__file__`.
    """
    return _file(module).read_text("utf-8")


def watch(app: App[Any]) -> None:
    """Have the app look four times a second whether a file of rules has changed; wrong rules ring its bell."""

    def changed() -> None:
        try:
            read_again(app)
        except Exception as error:
            app.log.error(error)
            app.bell()

    app.set_interval(0.25, FileMonitor([*Path(__file__).parents[1].rglob("*.tcss")], changed))


def read_again(app: App[Any]) -> None:
    """Read the files beside modules anew; Textual does that by itself for those of `CSS_PATH` only.

    Raises:
        OSError: a file cannot be read.
        StylesheetError: a rule cannot be understood; the looks stay as they were.
    """
    texts = {kind: css_beside(module) for kind, module in _with_file(Widget)}
    sheet, before = app.stylesheet, dict(app.stylesheet.source)
    for kind, text in texts.items():
        place = (getfile(kind), f"{kind.__name__}.DEFAULT_CSS")
        if place in before:
            sheet.source[place] = before[place]._replace(content=text)
    try:
        app.refresh_css(animate=False)
    except Exception:
        sheet.source = before
        raise
    for kind, text in texts.items():
        kind.DEFAULT_CSS = text  # for those that are mounted later


def _with_file(kind: type[Widget]) -> Iterator[tuple[type[Widget], str]]:
    """The widgets whose rules are in a file, and their modules' `__file__`."""
    for one in kind.__subclasses__():
        module = getattr(sys.modules.get(one.__module__), "__file__", None)
        if module and "DEFAULT_CSS" in vars(one) and _file(module).is_file():
            yield one, module
        yield from _with_file(one)


def _file(module: str) -> Path:
    return Path(module).with_suffix(".tcss")
