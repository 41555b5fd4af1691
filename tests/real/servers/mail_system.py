"""A shared mailbox with all that belongs to it: Dovecot keeps it, Exim brings mails to it and takes its replies."""

import contextlib
import imaplib
import os
import pwd
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Self, cast

from tests.real.servers.dovecot import PASSWORD, USER, Dovecot
from tests.real.servers.exim import Exim
from tests.real.servers.sign_in_service import SignInService

ADDRESS = "help@acme.example"
"""Whom the shared mailbox belongs to."""
UNKNOWN = "gone@customers.example"
"""A customer whose mailbox is full: what is sent there comes back as a report."""

ROUTERS = """
ours:
  driver = accept
  domains = acme.example
  transport = shared
full:
  driver = redirect
  local_parts = gone
  data = :fail: mailbox is full
  allow_fail
"""
TRANSPORTS = """
shared:
  driver = appendfile
  directory = {maildir}
  maildir_format
  create_directory
  return_path_add = true
  user = {{user}}
  group = {{group}}
"""
AUTHENTICATOR = r"""
bearer:
  driver = plaintext
  public_name = {mechanism}
  server_prompts = :
  server_condition = ${{if and{{ \
      {{match{{$auth1}}{{\N{pattern}\N}}}} \
      {{eq{{$1}}{{{user}}}}} \
      {{match{{${{readsocket{{inet:127.0.0.1:{port}}}{{GET /about/$2 HTTP/1.0\r\n\r\n}}{{5s}}}}}} \
             {{"active":true}}}} }}}}
  server_set_id = ${{if match{{$auth1}}{{\N{pattern}\N}}{{$1}}}}
  server_advertise_condition = ${{if def:tls_cipher}}
"""
"""One that takes an access token, if the sign-in service calls it good."""
PATTERNS = {
    "XOAUTH2": r"^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$",
    "OAUTHBEARER": r"^n,a=([^\x01,]*),(?:\x01[a-z]+=[^\x01]*)*?\x01auth=Bearer ([^\x01]*)\x01\x01$",
}


class DeliveringExim(Exim):
    """An Exim that takes mail of this machine without a sign-in and puts ours into a Maildir."""

    routers = ROUTERS
    largest = "40M"
    sign_in = "  accept hosts = 127.0.0.1\n"

    def __init__(self, maildir: Path) -> None:
        super().__init__()
        self.transports = TRANSPORTS.format(maildir=maildir)


class TokenExim(DeliveringExim):
    """One that wants an access token."""

    sign_in = ""

    def __init__(self, maildir: Path, mechanism: str, service: SignInService) -> None:
        super().__init__(maildir)
        self.authenticators = AUTHENTICATOR.format(
            mechanism=mechanism, pattern=PATTERNS[mechanism], user=service.user, port=service.port
        )


class MailSystem:
    """Both servers. Use as a context manager."""

    def __init__(self, *, capability: str = "", mechanism: str = "", service: SignInService | None = None) -> None:
        """`capability`: see `Dovecot`; `mechanism`: by which both take the access tokens of a `service`."""
        self.dovecot = Dovecot(
            capability=capability, mechanisms=mechanism.lower(), service=service.port if service else 0
        )
        box = self.dovecot.maildir
        self.exim = TokenExim(box, mechanism, service) if service else DeliveringExim(box)
        self._count = 0

    def __enter__(self) -> Self:
        self.dovecot.__enter__()
        try:
            self.exim.__enter__()
        except BaseException:
            self.dovecot.stop()
            raise
        return self

    def stop(self) -> None:
        """End both."""
        self.exim.stop()
        self.dovecot.stop()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def session(self, folder: str = "INBOX") -> imaplib.IMAP4:
        """Another program at the shared mailbox, in this folder."""
        session = imaplib.IMAP4("127.0.0.1", self.dovecot.port)
        session.login(USER, PASSWORD)
        session.select(folder)
        return session

    def empty(self) -> None:
        """No mail is in the mailbox any more."""
        with self.session() as session:
            if session.search(None, "ALL")[1] != [b""]:
                session.store("1:*", "+FLAGS", "(\\Deleted)")
                session.expunge()

    def drop_in(self, raw: bytes, folder: str = "INBOX") -> None:
        """Deliver a mail as Exim would, without the way through it."""
        self._count += 1
        box = self.dovecot.box(folder)
        account = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)
        for name in ("", "new", "tmp", "cur"):
            if not (box / name).is_dir():
                (box / name).mkdir()
                os.chown(box / name, account.pw_uid, account.pw_gid)
        name = f"{os.getpid()}.{self._count}.test"
        (box / "tmp" / name).write_bytes(raw)
        os.chown(box / "tmp" / name, account.pw_uid, account.pw_gid)
        (box / "tmp" / name).rename(box / "new" / name)

    def delivered(self, to: str) -> list[EmailMessage]:
        """What a customer got."""
        return [one for one in self.exim.mails() if str(one["Envelope-to"]) == to]

    def mails(self, folder: str) -> list[EmailMessage]:
        """What lies in a folder of the shared mailbox."""
        found = []
        for part in ("new", "cur"):
            with contextlib.suppress(FileNotFoundError):
                for file in sorted((self.dovecot.box(folder) / part).iterdir()):
                    with contextlib.suppress(FileNotFoundError):
                        found.append(cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=default)))
        return found
