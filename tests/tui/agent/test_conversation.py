"""What the contact's pane says of who hears whom, and of the recording."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content

from desktop.domain.entities.model import Leg
from desktop.domain.entities.words import LegFailure, LegKind, LegPhase, Monitoring, Recording, RecordingConsent
from desktop.domain.select.hearing import hearing
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.words import wording
from desktop.words.catalogue import in_words
from tests.tui.desk import desk, settle
from tests.tui.states import MAIL, NOW, active, conference, consulting, recording_paused, swapped, with_history

PRIYA, ANA = "Priya Natarajan", "Ana Lindqvist"


def changed(state: AppState, **changes: Any) -> AppState:
    return replace(state, interactions={"i1": replace(state.interactions["i1"], **changes)})


def with_supervisor(monitoring: Monitoring | None) -> AppState:
    leg = Leg("s1", LegKind.SUPERVISOR, LegPhase.ACTIVE, "sam", "Sam Rivera", 0.0, monitoring=monitoring)
    return changed(active(), legs=(leg,))


@pytest.mark.parametrize("width", [80, 120, 140, 200])
@pytest.mark.parametrize(
    ("state", "time"),
    [
        (active, "talking 03:41"),
        (recording_paused, "talking 03:41"),
        (lambda: changed(recording_paused(), muted=True), "talking 03:41 · muted"),
        (lambda: changed(recording_paused(), held=True, held_since=NOW - 7), "on hold 00:07"),
        (lambda: consulting(LegPhase.ACTIVE), "consulting 00:07"),
        (lambda: changed(active(), queue="Complaints of business customers, second level"), "talking 03:41"),
    ],
    ids=["refused", "paused", "muted", "held", "consulting", "queue"],
)
async def test_the_time_that_runs_is_never_cut(state: Callable[[], AppState], time: str, width: int) -> None:
    app, _ = desk(state())
    async with app.run_test(size=(width, 24)) as pilot:
        await settle(pilot)
        app.desk_screen.show_tab("contact")
        await settle(pilot)
        shown = app.screen.query_one(ConversationPane)
        title = Content.from_markup(shown.border_title or "").plain
        assert time in title and PRIYA[:9] in title
        assert len(title.strip()) <= shown.outer_size.width - 6


async def pane(state: AppState) -> tuple[str, str]:
    """The heading and the text of the contact's pane."""
    app, _ = desk(state)
    async with app.run_test(size=(160, 40)) as pilot:
        await settle(pilot)
        shown = app.screen.query_one(ConversationPane)
        assert shown.view is not None
        return Content.from_markup(shown.border_title or "").plain, "\n".join(
            line.plain for line in shown.lines(shown.view)
        )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (lambda: changed(active(), held=True), f"{PRIYA} is on hold."),
        (lambda: changed(active(), muted=True), "You are muted: no one hears you."),
        (consulting, f"{ANA} is ringing. {PRIYA} is on hold."),
        (lambda: consulting(LegPhase.REQUESTED), f"{ANA} is being dialled. {PRIYA} is on hold."),
        (lambda: consulting(LegPhase.ACTIVE), f"You are talking to {ANA}. {PRIYA} is on hold."),
        (swapped, f"You are talking to {PRIYA}. {ANA} is on hold."),
        (conference, "All three hear each other."),
        (
            lambda: changed(conference(), held=True),
            f"You are talking to {ANA}. {PRIYA} is on hold.",
        ),
        (
            lambda: consulting(LegPhase.FAILED, LegFailure.DECLINED),
            f"{ANA} declined; you are talking to {PRIYA}.",
        ),
        (lambda: consulting(LegPhase.COMPLETED), f"{ANA} has left; you are talking to {PRIYA}."),
        (lambda: consulting(LegPhase.CANCELLED), f"The call to {ANA} has ended; you are talking to {PRIYA}."),
        (lambda: with_supervisor(Monitoring.LISTEN), "Sam Rivera is listening; no one hears them."),
        (lambda: with_supervisor(Monitoring.WHISPER), "Sam Rivera is speaking to you; no one else hears it."),
        (lambda: with_supervisor(Monitoring.BARGE), "Sam Rivera has joined in; everyone hears them."),
        (lambda: with_supervisor(None), "Sam Rivera is on the line."),
    ],
)
async def test_who_hears_whom_is_always_said(state: Callable[[], AppState], said: str) -> None:
    _, text = await pane(state())
    assert said in text.splitlines()


@pytest.mark.parametrize(
    ("state", "word"),
    [(active, "talking"), (consulting, "on hold"), (swapped, "talking"), (conference, "conference")],
)
async def test_the_heading_tells_a_conference_from_a_swap(state: Callable[[], AppState], word: str) -> None:
    heading, _ = await pane(state())
    assert f" · {word} " in heading


async def test_whoever_is_on_hold_is_not_shown_as_talking() -> None:
    _, text = await pane(swapped())
    strip = next(row for row in text.splitlines() if "● You" in row)
    customer, _, expert = strip.partition("● You")
    assert ["on the line" in part for part in (customer, expert)] == [True, False]
    assert ["on hold" in part for part in (customer, expert)] == [False, True]


