"""Where one job works: servers as a process, a profile with real files, and one desktop at a time on a pty."""

import contextlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from mock_backends import launcher
from mock_backends.http.settings import Settings
from tests.campaign.entered import Contact
from tests.campaign.hands import COLS, ROWS, Hands
from tests.campaign.power_disk import cut_power
from tests.campaign.quick_screen import QuickScreen
from tests.cli.command_line import CONTROL, Ran, run
from tests.e2e.workplace import DESKTOP, PRIYA, Workplace

SETTINGS = Settings(
    rate_per_minute=1e6, burst=1e6, autonomous=False, customers=20, offer_timeout=7200.0, wrap_up_seconds=7200.0
)
ZONE = "Europe/London"
CANNED = "We look into it, {agent.name} of {queue.name}"
"""The canned reply."""
SERVERS = ("crm", "contact_center", "messaging")


@dataclass
class Measured:
    """What was measured on the way."""

    starts: int = 0
    kills: int = 0
    power_cuts: int = 0
    undone_writes: int = 0
    full_disks: int = 0
    damages: int = 0
    in_hand: int = 0
    """Contacts that were worked side by side, at most."""
    crashes: list[str] = field(default_factory=list)
    draft_seconds: list[float] = field(default_factory=list)
    """From the start of the process to the draft on the screen."""


