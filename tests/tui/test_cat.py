"""Nothing that cannot be undone is done to anybody whom the screen did not name first, whatever is typed."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from desktop.domain.entities.words import Verb
from desktop.domain.state import available_verbs
from desktop.tui.keys.two_presses import TwoPresses
from tests.tui.cat import SITUATIONS, Seen, Unnamed, play, play_all

QUICK, FULL = 1_000, 100_000


@pytest.mark.thorough
async def test_whatever_is_typed_the_victim_is_named_first(full: bool) -> None:
    seen = await play_all(FULL if full else QUICK, seed=20_261_117)
    assert set(seen.situations) == set(SITUATIONS)
    assert seen.done.get("commands.do"), "nothing that counts was ever done"
    if full:
        assert {"take_over", "withdraw", "reassign", "outbox.discard"} <= set(seen.done)


def _at_once(presses: TwoPresses, act: Any, still: Any = None) -> bool:
    return True


def _whoever(presses: TwoPresses, act: Any, still: Any = None) -> bool:
    armed = presses.armed is not None
    presses.arm(act, still)
    return armed


def _silent(presses: TwoPresses, act: Any, still: Any = None) -> None:
    presses._armed, presses._counts_from = act, 0.0


def _forgets_nothing(presses: TwoPresses, name: str, *, typed: bool, waited: float = 0.0) -> None:
    """Any key may come between."""


PLANTED: dict[str, tuple[dict[str, Callable[..., Any]], str]] = {
    "the first press does it": ({"press": _at_once}, "talking"),
    "another victim will do": ({"press": _whoever, "key": _forgets_nothing}, "transferring"),
    "nobody is named": ({"arm": _silent}, "talking"),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("faults", "where"), PLANTED.values(), ids=PLANTED)
async def test_a_planted_fault_is_found(
    faults: dict[str, Callable[..., Any]], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method, fault in faults.items():
        monkeypatch.setattr(TwoPresses, method, fault)
    with pytest.raises(Unnamed):
        for seed in range(6):
            await play(where, 200, Random(seed), Seen())


@pytest.mark.thorough
async def test_a_second_press_that_needs_no_time_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.tui.keys.two_presses.READING_SECONDS", 0.0)
    with pytest.raises(Unnamed):
        for seed in range(6):
            await play("talking", 200, Random(seed), Seen())


@pytest.mark.thorough
async def test_a_verb_that_is_no_longer_marked_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = {**available_verbs.COMMANDS, Verb.END: replace(available_verbs.COMMANDS[Verb.END], irrevocable=False)}
    monkeypatch.setattr("desktop.tui.agent.verbs.base.COMMANDS", harmless)
    with pytest.raises(Unnamed):
        for seed in range(6):
            await play("talking", 200, Random(seed), Seen())
