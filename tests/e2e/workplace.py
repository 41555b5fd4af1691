"""A place to work: mock servers in a process of their own, a profile for them, and desktops on real terminals."""

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from mock_backends.launcher import Running
from tests.cli.command_line import CONTROL, KINDS, clean_env
from tests.tui.pty_screen import PtyScreen

T = TypeVar("T")
DESKTOP = [sys.executable, "-m", "desktop.cli"]
PRIYA = "+442079460018"
"""The number that exactly one customer of the pretend company has."""
SHARED = "+442079460321"
"""The number that three customers share."""
WIDE, NARROW = (36, 120), (24, 80)
"""Lines and columns of the terminals."""
AVAILABLE = "Available 00:"
"""What the header says of an agent who is at work; the menu in which that is chosen has the word alone."""


def until(what: Callable[[], T], deadline: float = 15.0) -> T:
    """Ask again until the answer is not empty; then that answer."""
    end = time.monotonic() + deadline
    while not (answer := what()):
        assert time.monotonic() < end, f"not within {deadline} s; the last answer was {answer!r}"
    return answer


@dataclass
class Workplace:
    """Running servers, and the profile of their first agent in `folder`."""

    servers: Running
    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    """Further settings for the environment of desktops."""

    @property
    def config(self) -> Path:
        """The profile's file."""
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        """Where the desktop keeps what it keeps."""
        return self.folder / "data"

    @property
    def env(self) -> dict[str, str]:
        """The environment of a desktop: no settings but those of this place."""
        return clean_env(self.folder, XDG_DATA_HOME=str(self.folder / "share"), **self.more)

    def write_profile(self) -> None:
        """Write the configuration and the token."""
        token = self.folder / "token"
        token.touch(0o600)
        token.write_text(self.servers.tokens[self.servers.first_agent])
        lines = ['default = "work"', "[profiles.work]", f'data_dir = "{self.data}"']
        for kind in KINDS:
            lines += [f"[profiles.work.{kind}]", 'backend = "mock"', f'url = "{self.servers.urls[kind]}"']
            lines += [f'token_file = "{token}"']
        self.config.write_text("\n".join(lines))

    def desktop(self, size: tuple[int, int] = WIDE, argv: Sequence[str] | None = None) -> PtyScreen:
        """A desktop that is starting on a terminal of this size."""
        rows, cols = size
        words = [*DESKTOP, "--config", str(self.config)] if argv is None else list(argv)
        return PtyScreen(words, rows=rows, cols=cols, env=self.env)

    def control(self, method: str, path: str, body: object = None, server: str = "contact_center") -> Any:
        """Ask the control plane."""
        reply = httpx.request(
            method,
            f"{self.servers.urls[server]}/_sim/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.servers.control or CONTROL}"},
            trust_env=False,
        )
        assert reply.is_success, reply.text
        return reply.json()

    def step(self, do: str, **more: Any) -> dict[str, Any]:
        """Make something happen now."""
        answer: dict[str, Any] = self.control("POST", "step", {"do": do, **more})
        return answer

    def call(self, number: str = PRIYA, **more: Any) -> str:
        """A customer calls; the interaction's id."""
        fields: dict[str, Any] = {"from": number, "queue": "Billing", "subject": "Charged twice this month", **more}
        return str(self.step("call", **fields)["interaction_id"])

    def faults(self, server: str, *rules: dict[str, Any]) -> None:
        """What goes wrong at a server from now on; no rules: nothing."""
        self.control("PUT", "faults", {"rules": list(rules)}, server)

    def record(self, server: str, path: str = "") -> list[dict[str, Any]]:
        """The far-side record: every changing call that was applied, of those whose path holds `path`."""
        found = self.control("GET", "record", server=server)["record"]
        return [one for one in found if path in one["path"]]

    def written_back(self) -> list[dict[str, Any]]:
        """The wrap-ups that the CRM took."""
        return [one["body"] for one in self.record("crm", "/v1/wrap-ups/")]

    def interaction(self, interaction_id: str) -> dict[str, Any]:
        """What the contact centre says of an interaction to the agent; empty when it is not the agent's."""
        reply = httpx.get(
            f"{self.servers.urls['contact_center']}/v1/interactions/{interaction_id}",
            headers={"Authorization": f"Bearer {self.servers.tokens[self.servers.first_agent]}"},
            trust_env=False,
        )
        body: dict[str, Any] = {} if reply.status_code == 404 else reply.json()
        found: dict[str, Any] = body.get("interaction", body)
        return found

    def phase(self, interaction_id: str) -> str:
        """The phase of an interaction at the contact centre; empty when it is not the agent's."""
        return str(self.interaction(interaction_id).get("phase", ""))

    def drafts(self) -> list[str]:
        """The notes that are on disk, read as another process."""
        return [str(json.loads(body)["note"]) for body in self.draft_bodies()]

    def draft_bodies(self) -> list[str]:
        """The drafts that are on disk, as they are kept."""
        return self._bodies("drafts")

    def review_draft_bodies(self) -> list[str]:
        """What reviewers are writing, as it is on disk."""
        return self._bodies("review_drafts")

    def _bodies(self, table: str) -> list[str]:
        (database,) = self.data.glob("*.db")
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reader:
            return [str(row[0]) for row in reader.execute(f"SELECT body FROM {table}")]


class Counted:
    """Presses keys and counts them; typed text is no key press, as in the budgets."""

    def __init__(self, screen: PtyScreen) -> None:
        self._screen = screen
        self.pressed: list[str] = []

    def press(self, *keys: str) -> None:
        """Press keys by name."""
        self.pressed += keys
        self._screen.press(*keys)

    def press_twice(self, key: str) -> None:
        """Press a key that asks, and again to do what it asks."""
        self.pressed += [key, key]
        self._screen.press_twice(key)

    def write(self, text: str) -> None:
        """Type text."""
        self._screen.send(text)


def leave(screen: PtyScreen) -> None:
    """Leave, with another press where the desktop asks: the next offer may have come just then."""
    screen.press("ctrl+o")
    with suppress(TimeoutError):
        screen.press_again("ctrl+o")


def ready(screen: PtyScreen) -> None:
    """Sign in and be available."""
    screen.wait_for("Maya")
    screen.press("s", "1")
    screen.wait_for(AVAILABLE)


def talking(place: Workplace, screen: PtyScreen, number: str = PRIYA) -> str:
    """Be on a call with the keyboard in the note; the interaction's id."""
    ready(screen)
    interaction = place.call(number)
    screen.wait_for("Incoming")
    screen.press("f2")
    until(lambda: place.phase(interaction) == "active")
    screen.wait_for("talking")
    return interaction


def finish(screen: PtyScreen, code: str = "dupl") -> None:
    """From the wrap-up to its end, with one code."""
    screen.wait_for("still needed")
    screen.press("f9")
    screen.send(code)
    screen.press("enter", "alt+enter")