class Site(Workplace):
    """One job's servers, profile and desktop."""

    def __init__(self, folder: Path) -> None:
        """Start the servers."""
        super().__init__(launcher.start(control=CONTROL, settings=SETTINGS), folder)
        self.more = {"NO_COLOR": "1", "TZ": ZONE}
        (folder / "replies.toml").write_text(f'[[replies]]\nname = "Looked into"\ntext = "{CANNED}"\n')
        self.measured = Measured()
        self.log: Callable[[str], None] = lambda _: None
        self.watched: list[Contact] = []
        """Contacts that are not settled yet: a kill concerns all of them."""
        self.screen: QuickScreen | None = None
        self.hands = Hands(None, lambda _: None)  # type: ignore[arg-type]
        self.agent = self.servers.first_agent
        self.power_disk = False
        self.sync_seconds = 0.0
        self._http = httpx.Client(trust_env=False, timeout=30)
        self._faulty: set[str] = set()
        self._read_of: dict[Path, int] = {}

    def end(self) -> None:
        """Stop everything."""
        self.drop()
        self._http.close()
        self.servers.stop()

    # The servers

    def control(self, method: str, path: str, body: object = None, server: str = "contact_center") -> Any:
        """Ask the control plane."""
        reply = self._http.request(
            method,
            f"{self.servers.urls[server]}/_sim/{path}",
            json=body,
            headers={"Authorization": f"Bearer {CONTROL}"},
        )
        assert reply.is_success, reply.text
        return reply.json()

    def ask(self, who: str, method: str, path: str, **body: Any) -> httpx.Response:
        """Ask the contact centre as somebody else, past all faults that are about the agent."""
        return self._http.request(
            method,
            f"{self.servers.urls['contact_center']}/v1/{path}",
            json=body or None,
            headers={"Authorization": f"Bearer {self.servers.tokens[who]}", "Idempotency-Key": os.urandom(8).hex()},
        )

    def phase(self, interaction_id: str) -> str:
        """The phase of an interaction for the agent who is signed in; empty when it is over, or not theirs."""
        reply = self.ask(self.agent, "GET", f"interactions/{interaction_id}")
        body = reply.json() if reply.is_success else {}
        found = body.get("interaction", body)
        phase = str(found.get("phase", ""))
        return phase if found.get("agent_id") == self.agent and phase != "closed" else ""

    def wrong(self, server: str, *rules: dict[str, Any]) -> None:
        """What goes wrong at a server for the agent from now on; no rules: nothing."""
        self.faults(server, *({"principal": self.agent, **rule} for rule in rules))
        if rules:
            self.log(f"faults at {server}: {rules}")
            self._faulty.add(server)
        elif server in self._faulty:
            self._faulty.discard(server)
            self.log(f"{server} is well again")

    def heal(self) -> None:
        """No server has any fault, and the disk has room."""
        for server in SERVERS:
            self.wrong(server)
        self.limit_files(None)

    def reset(self) -> None:
        """Servers as at the start, and a profile that was never used."""
        self.drop()
        for server in SERVERS:
            self.wrong(server)
        self.control("POST", "reset")
        shutil.rmtree(self.data, ignore_errors=True)
        self._read_of.clear()
        self.sign_in_as(self.servers.first_agent)

    def sign_in_as(self, agent: str) -> None:
        """Whose profile it is from the next start on."""
        self.agent = agent
        self.write_profile()
        (self.folder / "token").write_text(self.servers.tokens[agent])

    # The desktop

    @property
    def undo(self) -> Path:
        """Where writes that are not synced leave their undoing."""
        return self.folder / "undo"

    def start(self, *, wait: bool = True, more: tuple[str, ...] = ()) -> Hands:
        """Start a desktop."""
        assert self.screen is None
        words = [*DESKTOP]
        if self.power_disk:
            self.undo.mkdir(exist_ok=True)
            words = [sys.executable, "-m", "tests.campaign.power_disk", str(self.undo)]
        env: dict[str, str | None] = {**self.env, "CAMPAIGN_SYNC_SECONDS": str(self.sync_seconds)}
        self.log("starts" + (f" as {self.agent}" if self.agent != self.servers.first_agent else ""))
        self.began = time.monotonic()
        self.screen = QuickScreen(
            [*words, "--config", str(self.config), *more],
            rows=ROWS,
            cols=COLS,
            env=env,
            cwd=Path(__file__).parents[2],
        )
        self.measured.starts += 1
        self.hands = Hands(self.screen, lambda what: self.log(what))
        if wait:
            self.hands.started()
        return self.hands

    def up(self) -> Hands:
        """The desktop that runs, with the agent at work."""
        if self.screen is not None and self.screen.process.poll() is not None:
            self.measured.crashes.append(f"ended with {self.screen.process.returncode}: {self.screen.text()}")
            self.drop()
        if self.screen is None:
            self.start()
        self.hands.be_available()
        return self.hands

    def _down(self) -> None:
        assert self.screen is not None
        self.screen.close()
        self.screen = None

    def drop(self) -> None:
        """End the desktop, whatever it does."""
        if self.screen is not None:
            self._down()

    def kill(self, rng: random.Random) -> None:
        """Kill -9; with the power disk, the power goes."""
        assert self.screen is not None
        self.log("kill -9; the screen said:\n" + self.screen.text())
        self.screen.kill(signal.SIGKILL)
        self.screen.process.wait(10)
        line, seen = self.hands.line, self.screen.text()
        for contact in self.watched:
            # While its words stand in the panes, "Finished" is still said of the contact before.
            told = Hands.FINISHED in line and not any(piece.token in seen for piece in contact.pieces)
            contact.said_finished = contact.said_finished or (contact.finish_pressed and told)
            contact.cut_off()
        self._down()
        self.measured.kills += 1
        if self.power_disk:
            undone = cut_power(self.data, self.undo, rng)
            self.measured.power_cuts += 1
            self.measured.undone_writes += undone
            self.log(f"the power is gone, with {undone} writes that were not synced")

    def end_with(self, number: int) -> None:
        """End the desktop by a signal it can answer."""
        assert self.screen is not None
        self.log(f"signal {number}")
        self.screen.kill(number)
        self._wait_end()

    def hang_up(self) -> None:
        """Take the terminal away."""
        assert self.screen is not None
        self.log("the terminal goes away")
        self.screen.hang_up()
        self.screen.process.wait(15)
        self.screen = None

    def rescued(self, token: str) -> Path | None:
        """The file into which the desktop put a word that the disk did not take in time."""
        files = self.folder.glob("agent-desktop-unsaved-*.txt")
        return next((file for file in files if token in file.read_text()), None)

    def quit(self) -> None:
        """Leave the desktop as its user does."""
        self.hands.leave()
        self._wait_end()

    def _wait_end(self) -> None:
        assert self.screen is not None
        self.screen.wait_exit(20)
        self._down()

    def command(self, *words: str) -> Ran:
        """Run a command without a screen."""
        return run("--config", str(self.config), *words, env=self.env)

    # The disk

    def limit_files(self, size: int | None) -> None:
        """Let no file of the desktop be written beyond a size; None: as long as there is room."""
        if self.screen is not None and self.screen.process.poll() is None:
            limit = resource.RLIM_INFINITY if size is None else size
            resource.prlimit(self.screen.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            if size is not None:
                self.measured.full_disks += 1
                self.log(f"the disk is full from {size} bytes on")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Another program has the store to itself."""
        (path,) = self.data.glob("*.db")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def rows(self) -> list[str]:
        """Everything that is kept about contacts, a line for each row of each table."""
        found: list[str] = []
        for path in sorted(self.data.glob("*.db")):
            try:
                with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
                    reader.text_factory = lambda data: data.decode("utf-8", "replace")
                    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                    for table in tables:
                        cursor = reader.execute(f'SELECT * FROM "{table}"')
                        names = [column[0] for column in cursor.description]
                        found += [
                            f"{table}: " + " | ".join(f"{n}={v}" for n, v in zip(names, row, strict=True))
                            for row in cursor
                        ]
            except sqlite3.Error as error:
                found.append(f"{path.name} cannot be read: {error}")
        return found

    def damage(self, rng: random.Random, *, page: bool) -> str:
        """Flip a bit, or destroy a page, in the store of a desktop that does not run."""
        files = [path for path in self.data.glob("*.db*") if path.suffix in (".db", ".db-wal") and path.stat().st_size]
        path = rng.choice(files)
        data = bytearray(path.read_bytes())
        if page:
            at = rng.randrange(len(data) // 4096 or 1) * 4096
            data[at : at + 4096] = rng.randbytes(min(4096, len(data) - at))
        else:
            tokens = [piece.token.encode() for contact in self.watched for piece in contact.pieces]
            places = [found for token in tokens if (found := data.find(token)) >= 0]
            at = rng.choice(places) + rng.randrange(4) if places and rng.random() < 0.7 else rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        self.measured.damages += 1
        for contact in self.watched:
            contact.in_damaged_store = True
        what = f"{'page' if page else 'bit'} of {path.name} at {at} is damaged"
        self.log(what)
        return what

    def log_lines(self) -> list[str]:
        """What the desktop wrote into its log since the last time."""
        lines: list[str] = []
        for path in self.data.glob("*.log"):
            text = path.read_text(errors="replace")
            lines += text[self._read_of.get(path, 0) :].splitlines()
            self._read_of[path] = len(text)
        return lines

    # What the far sides have

    def come_in(self, contact: Contact) -> None:
        """The customer of a contact calls, or writes."""
        more: dict[str, Any] = {}
        if contact.is_written:
            more = {"channel": contact.channel, "messages": ["Where is my refund?"], "replies": []}
        fields = {"subject": contact.subject, "stays": None, "queue": contact.queue, **more}
        contact.id = self.call(contact.address, **fields)
        contact.log(f"{contact.channel} from {contact.address}: {contact.id}")

    def file(self, contact: Contact, rng: random.Random) -> Path:
        """A new file to go with a reply of a contact: bytes of every kind."""
        folder = self.folder / "files"
        folder.mkdir(exist_ok=True)
        path = folder / f"bill-{contact.token()}.{rng.choice(('pdf', 'bin', 'txt'))}"
        path.write_bytes(rng.randbytes(rng.choice((1, 700, 30_000))))
        return path

    def processor_seconds(self) -> tuple[float, float]:
        """Processor time of the programs so far (desktops that ended, servers), and of the campaign itself."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        servers = psutil.Process(self.servers.pid).cpu_times()
        mine = resource.getrusage(resource.RUSAGE_SELF)
        running = 0.0
        if self.screen is not None:
            with contextlib.suppress(psutil.Error):
                times = psutil.Process(self.screen.pid).cpu_times()
                running = times.user + times.system
        return (
            children.ru_utime + children.ru_stime + servers.user + servers.system + running,
            mine.ru_utime + mine.ru_stime,
        )


CUSTOMERS = ((PRIYA, "C-4471"), ("+442079460142", "C-4102"))
"""Customers who agreed to text messages, each the only one with their number."""
STRANGER = "+442079460977"
"""A number that nobody has."""
_WRITES_FROM = {
    PRIYA: {"email": "priya.natarajan@example.com", "chat": "priya.natarajan"},
    "+442079460142": {"email": "j.ortega@example.com", "chat": "j.ortega"},
    STRANGER: {"email": "nobody.known@example.org", "chat": "nobody.known"},
}


def address_of(phone: str, channel: str) -> str:
    """Where the owner of a number calls or writes from on a channel."""
    return _WRITES_FROM[phone].get(channel, phone)
