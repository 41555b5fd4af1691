"""A command that needs an optional package says which extra brings it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import clean_env


@pytest.mark.parametrize(
    ("missing", "extra", "words"),
    [
        ("fastapi", "demo", ("mock", "crm")),
        ("uvicorn", "demo", ("demo",)),
        ("websockets", "mocks", ("mock", "twilio")),
        ("pytest", "kit", ("backends", "check", "crm", "mock")),
    ],
)
def test_the_missing_extra_is_named(tmp_path: Path, missing: str, extra: str, words: tuple[str, ...]) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None\nfrom desktop.cli import main\nsys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=clean_env(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 2, ran.stderr
    assert missing in ran.stderr
    assert f"pip install 'agent-desktop[{extra}]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_xmpp_without_its_package_says_so(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['slixmpp'] = None\nimport asyncio\n"
        "from desktop.backends.xmpp.presence import XmppPresence\nfrom desktop.ports.errors import Unsupported\n"
        "made = XmppPresence.create({'jid': 'maya@example.com', 'password': 'x'})\n"
        "try:\n    asyncio.run(made.open())\nexcept Unsupported as error:\n    print(error.message)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert "pip install 'agent-desktop[xmpp]'" in ran.stdout, ran.stderr
