"""The first line says what one's state is and which system is ill, whatever else there is to say."""

from dataclasses import replace

import pytest

from desktop.domain.entities.news_item import News, NewsKind
from desktop.domain.entities.words import Availability, Health
from desktop.domain.entities.wrap_up_record import OutboxView
from desktop.domain.state.state import SourceHealth
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.panes.header import Header
from tests.tui.desk import desk, settle
from tests.tui.states import FACES, MAYA, NOW
from tests.tui.two_centres import two_centres


@pytest.mark.parametrize(
    "name", ["Maya Okafor " + "x" * 200, "界" * 200, "Maya\x1b[31m" * 40], ids=["long", "wide", "hostile"]
)
async def test_a_long_name_pushes_nothing_out(name: str) -> None:
    quiet = next(iter(FACES.values()))()
    ill = {**quiet.health, "crm": SourceHealth(Health.DOWN, NOW - 60, verbatim("It does not answer."), NOW - 60)}
    app, _ = desk(replace(quiet, agents={**quiet.agents, MAYA.id: replace(MAYA, name=name)}, health=ill))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = app.screen.query_one(Header).render().plain
        assert "Available" in text and "down" in text and "\x1b" not in text


@pytest.mark.parametrize("width", [80, 120])
async def test_a_centre_that_says_the_same_as_the_others_is_not_named_beside_them(width: int) -> None:
    app, _ = desk(two_centres())
    async with app.run_test(size=(width, 36)) as pilot:
        await settle(pilot)
        text = app.screen.query_one(Header).render().plain
        assert "● Available 04:12 · written: not ready" in text and "voice: available" not in text


@pytest.mark.parametrize("ill", [False, True])
@pytest.mark.parametrize("next_", [None, Availability.NOT_READY])
async def test_at_80_news_pushes_out_neither_the_outbox_nor_what_is_ill(ill: bool, next_: Availability | None) -> None:
    quiet = next(iter(FACES.values()))()
    down = {**quiet.health, "crm": SourceHealth(Health.DOWN, NOW - 60, verbatim("It does not answer."), NOW - 60)}
    me = replace(MAYA, next=next_, next_reason="break" if next_ else "")
    news = News(NewsKind.MESSAGE, "sam", NOW, who="Sam Rivera", lines=("Hello.",))
    app, _ = desk(
        replace(
            quiet,
            agents={**quiet.agents, MAYA.id: me},
            health=down if ill else quiet.health,
            outbox=OutboxView(0, 1, NOW - 60),
            news={news.id: news},
        )
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = app.screen.query_one(Header).render().plain
        assert "Available" in text and "● 1 new" in text and "outbox 1" in text and ("crm ✕" in text) is ill
        assert text.index("Available") < text.index("● 1 new"), "first where I stand, then what is new"
        assert len(text) <= 80
        if next_ is None:
            assert "1 needs attention" in text


@pytest.mark.parametrize(
    ("reason", "ill", "lights"),
    [
        ("", False, "cc ● crm ● directory ● messages ●"),
        ("missed", False, "all systems ●"),
        ("missed", True, "crm ✕ down  others ●"),
    ],
    ids=["all of them", "one for all", "the ill one and one for the others"],
)
async def test_at_80_the_lights_stay_as_long_as_there_is_room(reason: str, ill: bool, lights: str) -> None:
    quiet = next(iter(FACES.values()))()
    down = {**quiet.health, "crm": SourceHealth(Health.DOWN, NOW - 60, verbatim("It does not answer."), NOW - 60)}
    me = replace(MAYA, observed=Availability.NOT_READY, reason=reason) if reason else MAYA
    app, _ = desk(replace(quiet, agents={**quiet.agents, MAYA.id: me}, health=down if ill else quiet.health))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert lights in app.screen.query_one(Header).render().plain
