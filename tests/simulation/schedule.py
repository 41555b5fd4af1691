"""Schedules: made at random or exhaustively, played, and made as short as they still show what they show."""

import itertools
import logging
import os
import random
import shutil
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.far_side import FOR_ONE
from tests.simulation.invariants import Violation
from tests.simulation.world import WHOLE, Event, Setting, World

FOLLOW_UPS = ("sms", "email", "callback", "case", "task")

logging.disable(logging.CRITICAL)


def folder() -> Path:
    """Where the simulated disk lies: in memory, a folder for each process."""
    root = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path("/tmp")
    return root / f"agent-desktop-simulation-{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A schedule that shows that something does not hold."""

    setting: Setting
    seed: int
    events: tuple[Event, ...]
    rule: str
    what: str
    steps: int = 0  # simulated before it was found

    def __str__(self) -> str:
        shown = ", ".join(repr(event) for event in self.events)
        return f"[{self.rule}] {self.what}\n  {self.setting}, seed {self.seed}, {len(self.events)} events: [{shown}]"


def play(setting: Setting, seed: int, events: Sequence[Event], *, settle: bool = True) -> Failure | None:
    """Run a schedule to its end; what does not hold, if anything."""
    world = World(setting, seed, folder())
    done = 0
    try:
        for event in events:
            done += 1
            world.step(event)
        if settle:
            world.settle()
    except Violation as found:
        return Failure(setting, seed, tuple(events[:done]), found.rule, found.what)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        return Failure(setting, seed, tuple(events[:done]), "raised", what)
    finally:
        world.disk.let_go()
        if world.desktop is not None:
            world.desktop.kill(0)
        world.loop.end()
        shutil.rmtree(world.disk.folder, ignore_errors=True)
    return None


# At random


class Dice(random.Random):
    """Chance, and how many contacts there are at once."""

    slots = 3


Maker = Callable[[Dice], Event]


def _slot(dice: Dice) -> int:
    return dice.randrange(dice.slots)


def _target(dice: Dice) -> int:
    return dice.randrange(4)


AGENT: tuple[tuple[int, Maker], ...] = (
    (30, lambda d: ("type", _slot(d))),
    (3, lambda d: ("delete", _slot(d))),
    (14, lambda d: ("code", _slot(d), d.randrange(1, 5))),
    (2, lambda d: ("uncode", _slot(d))),
    (12, lambda d: ("plan", _slot(d), d.choice(FOLLOW_UPS))),
    (4, lambda d: ("begin", _slot(d), d.choice(FOLLOW_UPS))),
    (3, lambda d: ("add", _slot(d))),
    (3, lambda d: ("esc", _slot(d))),
    (2, lambda d: ("drop", _slot(d))),
    (6, lambda d: ("select", _slot(d))),
    (16, lambda d: ("finish", _slot(d))),
    (2, lambda d: ("finish_twice", _slot(d))),
    (3, lambda d: ("cancel",)),
    (3, lambda d: ("choose", _slot(d), d.randrange(2))),
    (2, lambda d: ("unlink", _slot(d))),
    (1, lambda d: ("search", _slot(d))),
    (4, lambda d: ("send_parked",)),
    (1, lambda d: ("discard_parked", d.randrange(3))),
    (2, lambda d: ("amend", d.randrange(5), d.choice(("word", "code", "customer")))),
    (2, lambda d: ("retry",)),
)
CENTRE: tuple[tuple[int, Maker], ...] = (
    (22, lambda d: ("ring", _slot(d), d.randrange(6))),
    (18, lambda d: ("hang_up", _slot(d))),
    (5, lambda d: ("time_out", _slot(d))),
    (2, lambda d: ("transfer", _slot(d))),
    (3, lambda d: ("hole", _slot(d))),
    (6, lambda d: ("unhole", _slot(d))),
    (1, lambda d: ("centre_restart",)),
)
TIME: tuple[tuple[int, Maker], ...] = (
    (20, lambda d: ("wait", d.choice((0.1, 0.3, 0.5, 0.5, 1.0)))),
    (14, lambda d: ("wait", d.choice((2.5, 5.0, 8.0)))),
    (3, lambda d: ("wait", d.choice((20.0, 70.0)))),
    (1, lambda d: ("clock", d.choice((-8.0, -0.5, 0.5, 8.0)) * 86_400.0)),
    (1, lambda d: ("purge",)),
)
FAULTS: tuple[tuple[int, Maker], ...] = (
    (4, lambda d: ("break", _target(d), d.choice(WHOLE))),
    (6, lambda d: ("once", _target(d), d.choice(WHOLE), d.randrange(1, 4))),
    (3, lambda d: ("refuse_one", _target(d), d.choice(FOR_ONE), _slot(d))),
    (8, lambda d: ("heal", _target(d))),
    (1, lambda d: ("garble", d.choice((1, 1, -1)))),
    (4, lambda d: ("slow_disk", d.choice((0.02, 0.3, 1.5)))),
    (3, lambda d: ("disk", d.choice(("full", "read_only", "locked")))),
    (2, lambda d: ("late", d.choice(("read_only", "locked", "no_folder")))),
    (7, lambda d: ("heal_disk",)),
    (2, lambda d: ("flip", d.choice(("draft", "row")), d.randrange(3), d.randrange(60))),
)
LIVES: tuple[tuple[int, Maker], ...] = (
    (8, lambda d: ("crash", d.choice((0, 1, 99)))),
    (2, lambda d: ("kill", d.choice((0, 1, 99)))),
    (8, lambda d: ("start",)),
    (2, lambda d: ("power_cut",)),
    (2, lambda d: ("reopen",)),
    (1, lambda d: ("close",)),
    (1, lambda d: ("take_over",)),
    (2, lambda d: ("sign_in", d.randrange(2))),
    (1, lambda d: ("erase", d.randrange(5), d.random() < 0.5)),
)
RARE: tuple[tuple[int, Maker], ...] = ((1, lambda d: ("destroy_page", d.randrange(12))),)
NO_RARE = bool(os.environ.get("SIMULATION_NO_RARE"))