@pytest.mark.parametrize(
    ("state", "links"),
    [
        (active, ["━━"]),
        (consulting, ["╌╌", "╌╌"]),
        (swapped, ["━━", "╌╌"]),
        (conference, ["━━", "━━"]),
        (lambda: changed(active(), muted=True), ["─▷"]),
        (lambda: changed(conference(), muted=True), ["─▷", "◁─"]),
    ],
    ids=["talking", "expert rings", "swapped", "conference", "muted", "muted in a conference"],
)
async def test_the_strip_links_those_who_hear_each_other(state: Callable[[], AppState], links: list[str]) -> None:
    _, text = await pane(state())
    strip = next(row for row in text.splitlines() if " You" in row)
    assert re.findall("━━|╌╌|─▷|◁─", strip) == links


async def test_the_strip_has_the_number_they_call_from_unless_it_is_all_that_is_known_of_them() -> None:
    _, text = await pane(active())
    assert text.splitlines()[1].endswith("   +44 20 7946 0018")
    _, text = await pane(replace(changed(active(), customer_name=""), pops={}))
    assert text.count("+44 20 7946 0018") == 1


@pytest.mark.parametrize("width", [80, 100, 120, 140, 141, 150, 180, 200])
@pytest.mark.parametrize("state", [active, consulting, lambda: consulting(LegPhase.ACTIVE), recording_paused])
async def test_keys_below_a_contact_are_whole_or_absent(state: Callable[[], AppState], width: int) -> None:
    app, _ = desk(state())
    async with app.run_test(size=(width, 30)) as pilot:
        await settle(pilot)
        app.desk_screen.show_tab("contact")
        await settle(pilot)
        shown = app.screen.query_one(ConversationPane)
        hints = Content.from_markup(shown.border_subtitle or "").plain.strip()
        assert "…" not in hints and "F8 end" in hints
        assert len(hints) <= shown.outer_size.width - 4, "else the border cuts them"


def test_a_call_with_nobody_but_the_customer_needs_no_words() -> None:
    heard = hearing(active().interactions["i1"])
    assert heard is not None and not wording.who_hears_whom(heard, PRIYA)


def granted(state: AppState) -> AppState:
    """The same, of a customer who never said anything about being recorded."""
    pop = state.pops["i1"]
    match = pop.matches[0]
    return replace(
        state,
        pops={"i1": replace(pop, matches=(replace(match, customer=replace(match.customer, consents=())),))},
    )


@pytest.mark.parametrize(
    ("state", "heading", "line"),
    [
        (lambda: granted(active()), "● rec", ""),
        (active, "", "! Recorded although refused   alt+. pauses"),
        (recording_paused, "", "⏸ rec paused 00:12 (refused)   alt+. resumes"),
        (lambda: granted(recording_paused()), "", "⏸ rec paused 00:12   alt+. resumes"),
        (lambda: changed(active(), recording=Recording.UNKNOWN), "", "? recording not known (refused)"),
        (
            lambda: replace(active(), capabilities={}),
            "",
            "! Recorded although refused   The contact centre cannot pause it.",
        ),
        (
            lambda: replace(active(), recording_consent=RecordingConsent.IGNORE),
            "● rec, refused; recorded by policy",
            "",
        ),
    ],
)
async def test_a_refusal_and_a_recording_never_stand_side_by_side_unexplained_and_are_said_once(
    state: Callable[[], AppState], heading: str, line: str
) -> None:
    title, text = await pane(state())
    assert f" · {heading} · " in f"{title.strip()} · " if heading else "rec" not in title
    first = text.splitlines()[0]
    assert first == line if line else "rec" not in first


async def test_a_recording_that_is_not_known_says_nothing_where_nobody_refused() -> None:
    title, _ = await pane(granted(changed(active(), recording=Recording.UNKNOWN)))
    assert "rec" not in title


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (lambda: changed(active(), recording=Recording.NONE), "This call is not being recorded."),
        (lambda: replace(active(), interactions={}), "There is no call whose recording could be paused."),
    ],
)
async def test_a_key_that_cannot_pause_says_why(state: Callable[[], AppState], told: str) -> None:
    app, session = desk(state())
    async with app.run_test(size=(160, 40)) as pilot:
        await settle(pilot, ["alt+full_stop"])
        assert not [call for call in session.calls if call[0] == "commands.do"]
        assert told in [in_words(notice.text) for notice in session.store.drain().notices]


async def test_in_a_conference_no_name_is_cut_for_what_the_line_below_says() -> None:
    app, _ = desk(conference())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        text = app.desk_screen.query_one(ConversationPane).render().plain
        assert "● Priya Natarajan  ━━  ● You  ━━  ● Ana Lindqvist" in text and "All three hear each other." in text


async def test_what_came_before_is_there_with_little_room_too_without_its_text() -> None:
    state = with_history()
    app, _ = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        pane = app.desk_screen.query_one(ConversationPane)
        text = pane.render().plain
        assert MAIL.summary in text and MAIL.detail.splitlines()[0] not in text
        assert text.count("\n") < pane.content_size.height
