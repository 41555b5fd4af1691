"""Canned replies in the reply: what opens the list, what is inserted, and whom it must not harm."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.conversations.canned_replies import CannedReply
from desktop.domain.entities.words import Channel
from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.canned_list import CannedList
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.app import DesktopApp
from tests.tui.agent.test_reply import quiet, sends
from tests.tui.desk import RecordedSession, desk, settle, told

SIZE = (120, 36)
REFUND = CannedReply("Refund on its way", "Dear {customer.name},\n\nthe refund was sent today.\n{agent.name}")
CASE = CannedReply("Case number", "Your case number is {case.id}.")
MAIL = CannedReply("Signature", "Kind regards", frozenset({Channel.EMAIL}))


def at_hand(state: AppState, *replies: CannedReply) -> tuple[DesktopApp, RecordedSession]:
    app, session = desk(state)
    session.canned.replies = replies or (REFUND, CASE, MAIL)
    return app, session


def reply(app: DesktopApp) -> ReplyPane:
    return app.desk_screen.query_one(ReplyPane)


def shown(app: DesktopApp) -> list[str]:
    canned = app.desk_screen.query_one(CannedList)
    return [row.strip("▌ ") for row in canned.render().plain.splitlines()] if canned.display else []


def without_case(state: AppState) -> AppState:
    return replace(state, details={})


async def test_a_canned_reply_is_sent_with_three_keys_beside_what_is_typed() -> None:
    app, session = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash", *"refu"])
        assert len(shown(app)) == 1 and shown(app)[0].startswith("Refund on its way")
        await settle(pilot, ["enter"])
        assert reply(app).text == "Dear Priya Natarajan,\n\nthe refund was sent today.\nMaya Okafor"
        assert shown(app) == []
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]
        assert session.notes.text("i1").reply == "Dear Priya Natarajan,\n\nthe refund was sent today.\nMaya Okafor"


async def test_keys_pressed_faster_than_the_screen_draws_do_the_same() -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        await pilot.press("slash", "c", "a", "s", "enter")
        await settle(pilot)
        assert reply(app).text == "Your case number is 8812."


async def test_arrows_choose_and_go_round() -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash"])
        assert [row.split("  ")[0] for row in shown(app)] == ["Refund on its way", "Case number"]
        await settle(pilot, ["up", "enter"])
        assert reply(app).text == "Your case number is 8812."


async def test_esc_leaves_what_was_typed_and_stays_in_the_field() -> None:
    app, session = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash", *"ref", "escape"])
        assert shown(app) == []
        assert reply(app).text == "/ref" and reply(app).has_focus
        await settle(pilot, ["u", "enter", "x"])
        assert reply(app).text == "/refu\nx", "it stays closed on this line"
        assert sends(session) == []


@pytest.mark.parametrize(
    "typed", ["and/or", "and / or", "24/12/2026", "see https://example.org/refund", "1/2", "yes /refund"]
)
async def test_a_slash_behind_something_opens_nothing(typed: str) -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        for sign in typed:
            await pilot.press({" ": "space", "/": "slash", ":": "colon", ".": "full_stop"}.get(sign, sign))
        await pilot.pause()
        assert shown(app) == []
        await settle(pilot, ["enter", "x"])
        assert reply(app).text == f"{typed}\nx"


async def test_words_that_fit_nothing_stay_words_and_enter_a_line() -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash", *"etc"])
        assert shown(app) == ["No canned reply has these words."]
        await settle(pilot, ["enter", "x"])
        assert reply(app).text == "/etc\nx"
        assert shown(app) == []


async def test_a_pasted_slash_is_no_question() -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        reply(app).insert("/refund")
        await settle(pilot)
        assert shown(app) == []


async def test_the_list_opens_on_an_empty_line_below_what_is_written() -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"Hello", "enter", "slash", *"case", "enter", *" Bye"])
        assert reply(app).text == "Hello\nYour case number is 8812. Bye"


async def test_without_canned_replies_for_the_contact_a_slash_is_a_slash() -> None:
    app, _ = at_hand(quiet(), MAIL)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash"])
        assert shown(app) == [] and reply(app).text == "/"


async def test_what_is_not_known_is_a_gap_and_nothing_is_sent_until_it_is_filled() -> None:
    app, session = at_hand(without_case(quiet()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash", *"case", "enter"])
        assert reply(app).text == "Your case number is [case id?]."
        assert reply(app).selected_text == "[case id?]"
        await settle(pilot, ["right", "alt+enter"])
        assert sends(session) == []
        assert "Not sent: [case id?] is not filled in yet." in told(app.desk_screen)
        assert reply(app).selected_text == "[case id?]", "typing fills it in"
        await settle(pilot, ["4", "2", "alt+enter"])
        assert sends(session) == [("replies.send", "i1")]
        assert session.notes.text("i1").reply == "Your case number is 42."


@pytest.mark.parametrize("name", ["{case.id}", "{agent.name} {}", "[bold]x[/bold]", "%s {0}"])
async def test_a_name_with_braces_stays_as_it_is(name: str) -> None:
    state = quiet()
    pop = state.pops["i1"]
    customer = replace(pop.matches[0].customer, name=name)
    match = replace(pop.matches[0], customer=customer)
    app, _ = at_hand(replace(state, pops={"i1": replace(pop, matches=(match,))}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash", *"refu", "enter"])
        assert reply(app).text.startswith(f"Dear {name},\n")


async def test_another_contact_closes_the_list() -> None:
    state = quiet()
    other = replace(state.interactions["i1"], id="i2", customer_name="Jo Ortega")
    app, _ = at_hand(replace(state, interactions={**state.interactions, "i2": other}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash"])
        first = app.desk_screen.selected
        app.desk_screen.select("i2" if first == "i1" else "i1")
        await settle(pilot)
        assert shown(app) == []
        await settle(pilot, ["alt+t", "enter"])
        assert reply(app).text.strip() == ""


async def test_the_mouse_takes_one_too() -> None:
    app, _ = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "slash"])
        await pilot.click(CannedList, offset=(10, 2))
        await settle(pilot)
        assert reply(app).text == "Your case number is 8812."


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_the_list_stands_above_the_reply_at_every_size(size: tuple[int, int]) -> None:
    many: list[Any] = [CannedReply(f"Reply {n}", "Text " * 200) for n in range(40)]
    app, _ = at_hand(quiet(), *many)
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["t", "slash", *["down"] * 9])
        canned = app.desk_screen.query_one(CannedList)
        assert canned.region.bottom <= reply(app).region.y
        assert canned.region.right <= size[0] and canned.region.y >= 0
        assert any(row.startswith("Reply 9") for row in shown(app)), "the one under the cursor is in sight"
        assert all(row.endswith("…") for row in shown(app))


async def test_words_behind_the_sign_that_fit_nothing_go_to_the_customer_at_the_second_press_only() -> None:
    app, session = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"Hello", "enter", "slash", *"etc", "alt+enter"])
        assert sends(session) == []
        asked = app.desk_screen.query_one(Footer).render().plain
        assert "again: send it as it stands; no canned reply was inserted for “/etc”" in asked
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]


@pytest.mark.parametrize("typed", ["and/or", "see /etc", "/etc/hosts"])
async def test_a_slash_in_a_sentence_or_a_path_is_sent_at_once(typed: str) -> None:
    app, session = at_hand(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        reply(app).insert(typed)
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]
