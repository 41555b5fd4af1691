"""The Kannel SMS gateway with its fake SMSC, from the Debian packages `kannel` and `kannel-extras`."""

import re
import subprocess
from urllib.parse import unquote_to_bytes

from tests.real.servers.server import Server, free_port, program

USER, PASSWORD, SECRET = "desk", "s3cr3t-of-kannel", "only-kannel-knows-it"
REMEDY = "kannel kannel-extras"

CONFIG = """
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = bar
smsbox-port = {smsbox}
smsbox-interface = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 0
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "{folder}/store"

group = smsc
smsc = fake
smsc-id = FAKE
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = "127.0.0.1"
log-file = "{folder}/smsbox.log"
log-level = 0
global-sender = 1500
http-request-retry = {retries}
http-queue-delay = 1

group = sendsms-user
username = {user}
password = {password}
max-messages = 3
concatenation = true

group = sms-service
keyword = default
get-url = "http://127.0.0.1:{callbacks}/{secret}/in?from=%p&to=%P&text=%b&charset=%C&id=%I"
max-messages = 0
"""


class Kannel(Server):
    """bearerbox, smsbox and, as the mobile network with every phone in it, fakesmsc."""

    def __init__(self, *, retries: int = 5) -> None:
        """`retries`: how often Kannel brings a text again, each second, that nobody took."""
        super().__init__()
        self._retries = retries

    def start(self) -> None:
        self._bearerbox, self._smsbox = (program(name, REMEDY) for name in ("bearerbox", "smsbox"))
        self._fakesmsc = program("fakesmsc", REMEDY, "/usr/lib/kannel/test")
        names = ("admin", "smsbox", "smsc", "sendsms", "callbacks")
        self._ports = {name: free_port() for name in names}
        self._config = self.folder / "kannel.conf"
        self._config.write_text(
            CONFIG.format(
                **self._ports,
                folder=self.folder,
                user=USER,
                password=PASSWORD,
                secret=SECRET,
                retries=self._retries,
            )
        )
        self.url = f"http://127.0.0.1:{self._ports['sendsms']}"
        self.listen = f"127.0.0.1:{self._ports['callbacks']}"
        self.network_port = self._ports["smsc"]
        self._phones = 0
        self.start_bearerbox()
        self.start_smsbox()
        self.phones = self.connect_phones()

    def start_bearerbox(self) -> None:
        """Start the half that speaks to the network."""
        self.bearerbox = self.spawn([self._bearerbox, "-v", "4", str(self._config)], log="bearerbox.out.log")
        self.wait_until(
            lambda: self.listening(self._ports["smsbox"]) and self.listening(self._ports["smsc"]), "bearerbox"
        )

    def start_smsbox(self) -> None:
        """Start the half that speaks HTTP."""
        self.smsbox = self.spawn([self._smsbox, "-v", "4", str(self._config)], log="smsbox.out.log")
        self.wait_until(lambda: self.listening(self._ports["sendsms"]), "smsbox")

    def lose_bearerbox(self) -> None:
        """Kill the half that speaks to the network; the other half ends by itself, and so does the network."""
        for process in (self.bearerbox, self.phones, self.smsbox):
            self.end(process, hard=True)

    def come_back(self) -> None:
        """Start everything again, from what was stored."""
        self.start_bearerbox()
        self.start_smsbox()
        self.phones = self.connect_phones()

    def write_to_us(self, message: str) -> None:
        """A phone sends one SMS; see `connect_phones`. The fake SMSC serves one network at a time: it is exchanged."""
        self.end(self.phones)
        self.phones = self.connect_phones(message)

    def connect_phones(self, message: str = "") -> "subprocess.Popen[bytes]":
        """The mobile network: it takes every SMS, and one of its phones sends this message.

        Args:
            message: as fakesmsc wants it: `sender receiver text|ucs2|data words`, words escaped as in an address.
        """
        self._phones += 1
        self._phone_log = f"phones{self._phones}.log"
        words = [self._fakesmsc, "-H", "127.0.0.1", "-r", str(self._ports["smsc"]), "-i", "0.05"]
        words += ["-m", "1" if message else "0", message or "1 2 text never"]
        return self.spawn(words, log=self._phone_log)

    def reached_phones(self) -> list[str]:
        """The SMS that came out of Kannel to the network so far, as fakesmsc prints them."""
        logs = sorted(self.folder.glob("phones*.log"), key=lambda path: int(path.stem.removeprefix("phones")))
        return [one for log in logs for one in re.findall(r"Got message \d+: <(.*)>", log.read_text(errors="replace"))]

    def texts(self) -> list[str]:
        """The texts that came out of Kannel so far; those of several parts are left out."""
        return [text for _, text in self.messages()]

    def messages(self) -> list[tuple[str, str]]:
        """As `texts`, each with the number it went to."""
        found = []
        for one in self.reached_phones():
            _, to, kind, words = [*one.split(" ", 3), "", "", ""][:4]
            if kind == "text":
                found.append((to, words))
            elif kind == "ucs-2":
                found.append((to, unquote_to_bytes(words.replace("+", " ")).decode("utf-16-be")))
        return found
