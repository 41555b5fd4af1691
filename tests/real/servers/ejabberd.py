"""ejabberd, another XMPP server: the same domain, people and shared group as `prosody.py`, on loopback.

It runs as one Erlang program without distribution, so that no port mapper is started and left behind; accounts are made
by its HTTP interface, which answers this machine only.
"""

import json
import urllib.request
from pathlib import Path

from tests.real.servers.prosody import DOMAIN, LONER, PEOPLE, make_certificate
from tests.real.servers.server import CannotStart, Server, free_port, program

_LIBRARIES = Path("/usr/lib")


class Ejabberd(Server):
    """One domain."""

    domain = DOMAIN

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self._api = free_port()
        self.ca_file = self.folder / f"{DOMAIN}.crt"

    def start(self) -> None:
        """Start, then make the accounts and the group."""
        program("ejabberdctl", "ejabberd")
        found = sorted(_LIBRARIES.glob("*/ejabberd-*/ebin"))
        if not found:
            raise CannotStart("ejabberd's libraries were not found.", "apt-get install -y ejabberd")
        certificate = make_certificate(self.folder, DOMAIN)
        both = self.folder / "both.pem"
        both.write_text(certificate.read_text() + certificate.with_suffix(".key").read_text())
        config = self.folder / "ejabberd.yml"
        config.write_text(self._settings(both))
        spool = self.folder / "spool"
        spool.mkdir()
        erlang = program("erl", "erlang-base")
        words = [erlang, "-noinput", "-mnesia", "dir", f'"{spool}"', "-s", "ejabberd"]
        environment = {
            "ERL_LIBS": str(found[0].parents[1]),
            "EJABBERD_CONFIG_PATH": str(config),
            "EJABBERD_LOG_PATH": str(self.folder / "ejabberd.log"),
            "HOME": str(self.folder),
        }
        self.spawn(words, env=environment)
        self.wait_until(lambda: self.listening(self.port) and self.listening(self._api), "ejabberd")
        for user in (*PEOPLE, LONER):
            self._command("register", user=user, host=DOMAIN, password=f"pw-{user}")
        self._command("srg_create", group="Experts", host=DOMAIN, label="Experts", description="", display="Experts")
        for user, name in PEOPLE.items():
            self._command("srg_user_add", user=user, host=DOMAIN, group="Experts", grouphost=DOMAIN)
            self._command("set_vcard", user=user, host=DOMAIN, name="FN", content=name)

    def change_password(self, user: str, password: str) -> None:
        """Give an account another password."""
        self._command("change_password", user=user, host=DOMAIN, newpass=password)

    def _command(self, command: str, **arguments: str) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._api}/api/{command}", json.dumps(arguments).encode(), method="POST"
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            assert answer.status == 200, command

    def _settings(self, certificate: Path) -> str:
        return f"""
hosts: ["{DOMAIN}"]
loglevel: info
certfiles: ["{certificate}"]
auth_method: internal
auth_password_format: scram
listen:
  - {{ port: {self.port}, ip: "127.0.0.1", module: ejabberd_c2s, starttls: true, access: all }}
  - {{ port: {self._api}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {{ /api: mod_http_api }} }}
api_permissions:
  "this machine":
    who: {{ ip: 127.0.0.1/8 }}
    what: "*"
modules:
  mod_admin_extra: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_disco: {{}}
  mod_http_api: {{}}
  mod_last: {{}}
  mod_mam: {{ default: always }}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_pubsub: {{ plugins: ["flat", "pep"] }}
  mod_roster: {{}}
  mod_shared_roster: {{}}
  mod_stream_mgmt: {{ resend_on_timeout: if_offline }}
  mod_vcard: {{ search: true, host: "search.{DOMAIN}" }}
"""
