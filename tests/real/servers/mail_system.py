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


class DeliveringExim(Exim):
    """An Exim that takes mail of this machine without a sign-in and puts ours into a Maildir."""

    routers = ROUTERS
    largest = "40M"
    sign_in = "  accept hosts = 127.0.0.1\n"

    def __init__(self, maildir: Path) -> None:
        super().__init__()
        self.transports = TRANSPORTS.format(maildir=maildir)


class MailSystem:
    """Both servers. Use as a context manager."""

    def __init__(self, *, capability: str = "") -> None:
        """`capability`: see `Dovecot`."""
        self.dovecot = Dovecot(capability=capability)
        self.exim = DeliveringExim(self.dovecot.maildir)
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
