"""A place to work with real calls: an Asterisk, the desktop's own phone at it, and a CRM."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from mock_backends.launcher import Running
from tests.cli.command_line import Ran, clean_env, run
from tests.real.servers.asterisk import AMI_SECRET, AMI_USER, PASSWORD
from tests.real.softphone.exchange import HUM, Exchange
from tests.tui.pty_screen import PtyScreen

QUEUE = "support"

_RECORDER = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, open(sys.argv[1], 'wb', buffering=0), 320)"


@dataclass(frozen=True)
class PhoneWorkplace:
    """A profile in `folder`. What its agent hears is recorded to `heard`; they hum all the time."""

    exchange: Exchange
    servers: Running
    folder: Path

    @property
    def heard(self) -> Path:
        """What came out of the agent's headset."""
        return self.folder / "heard.raw"

    def write_profile(self) -> None:
        """The configuration as the README shows it, with each secret in a file of its own."""
        secrets = {
            "ami": AMI_SECRET,
            "sip": PASSWORD,
            "token": self.servers.tokens[self.servers.first_agent],
        }
        for name, value in secrets.items():
            (self.folder / name).touch(0o600)
            (self.folder / name).write_text(value)
        speaker = shlex.join([sys.executable, "-c", _RECORDER, str(self.heard)])
        (self.folder / "config.toml").write_text(f"""
default = "work"
[profiles.work]
data_dir = "{self.folder / "data"}"

[profiles.work.contact_center]
backend = "asterisk"
port = {self.exchange.ami}
user = "{AMI_USER}"
secret_file = "{self.folder / "ami"}"
interface = "PJSIP/agent1"
queues = "{QUEUE}"
dial_context = "desk"
codes = "solved=Solved; order=Order taken"

[profiles.work.voice]
backend = "baresip"
user = "agent1"
server = "{self.exchange.address}"
password_file = "{self.folder / "sip"}"
interface = "127.0.0.1"
sound = "programs"
microphone = '''{HUM}'''
speaker = '''{speaker}'''

[profiles.work.crm]
backend = "mock"
url = "{self.servers.urls["crm"]}"
token_file = "{self.folder / "token"}"
""")

    @property
    def env(self) -> dict[str, str]:
        """The environment of desktops and commands: no settings but those of this place."""
        more = {"XDG_DATA_HOME": str(self.folder / "share"), "TMPDIR": str(self.folder)}  # the phone's own folder too
        return clean_env(self.folder, **more)

    def desktop(self) -> PtyScreen:
        """A desktop that is starting on a terminal."""
        words = [sys.executable, "-m", "desktop.cli", "--config", str(self.folder / "config.toml")]
        return PtyScreen(words, rows=36, cols=130, env=self.env)

    def command(self, *words: str) -> Ran:
        """Run one command to its end."""
        return run("--config", str(self.folder / "config.toml"), *words, env=self.env)
