"""The Dovecot IMAP server, from the Debian package `dovecot-imapd`: one shared mailbox in Maildirs, on loopback."""

import os
import pwd
from pathlib import Path

from tests.real.servers.prosody import make_certificate
from tests.real.servers.server import Server, free_port, program

USER, PASSWORD, NAME = "shared", "s3cr3t-of-dovecot", "localhost"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/{name}.crt
ssl_key = <{folder}/{name}.key
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{folder}/mail
mail_fsync = never
mail_max_userip_connections = 200
mailbox_list_index = yes
first_valid_uid = {user}
first_valid_gid = {group}
default_internal_user = {user_name}
default_internal_group = {group_name}
default_login_user = {user_name}
{capability}
{by_token}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_limit = 300
  service_count = 0
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""
BY_TOKEN = """
auth_mechanisms = plain {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {folder}/oauth2.conf
}}
"""
INTROSPECTION = """
introspection_mode = post
introspection_url = http://127.0.0.1:{port}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""


class Dovecot(Server):
    """One account."""

    def __init__(self, *, capability: str = "", mechanisms: str = "", service: int = 0) -> None:
        """What it is like.

        Args:
            capability: what the server says it can do, in the place of what it can.
            mechanisms: of those that take an access token.
            service: the port of the sign-in service that is asked about tokens.
        """
        super().__init__()
        self._capability = capability
        self._mechanisms = mechanisms
        self._service = service
        self.maildir = self.folder / "mail"

    def start(self) -> None:
        import grp

        self._dovecot = program("dovecot", "dovecot-imapd")
        self.certificate = make_certificate(self.folder, NAME)
        account = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)
        for name in ("run", "state", "home", "mail", "."):
            (self.folder / name).mkdir(exist_ok=True)
            os.chown(self.folder / name, account.pw_uid, account.pw_gid)
        self.port, self.tls_port = free_port(), free_port()
        self._config = self.folder / "dovecot.conf"
        (self.folder / "oauth2.conf").write_text(INTROSPECTION.format(port=self._service))
        by_token = BY_TOKEN.format(mechanisms=self._mechanisms, folder=self.folder) if self._mechanisms else ""
        self._config.write_text(
            CONFIG.format(
                name=NAME,
                folder=self.folder,
                user=account.pw_uid,
                group=account.pw_gid,
                user_name=account.pw_name,
                group_name=grp.getgrgid(account.pw_gid).gr_name,
                capability=f"imap_capability = {self._capability}" if self._capability else "",
                by_token=by_token,
                plain=self.port,
                tls=self.tls_port,
                password=PASSWORD,
            )
        )
        self.run()

    def run(self) -> None:
        """Start the server on the same ports and mails as before."""
        self.daemon = self.spawn([self._dovecot, "-F", "-c", str(self._config)])
        self.wait_until(lambda: self.listening(self.port) and self.listening(self.tls_port), "dovecot")

    def box(self, folder: str = "INBOX") -> Path:
        """Where the Maildir of a folder is."""
        return self.maildir if folder == "INBOX" else self.maildir / f".{folder.replace('/', '.')}"
