"""Scorecards and coaching notes: no word is lost, each is delivered once, and samples are what the rules say."""

import asyncio
import json
import multiprocessing
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from desktop.app.commands.command_result import CommandResult
from desktop.app.connections.backends import Backends
from desktop.app.reviews.quality_desk import QualityDesk
from desktop.app.reviews.review_drafts import ReviewDrafts
from desktop.app.reviews.scorecard_draft import ScorecardDraft, card_from
from desktop.app.session import Session
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.review_drafts import ReviewDraft
from desktop.app.timing import Timing
from desktop.domain.entities.history import PastInteraction, PastPage, PastQuery
from desktop.domain.reviews.quality import CoachingNote, Evaluation, EvaluationDraft
from desktop.domain.reviews.sampling import SampleRule, Scorecard
from desktop.domain.reviews.scorecards import Answer, Form, Question, Section
from desktop.domain.text.sentence import verbatim
from desktop.ports.errors import Conflict, OutcomeUnknown, Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import ME, FakeContactCenter, FakeCrm, VirtualTime, until

FORM = Form("voice", "Calls", (Section("All", (Question("greeting", "Greeted?"), Question("tone", "Kind?"))),))
CARD = ScorecardDraft("i-1", "maya", "Maya", FORM)
FULL = CARD.answered(Answer("greeting", "yes")).answered(Answer("tone", "no", "hurried"))


