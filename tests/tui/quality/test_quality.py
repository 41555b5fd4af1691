"""The pages of quality by keyboard: what a key asks for, what is kept, and that nothing steals the keyboard."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from desktop.domain.entities.floor import CoachingNews
from desktop.domain.entities.history import PastPage, PastQuery
from desktop.domain.reviews.scorecards import Answer
from desktop.domain.state.events import Envelope
from desktop.domain.state.floor_events import CoachingChanged
from desktop.ports.errors import Rejected, Unavailable
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.app import DesktopApp
from desktop.tui.pages.help import PageHelp
from desktop.tui.quality.words_field import WordsField
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from tests.tui.desk import settle
from tests.tui.quality.quality_desk import (
    FAIR,
    GOOD,
    SAM,
    MemoryStore,
    QualityServer,
    both_in,
    calibration,
    judged,
    note,
    quality_desk,
    state,
)
from tests.tui.states import NOW, active, offered

HAND_IN = "alt+enter"


async def done(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, and let everything they set off come to its end."""
    await settle(pilot)
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    for _ in range(6):
        await asyncio.sleep(0)
        await pilot.pause()


async def until(pilot: Pilot[Any], seen: Callable[[], object]) -> None:
    """Let things go on until it is so."""
    async with asyncio.timeout(10):
        while not seen():
            await pilot.pause(0.02)


def page_text(app: DesktopApp) -> str:
    """All that stands on the page."""
    page = app.screen.query_one("#quality")
    texts = [str(one.render()) for one in page.query(Static)]
    table = page.query_one(LineTable)
    rows = [" ".join(getattr(cell, "plain", str(cell)) for cell in row.cells) for row in table.rows]
    rows += [table.render_line(y).text for y in range(table.size.height)]
    card = page.query("#card")
    titles = [str(one.border_title) + str(one.border_subtitle) for one in (page, *card)]
    return "\n".join([*texts, *rows, *titles])


Session = Callable[[Pilot[Any], DesktopApp], Awaitable[None]]


def reviewing(
    server: QualityServer, work: Session, *, size: tuple[int, int] = (120, 36), file: MemoryStore | None = None
) -> None:
    """Sam's page over a server, until `work` is done."""

    async def run() -> None:
        app, _, _ = quality_desk(server, state(SAM), file)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            app.quality.toggle(app.session, app.desk_screen, review=True)
            await done(pilot)
            await work(pilot, app)

    asyncio.run(run())


def at_the_desk(server: QualityServer, work: Session, *, start: Any = None, keys: Sequence[str] = ("C",)) -> None:
    """Maya's screen over a server, until `work` is done."""

    async def run() -> None:
        app, _, _ = quality_desk(server, start or state())
        async with app.run_test(size=(120, 36)) as pilot:
            await done(pilot, *keys)
            await work(pilot, app)

    asyncio.run(run())


def submitted(server: QualityServer) -> list[Any]:
    return [call[1] for call in server.calls if call[0] == "submit"]


# -- reviewers


def test_a_card_is_filled_in_and_handed_in_by_keyboard() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "down", "enter")  # the first is Lucía's
        await done(pilot, "1", "y", "5", "2", "c", "l", "a", "t", "e", "r", "escape")
        text = page_text(app)
        assert "85.2 % ✓" in text
        assert "submit" in text
        await done(pilot, HAND_IN)
        await until(pilot, lambda: submitted(server))
        (draft,) = submitted(server)
        assert draft.interaction_id == "i-0"
        assert draft.answers == (
            Answer("greeting", "yes"), Answer("identity", "yes"), Answer("understood", "5"),
            Answer("solved", "owned", "later"),
        )  # fmt: skip
        await done(pilot)
        assert not app.screen.query_one("#card").has_class("open")

    reviewing(server, work)


