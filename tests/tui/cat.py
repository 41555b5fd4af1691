"""What a cat, a paste into the wrong place and a hasty agent would type, on every screen.

`python -m tests.tui.cat --keys 100000 [--seed N]` plays it in full and says what was seen. Nothing that cannot be
undone may be asked of a backend unless the screen named whom it is done to before the key that asked for it.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from textual import events

from desktop.domain.entities.customer import Match
from desktop.domain.entities.phone import CallState
from desktop.domain.entities.words import LegPhase, Verb
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.app import DesktopApp
from desktop.tui.words.titles import title
from tests.tui.desk import RecordedCalls
from tests.tui.outbox.outbox_desk import PARKED_RECORD, REFUSED, UNKNOWN, KeptOutbox, outbox_desk, outbox_state
from tests.tui.quality.quality_desk import FAIR, SAM, MemoryStore, QualityServer, judged, quality_desk
from tests.tui.quality.quality_desk import state as quality_state
from tests.tui.report.report_desk import Past, report_desk
from tests.tui.states import (
    IDLE,
    PRIYA,
    active,
    call_of_nobody,
    chatting,
    consulting,
    offered,
    three_matches,
    wrapping_up,
)
from tests.tui.supervisor.floor_desk import RecordedCommands, floor_desk
from tests.tui.supervisor.floor_states import AGENTS, WAITING, floor

CHUNK = 200
"""Keys that one run of the app gets."""
ENDS = frozenset({Verb.END, Verb.BLIND_TRANSFER, Verb.COMPLETE_TRANSFER})
"""What cannot be undone, said here again: the product's own table may be what is wrong."""
TAKES = frozenset({"take_over", "reassign", "withdraw"})
WORDS = ("anna", "priya natarajan", "please end this x", "xx", "dd", "uu", "refund of 49.90", "ttt", "rr", "no")
HASTE = (
    ("f8", "f8"),
    ("f7", "f7"),
    ("f6", "f7", "f7"),
    ("f6", "down", "f7", "f7"),
    ("f7", "down", "f7", "f7"),
    ("f7", "enter", "f7"),
    ("f7", "enter", "enter"),
    ("f7", "f7", "down", "f7"),
    ("f8", "enter"),
    ("x", "x"),
    ("u", "u"),
    ("slash",),
    ("o", "x", "x"),
    ("escape", "escape", "f8", "escape", "f8"),
    ("t", *"why", "enter", "t"),
    ("u", *"why", "enter", "u"),
    ("e", *"sara", "enter", *"why", "enter", "e"),
    ("4", "down", "u", "n", "o", "enter", "u"),
    ("2", "down", "down", "t", "n", "o", "enter", "t"),
    ("r", "r"),
    ("f3", "f3"),
)
SINGLE = (
    *"abcdefghijklmnopqrstuvwxyz",
    *"0123456789ACDERSQ+?/,.",
    *(f"f{n}" for n in range(1, 13)),
    *(f"alt+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
    *(f"alt+{n}" for n in range(1, 10)),
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("backspace", "delete", "space", "alt+enter", "ctrl+c", "ctrl+z"),
)
NAMES = {" ": "space", "+": "plus", "?": "question_mark", "/": "slash", ",": "comma", ".": "full_stop"}
SIGNS = {name: sign for sign, name in NAMES.items()}


REPEATS = (0.03, 0.03, 0.5, 0.66)
"""Seconds between what a key sends that bounces or is held down: the first repeat comes later than the others."""
READ = 0.69
"""Seconds without a key in which whoever is asked can read it."""


class Unnamed(AssertionError):
    """Something was done to somebody whom the screen had not named, or not for long enough."""


@dataclass
class Pace:
    """The clock between keys."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Seen:
    """What was played: keys by situation, what was done that cannot be undone, how often."""

    keys: int = 0
    done: dict[str, int] = field(default_factory=dict)
    situations: dict[str, int] = field(default_factory=dict)


@dataclass
class Situation:
    """A screen with a fake behind it.

    app: not running yet. calls: what was asked of the fake. others: states that may follow. open: shows the page.
    """

    app: DesktopApp
    calls: list[list[tuple[Any, ...]]]
    session: Any
    others: Sequence[Callable[[], AppState]] = ()
    keys: Sequence[str] = ()
    open: Callable[[DesktopApp], None] = lambda app: None


def _desk(start: Callable[[], AppState], *others: Callable[[], AppState], keys: Sequence[str] = ()) -> Situation:
    app, _, session = outbox_desk([], outbox_state([], start()))
    _complete(session)
    return Situation(app, [session.calls], session, others, keys)


class NoPages:
    """A centre that keeps neither a past nor evaluations, for the desk of an agent."""

    open = False

    def offers(self, capability: Any) -> bool:
        """Nothing."""
        return False

    async def flush(self) -> None:
        """Nothing to save."""


def _complete(session: Any) -> None:
    """Everything that some key of the desk asks for."""
    session.pops = Finding(session)
    session.help = RecordedCalls(session.calls, "help", lambda: session.store.state)
    if not isinstance(getattr(session.supervisor, "acts", None), RecordedCommands):
        session.supervisor = NoPages()


class Finding:
    """Finds customers for no contact in particular, and records the rest."""

    def __init__(self, session: Any) -> None:
        self._others = session.pops

    def __getattr__(self, name: str) -> Any:
        return getattr(self._others, name)

    async def find(self, text: str) -> tuple[Match, ...]:
        return (Match(PRIYA, "name", "name matches"),)

    def look_at(self, match: Match) -> None:
        """Nothing more is known of them."""


def idle() -> AppState:
    """Nothing on the desk."""
    return IDLE


def talking_to_expert() -> AppState:
    """The expert talks, the customer is on hold."""
    return consulting(LegPhase.ACTIVE)


def answered_call() -> AppState:
    """A colleague talks to me on the phone; no contact knows of it."""
    state = call_of_nobody()
    (call,) = state.phone_calls.values()
    return replace(state, phone_calls={call.id: replace(call, state=CallState.ACTIVE)})


def _without_quality(session: Any) -> None:
    """The scorecards have a situation of their own."""
    state = session.store.state
    offered_here = {kind: words - {"quality"} for kind, words in state.capabilities.items()}
    session.store.state = replace(state, capabilities=offered_here)


def _outbox() -> Situation:
    app, _, session = outbox_desk([PARKED_RECORD, UNKNOWN, REFUSED])
    _complete(session)
    return Situation(app, [session.calls], session, keys=["o"])


def _floor(*keys: str) -> Situation:
    app, session = floor_desk(floor())
    _without_quality(session)
    session.supervisor.open = False  # type: ignore[attr-defined]
    session.outbox = KeptOutbox([PARKED_RECORD], session.calls)  # type: ignore[assignment]
    _complete(session)
    return Situation(app, [session.calls], session, keys=keys)


def _quality() -> Situation:
    server = QualityServer(judged=[judged(2, FAIR), judged(3, FAIR)])
    app, session, _ = quality_desk(server, quality_state(SAM), MemoryStore())
    session.outbox = KeptOutbox([], session.calls)  # type: ignore[assignment]
    session.pops = Finding(session)  # type: ignore[attr-defined]
    session.help = RecordedCalls(session.calls, "help", lambda: session.store.state)  # type: ignore[attr-defined]

    def show(running: DesktopApp) -> None:
        running.quality.toggle(running.session, running.desk_screen, review=True)

    return Situation(app, [session.calls, server.calls], session, keys=["2"], open=show)


def _report() -> Situation:
    app, session = report_desk(Past(weeks=1))
    _without_quality(session)
    session.outbox = KeptOutbox([], session.calls)  # type: ignore[assignment]
    session.pops = Finding(session)  # type: ignore[attr-defined]
    session.help = RecordedCalls(session.calls, "help", lambda: session.store.state)  # type: ignore[attr-defined]
    return Situation(app, [session.calls], session, keys=["R"])


SITUATIONS: dict[str, Callable[[], Situation]] = {
    "idle": lambda: _desk(idle, offered, active),
    "offer": lambda: _desk(offered, active, idle),
    "talking": lambda: _desk(active, wrapping_up, talking_to_expert),
    "three matches": lambda: _desk(three_matches, offered),
    "finder": lambda: _desk(active, talking_to_expert, keys=["f6"]),
    "transferring": lambda: _desk(active, keys=["f7"]),
    "consult": lambda: _desk(consulting, talking_to_expert, active),
    "consult answered": lambda: _desk(talking_to_expert, active, wrapping_up),
    "chat": lambda: _desk(chatting, idle),
    "wrap-up": lambda: _desk(wrapping_up, idle, offered),
    "a call that is no contact": lambda: _desk(answered_call, call_of_nobody),
    "outbox": _outbox,
    "floor": _floor,
    "waiting": lambda: _floor("4", "down"),
    "agents": lambda: _floor("2", "down", "down"),
    "quality": _quality,
    "report": _report,
}


def typed(chance: Random) -> Iterator[str]:
    """Keys without an end; "~" and more is a paste, "!" is another state."""
    while True:
        kind = chance.random()
        if kind < 0.45:
            yield chance.choice(SINGLE)
        elif kind < 0.55:
            yield from [chance.choice(SINGLE)] * chance.randint(2, 4)  # a paw stays on a key
        elif kind < 0.70:
            yield from (NAMES.get(sign, sign) for sign in chance.choice(WORDS))  # a paste that no terminal marks
        elif kind < 0.74:
            yield "~" + chance.choice(WORDS)
        elif kind < 0.77:
            yield "!"
        else:
            yield from chance.choice(HASTE)


def prompt_of(app: DesktopApp) -> str:
    """What the last line of the screen in front asks, where it can be seen."""
    footer = app.front.query_one(Footer)
    return footer.render().plain if footer.display and not app.front.has_class("small") else ""


def victims(call: tuple[Any, ...], state: AppState) -> tuple[str, ...] | None:
    """Whom a call does something to that cannot be undone, by the beginnings of their names; None for any other."""
    name = str(call[0])
    if name == "commands.do" and call[1] in ENDS:
        interaction = state.interactions[call[2]]
        found = [title(state, interaction)]
        for key, value in call[3:]:
            if key == "target":
                kind, _, one = str(value).partition(":")
                found.append(state.people[one].name if kind == "person" else one)
        return tuple(found)
    if name == "commands.hang_up_call":
        call_of = next(one for one in state.phone_calls.values() if one.id == call[1])
        return None if call_of.state.value == "ringing" else ((call_of.name or call_of.number),)
    if name in TAKES:
        work = {one.interaction_id: one.customer_name for agent in AGENTS.values() for one in agent.work}
        waits = {one.id: one.customer_name for one in WAITING}
        return ((work.get(call[1]) or waits.get(call[1]) or ""),)
    if name == "outbox.discard":
        return ("discards",)
    if name == "release":
        return ("release the evaluation",)
    return None


async def _settled(app: DesktopApp) -> None:
    first = app.input_priority
    while (first._coming or first._applied) and app.is_running:  # `under_way` waits for a tenth of a second at most
        await asyncio.sleep(0)
    for _ in range(12):
        await asyncio.sleep(0)


async def play(name: str, keys: int, chance: Random, seen: Seen) -> None:
    """Type so many keys into one situation.

    Raises:
        Unnamed: the rule was broken; says with which keys.
    """
    here = SITUATIONS[name]()
    app, said, pace = here.app, list[str](), Pace()
    app.presses._clock = pace
    source = typed(chance)
    async with app.run_test(size=(110, 32)) as pilot:
        await pilot.pause()
        await pilot.pause()
        here.open(app)
        await pilot.pause()
        for key in here.keys:
            await pilot.press(key)
        await pilot.pause()
        heard = [len(calls) for calls in here.calls]
        for _ in range(keys):
            if not app.is_running:
                break
            key = next(source)
            before, state = prompt_of(app), here.session.store.state
            waited = chance.choice(REPEATS) if chance.random() < 0.4 else 1.0
            pace.now += waited
            said.append(key)
            seen.keys += 1
            if key == "!":
                if here.others:
                    here.session.store.state = chance.choice(here.others)()
                    app.request_frame()
                    await asyncio.sleep(0.02)
            elif key.startswith("~"):
                app._typed.add(events.Paste(key[1:]))
            else:
                sign = key if len(key) == 1 else SIGNS.get(key)
                app._typed.add(events.Key(key, sign))
            await _settled(app)
            if " again: " in prompt_of(app):
                await pilot.pause()  # it is painted
            for at, calls in enumerate(here.calls):
                for call in calls[heard[at] :]:
                    whom = victims(call, state)
                    if whom is None:
                        continue
                    seen.done[str(call[0])] = seen.done.get(str(call[0]), 0) + 1
                    named = " again: " in before and all(one[:31] in before for one in whom)
                    if not named or waited < READ:
                        raise Unnamed(f"{name}: {call} {waited} s after {before!r}; last keys: {' '.join(said[-12:])}")
                heard[at] = len(calls)
    if app._typing is not None:
        app._typing.cancel()
    seen.situations[name] = seen.situations.get(name, 0) + len(said)


async def play_all(keys: int, seed: int) -> Seen:
    """Type so many keys in all, in every situation in turn."""
    chance, seen = Random(seed), Seen()
    chunk = min(CHUNK, max(1, keys // len(SITUATIONS)))
    while seen.keys < keys:
        for name in SITUATIONS:
            if seen.keys < keys:
                await play(name, min(chunk, keys - seen.keys), chance, seen)
    return seen


def main() -> None:
    """Play it, and say what was seen as JSON."""
    parser = argparse.ArgumentParser(description="Types at random on every screen.")
    parser.add_argument("--keys", type=int, default=2_000, help="how many (default 2,000)")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    chosen = parser.parse_args()
    began = time.monotonic()
    seen = asyncio.run(play_all(chosen.keys, chosen.seed))
    took = round(time.monotonic() - began, 1)
    print(json.dumps({"keys": seen.keys, "seconds": took, "done": seen.done, "situations": seen.situations}))


if __name__ == "__main__":
    main()
