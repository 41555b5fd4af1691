"""Records as a table for people: what a command prints on a terminal, where a script gets JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desktop.domain.text.printable import printable

_TIMES: Final = frozenset({"at", "since", "as_of", "due", "until"})
UNKNOWN: Final = "—"


def as_table(value: Any, width: int) -> str:
    """A JSON value as lines.

    Args:
        value: made of mappings, lists, texts, numbers, booleans and None.
        width: cells of a line, at least 1; what does not fit ends in an ellipsis.

    Returns:
        A list of records as a table with a heading, a record as a line for each field, with tables of its own below
        for lists of records in it. Nothing that could steer a terminal.
    """
    written = StringIO()
    console = Console(file=written, width=width, color_system=None, legacy_windows=False)
    if isinstance(value, Mapping):
        tables = {name: one for name, one in value.items() if _is_records(one)}
        fields = _grid(header=False)
        for name, one in value.items():
            if name not in tables:
                fields.add_row(_text(name), _text(_cell(name, one)))
        if fields.row_count:
            console.print(fields)
        for number, (name, rows) in enumerate(tables.items()):
            if number or fields.row_count:
                console.print()
            console.print(_text(f"{name}:"), _records(rows), sep="\n")
    elif _is_records(value):
        console.print(_records(value))
    else:
        for one in value if isinstance(value, list) else [value]:
            console.print(_text(_cell("", one)), no_wrap=True, overflow="ellipsis")
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _grid(*, header: bool) -> Table:
    table = Table(box=None, show_header=header, header_style="", pad_edge=False, padding=(0, 2, 0, 0))
    if not header:
        for _ in range(2):
            table.add_column(no_wrap=True, overflow="ellipsis")
    return table


def _records(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Fields that no record has anything in are left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    shown = [name for name in names if any(row.get(name) not in (None, "", [], {}) for row in rows)] or list(names)[:1]
    table = _grid(header=True)
    for name in shown:
        table.add_column(_text(name), justify="right" if _is_number(name, rows) else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(_text(_cell(name, row.get(name))) for name in shown))
    return table


def _text(text: str) -> Text:
    return Text(printable(text), overflow="ellipsis", no_wrap=True)


def _cell(name: str, value: Any) -> str:
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and _is_time(name) and 1e8 < value < 1e11:
        return datetime.fromtimestamp(value).astimezone().isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.3f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_cell(key, one)}" for key, one in value.items()) or UNKNOWN
    if isinstance(value, list):
        return ", ".join(_cell("", one) for one in value) or UNKNOWN
    return str(value)


def _is_number(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return not _is_time(name) and all(isinstance(row.get(name), int | float | None) for row in rows)


def _is_time(name: str) -> bool:
    return name in _TIMES or name.endswith("_at")


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)
