"""Prosody, an XMPP server: accounts, a shared group, user search, and its own certificate authority, on loopback."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.real.servers.server import Server, free_port, program

DOMAIN = "desk.example"
PEOPLE: Mapping[str, str] = {
    "agent1": "Agent One",
    "expert1": "Dr Billing Expert",
    "expert2": "Network Expert",
}
"""The members of the shared group; each one's password is `pw-` and the name."""
LONER = "loner"
"""Somebody who is in nobody's roster."""

_MODULES = [
    "roster",
    "saslauth",
    "tls",
    "disco",
    "posix",
    "ping",
    "groups",
    "vcard",
    "vcard4",
    "pep",
    "carbons",
    "mam",
    "csi_simple",
    "smacks",
    "time",
    "uptime",
    "cron",
]


def make_certificate(folder: Path, name: str) -> Path:
    """A certificate for `name` signed by itself, beside its key; answers the certificate's path."""
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    words += ["-addext", f"subjectAltName=DNS:{name}"]
    words += ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")]
    subprocess.run([program("openssl", "openssl"), *words], check=True, capture_output=True)
    (folder / f"{name}.key").chmod(0o644)
    return folder / f"{name}.crt"


class Prosody(Server):
    """One domain. `tls` is whether the server offers TLS at all, `archive` whether it keeps one, and so on."""

    domain = DOMAIN

    def __init__(self, *, tls: bool = True, without: frozenset[str] = frozenset()) -> None:
        """`without`: modules that this server does not have."""
        super().__init__()
        self.port = free_port()
        self.direct_port = free_port()
        self._tls = tls
        self._modules = [one for one in _MODULES if one not in without and (tls or one != "tls")]
        self._search = "vjud" not in without
        self.ca_file = self.folder / f"{DOMAIN}.crt"
        self._config = self.folder / "prosody.cfg.lua"

    def start(self) -> None:
        """Make the accounts and start."""
        program("prosody", "prosody prosody-modules")
        program("prosodyctl", "prosody")
        (self.folder / "data").mkdir(exist_ok=True)
        make_certificate(self.folder, DOMAIN)
        members = "".join(f"{user}@{DOMAIN}={name}\n" for user, name in PEOPLE.items())
        (self.folder / "groups.txt").write_text(f"[Experts]\n{members}")
        self._config.write_text(self._settings())
        for user in (*PEOPLE, LONER):
            self.change_password(user, f"pw-{user}")
        self.launch()

    def change_password(self, user: str, password: str) -> None:
        """Give an account another password, and make it when there is none."""
        words = [program("prosodyctl", "prosody"), "--config", str(self._config), "register", user, DOMAIN]
        subprocess.run([*words, password], check=True, capture_output=True)

    def launch(self) -> None:
        """Start the server; after `kill`, again, with the same accounts."""
        self._process = self.spawn([program("prosody", "prosody"), "--config", str(self._config), "-F"])
        self.wait_until(lambda: self.listening(self.port), "prosody")

    def kill(self) -> None:
        """End it without goodbye."""
        self.end(self._process, hard=True)

    def _settings(self) -> str:
        modules = ", ".join(f'"{one}"' for one in self._modules)
        search = f'Component "search.{DOMAIN}" "vjud"\n' if self._search else ""
        return f"""
run_as_root = true
daemonize = false
pidfile = "{self.folder}/prosody.pid"
data_path = "{self.folder}/data"
certificates = "{self.folder}"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {self.port} }}
c2s_direct_tls_ports = {{ {self.direct_port if self._tls else ""} }}
http_ports = {{ }}
https_ports = {{ }}
network_backend = "event"
modules_enabled = {{ {modules} }}
modules_disabled = {{ "s2s", {'"tls"' if not self._tls else ""} }}
groups_file = "{self.folder}/groups.txt"
authentication = "internal_hashed"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
vjud_mode = "all"
log = {{ info = "{self.folder}/prosody.log" }}
VirtualHost "{DOMAIN}"
  ssl = {{ key = "{self.folder}/{DOMAIN}.key"; certificate = "{self.folder}/{DOMAIN}.crt" }}
{search}"""
