"""Words typed where no field is open, and every letter on its own, on every screen: nothing comes of it for good."""

from random import Random
from string import ascii_letters
from typing import Any

import pytest
from textual import events

from desktop.domain.entities.words import Verb
from desktop.tui.keys.key import SIGNS
from tests.tui.cat import NAMES, SITUATIONS, Pace, Situation, _settled

pytestmark = pytest.mark.thorough

WORDS = ("Jonas Weiß", "maria q", "refund for uxd, xyz", "Please jump back, lady")
BETWEEN = 0.12
"""Seconds between two letters of somebody who types fast."""
TAKEN_BACK = {Verb.HOLD, Verb.RESUME, Verb.MUTE, Verb.UNMUTE, Verb.PARK, Verb.UNPARK, Verb.SWAP}
TAKEN_BACK |= {Verb.PAUSE_RECORDING, Verb.RESUME_RECORDING, Verb.CONFERENCE, Verb.EXTEND_WRAP_UP}
MEANT = {Verb.ACCEPT}
"""What one letter does by design, and cannot be taken back: the call that rings is answered."""
HARMLESS = {
    *("on_screen.look", "notes.edit", "search.typed", "search.stop", "search.ask", "retry", "outbox.retry"),
    *("pops.unlink", "pops.look_at", "threads.seen", "threads.typing"),
    *("wrap_ups.change", "outbox.retry"),  # what is finished and waits: changed again at will, sent once
}
"""What asks, or is the agent's own and has an undo of ten seconds."""


def harm(call: tuple[Any, ...]) -> bool:
    """Whether something was done that nobody can take back."""
    if call[0] == "commands.do":
        return call[1] not in TAKEN_BACK | MEANT
    return call[0] not in HARMLESS


async def _type(here: Situation, pace: Pace, keys: str) -> None:
    for sign in keys:
        pace.now += BETWEEN
        name = NAMES.get(sign, sign)
        here.app._typed.add(events.Key(name, sign if len(sign) == 1 else SIGNS.get(sign)))
        await _settled(here.app)


async def _escape(here: Situation, pace: Pace) -> None:
    for _ in range(3):
        pace.now += 1.0
        here.app._typed.add(events.Key("escape", None))
        await _settled(here.app)


@pytest.mark.parametrize("name", SITUATIONS)
async def test_nothing_comes_of_it_that_cannot_be_taken_back(name: str) -> None:
    here, pace = SITUATIONS[name](), Pace()
    here.app.presses._clock = pace
    chance = Random(1)
    async with here.app.run_test(size=(110, 32)) as pilot:
        await pilot.pause()
        here.open(here.app)
        await pilot.pause()
        for key in here.keys:
            await pilot.press(key)
        await pilot.pause()
        await _escape(here, pace)
        before = [len(calls) for calls in here.calls]
        letters = chance.sample(ascii_letters, len(ascii_letters))
        for typed in (*WORDS, *letters):
            await _type(here, pace, typed)
            await _escape(here, pace)
            found = [call for at, calls in enumerate(here.calls) for call in calls[before[at] :] if harm(call)]
            assert not found, f"{typed!r}: {found}"
        assert here.app.is_running
    if here.app._typing is not None:
        here.app._typing.cancel()
