"""Answers on a terminal: a table that no text from outside can steer, and JSON wherever a script reads."""

import json
import os
import pty
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from desktop.cli.table import as_table

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def test_records_are_rows_under_a_heading() -> None:
    rows = [
        {"id": "q1", "name": "Billing", "waiting": 7, "longest": None, "as_of": 1_795_000_000.0},
        {"id": "q22", "name": "Sales", "waiting": 12, "longest": None, "as_of": 1_795_000_001.0},
    ]
    head, *lines = as_table(rows, 200).splitlines()
    assert head.split() == ["id", "name", "waiting", "as_of"], "what nobody has is left out"
    assert lines[0].index("Billing") == lines[1].index("Sales") == head.index("name")
    assert "      7" in lines[0] and "     12" in lines[1], "numbers stand under one another"
    assert "2026-11-" in lines[0]


def test_a_record_is_a_line_for_each_field_and_tables_below() -> None:
    table = as_table({"me": "maya", "free": True, "queues": [{"name": "Billing"}]}, 80)
    assert table.splitlines() == ["me    maya", "free  yes", "", "queues:", "name", "Billing"]


def test_nothing_is_unknown() -> None:
    assert as_table([{"a": None, "b": 1}, {"a": "x", "b": None}], 80).splitlines()[2].split() == ["x", "—"]


@given(VALUES, st.integers(min_value=1, max_value=200))
def test_no_text_steers_the_terminal_and_no_line_is_too_long(value: object, width: int) -> None:
    table = as_table(json.loads(json.dumps(value)), width)
    assert all(sign.isprintable() or sign == "\n" for sign in table)
    if isinstance(value, dict) or (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        assert all(cell_len(line) <= width for line in table.splitlines())


def test_wide_letters_and_markup_stay_in_their_column() -> None:
    head, *lines = as_table([{"a": "山田 [bold]", "b": 1}, {"a": "x", "b": 22}], 80).splitlines()
    assert "[bold]" in lines[0]
    assert {cell_len(line) for line in (head, *lines)} == {cell_len(head)}, "numbers end in the same cell"


def on_terminal(*words: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "desktop.cli", *words]
    with subprocess.Popen(
        command, stdout=theirs, stderr=subprocess.DEVNULL, env=os.environ | {"COLUMNS": "100"}
    ) as run:
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            written += piece
        run.wait(30)
    os.close(ours)
    return written.decode()


def in_pipe(*words: str) -> str:
    command = [sys.executable, "-m", "desktop.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout


def test_on_a_terminal_a_table_in_a_pipe_json_and_each_where_it_is_asked_for() -> None:
    assert on_terminal("backends", "list").split()[:3] == ["kind", "name", "package"]
    plug_ins = json.loads(in_pipe("backends", "list"))
    assert json.loads(on_terminal("backends", "list", "--format", "json")) == plug_ins
    assert in_pipe("backends", "list", "--format", "table").split()[:3] == ["kind", "name", "package"]
    lines = in_pipe("backends", "list", "--format", "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == plug_ins


@pytest.mark.thorough
@pytest.mark.parametrize("word", ["csv", "yaml"])
def test_another_form_is_refused(word: str) -> None:
    command = [sys.executable, "-m", "desktop.cli", "backends", "list", "--format", word]
    assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 2
