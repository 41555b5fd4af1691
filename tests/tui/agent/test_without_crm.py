"""A profile that names no CRM says so, instead of promising to try again."""

from dataclasses import replace

from desktop.app.screen_pop.crm_lookups import NO_CRM
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.words.catalogue import in_words
from tests.tui.desk import desk, settle
from tests.tui.states import NOW, active, offered


def without_crm(state: AppState) -> AppState:
    pop = ScreenPop(PopAnswer.COULD_NOT_ASK, NOW - 3, why=NO_CRM)
    health = {source: one for source, one in state.health.items() if source != "crm"}
    return replace(state, pops={"i1": pop}, details={}, health=health)


async def test_banner_and_card_say_that_there_is_no_crm_and_nothing_is_tried() -> None:
    app, _ = desk(without_crm(offered()))
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        banner = str(app.desk_screen.query_one(StatusLine).render())
        card = str(app.desk_screen.query_one(CustomerPane).render())
    assert "no CRM in this profile" in banner
    assert "This profile has no CRM" in card
    for text in (banner, card):
        assert "could not be asked" not in text
        assert "rying again" not in text


async def test_linking_records_without_a_crm_says_so() -> None:
    app, session = desk(without_crm(active()))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["alt+g"])
        assert in_words(session.store.drain().notices[-1].text).startswith("This profile has no CRM")