def at_random(seed: int, length: int) -> tuple[Setting, list[Event]]:
    """A setting and a schedule. Which kinds of mishap there are, and how many, is drawn first."""
    dice = Dice(seed)
    dice.slots = dice.choice((1, 2, 2, 3))
    setting = Setting.any(dice)
    kinds: list[tuple[float, Maker]] = [*AGENT, *CENTRE, *TIME]
    for mishaps, share in ((FAULTS, 0.7), (LIVES, 0.7), (RARE, 0.0 if NO_RARE else 0.08)):
        if dice.random() < share:
            strength = dice.choice((0.3, 1.0, 2.0))
            kept = [one for one in mishaps if dice.random() < 0.6]
            kinds += [(weight * strength, maker) for weight, maker in kept]
            if mishaps is LIVES and kept:
                kinds.append((8.0 * strength, lambda d: ("start",)))
    weights = [weight for weight, _ in kinds]
    makers = [maker for _, maker in kinds]
    events: list[Event] = [("ring", 0, dice.randrange(6)), ("wait", 0.5)]
    if dice.random() < 0.05:
        events.append(("old_file", 0, dice.random() < 0.5, dice.random() < 0.5))
    events.extend(maker(dice) for maker in dice.choices(makers, weights, k=length - 2))
    return setting, events


@dataclass
class Campaign:
    """What came of many schedules."""

    steps: int = 0
    schedules: int = 0
    seconds: float = 0.0
    failures: list[Failure] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.failures = self.failures or []


def random_campaign(
    seed: int, steps: int, length: int = 60, *, stop_after: int = 1, only: Callable[[Failure], bool] | None = None
) -> Campaign:
    """Schedules at random until so many steps were simulated or so many failed."""
    done = Campaign()
    begun = time.monotonic()
    while done.steps < steps and len(done.failures) < stop_after:
        setting, events = at_random(seed + done.schedules, length)
        failure = play(setting, seed + done.schedules, events)
        done.schedules += 1
        done.steps += len(failure.events) if failure is not None else len(events)
        if failure is not None and (only is None or only(failure)):
            done.failures.append(
                Failure(failure.setting, failure.seed, failure.events, failure.rule, failure.what, done.steps)
            )
    done.seconds = time.monotonic() - begun
    return done


# Exhaustively

SMALL: tuple[Event, ...] = (
    ("type", 0),
    ("plan", 0, "sms"),
    ("finish", 0),
    ("wait", 0.5),
    ("wait", 3.0),
    ("hang_up", 0),
    ("time_out", 0),
    ("crash", 99),
    ("hole", 0),
    ("unhole", 0),
    ("send_parked",),
)
BEGUN: tuple[Event, ...] = (("ring", 0, 4), ("wait", 0.5), ("hang_up", 0), ("wait", 0.1))


def exhaustively(depth: int, alphabet: Sequence[Event] = SMALL) -> Iterator[tuple[Event, ...]]:
    """Every schedule of that length over a small alphabet, after a contact has come to its wrap-up."""
    for chosen in itertools.product(alphabet, repeat=depth):
        yield (*BEGUN, *chosen)


# Shorter


def shrink(failure: Failure, *, seconds: float = 60.0) -> Failure:
    """A shorter schedule that breaks the same rule, by leaving out ever smaller parts (delta debugging)."""
    until = time.monotonic() + seconds
    best = failure
    size = max(1, len(best.events) // 2)
    while time.monotonic() < until:
        start, shorter = 0, False
        while start < len(best.events) and time.monotonic() < until:
            events = best.events[:start] + best.events[start + size :]
            found = play(best.setting, best.seed, events)
            if found is not None and found.rule == best.rule:
                best, shorter = found, True
            else:
                start += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    for setting in (Setting(), Setting(keeps_keys=False), Setting(2, "all")):
        found = play(setting, best.seed, best.events)
        if found is not None and found.rule == best.rule:
            best = found
            break
    return Failure(best.setting, best.seed, best.events, best.rule, best.what, failure.steps)
