"""Every face of the agent's screen at three sizes, from states built by hand, compared with the kept pictures."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from desktop.domain.conversations.canned_replies import CannedReply
from tests.tui.desk import desk, settle, steady_cursors
from tests.tui.several import SEVERAL_FACES, two_crms, two_crms_ambiguous, two_directories
from tests.tui.states import (
    FACES,
    NOW,
    active,
    answered,
    chatting,
    consulting,
    disconnected,
    follow_ups_planned,
    offered,
    supervised,
    three_matches,
    with_history,
    wrapping_up,
)
from tests.tui.two_centres import two_centres

SIZES = [(80, 24), (120, 36), (200, 50)]
EXPERT_ENDINGS = ("busy", "no_answer", "declined", "unreachable")

OPENED = {
    "expert_finder": (active, ["f6"]),
    "expert_chat": (chatting, ["f6"]),
    "transfer": (active, ["f7"]),
    "wrap_up_code_typed": (wrapping_up, ["f9", "d", "u"]),
    "follow_up": (wrapping_up, ["f9", "alt+c"]),
    "follow_up_understood": (follow_ups_planned, ["alt+c", *"tomorrow 10am about the refund"]),
    "follow_up_not_understood": (follow_ups_planned, ["alt+c", *"next friday at 3"]),
    "follow_up_chosen": (follow_ups_planned, ["alt+c", "up"]),
    "state_menu": (offered, ["s"]),
    "search": (three_matches, ["slash"]),
    "search_typed": (active, ["escape", "slash", *"bil"]),
    "search_typed_narrow": (active, ["escape", "slash", *"bil"]),
    "end_asked": (active, ["f8"]),
    "help": (offered, ["f1"]),
    "two_directories": (two_directories, ["f6"]),
    "two_centres": (two_centres, ["1"]),
    "records": (two_crms, ["g"]),
    "records_ambiguous": (two_crms_ambiguous, ["slash"]),
    "records_of_expert": (two_directories, ["f6", "alt+g"]),
    "tones": (active, ["k"]),
    "entry_mail": (with_history, ["H", "enter", "down", "enter"]),
    "entry_case": (with_history, ["H", "enter", "shift+tab", "enter"]),
    "entry_purchase_narrow": (with_history, ["H", *"linen", "enter", "enter"]),
    "find_in_timeline": (with_history, ["H", *"refund"]),
    "find_in_timeline_narrow": (with_history, ["H", *"refund"]),
    "older_entries": (with_history, ["H", "enter", "end"]),
    "help_from_a_supervisor": (supervised, ["alt+l"]),
    "expert_ringing_narrow_contact": (consulting, ["f12"]),
    "disconnected_contact": (disconnected, ["f12"]),
}


async def still(pilot: Pilot[Any], keys: list[str]) -> None:
    await settle(pilot, keys)
    steady_cursors(pilot)
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("face", [*FACES, *SEVERAL_FACES])
def test_face(face: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, _ = desk((FACES | SEVERAL_FACES)[face]())
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: still(pilot, []))


@pytest.mark.parametrize("name", OPENED)
def test_opened(name: str, snap_compare: Callable[..., bool]) -> None:
    state, keys = OPENED[name]
    app, _ = desk(state())
    size = (80, 24) if "narrow" in name else (120, 36)
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: still(pilot, keys))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_canned_replies(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, session = desk(answered())
    session.canned.replies = tuple(
        CannedReply(name, text)
        for name, text in (
            ("Greeting", "Dear {customer.name},\n\nthank you for your message. I am looking into it."),
            ("Refund on its way", "The refund was sent today (case {case.id}). You will see it within five days."),
            ("A name that is longer than the column has room for", "Kind regards\n{agent.name}"),
        )
    )
    keys = ["alt+t", "enter", "slash", "down"]
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: still(pilot, keys))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_namesakes_found(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, session = desk(active())
    (margaret, oliver, isla) = three_matches().pops["i1"].matches

    async def found(pilot: Pilot[Any]) -> None:
        await still(pilot, ["escape", "slash", *"smith"])
        kept = replace(isla, customer=replace(isla.customer, fetched_at=NOW - 7_200))
        session.search.found(margaret, oliver, kept, ago=2, kept=(isla.customer.id,))
        await still(pilot, [])

    assert snap_compare(app, terminal_size=size, run_before=found)


@pytest.mark.parametrize("theme", ["desk-light", "desk-contrast"])
def test_theme(theme: str, snap_compare: Callable[..., bool]) -> None:
    app, _ = desk(offered())

    async def change(pilot: Pilot[Any]) -> None:
        pilot.app.theme = theme
        await still(pilot, [])

    assert snap_compare(app, terminal_size=(140, 40), run_before=change)


def test_guide(snap_compare: Callable[..., bool]) -> None:
    app, _ = desk(offered(), guide=True)
    assert snap_compare(app, terminal_size=(120, 36), run_before=lambda pilot: still(pilot, []))
