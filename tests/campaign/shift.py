"""One shift: a few contacts on one store, then everything is healed, sent again, and judged."""

import contextlib
import json
import random
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from tests.campaign import mixed, written_ways
from tests.campaign.entered import Contact
from tests.campaign.hands import Hands
from tests.campaign.judge import FAULTS, FarSides, judge, kept_rows
from tests.campaign.site import CUSTOMERS, STRANGER, Measured, Site
from tests.campaign.ways import WAYS
from tests.campaign.work import Work

HITCH = (TimeoutError, AssertionError, httpx.HTTPError, OSError, IndexError, ValueError)
"""What a screen that is not as it should be ends a way with."""
assert mixed.MIXED in WAYS and any(name.startswith(written_ways.PREFIX) for name in WAYS)
ROUNDS, ROUND_SECONDS = 4, 9.0
"""How often what waits is sent again before it counts as stuck, and how long each time."""
WENT = "replies that went"
"""How a report calls what customers got."""
PARKED_WITHIN = 10.0
"""How long the program may take, after a contact is gone, to park its note; in seconds."""


@dataclass
class Outcome:
    """What became of a contact."""

    way: str
    id: str
    channel: str
    entered: dict[str, int]
    """How many of each kind: parts of a note, codes, follow-ups, parts of replies, files, and replies that went."""
    kills: int
    power_cuts: int
    wrong: list[tuple[str, str]]
    damaged: list[str]
    parked: str
    hitch: str
    seconds: float
    history: list[str] = field(default_factory=list)


@dataclass
class ShiftReport:
    """What became of a shift."""

    job: int
    shift: int
    power: bool
    outcomes: list[Outcome]
    measured: Measured
    seconds: float
    programs: float
    campaign: float

    def json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))


