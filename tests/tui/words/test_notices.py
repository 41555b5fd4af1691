"""What is told in the last lines can be read to its end, and goes by itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.content import Content

from desktop.app.commands.command_result import CommandResult
from desktop.app.storage.recovery.salvage import Salvaged
from desktop.domain.entities.words import Health
from desktop.domain.state.own_events import HealthChanged
from desktop.domain.state.state import Notice, SourceHealth
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.notice import cut_to_lines
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.words.catalogue import in_words
from tests.tui.desk import desk, settle, told, told_in
from tests.tui.states import IDLE, LIVE, NOW, active, wrapping_up
from tests.tui.supervisor.test_floor import until

LONG = (
    "This machine slept or its clock was set (4711 s). Your notes are safe. Your state is being looked up; nobody"
    " was made available. Press s to choose what you are now."
)


async def reads(text: str, age: float, width: int, *keys: str, severity: str = "error") -> tuple[str, int]:
    """What the last lines say, and how many they are."""
    app, _ = desk(replace(IDLE, notices=(Notice(NOW - age, verbatim(text), severity),)))
    async with app.run_test(size=(width, 36)) as pilot:
        await settle(pilot, keys)
        app.desk_screen.second()
        await settle(pilot)
        return told(app.desk_screen), told_in(app.desk_screen).size.height


def test_a_notice_that_has_no_room_yet_does_no_harm() -> None:
    """A second may pass before the first layout."""
    assert cut_to_lines(LONG, "bold", 0, 2).plain


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_a_notice_is_told_to_its_end(width: int) -> None:
    text, lines = await reads(LONG, 1.0, width)
    assert text == f"✕ {LONG}"
    assert 1 <= lines <= 3


@pytest.mark.parametrize("width", [80, 120])
async def test_the_last_seconds_of_a_wrap_up_are_told_before_everything_else(width: int) -> None:
    state = wrapping_up()
    ends = replace(state.interactions["i1"], wrap_up_deadline=NOW + 12)
    told_before = (Notice(NOW - 1, verbatim("Still needed"), "error"),)
    for interaction, said in (
        (ends, "! 12 seconds left to wrap up Priya Natarajan alt+p more time"),
        (replace(ends, wrap_up_deadline=NOW + 100), "✕ Still needed"),
        (replace(ends, wrap_up_deadline=NOW - 1), "✕ Still needed"),
    ):
        app, _ = desk(replace(state, interactions={"i1": interaction}, notices=told_before))
        async with app.run_test(size=(width, 36)) as pilot:
            await settle(pilot)
            app.desk_screen.second()
            await settle(pilot)
            assert told(app.desk_screen).startswith(said)


async def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    text, lines = await reads(LONG * 4, 1.0, 80)
    assert text.endswith("…")
    assert lines == 3


async def test_what_was_damaged_is_told_to_its_end_on_the_narrowest_screen() -> None:
    every = ("drafts", "outbox", "messages", "links", "interaction_customers", "preferences")
    salvaged = Salvaged(
        Path("/home/maya/.local/share/agent-desktop/work.db.damaged-1795000000"),
        {"drafts": 12, "outbox": 345},
        7,
        every,
    )
    words = in_words(salvaged.sentence)
    text, _ = await reads(words, 1.0, 80)
    assert text == f"✕ {words}"
    assert "12 notes, 345 outbox records" in text
    assert "alt+o" in text
    assert text.endswith("work.db.damaged-1795000000")


async def test_under_a_page_a_notice_has_the_one_line_that_is_not_covered() -> None:
    text, lines = await reads(LONG, 1.0, 80, "f1")
    assert text.endswith("…")
    assert lines == 1


async def test_an_error_does_not_stay_through_what_is_done_next() -> None:
    text, lines = await reads("There is no sound.", 30.0, 120)
    assert "no sound" not in text
    assert lines == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 42), (200, 50)])
async def test_how_the_service_level_is_counted_is_never_cut(size: tuple[int, int]) -> None:
    long = "answered within threshold / (answered + abandoned), without those called back"
    queues = {name: replace(queue, service_level_formula=long) for name, queue in IDLE.queues.items()}
    app, _ = desk(replace(IDLE, queues=queues))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["q"] if size[0] < 100 else [])
        pane = app.desk_screen.query_one(QueuesPane)
        hint = Content.from_markup(pane.border_subtitle or "").plain
        assert hint
        assert len(hint) <= pane.outer_size.width - 6
        assert (long in hint) is (len(long) + 3 <= pane.outer_size.width - 6)


async def test_what_failed_is_gone_at_once_when_it_succeeds() -> None:
    app, session = desk(active())
    failures = iter([CommandResult(False, verbatim("The call was not put on hold. F10 tries again."), "Unavailable")])

    async def hold(*_: object, **__: object) -> CommandResult:
        return next(failures, CommandResult(True))

    session.commands.do = hold  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f4"])
        await until(pilot, lambda: "not put on hold" in told(app.desk_screen))
        await settle(pilot, ["f4"])
        await until(pilot, lambda: "not put on hold" not in told(app.desk_screen))


async def test_an_error_that_stays_says_how_to_hide_it_and_esc_does() -> None:
    notice = Notice(NOW - 300, verbatim("The call was not put on hold."), "error", "i1")
    state = active()
    call = replace(state.interactions["i1"], phase_since=NOW - 400)
    app, _ = desk(replace(state, interactions={"i1": call}, notices=(notice,)))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "not put on hold" in told(app.desk_screen))
        assert "esc hides it" in told(app.desk_screen)
        await settle(pilot, ["escape", "escape"])
        await until(pilot, lambda: "not put on hold" not in told(app.desk_screen))


@pytest.mark.parametrize("ill", [False, True])
async def test_trying_again_hides_no_keys_when_nothing_is_wrong(ill: bool) -> None:
    health = {**LIVE, "crm": SourceHealth(Health.DOWN, NOW - 41)} if ill else LIVE
    app, session = desk(replace(IDLE, health=health))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f10"])
        assert ("Trying again." in told(app.desk_screen)) is ill
        session.store.publish(HealthChanged(Health.LIVE), "crm")
        await settle(pilot)
        assert "Trying again." not in told(app.desk_screen)


@pytest.mark.parametrize(
    ("does", "hint"),
    [
        (["alt+u"], "Unlinked from Priya Natarajan."),
        (["alt+t", *"Sorry!", "escape"], "Discarded: “Sorry!”."),
    ],
    ids=["unlinked", "discarded"],
)
async def test_how_something_is_taken_back_is_not_hidden_by_what_is_done_with_the_contact_next(
    does: list[str], hint: str
) -> None:
    app, _ = desk(active())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, does)
        await until(pilot, lambda: hint in told(app.desk_screen))
        await settle(pilot, ["f4"])
        await settle(pilot)
        assert hint in told(app.desk_screen)


async def test_what_was_taken_back_is_told_no_more() -> None:
    app, session = desk(active())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["alt+u"])
        pop = session.store.state.pops["i1"]
        session.store.state = replace(session.store.state, pops={"i1": replace(pop, chosen=None, decided=True)})
        app.request_frame()
        await until(pilot, lambda: "Unlinked" in told(app.desk_screen))
        await settle(pilot, ["alt+u"])
        await until(pilot, lambda: "Unlinked" not in told(app.desk_screen))