@pytest.mark.parametrize("key", ["c", "o", "enter"])
def test_a_comment_whose_field_does_not_open_answers_nothing(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = QualityServer()
    monkeypatch.setattr(WordsField, "open", lambda *_: None)

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", key, "y", "1", "t", "o")
        session: Any = app.session
        assert session.supervisor.quality.unfinished == ()
        assert "No field is open" in in_words(session.store.drain().notices[-1].text)
        await done(pilot, "escape", "y")
        assert session.supervisor.quality.unfinished[0].answers == (Answer("greeting", "yes"),)

    reviewing(server, work)


def test_an_error_goes_once_the_same_act_succeeds() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        assert app.session is not None
        store = app.session.store
        await done(pilot, "enter", "1", "y", "5", "2", HAND_IN)  # a comment is missing
        (error,) = [one for one in store.drain().notices if "not submitted" in in_words(one.text)]
        assert error.subject and not error.over
        await done(pilot, "c", *"why", "escape", HAND_IN)
        assert len(submitted(server)) == 1
        assert all(one.over for one in store.drain().notices if "not submitted" in in_words(one.text))

    reviewing(server, work)


def test_what_is_incomplete_stays_and_says_what_is_missing() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", "1", "2", HAND_IN)
        assert submitted(server) == []
        assert app.screen.query_one("#card").has_class("open")
        assert app.session is not None
        notices = [in_words(one.text) for one in app.session.store.drain().notices]
        assert any("not submitted" in text and "safe" in text for text in notices)
        assert "needs a comment" in page_text(app)

    reviewing(server, work)


def test_handing_in_twice_hands_in_once() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", "1", "1", "5", "1")
        await pilot.press(HAND_IN, HAND_IN)
        await done(pilot)
        await until(pilot, lambda: submitted(server))
        await done(pilot)
        assert len(submitted(server)) == 1

    reviewing(server, work)


@pytest.mark.parametrize("error", [Unavailable("gone"), Rejected("no")])
def test_what_could_not_be_handed_in_is_still_there(error: Exception) -> None:
    server = QualityServer(failing=error)
    file = MemoryStore()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", "1", "1", "5", "1", HAND_IN)
        await until(pilot, lambda: submitted(server))
        await done(pilot)
        assert "Lucía" in page_text(app)
        assert app.screen.query_one("#card").has_class("open")
        (kept,) = file.kept.values()
        assert '"solved"' in kept.body

    reviewing(server, work, file=file)


def test_a_card_left_and_come_back_to_is_as_it_was_left() -> None:
    server = QualityServer()
    file = MemoryStore()

    async def leave(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", "1", "c", "w", "h", "y", "escape", "escape")
        assert "✎ 1/4" in page_text(app)
        await done(pilot, "escape")
        assert not app.quality.is_open
        await app.flush()

    async def come_back(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        await session.supervisor.quality.restore()
        await done(pilot, "u", "home", "enter")
        card = session.supervisor.quality.unfinished[0]
        assert card.answers == (Answer("greeting", "yes"), Answer("identity", "", "why"))
        assert "1 unanswered" not in page_text(app)
        assert "3 unanswered" in page_text(app)

    reviewing(server, leave, file=file)
    reviewing(server, come_back, file=file)


def test_what_is_kept_says_whose_interaction_it_is_about() -> None:
    """Otherwise erasing that customer would not find it."""
    server = QualityServer(judged=[judged(2, FAIR)], calibrated=[calibration(1)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        assert app.session is not None
        words = app.session.supervisor.quality.words
        await done(pilot, "enter", "1", "escape", "n", "h", "escape", "2")
        await until(pilot, lambda: "Reviewed" in page_text(app) and "Maya" in page_text(app))
        await done(pilot, "n", "i", "o", "escape", "3")
        await until(pilot, lambda: "yours missing" in page_text(app))
        await done(pilot, "enter", "1", "escape")
        assert len(words.subjects) == 4
        for subject in words.subjects:
            body = words.body(subject)
            assert body is not None
            assert body["interaction_id"].startswith("i-"), subject
            assert body["customer"] == "+442079460018", subject

    reviewing(server, work)


def test_an_answer_that_cannot_be_written_is_no_key_of_the_page() -> None:
    server = QualityServer(notes=[note(1, "See it.", acknowledged_at=NOW - 5, read_at=NOW - 9)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "a", *"kept")
        assert app.session is not None
        assert "No field is open" in in_words(app.session.store.drain().notices[-1].text)

    at_the_desk(server, work)


def test_an_answer_to_a_note_says_which_interaction_it_is_about() -> None:
    server = QualityServer(notes=[note(1, "See it.", evaluation="e-2")], judged=[judged(2, FAIR, released_at=NOW - 5)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "a", "k")
        assert app.session is not None
        body = app.session.supervisor.quality.words.body("reply/n-1")
        assert body is not None
        assert body["interaction_id"] == "i-2"

    at_the_desk(server, work)


def test_a_card_is_discarded_at_the_second_press_only() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        await done(pilot, "enter", "1", "escape", "x")
        assert session.supervisor.quality.unfinished
        await done(pilot, "x")
        await until(pilot, lambda: not session.supervisor.quality.unfinished)

    reviewing(server, work)


def test_a_calibration_is_begun_with_another_supervisor_and_then_mine_to_give() -> None:
    server = QualityServer(calibrated=[calibration(1, submitted=("ines",))])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "k")
        assert "Inês Duarte" in page_text(app)
        await done(pilot, "1")
        await until(pilot, lambda: ("calibrate", "i-2", "ines") in server.calls)
        await done(pilot)
        assert "yours missing" in page_text(app)
        await done(pilot, "enter", "1", "1", "5", "1", HAND_IN)
        await until(pilot, lambda: submitted(server))
        assert submitted(server)[0].calibration == "c-1"
        assert "release" not in page_text(app)

    reviewing(server, work)


def test_the_result_of_a_calibration_says_how_far_both_agree() -> None:
    server = QualityServer(calibrated=[both_in(2), both_in(3, GOOD, GOOD)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "3")
        text = page_text(app)
        for words in ("agreement 25.0 % (1 of 4)", "Cohen's kappa 0.00", "difference 31.5 points", "Across 2 calib"):
            assert words in text
        assert "call back promised for Friday" in text

    reviewing(server, work)


def test_an_evaluation_is_released_and_a_note_written_to_it() -> None:
    server = QualityServer(judged=[judged(2, FAIR)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "2", "r", "r")
        await until(pilot, lambda: ("release", "e-2") in server.calls)
        await done(pilot, "n", "H", "i", HAND_IN)
        await until(pilot, lambda: ("coach", "maya", "Hi", "e-2") in server.calls)
        await done(pilot)
        assert not app.screen.query_one("#quality-words").has_class("open")

    reviewing(server, work)


def test_keys_of_the_page_do_not_reach_what_lies_below() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        session.calls.clear()
        await done(pilot, *"adhmejxwslgqoriv", "slash", "plus", "question_mark", "Q")
        assert [call for call in session.calls if not call[0].startswith("on_screen")] == []
        assert app.quality.is_open
        assert app.is_running

    reviewing(server, work)


def test_the_palette_has_the_keys_of_the_page() -> None:
    server = QualityServer(judged=[judged(2, FAIR)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "2")
        named = {one.title: one.callback for one in app.get_system_commands(app.screen)}
        assert "Refresh  (u)" in named
        named["Release  (r)"]()
        await until(pilot, lambda: app.presses.armed is not None)  # nothing is released that nobody was named for
        assert ("release", "e-2") not in server.calls
        await done(pilot, "r")
        await until(pilot, lambda: ("release", "e-2") in server.calls)

    reviewing(server, work)


def test_while_a_card_is_open_keys_are_about_it() -> None:
    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter")
        app.screen.query_one("#quality-detail").focus()
        await done(pilot, "2", "1")
        assert app.screen.query_one("#card").has_focus
        assert "3 unanswered" in page_text(app)

    reviewing(QualityServer(), work)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_help_on_an_open_card_leads_back_to_the_card(size: tuple[int, int]) -> None:
    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", "2", "f1")
        text = str(app.screen.query_one("#page-help-text", Static).visual)
        assert "Submit the scorecard" in text and "Leave the call" not in text
        assert app.screen.query_one(PageHelp).size.height > size[1] // 2
        await done(pilot, "1", "f1", "1")
        assert app.quality.is_open and app.screen.query_one("#card").has_focus
        assert "2 unanswered" in page_text(app)

    reviewing(QualityServer(), work, size=size)


def test_another_week_and_another_form() -> None:
    server = QualityServer()

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        assert "2026-W47" in page_text(app)
        await done(pilot, "comma")
        assert "2026-W46" in page_text(app)
        await done(pilot, "full_stop", "full_stop")
        assert "2026-W47" in page_text(app)

    reviewing(server, work)


class DatedServer(QualityServer):
    """Answers for the days that are asked for only."""

    async def past_interactions(self, query: PastQuery) -> PastPage:
        return PastPage(tuple(one for one in self.past if query.since <= one.arrived_at < query.until))


def test_while_a_week_has_nothing_yet_the_page_opens_on_the_one_before() -> None:
    week = 7 * 86_400
    server = DatedServer()
    server.past = [replace(one, arrived_at=one.arrived_at - week) for one in server.past]

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        assert "2026-W46" in page_text(app) and "○ to review" in page_text(app)
        await done(pilot, "full_stop")
        assert "2026-W47" in page_text(app) and "Nothing to review this week yet." in page_text(app)
        await done(pilot, "u")
        assert "2026-W47" in page_text(app)  # chosen by a person, it stays
        await done(pilot, "comma", "comma")
        assert "Nothing to review in 2026-W45." in page_text(app)

    reviewing(server, work)


def test_without_a_form_the_page_says_so() -> None:
    server = QualityServer()

    async def run() -> None:
        app, session, _ = quality_desk(server, state(SAM))
        supervisor: Any = session.supervisor  # type: ignore[attr-defined]
        supervisor.forms = replace(supervisor.forms, cards=(), problems=("chat.toml: title must be a text.",))
        async with app.run_test(size=(120, 36)) as pilot:
            await settle(pilot)
            app.quality.toggle(app.session, app.desk_screen, review=True)
            await done(pilot)
            assert "title must be a text" in page_text(app)
            assert "No scorecard form is set up." in page_text(app)

    asyncio.run(run())


# -- agents


def test_an_agent_reads_and_acknowledges_a_note_with_an_answer() -> None:
    server = QualityServer(notes=[note(1, "Well done.")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        assert "1 to acknowledge" in page_text(app)
        await done(pilot, "enter")
        await until(pilot, lambda: ("read note", "n-1") in server.calls)
        await done(pilot, "a", "T", "h", "x", HAND_IN)
        await until(pilot, lambda: ("acknowledge", "n-1", "Thx") in server.calls)

    at_the_desk(server, work)


def test_an_agent_reads_an_evaluation_under_its_own_form() -> None:
    server = QualityServer(judged=[judged(1, FAIR, released_at=NOW - 5)])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        text = page_text(app)
        assert "Was it solved?" in text
        assert "call back promised for Friday" in text
        await done(pilot, "enter")
        await until(pilot, lambda: ("read", "e-1") in server.calls)

    at_the_desk(server, work)


def test_news_are_told_quietly_while_somebody_types() -> None:
    server = QualityServer(notes=[note(1, "Well done.")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        await done(pilot, "n", "a", "b")
        typed = app.screen.query_one(NotePane)
        assert typed.has_focus
        session.store.put(Envelope("contact_center", CoachingChanged(CoachingNews(1, "Sam Rivera", NOW)), NOW))
        await done(pilot, "c")
        assert typed.has_focus
        assert typed.text.endswith("abc")
        told = [in_words(one.text) for one in session.store.drain().notices]
        assert any("feedback on your work from Sam Rivera" in text for text in told)
        assert not app.quality.is_open

    start = replace(active(), capabilities={"contact_center": frozenset({"quality"})})
    at_the_desk(server, work, start=start, keys=())


ANSWERED = note(1, "Well done.", read_at=NOW - 9, acknowledged_at=NOW - 5, answer="Thank you.")


def test_who_wrote_a_note_is_told_quietly_of_the_answer_and_reads_it() -> None:
    server = QualityServer(notes=[replace(ANSWERED, acknowledged_at=None, answer="")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        await done(pilot, "4")
        assert "answered" not in page_text(app)
        await done(pilot, "escape")
        server.notes = [ANSWERED]
        news = CoachingNews(answers=1, answered_by="Maya Okafor", answered_at=NOW - 5)
        session.store.put(Envelope("contact_center", CoachingChanged(news), NOW))
        await done(pilot)
        told = [in_words(one.text) for one in app.desk_screen.state.notices]
        assert "Maya Okafor answered your coaching note: S on the floor to read." in told
        app.quality.toggle(session, app.desk_screen, review=True)
        await done(pilot, "4")
        text = page_text(app)
        assert "Coaching  ● 1 answer" in text
        assert "● answered" in text
        assert "Thank you." in text
        assert ("read note", "n-1") not in server.calls
        await done(pilot, "enter")
        await until(pilot, lambda: ("read note", "n-1") in server.calls)

    reviewing(server, work)


def test_an_answer_that_comes_while_the_notes_are_open_is_shown() -> None:
    server = QualityServer(notes=[replace(ANSWERED, acknowledged_at=None, answer="")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        await done(pilot, "4")
        server.notes = [ANSWERED]
        session.store.put(Envelope("contact_center", CoachingChanged(CoachingNews(answers=1)), NOW))
        await until(pilot, lambda: "Thank you." in page_text(app))
        assert not any("answered" in in_words(one.text) for one in app.desk_screen.state.notices)

    reviewing(server, work)


def test_what_others_wrote_is_not_mine_to_read() -> None:
    server = QualityServer(notes=[replace(ANSWERED, by="ines", by_name="Inês Duarte")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "4", "enter")
        assert "✓ answered" in page_text(app)
        assert ("read note", "n-1") not in server.calls

    reviewing(server, work)


def test_a_contact_wants_the_whole_screen() -> None:
    server = QualityServer(notes=[note(1, "Well done.")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "a", "k", "e", "p", "t")
        await done(pilot, "f9")
        assert not app.quality.is_open
        await done(pilot, "c")
        session: Any = app.session
        assert session.supervisor.quality.text("reply/n-1") == "kept"

    at_the_desk(server, work)


def test_an_offer_is_seen_over_the_page_and_accepted_from_it() -> None:
    server = QualityServer(notes=[note(1, "Well done.")])

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        await done(pilot, "a", "k", "e", "p", "t")
        banner, page = app.screen.query_one(StatusLine), app.screen.query_one("#quality")
        assert banner.display
        assert banner.region.bottom <= page.region.y
        await done(pilot, "f2")
        assert any(call[0] == "commands.do" and "accept" in str(call) for call in session.calls)
        assert not app.quality.is_open
        assert session.supervisor.quality.text("reply/n-1") == "kept"

    start = replace(offered(), capabilities={"contact_center": frozenset({"quality"})})
    at_the_desk(server, work, start=start)


def test_who_keeps_no_evaluations_is_said_to() -> None:
    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        session: Any = app.session
        session.supervisor.offers = lambda capability: False
        await done(pilot, "C")
        assert not app.quality.is_open
        told = [in_words(one.text) for one in session.store.drain().notices]
        assert any("does not support evaluations" in text for text in told)

    at_the_desk(QualityServer(), work, keys=())


# -- hostile text, and sizes


HOSTILE = "\x1b]0;owned\x07\x1b[2J[bold red]no[/]\u202eabc\u2066\ud800" + "\u0301" * 40


@pytest.mark.parametrize("size", [(80, 24), (61, 19), (200, 50)], ids=str)
def test_hostile_text_stays_text(size: tuple[int, int]) -> None:
    server = QualityServer(
        judged=[judged(1, tuple(replace(one, comment=HOSTILE) for one in GOOD), comment=HOSTILE, agent_name=HOSTILE)],
        notes=[note(1, HOSTILE, agent_name=HOSTILE, answer=HOSTILE, acknowledged_at=NOW)],
        calibrated=[replace(both_in(2), agent_name=HOSTILE, reviewer_names=(HOSTILE, HOSTILE))],
    )
    server.past = [replace(one, agent_name=HOSTILE, customer_name=HOSTILE, codes=(HOSTILE,)) for one in server.past]

    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        for tab in "1234":
            await done(pilot, tab)
            await done(pilot, "enter")
            text = page_text(app)
            assert "\x1b" not in text
            assert "\u202e" not in text
            assert "\ud800" not in text
            await done(pilot, "escape")
        assert "[bold red]" in text

    reviewing(server, work, size=size)


@pytest.mark.thorough
def test_a_resize_while_a_comment_is_typed_loses_nothing() -> None:
    async def work(pilot: Pilot[Any], app: DesktopApp) -> None:
        await done(pilot, "enter", "c", "a", "b")
        await pilot.resize_terminal(80, 24)
        await done(pilot, "c")
        await pilot.resize_terminal(50, 12)
        await done(pilot, "d")
        await pilot.resize_terminal(150, 40)
        await done(pilot, "e")
        field = app.screen.query_one("#quality-words", TextArea)
        assert (field.text, field.has_focus) == ("abcde", True)

    reviewing(QualityServer(), work)