class Shift:
    """Goes through some ways on one store."""

    def __init__(
        self, site: Site, job: int, number: int, seed: int, ways: list[str], *, power: bool, keep_all: bool = False
    ) -> None:
        """`keep_all`: report the history of every contact, not only of those with which something is wrong."""
        self.site = site
        self.keep_all = keep_all
        self.job, self.number = job, number
        self.power = power
        self.ways = ways
        self.rng = random.Random(f"{seed}/{job}/{number}")
        self.work = Work(site, self.rng)
        self.contacts: list[Contact] = []
        self.hitches: dict[str, str] = {}

    def run(self) -> ShiftReport:
        """Go through the ways, settle, and judge."""
        site = self.site
        began, before = time.monotonic(), site.processor_seconds()
        site.measured = Measured()
        site.reset()
        site.power_disk = self.power
        site.sync_seconds = self.rng.choice((0.0, 0.1, 0.3)) if self.power else 0.0
        site.watched = self.contacts
        for place, name in enumerate(self.ways):
            self._go(place, name)
        parked = self._settle()
        far, rows = FarSides.of(site), site.rows()
        said_damaged = any("damaged" in row for row in rows) or any(site.data.glob("*.damaged-*"))
        outcomes = []
        for c in self.contacts:
            found = judge(c, far, rows, said_damaged=said_damaged)
            wrong = [one for one in found if one[0] in FAULTS]
            history = []
            if found or c.id in self.hitches or self.keep_all:
                history = [*c.history, *(f"row {row[:600]}" for row in kept_rows(rows, c)), *_applied(far, c)]
            outcomes.append(
                Outcome(
                    c.way,
                    c.id,
                    c.channel,
                    _entered(far, c),
                    c.kills,
                    c.power_cuts,
                    wrong,
                    [what for kind, what in found if kind not in FAULTS],
                    parked.get(c.id, ""),
                    self.hitches.get(c.id, ""),
                    c.seconds,
                    history,
                )
            )
        site.drop()
        after = site.processor_seconds()
        return ShiftReport(
            self.job,
            self.number,
            self.power,
            outcomes,
            site.measured,
            time.monotonic() - began,
            after[0] - before[0],
            after[1] - before[1],
        )

    def _go(self, place: int, name: str) -> None:
        site = self.site
        address, customer = (STRANGER, None) if self.rng.random() < 0.1 else self.rng.choice(CUSTOMERS)
        number = (self.job * 1000 + self.number) * 100 + place
        c = Contact(number, name, site.servers.first_agent, address, customer)
        site.log = c.log
        self.contacts.append(c)
        began = time.monotonic()
        try:
            WAYS[name].steps(self.work, c)
            if site.phase(c.id):
                c.log("still on the desk after its way")
                self.work.carry_on(c)
            if site.screen is None or site.screen.process.poll() is not None:
                site.drop()
        except HITCH as error:
            self._hitch(c, error)
        for line in site.log_lines():
            c.log(f"desktop's log: {line[:400]}")
        c.seconds = time.monotonic() - began

    def _hitch(self, c: Contact, error: Exception) -> None:
        """Not as expected: begin anew with what is there."""
        site = self.site
        self.hitches[c.id] = f"{type(error).__name__}: {str(error)[:6000]}"
        c.log(f"hitch: {type(error).__name__} {str(error)[:200]}")
        site.heal()
        site.sign_in_as(c.author)
        if site.screen is not None:
            if site.screen.process.poll() is not None and site.screen.process.returncode not in (0, -9, -15, -1):
                site.measured.crashes.append(f"{site.screen.process.returncode}: {site.screen.after_screen[-2000:]}")
            site.kill(self.rng)
        with contextlib.suppress(*HITCH):
            site.up()
            self.work.see_again(c)
            for one in self.contacts:  # one beside it would keep the next from ringing
                if site.phase(one.id):
                    self.work.carry_on(one)

    def _settle(self) -> dict[str, str]:
        """Heal everything, finish what is open, send all of it again; answers why records were parked before."""
        site = self.site
        site.log = lambda what: [c.log(f"(settling) {what}") for c in self.contacts if c.way] and None
        site.heal()
        parked = {
            row["interaction_id"]: row["reason"] or "(no reason)" for row in self._listed() if row["state"] == "parked"
        }
        for attempt in range(3):
            try:
                hands = site.up()
                for c in self.contacts:
                    if site.phase(c.id):
                        self.work.carry_on(c)
                self._wait_parked()
                self._send_all(hands)
                site.quit()
                break
            except HITCH as error:
                for c in self.contacts:
                    c.log(f"hitch while settling ({attempt}): {str(error)[:6000]}")
                site.drop()
        return parked

    def _wait_parked(self) -> None:
        """What is written about a contact that is gone goes to the outbox some seconds after the start."""
        until = time.monotonic() + PARKED_WITHIN
        while any(row.startswith("drafts:") for row in self.site.rows()) and time.monotonic() < until:
            time.sleep(0.1)

    def _send_all(self, hands: Hands) -> None:
        for _ in range(ROUNDS):
            if hands.wait_outbox(lambda all_, parked: all_ == 0 and self._nothing_kept(), 1.0):
                return
            hands.retry_parked()
            if hands.wait_outbox(lambda all_, parked: all_ == 0 and self._nothing_kept(), ROUND_SECONDS):
                break
        page = hands.text()
        for c in self.contacts:
            c.log("what waits at the end:\n" + page)
        hands.close_page()

    def _nothing_kept(self) -> bool:
        """Whether the disk says so too: what was parked a moment ago is in the header a frame later."""
        rows = self.site.rows()
        return not any(kept_rows(rows, c) for c in self.contacts)

    def _listed(self) -> list[dict[str, Any]]:
        told = self.site.command("outbox", "list")
        if told.code:
            for c in self.contacts:
                c.log(f"outbox list: {told.code} {told.words}")
            return []
        found: list[dict[str, Any]] = told.json
        return found


def _entered(far: FarSides, c: Contact) -> dict[str, int]:
    """What was entered about a contact, and how many replies its customer got."""
    went = sum(f"/{c.id}/" in one["path"] for one in far.replies)
    return {**Counter(piece.kind for piece in c.pieces if not piece.unwanted), **({WENT: went} if went else {})}


def _applied(far: FarSides, c: Contact) -> list[str]:
    records = [one for one in far.records if one["body"]["interaction_id"] == c.id]
    tokens = [piece.token for piece in c.pieces]
    others = [
        one
        for one in (*far.callbacks, *far.messages, *far.replies)
        if any(token in str(one["body"]) for token in tokens)
    ]
    return [f"applied {one['principal']} {one['path']} {json.dumps(one['body'])[:700]}" for one in (*records, *others)]