class QualityCenter(FakeContactCenter):
    """Remembers what it was handed, by key, as a server does."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.handed_in: dict[str, EvaluationDraft] = {}
        self.replies: dict[str, tuple[str, str]] = {}
        self.past: list[PastInteraction] = []
        self.judged: list[Evaluation] = []
        self.queries: list[PastQuery] = []

    async def submit_evaluation(self, draft: EvaluationDraft, *, key: str) -> Any:
        if key in self.handed_in and self.handed_in[key] != draft:
            raise Rejected("This key was used for another request.")
        if await self.script.play("submit", draft, key=key) is None:
            self.handed_in[key] = draft

    async def take_and_say_nothing(self) -> None:
        name, (draft,), named = self.script.calls[-1]
        assert name == "submit"
        self.handed_in[named["key"]] = draft
        raise OutcomeUnknown("No answer.")

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> Any:
        await self.script.play("acknowledge", note_id, answer, key=key)
        self.replies[key] = (note_id, answer)

    async def coach(self, agent_id: str, text: str, *, evaluation: str = "", key: str) -> Any:
        await self.script.play("coach", agent_id, text, evaluation, key=key)

    async def release_evaluation(self, evaluation_id: str, *, key: str) -> Any:
        await self.script.play("release", evaluation_id, key=key)

    async def evaluations(self, **_: Any) -> list[Evaluation]:
        await self.script.play("evaluations")
        return self.judged

    async def coaching_notes(self, **_: Any) -> list[CoachingNote]:
        await self.script.play("coaching_notes")
        return []

    async def past_interactions(self, query: PastQuery) -> PastPage:
        self.queries.append(query)
        begin = int(query.cursor or 0)
        fitting = [one for one in self.past if query.since <= one.arrived_at < query.until]
        rest = begin + 2 < len(fitting)
        return PastPage(tuple(fitting[begin : begin + 2]), str(begin + 2) if rest else "")


class Desk:
    """A started session over a real file."""

    def __init__(self, path: Path, server: QualityCenter | None = None) -> None:
        self.path = path
        self.time = VirtualTime()
        self.server = server or QualityCenter(self.time.timing)
        self.server.timing = self.time.timing
        self.session = Session("p", Backends(self.server, FakeCrm()), self._open, timing=self.time.timing)

    async def _open(self) -> LocalStore:
        return await LocalStore.open(self.path, clock=self.time.timing.clock)

    async def start(self) -> "Desk":
        await self.session.start()
        await until(lambda: self.session.store.drain().me)
        return self

    @property
    def quality(self) -> QualityDesk:
        return self.session.supervisor.quality

    @property
    def told(self) -> list[str]:
        return [in_words(notice.text) for notice in self.session.store.drain().notices]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = await Desk(tmp_path / "p.db").start()
    yield made
    await made.session.close()


async def again(desk: Desk) -> Desk:
    """The same profile in another run; the first one is not closed in order."""
    return await Desk(desk.path, desk.server).start()


async def test_what_is_typed_is_on_disk_half_a_second_later(desk: Desk) -> None:
    desk.quality.edit(FULL)
    assert desk.quality.words.saved_at(FULL.subject) is None
    await desk.time.advance(0.5, disk=True)
    await until(
        lambda: desk.quality.words.saved_at(FULL.subject) is not None
    )  # the disk may be slow, time stands still
    assert desk.quality.words.saved_at(FULL.subject) == pytest.approx(desk.time.wall, abs=0.5)
    other = await again(desk)
    assert other.quality.unfinished == (FULL,)
    assert other.quality.card("i-1", "maya", "Maya", replace(FORM, title="Changed since")) == FULL
    await other.session.close()


async def test_while_somebody_types_on_it_is_saved_every_two_seconds(desk: Desk) -> None:
    for number in range(25):
        desk.quality.edit(replace(FULL, comment="x" * number))
        await desk.time.advance(0.1, disk=True)
    async with asyncio.timeout(10):
        while not (kept := await desk.session.local.review_drafts()):
            await asyncio.sleep(0.001)
    assert len(card_from(json.loads(kept[0].body)).comment) >= 5


async def test_an_end_in_order_saves_at_once(desk: Desk) -> None:
    desk.quality.edit(FULL)
    await desk.session.close()
    other = await again(desk)
    assert other.quality.unfinished == (FULL,)
    await other.session.close()


async def test_a_scorecard_is_no_note_of_a_contact(desk: Desk) -> None:
    desk.quality.edit(FULL)
    await desk.quality.words.flush()
    other = await again(desk)
    await other.time.advance(10.0, disk=True)
    assert other.session.store.drain().drafts == {}
    assert await other.session.outbox.rows() == []
    assert other.quality.unfinished == (FULL,)
    await other.session.close()


async def test_it_is_handed_in_once_and_then_forgotten(desk: Desk) -> None:
    desk.quality.edit(FULL)
    first, second = await asyncio.gather(desk.quality.submit(FULL), desk.quality.submit(FULL))
    assert (first.ok, second.error) == (True, "ignored")
    assert list(desk.server.handed_in.values()) == [FULL.draft()]
    assert desk.quality.unfinished == ()
    assert await desk.session.local.review_drafts() == []


async def test_what_is_incomplete_is_not_handed_in(desk: Desk) -> None:
    result = await desk.quality.submit(CARD.answered(Answer("greeting", "yes")))
    assert (result.ok, "an answer is missing" in in_words(result.text)) == (False, True)
    assert desk.server.handed_in == {}


async def test_without_an_answer_it_waits_and_goes_under_the_same_key(desk: Desk) -> None:
    desk.server.script.then("submit", Unavailable("gone"), desk.server.take_and_say_nothing)
    result = await desk.quality.submit(FULL)
    assert not result.ok
    assert "safe here" in in_words(result.text)
    assert desk.quality.edit(replace(FULL, comment="changed")) is False  # it may be there already
    await desk.time.run_until(lambda: desk.quality.unfinished == (), disk=True)
    assert list(desk.server.handed_in.values()) == [FULL.draft()]
    assert len(set(desk.server.script.keys("submit"))) == 1
    assert len(desk.server.script.keys("submit")) == 3
    assert any("can be reached again" in text for text in desk.told)


async def test_a_crash_between_sending_and_the_answer_hands_it_in_once(desk: Desk) -> None:
    desk.server.script.then("submit", desk.server.take_and_say_nothing)
    await desk.quality.submit(FULL)
    assert len(desk.server.handed_in) == 1
    other = await again(desk)  # the first one never hears an answer
    await other.time.run_until(lambda: other.quality.unfinished == (), disk=True)
    assert len(desk.server.handed_in) == 1
    assert len(set(desk.server.script.keys("submit"))) == 1
    await other.session.close()


@pytest.mark.parametrize("error", [Rejected("no such answer"), Conflict("judged already")])
async def test_what_is_refused_stays_and_can_be_changed(desk: Desk, error: Exception) -> None:
    desk.server.script.then("submit", error)
    result = await desk.quality.submit(FULL)
    assert not result.ok
    assert "safe here" in in_words(result.text)
    (kept,) = desk.quality.unfinished
    assert (kept.answers, kept.sending) == (FULL.answers, "")
    assert desk.quality.edit(replace(kept, comment="mended"))
    assert (await desk.quality.submit(replace(kept, comment="mended"))).ok
    assert len(set(desk.server.script.keys("submit"))) == 2


async def test_notes_and_replies_are_kept_and_sent_in_the_same_way(desk: Desk) -> None:
    desk.quality.edit_note("maya", "Well do", "e-1")
    desk.quality.edit_reply("n-1", "Thank y")
    await desk.quality.words.flush()
    other = await again(desk)
    assert other.quality.text(other.quality.note_subject("maya", "e-1")) == "Well do"
    assert other.quality.text(other.quality.reply_subject("n-1")) == "Thank y"
    assert (await other.quality.send_note("maya", "Well done.", "e-1")).ok
    assert (await other.quality.acknowledge("n-1", "")).ok
    assert [call[1] for call in desk.server.script.calls if call[0] == "coach"] == [("maya", "Well done.", "e-1")]
    assert list(desk.server.replies.values()) == [("n-1", "")]
    assert not (await other.quality.send_note("maya", "  ")).ok
    assert await other.session.local.review_drafts() == []
    await other.session.close()


async def test_words_damaged_on_disk_are_shown_in_the_outbox(desk: Desk) -> None:
    await desk.session.local.save_review_draft(ReviewDraft("card/voice/i-9", "{not json"))
    other = await again(desk)
    assert other.quality.unfinished == ()
    (row,) = await other.session.outbox.rows()
    assert "{not json" in row.payload
    await other.session.close()


async def test_a_disk_that_comes_late_costs_neither_text(desk: Desk) -> None:
    desk.quality.edit(FULL)
    await desk.quality.words.flush()
    there = False

    def local() -> LocalStore:
        if not there:
            raise StoreError(verbatim("not yet"))
        return desk.session.local

    words = ReviewDrafts(desk.time.timing, local, lambda _: None)
    words.edit(FULL.subject, CARD.body() | {"comment": "another begun"})
    await desk.time.advance(1.0, disk=True)
    assert words.problem(FULL.subject)
    there = True
    await words.restore()
    await words.flush()
    assert card_from(words.body(FULL.subject) or {}) == replace(CARD, comment="another begun")
    (row,) = await desk.session.local.outbox()
    assert "hurried" in row.payload
    await words.close()


async def test_a_release_pressed_twice_has_one_key_until_it_is_answered(desk: Desk) -> None:
    desk.server.script.then("release", Unavailable("gone"))
    assert not (await desk.quality.release("e-1")).ok
    assert (await desk.quality.release("e-1")).ok
    assert len(set(desk.server.script.keys("release"))) == 1


@pytest.mark.parametrize(
    ("call", "act", "said"),
    [
        ("release", lambda desk: desk.release("e-1"), "whether the evaluation was released"),
        ("submit", lambda desk: desk.submit(FULL), "whether the evaluation was submitted"),
        ("coach", lambda desk: desk.send_note("maya", "Well done."), "whether the note was sent"),
        ("acknowledge", lambda desk: desk.acknowledge("n-1", ""), "whether the note was acknowledged"),
    ],
)
async def test_without_an_answer_it_does_not_say_that_it_was_not_done(
    desk: Desk, call: str, act: Callable[[QualityDesk], Awaitable[CommandResult]], said: str
) -> None:
    desk.server.script.then(call, OutcomeUnknown("No answer."))
    result = await act(desk.quality)
    assert (result.ok, result.error) == (False, "OutcomeUnknown")
    text = in_words(result.text)
    assert text.startswith("It is not known ") and said in text and "safe here" in text and " was not " not in text


async def test_what_cannot_be_read_is_said_in_words(desk: Desk) -> None:
    desk.server.script.then("evaluations", Unavailable("gone"))
    found = await desk.quality.evaluations()
    assert (found.value, found.error) == (None, "Unavailable")
    assert "could not be loaded" in in_words(found.problem)


async def test_a_sample_is_drawn_over_all_pages_without_what_was_judged(desk: Desk) -> None:
    week = desk.quality.week()
    for number in range(7):
        for agent in ("maya", "tom", ME):
            desk.server.past.append(_past(f"{agent}-{number}", agent, week.since + number))
    card = Scorecard(FORM, SampleRule(per_agent=3))
    drawn = await desk.quality.sample(card, week)
    assert drawn.value is not None
    assert [one.agent_id for one in drawn.value] == ["maya"] * 3 + ["tom"] * 3  # nobody judges themselves
    assert len(desk.server.queries) == 11
    first = drawn.value[0]
    desk.server.judged = [_judged(first.id)]
    rest = await desk.quality.sample(card, week)
    assert rest.value == drawn.value[1:]


def test_a_card_is_read_back_as_it_was_written() -> None:
    sent = replace(FULL, comment="Größe", calibration="c-1", release=True, sending="k")
    assert card_from(sent.body()) == sent
    for damaged in ({}, CARD.body() | {"form": {}}, CARD.body() | {"answers": [{"question": "x"}]}):
        with pytest.raises(ValueError, match=r"scorecard|form"):
            card_from(damaged)


def _past(name: str, agent: str, at: float) -> PastInteraction:
    return PastInteraction(
        name, "voice", "inbound", "sales", "", "", agent, agent, at, at + 5, at + 200, "handled", 5.0, 120.0
    )


def _judged(interaction_id: str) -> Evaluation:
    return Evaluation("e", 1, interaction_id, "voice", "sales", 0.0, "maya", "Maya", ME, "Ada", FORM, FULL.answers, 0.0)


# -- kill -9


def _write(path: str, told: Connection) -> None:
    async def work() -> None:
        store = await LocalStore.open(Path(path))
        words = ReviewDrafts(Timing(), lambda: store, lambda _: None)
        number = 0
        while True:
            number += 1
            card = replace(FULL, comment=f"{number:06}" * 50)
            words.edit(card.subject, card.body())
            await words.flush()
            if words.saved_at(card.subject) is not None:
                told.send(number)

    asyncio.run(work())


@pytest.mark.thorough
async def test_what_was_said_to_be_saved_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    context = multiprocessing.get_context("forkserver")
    for round_ in range(5):
        ours, theirs = context.Pipe(duplex=False)
        victim = context.Process(target=_write, args=(str(path), theirs))
        victim.start()
        theirs.close()
        saved = 0
        while saved < 5 + 7 * round_:
            assert ours.poll(20.0)
            saved = ours.recv()
        victim.kill()
        victim.join(20.0)
        assert victim.exitcode == -signal.SIGKILL
        try:
            while ours.poll(0):
                saved = ours.recv()
        except EOFError:
            pass
        store = await LocalStore.open(path)
        words = ReviewDrafts(Timing(), lambda store=store: store, lambda _: None)
        await words.restore()
        found = card_from(words.body(FULL.subject) or {})
        assert found.comment[:6] * 50 == found.comment
        assert int(found.comment[:6]) >= saved
        await words.drop(FULL.subject)
        await store.close()
