"""Until it is known who signs in, a supervisor's profile shows no desk that is not theirs."""

import socket
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import clean_env
from tests.tui.pty_screen import PtyScreen


@pytest.mark.parametrize(("first", "desk_shows"), [("desk", True), ("floor", False)])
def test_what_is_expected_is_shown_until_somebody_is_signed_in(tmp_path: Path, first: str, desk_shows: bool) -> None:
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text("t")
    with socket.create_server(("127.0.0.1", 0)) as never_answers:
        config = tmp_path / "config.toml"
        config.write_text(
            f"""
            [profiles.default]
            data_dir = "{tmp_path}/data"
            first_screen = "{first}"
            [profiles.default.contact_center]
            backend = "mock"
            url = "http://127.0.0.1:{never_answers.getsockname()[1]}"
            token_file = "{token}"
            """
        )
        env = clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config), TERM="xterm-256color")
        with PtyScreen([sys.executable, "-m", "desktop.cli"], env=env, rows=36, cols=120) as screen:
            screen.wait_for("signing in", 30)
            screen.wait_quiet()
            assert ("No active contacts." in screen.text()) is desk_shows
            assert any(line.strip() for line in screen.text().splitlines()[1:]) is desk_shows
