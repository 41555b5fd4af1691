"""What a profile says about a shared mailbox, read once and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from desktop.backends.imap.link import Server
from desktop.backends.wire import access_token
from desktop.backends.wire.access_token import Grant
from desktop.backends.wire.address import is_loopback
from desktop.backends.wire.agent_desk import DeskSettings, desk_settings
from desktop.backends.wire.mail import plain_address
from desktop.backends.wire.option_values import CODES, REASONS, number, pairs
from desktop.backends.wire.relay import Account
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    Option("host", "The IMAP server, e.g. imap.example.com."),
    Option("port", "Its port; empty for 993 with tls, 143 otherwise.", "number", default=""),
    Option("security", "tls, starttls, or none (to this machine only).", default="tls"),
    Option("user", "Who signs in to the shared mailbox."),
    Option("password", "Their password.", "secret", default=""),
    *access_token.OPTIONS,
    Option("ca_file", "A file of certificates to trust instead of the public ones.", "path", default=""),
    Option("agent", "Which agent this is: a short word of small letters, digits, . _ and -, e.g. maya."),
    Option("agent_name", "The agent's name.", default=""),
    Option("queues", "Folders by queue: name=folder, with semicolons between them.", default="Mail=INBOX"),
    Option("senders", "Whom replies come from, by queue: name=Acme Help <help@acme.example>; with semicolons."),
    Option("sent", "The folder that keeps what was sent.", default="Sent"),
    Option("done", "Where finished mails go; empty: they stay, and are marked $Done.", default="Done"),
    Option("smtp_host", "The mail relay; empty: the IMAP server's host.", default=""),
    Option("smtp_port", "Its port; empty for 465 with tls, 587 with starttls, 25 with none.", "number", default=""),
    Option("smtp_security", "tls, starttls or none there; empty: as at the IMAP server.", default="", rare=True),
    Option("smtp_user", "Whom to sign in as there; empty: as at the IMAP server.", default=""),
    Option("smtp_password", "Their password; empty: the mailbox's, or its access token.", "secret", default=""),
    Option("capacity", "How many mails an agent has in hand at most.", "number", default="5"),
    Option("offer_seconds", "How long a mail is offered before it goes back.", "number", default="60"),
    Option("target_hours", "Answered within so many hours is in time; 0: no target.", "number", default="24"),
    Option("largest_mb", "The largest mail that is read or sent, in megabytes.", "number", default="25"),
    REASONS,
    CODES,
)

_PORTS = {"tls": ("993", "465"), "starttls": ("143", "587"), "none": ("143", "25")}
_MOST_QUEUES = 20


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the replies of a queue come from."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked values; see OPTIONS for their meaning."""

    server: Server
    grant: Grant | None
    relay: Account
    relay_by_token: bool
    queues: Mapping[str, str]
    senders: Mapping[str, Sender]
    sent: str
    done: str
    largest: int
    desk: DeskSettings

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that our replies come from, in small letters."""
        return frozenset(one.address.lower() for one in self.senders.values())


def settings(options: Mapping[str, str]) -> Settings:
    """The values of a profile, defaults filled in.

    Raises:
        Rejected: one of them cannot be used.
    """
    given = {one.name: options.get(one.name, "").strip() or one.default or "" for one in OPTIONS}
    security = given["security"].lower()
    smtp_host, smtp_security = given["smtp_host"] or given["host"], given["smtp_security"].lower() or security
    for host, secured in ((given["host"], security), (smtp_host, smtp_security)):
        if secured not in _PORTS:
            raise Rejected("security must be tls, starttls or none.")
        if not host or any(c.isspace() or not c.isprintable() or c in "/@?#" for c in host):
            raise Rejected("host must be the name or address of a mail server.")
        if secured == "none" and not is_loopback(host):
            raise Rejected("Mail without TLS is read and sent on this machine only; set security to tls or starttls.")
    grant = access_token.grant_of(given, given["user"], given["smtp_user"] or given["user"])
    if grant is None and (not given["user"] or not given["password"]):
        raise Rejected("user and password of the mailbox are needed (password_file or password_keyring).")
    queues = dict(pairs(given["queues"], "queues"))
    if not queues or len(queues) > _MOST_QUEUES or len(set(queues.values())) != len(queues):
        raise Rejected(f"queues must name 1 to {_MOST_QUEUES} different folders.")
    imap_port, smtp_port = _PORTS[security][0], _PORTS[smtp_security][1]
    server = Server(
        given["host"],
        _port(given["port"] or imap_port),
        security,
        given["user"],
        "" if grant else given["password"],
        given["ca_file"],
    )
    by_token = grant is not None and not given["smtp_password"] and smtp_security != "none"
    relay = Account(
        smtp_host,
        _port(given["smtp_port"] or smtp_port),
        smtp_security,
        given["smtp_user"] or given["user"],
        given["smtp_password"] or server.password,
        given["ca_file"],
    )
    if smtp_security == "none":
        relay = Account(relay.host, relay.port, "none")  # no relay takes a password in the clear
    return Settings(
        server=server,
        grant=grant,
        relay=relay,
        relay_by_token=by_token,
        queues=queues,
        senders=_senders(given["senders"], tuple(queues)),
        sent=given["sent"],
        done=given["done"] if options.get("done", "Done").strip() else "",
        largest=int(number(given["largest_mb"], "largest_mb", 1, 50) * (1 << 20)),
        desk=desk_settings(given, queues, target=number(given["target_hours"], "target_hours", 0, 10_000) * 3_600),
    )


def _senders(text: str, queues: Sequence[str]) -> dict[str, Sender]:
    found = {}
    for queue, value in pairs(text, "senders"):
        if queue not in queues:
            raise Rejected(f"senders names {queue[:40]!r}, which is none of the queues.")
        name, address = parseaddr(value)
        found[queue] = Sender(plain_address(address), name)
    if missing := [one for one in queues if one not in found]:
        raise Rejected(f"senders lacks the queue {missing[0][:40]!r}.")
    return found


def _port(text: str) -> int:
    return int(number(text, "port", 1, 65_535))
