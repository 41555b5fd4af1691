"""Real mock servers in a process of their own, and a profile for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL, KINDS, clean_env


@pytest.fixture(scope="package")
def servers() -> Iterator[Running]:
    settings = Settings(rate_per_minute=1e6, burst=1e6, heartbeat=0.2, autonomous=False, offer_timeout=300.0)
    with launcher.start(control=CONTROL, settings=settings) as running:
        yield running


@pytest.fixture
def env(servers: Running, tmp_path: Path) -> dict[str, str]:
    """An environment whose profile is signed in as maya."""
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text(servers.tokens["maya"])
    lines = ['default = "work"', "[profiles.work]", f'data_dir = "{tmp_path}/data"']
    for kind in KINDS:
        lines += [f"[profiles.work.{kind}]", 'backend = "mock"', f'url = "{servers.urls[kind]}"']
        lines += [f'token_file = "{token}"']
    config = tmp_path / "config.toml"
    config.write_text("\n".join(lines))
    return clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config))


@pytest.fixture
def as_sam(servers: Running, env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The same, signed in as sam, a supervisor."""
    (tmp_path / "token").write_text(servers.tokens["sam"])
    return env
