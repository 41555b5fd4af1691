"""`info`, and the log that a running desktop keeps."""

import json
import logging
import stat
from pathlib import Path

import pytest

from desktop.cli import arguments
from desktop.config.log import LEVELS, log_files, logging_to
from tests.cli.command_line import clean_env, run


def test_info_says_where_things_are_and_shows_no_secret(env: dict[str, str], tmp_path: Path) -> None:
    ran = run("info", env=env)
    assert ran.code == 0, ran.words
    found = ran.json
    assert found["paths"]["config"] == env["AGENT_DESKTOP_CONFIG"]
    assert found["paths"]["log"] == str(tmp_path / "data" / "work.log")
    assert found["versions"]["store_schema"] >= 1
    assert {"kind": "crm", "name": "mock", "package": "agent-desktop 0.1.0"} in found["plug_ins"]
    assert found["terminal"]["output_is_terminal"] is False
    assert (tmp_path / "token").read_text() not in ran.out


def test_info_is_printed_even_where_the_configuration_is_broken(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("= nothing")
    ran = run("--config", str(tmp_path / "config.toml"), "info", env=clean_env(tmp_path))
    assert ran.code == 0
    assert "not valid TOML" in ran.json["problem"]
    assert json.loads(ran.out)["versions"]["textual"]


def entry(path: Path, level: str, text: str, *values: object) -> str:
    with logging_to(path, level):
        logging.getLogger("desktop.app.connections.event_feed").warning(text, *values)
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize(
    "secret",
    ["Bearer abcdef123456", "maya.okafor@example.com", "+44 20 7946 0321", "442079460321", "4111 1111 1111 1111"],
)
def test_nothing_personal_and_no_secret_is_written(tmp_path: Path, secret: str) -> None:
    written = entry(tmp_path / "work.log", "info", "crm: Rejected (503): no such customer: %s", secret)
    assert "crm: Rejected (503): no such customer" in written
    assert secret not in written


def test_an_entry_cannot_look_like_another_or_steer_the_terminal(tmp_path: Path) -> None:
    written = entry(tmp_path / "work.log", "info", "one\n2026-11-22 ERROR two \x1b[2J")
    assert "\x1b" not in written
    assert [line[:2] == "  " for line in written.splitlines()] == [False, True]


def test_the_command_line_knows_every_level() -> None:
    assert arguments.LEVELS == LEVELS


def test_the_level_says_how_much(tmp_path: Path) -> None:
    assert [bool(entry(tmp_path / f"{level}.log", level, "x")) for level in LEVELS] == [False, True, True, True]


def test_it_is_private_and_of_bounded_size(tmp_path: Path) -> None:
    path = tmp_path / "work.log"
    path.touch(0o644)
    for _ in range(6):
        with logging_to(path, "info"):
            logging.getLogger("desktop.app.connections.event_feed").info("x")
        with path.open("ab") as file:
            file.write(b"x" * (999_990 - file.tell()))  # the next entry does not fit any more
    entry(path, "info", "the newest")
    files = sorted(tmp_path.iterdir())
    assert files == sorted(log_files(path))
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 and one.stat().st_size <= 1_000_000 for one in files)


def test_what_cannot_be_written_costs_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert entry(tmp_path / "file" / "work.log", "info", "x") == ""
    (tmp_path / "work.log").symlink_to(tmp_path / "file")
    entry(tmp_path / "work.log", "info", "x")
    assert (tmp_path / "file").read_text() == ""
    assert capfd.readouterr().err == ""
