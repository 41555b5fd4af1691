"""E-mails in the conversation: HTML as plain text, what they quote folded, and nobody harmed by what they hold."""

from dataclasses import replace

import pytest

from desktop.domain.entities.model import Message
from desktop.domain.entities.words import Channel
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.reply import ReplyPane
from tests.tui.agent.test_reply import quiet, texts
from tests.tui.desk import desk, settle, told
from tests.tui.states import NOW

SIZE = (120, 56)
EARLIER = "".join(f"> line {n}\n" for n in range(11))
REPLY = f"Thank you.\n\nOn 12 Nov 2026, Maya Okafor wrote:\n{EARLIER}\nPriya"


def mail(*bodies: str, channel: Channel = Channel.EMAIL) -> AppState:
    messages = tuple(Message(f"t{n}", NOW - 100 + n, "customer", body) for n, body in enumerate(bodies))
    return quiet(channel=channel, messages=messages)


async def test_what_is_quoted_is_one_line_until_it_is_asked_for() -> None:
    app, _ = desk(mail(REPLY))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "▸ 12 quoted lines  Q" in texts(app)
        assert "line 3" not in texts(app) and "Priya" in texts(app) and "Thank you." in texts(app)
        await settle(pilot, ["Q"])
        assert "▾ 12 quoted lines" in texts(app)
        assert "Maya Okafor wrote:" in texts(app) and "> line 10" in texts(app)
        await settle(pilot, ["Q"])
        assert "line 3" not in texts(app)


async def test_the_mouse_opens_it_too() -> None:
    app, _ = desk(mail(REPLY))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        row = next(n for n, text in enumerate(texts(app).splitlines()) if "▸" in text)
        await pilot.click(ConversationPane, offset=(6, row + 1))
        await settle(pilot)
        assert "> line 10" in texts(app)


async def test_while_one_types_it_is_a_letter() -> None:
    app, _ = desk(mail(REPLY))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "Q"])
        assert "▸ 12 quoted lines" in texts(app)
        assert app.desk_screen.query_one(ReplyPane).text == "Q"


async def test_without_anything_quoted_the_key_says_so() -> None:
    app, _ = desk(mail("Hello"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["Q"])
        assert "Nothing is quoted here." in told(app.desk_screen)


async def test_another_contact_is_folded_again() -> None:
    state = mail(REPLY)
    other = replace(state.interactions["i1"], id="i2")
    app, _ = desk(replace(state, interactions={**state.interactions, "i2": other}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["Q"])
        assert "> line 3" in texts(app)
        first = app.desk_screen.selected
        app.desk_screen.select("i2" if first == "i1" else "i1")
        await settle(pilot)
        assert "> line 3" not in texts(app)


async def test_a_chat_is_shown_as_it_was_written() -> None:
    app, _ = desk(mail(REPLY, "<p>hello</p>", channel=Channel.CHAT))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "> line 3" in texts(app) and "<p>hello</p>" in texts(app)


async def test_html_is_shown_as_plain_text_with_where_links_lead() -> None:
    html = (
        '<html><body><p>Dear [bold]Maya[/bold],<br>see <a href="https://evil.example">your bank</a></p></body></html>'
    )
    app, _ = desk(mail(html))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "Dear [bold]Maya[/bold]," in texts(app)
        assert "see your bank <https://evil.example>" in texts(app)
        assert "<p>" not in texts(app)


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 1_000 + "\x1b]0;title\x07 deep &#27;[31m" + "</div>" * 1_000,
        "<p>" + "<" * 500_000,
        "<p>" + "word " * 200_000,
        "> " * 500_000,
        "<p>\udcff\udcfe caf\xc3\xa9 \x80\u202eabc</p>",
    ],
    ids=range(5),
)
async def test_hostile_mails_stay_text(body: str) -> None:
    app, _ = desk(mail(body))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["Q", "Q"])
        assert "\x1b" not in texts(app) and "\u202e" not in texts(app)
