"""The Exim mail server, from the Debian package `exim4-daemon-light`: TLS, sign-in, and every mail into one folder."""

import os
import pwd
import subprocess
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from tests.real.servers.prosody import make_certificate
from tests.real.servers.server import Server, free_port, program

USER, PASSWORD, NAME = "desk", "s3cr3t-of-exim", "localhost"

CONFIG = """
primary_hostname = {name}
spool_directory = {folder}/spool
log_file_path = {folder}/exim-%slog
pid_file_path = {folder}/exim.pid
exim_user = {user}
exim_group = {group}
never_users =
keep_environment =
daemon_smtp_ports = {plain} : {tls}
tls_on_connect_ports = {tls}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {folder}/{name}.crt
tls_privatekey = {folder}/{name}.key
auth_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
message_size_limit = {largest}
acl_smtp_rcpt = rcpt
acl_smtp_data = data

begin acl
rcpt:
  deny  local_parts = nobody-here
        message = There is no such person
  defer local_parts = later
        message = Try again later
  accept authenticated = *
{sign_in}  deny  message = Sign in first
data:
  warn condition = ${{if exists{{{folder}/hold}}}}
       control = queue_only
  accept

begin routers
{routers}
all:
  driver = accept
  transport = box

begin transports
{transports}
box:
  driver = appendfile
  directory = {folder}/box
  maildir_format
  create_directory
  envelope_to_add = true
  return_path_add = true
  user = {user}
  group = {group}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{{username}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_cipher}}
{authenticators}
"""


class Exim(Server):
    """A relay that takes mail from whoever signed in over TLS, and keeps all of it."""

    routers = ""
    """What is tried before everything goes into the one box; `{folder}`, `{user}` and `{group}` are filled in."""
    transports = ""
    largest = "100K"
    sign_in = ""
    """Who need not sign in: a rule of the ACL."""
    authenticators = ""
    """Other ways to sign in."""

    def start(self) -> None:
        exim = program("exim4", "exim4-daemon-light")
        self.certificate = make_certificate(self.folder, NAME)
        account = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)
        for name in ("spool", "."):
            (self.folder / name).mkdir(exist_ok=True)
            os.chown(self.folder / name, account.pw_uid, account.pw_gid)
        self.port, self.tls_port = free_port(), free_port()
        self._exim, self._config = exim, self.folder / "exim.conf"
        self._config.write_text(
            CONFIG.format(
                name=NAME,
                folder=self.folder,
                user=account.pw_uid,
                group=account.pw_gid,
                plain=self.port,
                tls=self.tls_port,
                username=USER,
                password=PASSWORD,
                routers=self.routers,
                largest=self.largest,
                sign_in=self.sign_in,
                authenticators=self.authenticators,
                transports=self.transports.format(folder=self.folder, user=account.pw_uid, group=account.pw_gid),
            )
        )
        self.run()

    def run(self) -> None:
        """Start the daemon on the same ports and box as before."""
        self.daemon = self.spawn([self._exim, "-C", str(self._config), "-bdf"])
        self.wait_until(lambda: self.listening(self.port) and self.listening(self.tls_port), "exim")

    def hold(self, on: bool) -> None:
        """Take mails and deliver none (`on`), or deliver what was taken meanwhile."""
        mark = self.folder / "hold"
        if on:
            mark.touch()
        else:
            mark.unlink()
            subprocess.run([self._exim, "-C", str(self._config), "-qf"], check=True, capture_output=True)

    def mails(self) -> list[EmailMessage]:
        """What was delivered so far."""
        files = sorted((self.folder / "box" / "new").glob("*"))
        return [cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=default)) for file in files]
