"""Records as a table for people: what a command prints on a terminal, where a script gets JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

_GAP: Final = "  "
_LONGEST: Final = 60
"""Cells of a column at most, where there is more than one."""
_TIMES: Final = frozenset({"at", "since", "as_of", "due", "until"})
UNKNOWN: Final = "—"


def as_table(value: Any, width: int) -> str:
    """A JSON value as lines.

    Args:
        value: made of mappings, lists, texts, numbers, booleans and None.
        width: cells of a line; the last column gives way.

    Returns:
        A list of records as a table with a heading, a record as a line for each field, with tables of its own below
        for lists of records in it. Nothing that could steer a terminal.
    """
    return "\n".join(_lines(value, width)) + "\n"


def _lines(value: Any, width: int) -> list[str]:
    if isinstance(value, Mapping):
        return _record(value, width)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if value and all(isinstance(one, Mapping) for one in value):
            return _table(value, width)
        return [_safe(_cell("", one)) for one in value]
    return [_safe(_cell("", value))]


def _record(record: Mapping[str, Any], width: int) -> list[str]:
    tables = {name: one for name, one in record.items() if _is_records(one)}
    plain = {name: one for name, one in record.items() if name not in tables}
    label = max(map(len, map(_safe, plain)), default=0)
    lines = [_cut(f"{_safe(name):<{label}}{_GAP}{_safe(_cell(name, one))}", width) for name, one in plain.items()]
    for name, rows in tables.items():
        lines += [*([""] if lines else []), f"{_safe(name)}:", *_table(rows, width)]
    return lines


def _table(rows: Sequence[Mapping[str, Any]], width: int) -> list[str]:
    """Fields that no record has anything in are left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    shown = [name for name in names if any(row.get(name) not in (None, "", [], {}) for row in rows)] or list(names)[:1]
    cells = [[_safe(_cell(name, row.get(name))) for name in shown] for row in rows]
    heads = [_safe(name) for name in shown]
    widths = [min(_LONGEST, max(len(row[at]) for row in (heads, *cells))) for at in range(len(shown))]
    numeric = [_is_number(name, rows) for name in shown]
    return [_cut(_row(row, widths, numeric), width) for row in (heads, *cells)]


def _row(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    parts = []
    for cell, width, right in zip(cells, widths, numeric, strict=True):
        cell = _cut(cell, width)
        parts.append(cell.rjust(width) if right else cell.ljust(width))
    return _GAP.join(parts).rstrip()


def _cell(name: str, value: Any) -> str:
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and _is_time(name) and value > 1e8:
        return datetime.fromtimestamp(value).astimezone().isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.3f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_cell(key, one)}" for key, one in value.items()) or UNKNOWN
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_cell("", one) for one in value) or UNKNOWN
    return str(value)


def _is_number(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return not _is_time(name) and all(isinstance(row.get(name), int | float | None) for row in rows)


def _is_time(name: str) -> bool:
    return name in _TIMES or name.endswith("_at")


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _safe(text: str) -> str:
    """On one line, without anything that could steer the terminal."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "·" for sign in text)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
