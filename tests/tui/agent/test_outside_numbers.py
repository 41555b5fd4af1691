"""Numbers outside the company: typed where experts are looked for, they are consulted and transferred to."""

from typing import Any

import pytest

from desktop.domain.entities.words import Channel, Verb
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.widgets.table import LineTable
from tests.tui.agent.test_reply import quiet
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import active

SIZE = (120, 36)


def asked(session: RecordedSession) -> list[Any]:
    return [call[1:] for call in session.calls if call[0] == "commands.do"]


@pytest.mark.parametrize("size", [(80, 24), SIZE])
@pytest.mark.parametrize("typed", ["+44 20 7946 0021", "020 7946 0021", "(020) 7946-0021"])
async def test_a_typed_number_is_consulted(typed: str, size: tuple[int, int]) -> None:
    app, session = desk(active())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["f6", *typed, "enter"])
        assert asked(session) == [(Verb.CONSULT, "i1", ("target", "tel:+442079460021"))]
        assert not app.desk_screen.query_one(ExpertFinder).is_open


async def test_a_transfer_to_a_number_names_it_first() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f7", *"+442079460021", "f7"])
        assert asked(session) == []
        assert "to +44 20 7946 0021, without talking to them first" in app.desk_screen.query_one(Footer).prompt
        await settle(pilot, ["f7"])
        assert asked(session) == [(Verb.BLIND_TRANSFER, "i1", ("target", "tel:+442079460021"))]


@pytest.mark.parametrize("typed", ["1234", "+", "refunds 2079460021", "+99999999999999999999", "0" * 60])
async def test_what_is_no_number_calls_nobody(typed: str) -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", *typed, "enter"])
        assert not any("tel:" in str(one) for one in asked(session))


async def test_a_number_is_not_written_to() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", *"+442079460021", "alt+enter"])
        assert not app.desk_screen.query_one("#expert-message").display
        assert not [call for call in session.calls if call[0] == "commands.chat"]


async def test_in_a_chat_no_number_is_a_target() -> None:
    app, _ = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "f7", *"+442079460021"])
        rows = app.desk_screen.query_one("#expert-list", LineTable).rows
        assert quiet().interactions["i1"].channel is Channel.CHAT
        assert all("tel:" not in row.key for row in rows)
