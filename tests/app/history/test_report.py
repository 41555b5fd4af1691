"""Reports: cells that are safe in a sheet, files that read back as they were."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.report.files import ReportError, csv_text, json_text, parquet_bytes
from desktop.app.history.report.outside_text import LONGEST, cell, plain
from desktop.app.history.report.table import Table, figures, interaction_table, interval_table
from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.history import Interval, PastInteraction
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS

DAYS = CentreDays("Europe/London")
BEGIN = DAYS.midnight(date(2026, 11, 16))
HOSTILE = [
    "=cmd|' /C calc'!A0", "+442079460018", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1",
    "'=1+1", '"=1+1', "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "\u22121", "\ufeff=1", "\u200b=1", "\u202e=1",
    "\x00=1", "\u3000=HYPERLINK(\"http://x\")", "=\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_sheet_would_run_is_text(text: str) -> None:
    assert cell(text).startswith("'")
    assert cell(cell(text)) == cell(text) or cell(cell(text)) == "'" + cell(text)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_cell_runs_steers_or_breaks_its_line(text: str) -> None:
    """Whatever comes in: one line, valid Unicode, no controls, and nothing that begins a formula."""
    made = cell(text)
    made.encode("utf-8")
    assert not re.match('[\\s"\u3000]*[=+@\\-\uff1d\uff0b\uff0d\uff20]', made)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", made)
    assert made.removeprefix("'") == plain(text) or made == plain(text)
    assert len(made) <= LONGEST + 1


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("Priya Natarajan", "कविता Menon", "إيمان", "a-b", "1 + 1", "o'neill", "👩‍👩‍👧", "C-4471", "12:30", ""):
        assert cell(text) == text


def counts(since: float = BEGIN, **known: Any) -> Counts:
    numbers: dict[str, Any] = {
        "threshold": 20.0, "offered": 10, "answered": 8, "answered_within": 6, "abandoned": 2, "abandoned_within": 1,
        "short_abandons": 1, "callbacks": 0, "callbacks_within": 0, "flow_outs": 0, "handled": 8, "wrapped_up": 7,
        "wait_seconds": 120.0, "talk_seconds": 800.0, "hold_seconds": 40.0, "wrap_up_seconds": 160.0,
        "longest_wait": 61.5, "staff": StaffTime(3_600.0, 900.0, 2_700.0, 2_000.0), **known,
    }  # fmt: skip
    return Counts(since=since, until=since + 1_800, **numbers)


def past(**how: Any) -> PastInteraction:
    kept: dict[str, Any] = {
        "id": "past-1", "channel": "voice", "direction": "inbound", "queue": "Billing", "customer": "+442079460018",
        "customer_name": "=HYPERLINK(1)", "agent_id": "", "agent_name": "",
        "arrived_at": BEGIN + 0.25, "answered_at": None,
        "ended_at": BEGIN + 60, "outcome": "abandoned", "wait_seconds": 59.75, "codes": ("a", "b"), **how,
    }  # fmt: skip
    return PastInteraction(**kept)


def test_figures_are_those_of_the_definitions() -> None:
    made = figures(counts(), DEFAULT_FORMULA)
    assert made == {
        "service_level": 0.6, "answer_rate": 0.8, "abandon_rate": 0.2, "asa": 15.0, "aht": 125.0, "occupancy": 0.75
    }  # fmt: skip
    assert set(figures(Counts(0, 1), DEFAULT_FORMULA).values()) == {None}
    assert figures(counts(), FORMULAS["answered_in_time_of_answered"])["service_level"] == 0.75


def read_csv(text: str, table: Table) -> list[list[Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert next(reader) == list(table.columns)
    kinds = {"text": lambda value: value.removeprefix("'"), "integer": int, "real": float}
    return [
        [
            None if value == "" and kind != "text" else kinds[kind](value)
            for value, kind in zip(row, table.columns.values(), strict=True)
        ]
        for row in reader
    ]


def some_counts() -> st.SearchStrategy[Counts]:
    number = st.none() | st.integers(0, 10**9)
    seconds = st.none() | st.floats(0, 1e9)
    return st.builds(
        counts, since=st.floats(0, 4e9), offered=number, answered=number, wait_seconds=seconds, longest_wait=seconds,
        threshold=seconds, staff=st.none() | st.builds(StaffTime, *[st.floats(0, 1e9)] * 4),
    )  # fmt: skip


def parquet_rows(content: bytes, folder: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    import duckdb

    file = folder / "read.parquet"
    file.write_bytes(content)
    with duckdb.connect(":memory:") as db:
        read = db.read_parquet(str(file))
        return read.columns, read.fetchall()


@pytest.mark.thorough
@settings(max_examples=40)
@given(st.lists(some_counts(), max_size=5), st.sampled_from(["", "Billing", "कतार"]))
def test_intervals_read_back_from_every_form_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, several: list[Counts], queue: str
) -> None:
    table = interval_table([Interval(queue, one) for one in several], DAYS, DEFAULT_FORMULA)
    wanted = [list(row) for row in table.rows]
    assert read_csv(csv_text(table), table) == wanted
    told = json.loads(json_text(table, "intervals", {"zone": "x"}))
    assert [[row[name] for name in table.columns] for row in told["intervals"]] == wanted and told["zone"] == "x"
    columns, rows = parquet_rows(parquet_bytes(table), tmp_path_factory.mktemp("parquet"))
    assert columns == list(table.columns) and [list(row) for row in rows] == wanted


def test_interactions_read_back_and_hostile_names_are_text_in_a_sheet(tmp_path: Path) -> None:
    table = interaction_table([past(customer_name=text.replace("\ud800", "")) for text in HOSTILE], DAYS)
    at = list(table.columns).index("customer_name")
    sheet = csv_text(table)
    rows = list(csv.reader(io.StringIO(sheet, newline=""), strict=True))[1:]
    assert len(rows) == len(HOSTILE) and all(row[at].startswith("'") for row in rows)
    assert rows[0][list(table.columns).index("customer")] == "'+442079460018"
    assert rows[0][list(table.columns).index("arrived_local")] == "2026-11-16T00:00:00+00:00"
    _, kept = parquet_rows(parquet_bytes(table), tmp_path)
    assert kept[0][at] == HOSTILE[0]  # a column has its type: nothing is run there
    assert all(ord(char) < 128 for char in json_text(table, "interactions", {}))


def test_a_negative_number_stays_a_number() -> None:
    table = interval_table([Interval("-Billing", counts(wait_seconds=-3.5))], DAYS, DEFAULT_FORMULA)
    (row,) = csv.DictReader(io.StringIO(csv_text(table), newline=""))
    assert (row["wait_seconds"], row["queue"]) == ("-3.5", "'-Billing")


def test_without_duckdb_parquet_names_the_extra() -> None:
    """In a process of its own, where it cannot be imported; nothing else needs it."""
    program = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from desktop.app.history.report.files import ReportError, csv_text, parquet_bytes\n"
        "from desktop.app.history.report.table import Kind, Table\n"
        "table = Table({'a': Kind.TEXT}, [('x',)])\n"
        "csv_text(table)\n"
        "try: parquet_bytes(table)\n"
        "except ReportError as error: print(error.sentence.id)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "report.no_duckdb", done.stderr


def test_parquet_of_nothing_has_its_columns(tmp_path: Path) -> None:
    columns, rows = parquet_rows(parquet_bytes(interaction_table([], DAYS)), tmp_path)
    assert "wait_seconds" in columns and rows == []
    assert issubclass(ReportError, Exception)
