"""Synapse, a Matrix homeserver, in an environment of its own: SQLite, loopback, and nobody to federate with."""

import hashlib
import hmac
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.real.servers.server import CannotStart, Server, free_port, making

DOMAIN = "chat.example"
REQUIREMENTS = Path(__file__).with_name("synapse-requirements.txt")
LARGEST_FILE = 2 << 20
"""The largest file that the server takes, in bytes."""
_SECONDS = 600.0
_SHARED_SECRET = "made-up-for-these-tests"
_QUICK = "{ per_second: 10000, burst_count: 10000 }"
_CONFIG = """
server_name: {domain}
pid_file: {folder}/synapse.pid
listeners:
  - {{ port: {port}, type: http, bind_addresses: ["127.0.0.1"], resources: [{{ names: [client] }}] }}
database: {{ name: sqlite3, args: {{ database: {folder}/synapse.db }} }}
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
log_config: {folder}/logging.yaml
registration_shared_secret: {secret}
macaroon_secret_key: {secret}
form_secret: {secret}
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
url_preview_enabled: false
max_upload_size: {largest}
rc_message: {quick}
rc_registration: {quick}
rc_joins: {{ local: {quick}, remote: {quick} }}
rc_invites: {{ per_room: {quick}, per_user: {quick}, per_issuer: {quick} }}
rc_room_creation: {quick}
rc_login: {{ address: {quick}, account: {quick}, failed_attempts: {quick} }}
rc_presence: {{ per_user: {quick} }}
rc_admin_redaction: {quick}
"""
_LOGGING = """
version: 1
formatters: { plain: { format: "%(asctime)s %(levelname)s %(name)s %(message)s" } }
handlers: { file: { class: logging.FileHandler, filename: FOLDER/log, formatter: plain } }
root: { level: WARNING, handlers: [file] }
"""


class Synapse(Server):
    """The server at `url`."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        python = environment()
        known = {"domain": DOMAIN, "folder": self.folder, "port": self.port, "secret": _SHARED_SECRET}
        config = _CONFIG.format(**known, largest=LARGEST_FILE, quick=_QUICK)
        (self.folder / "homeserver.yaml").write_text(config)
        (self.folder / "logging.yaml").write_text(_LOGGING.replace("FOLDER", str(self.folder)))
        words = [str(python), "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"]
        done = subprocess.run(
            [*words, "--generate-keys"], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode != 0:
            raise CannotStart(f"Synapse made no keys: {done.stderr.strip()[-300:]}", "see whether its packages fit.")
        self._words = words
        self.launch()

    def launch(self) -> None:
        """Start the server; after `kill`, again, with all it knew."""
        self._process = self.spawn(self._words, log="console.log")
        self.wait_until(self._answers, "Synapse did not come up")

    def kill(self, *, hard: bool = True) -> None:
        """End it, without a goodbye if `hard`."""
        if self._process is not None:
            self.end(self._process, hard=hard)
            self._process = None

    def register(self, name: str, *, admin: bool = False) -> str:
        """A new account; answers its access token."""
        path = "/_synapse/admin/v1/register"
        nonce = self.ask("GET", path)["nonce"]
        said = "\x00".join((nonce, name, _password(name), "admin" if admin else "notadmin"))
        body = {
            "nonce": nonce,
            "username": name,
            "displayname": name.title(),
            "password": _password(name),
            "admin": admin,
            "mac": hmac.new(_SHARED_SECRET.encode(), said.encode(), hashlib.sha1).hexdigest(),
        }
        return str(self.ask("POST", path, body)["access_token"])

    def sign_in(self, name: str, device: str) -> str:
        """Another device of an account; answers its access token."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": name},
            "password": _password(name),
            "device_id": device,
        }
        return str(self.ask("POST", "/_matrix/client/v3/login", body)["access_token"])

    def ask(self, method: str, path: str, body: object = None, *, token: str = "") -> Any:
        """One request, not through our adapter.

        Raises:
            urllib.error.HTTPError: Synapse refuses it.
        """
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def environment() -> Path:
    """The interpreter that has Synapse; its environment is made when it is not there yet.

    Raises:
        CannotStart: pip cannot bring it.
    """
    version = hashlib.sha256(REQUIREMENTS.read_bytes() + str(sys.version_info[:2]).encode()).hexdigest()[:12]
    with making("synapse") as cache:
        made = cache / f"synapse-{version}"
        if not made.exists():
            _make(made)
    return made / "bin" / "python"


def _make(made: Path) -> None:
    scratch = Path(tempfile.mkdtemp(prefix="synapse-making-", dir=made.parent))
    try:
        _run([sys.executable, "-m", "venv", str(scratch)], "apt-get install python3-venv")
        pip = [str(scratch / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:"]
        _run([*pip, "-r", str(REQUIREMENTS)], "give pip a package index that has the pinned packages.")
        scratch.chmod(0o755)
        scratch.rename(made)  # at once: a run that was cut short leaves no half environment
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(words: list[str], remedy: str) -> None:
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotStart(f"Synapse could not be had: {type(error).__name__}.", remedy) from error
    if done.returncode != 0:
        raise CannotStart(f"Synapse could not be had: {done.stderr.strip()[-300:]}", remedy)


def _password(name: str) -> str:
    return f"pw-{name}"
