"""A table as CSV, JSON or Parquet, and how a report gets onto the disk."""

import csv
import io
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from desktop.app.history.report.outside_text import cell, plain
from desktop.app.history.report.table import Kind, Table, Value
from desktop.domain.text.sentence import Sentence

FORMS = ("json", "csv", "parquet", "html")
_PARQUET = {Kind.TEXT: "VARCHAR", Kind.INTEGER: "BIGINT", Kind.REAL: "DOUBLE"}
PRIVATE = 0o600


class ReportError(Exception):
    """A report that could not be written. `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class FileIsThere(ReportError):
    """There is such a file already."""

    def __init__(self, path: Path) -> None:
        super().__init__(Sentence("report.file_is_there", file=str(path)))


def form_of(path: str) -> str:
    """The form that a file's name asks for.

    Raises:
        ReportError: none of them.
    """
    form = Path(path).suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise ReportError(Sentence("report.ending", endings=tuple(f".{one}" for one in FORMS)))
    return form


def csv_text(table: Table) -> str:
    """RFC 4180 with a header. Numbers are numbers; text that a sheet would take for a formula is made text.

    An empty cell is what is not known.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([cell(value) if isinstance(value, str) else value for value in row] for row in table.rows)
    return out.getvalue()


def json_text(table: Table, name: str, about: Mapping[str, object]) -> str:
    """One object: `about`, and under `name` the rows as objects. Only ASCII, so that no text can steer a terminal."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps({**about, name: rows}, allow_nan=False, indent=1) + "\n"


def parquet_bytes(table: Table) -> bytes:
    """Apache Parquet, compressed with zstd, written by DuckDB.

    Raises:
        ReportError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise ReportError(Sentence("report.no_duckdb")) from None
    columns = ", ".join(f"unnest($c{place}::{_PARQUET[kind]}[]) AS {name}" for place, (name, kind) in _places(table))
    values = {f"c{place}": [_harmless(row[place]) for row in table.rows] for place, _ in _places(table)}
    with tempfile.TemporaryDirectory(prefix="agent-desktop-") as folder, duckdb.connect(":memory:") as db:
        made = Path(folder) / "report.parquet"
        db.execute("CREATE TABLE report AS SELECT " + columns, values)
        db.table("report").write_parquet(str(made), compression="zstd")
        return made.read_bytes()


def _harmless(value: Value) -> Value:
    return plain(value) if isinstance(value, str) else value


def _places(table: Table) -> list[tuple[int, tuple[str, Kind]]]:
    return list(enumerate(table.columns.items()))


def target_of(path: Path, *, overwrite: bool) -> Path:
    """Where a report goes, looked at before it is made.

    Raises:
        ReportError: there is such a file already and `overwrite` is not wanted, or it cannot be looked at.
    """
    try:
        target = path.expanduser()
        if target.exists() and not overwrite:
            raise FileIsThere(target)
    except (OSError, ValueError, RuntimeError) as error:  # a zero character in it; no such ~user
        raise _not_writable(path, error) from None
    return target


def save(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write a report that only this user can read, whole or not at all.

    Raises:
        ReportError: there is such a file already and `overwrite` is not wanted, or the disk says no.
    """
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}")
    try:
        if path.is_dir():
            raise ReportError(Sentence("report.is_a_folder", file=str(path)))
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            draft.replace(path)
        else:
            path.hardlink_to(draft)  # fails where there is something already, which a rename would not
    except FileExistsError:
        raise FileIsThere(path) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero character
        raise _not_writable(path, error) from None
    finally:
        with suppress(OSError, ValueError):
            draft.unlink(missing_ok=True)


def _not_writable(path: Path, error: Exception) -> ReportError:
    why = getattr(error, "strerror", None) or str(error)
    return ReportError(Sentence("report.cannot_be_written", file=str(path), why=why))
