"""The card says what is so: five answers, the number that called, what the CRM gave, what can be copied."""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.customer import Customer, CustomerDetails, Match, Record
from desktop.domain.entities.model import Address
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Direction, Phase, PopAnswer
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.copy_list import CopyList
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.history import TimelinePane
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.widgets.safe_text import web_address
from desktop.tui.words import wording
from desktop.words.catalogue import in_words
from tests.tui.desk import desk, settle
from tests.tui.several import two_crms, two_crms_ambiguous, two_crms_one_down, two_crms_one_unknown
from tests.tui.states import (
    CALL,
    IDLE,
    NOW,
    ONE,
    PRIYA,
    SMITH_NUMBER,
    active,
    could_not_ask,
    no_match,
    offered,
    searching,
    three_matches,
)

OTHER = Address("phone", "+35312345678")


async def drawn(state: AppState, size: tuple[int, int] = (140, 40)) -> tuple[str, str]:
    """The card and the banner of an offer, as text."""
    app, _ = desk(state)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        card, banner = app.desk_screen.query_one(CustomerPane), app.desk_screen.query_one(StatusLine)
        return f"{card.border_title}\n{card.render().plain}", banner.render().plain


def withheld(state: AppState, answer: PopAnswer = PopAnswer.NOT_ASKED) -> AppState:
    """The caller hides their number."""
    call = replace(CALL, customer=Address("phone", "", withheld=True))
    return replace(state, interactions={"i1": call}, pops={"i1": ScreenPop(answer, NOW - 3)}, details={})


def linked(state: AppState, *, came_from: Address, customer: Customer = PRIYA, **match: object) -> AppState:
    """The contact came from an address and is linked to a customer."""
    made = replace(ONE.matches[0], customer=customer, **match)  # type: ignore[arg-type]
    call = replace(state.interactions["i1"], customer=came_from)
    pop = replace(ONE, matches=(made,), chosen=customer.id)
    return replace(state, interactions={"i1": call}, pops={"i1": pop})


FACES = {
    "one": (offered, "number on file"),
    "many": (three_matches, "3 customers match. Who is it?"),
    "none": (no_match, "Not in the CRM."),
    "could not ask": (could_not_ask, "The CRM could not be asked"),
    "not asked": (lambda: withheld(offered()), "The CRM was not asked"),
}


@pytest.mark.parametrize("face", FACES)
async def test_each_answer_has_its_own_face(face: str) -> None:
    state, words = FACES[face]
    card, _ = await drawn(state())
    assert words in card
    assert not [other for name, (_, other) in FACES.items() if name != face and other in card]
    searched, _ = await drawn(searching())
    assert words not in searched


async def test_a_withheld_number_is_never_said_to_be_unknown_to_the_crm() -> None:
    card, banner = await drawn(withheld(offered()))
    assert "Number withheld" in card and "Number withheld" in banner
    assert "not in the crm" not in f"{card} {banner}".lower()


async def test_a_search_that_finds_no_one_says_so_and_nothing_of_the_number() -> None:
    state = withheld(offered(), PopAnswer.NO_MATCH)
    card, _ = await drawn(replace(state, pops={"i1": replace(state.pops["i1"], decided=True)}))
    assert "No customers found." in card
    assert "Not in the CRM" not in card


@pytest.mark.parametrize("state", [offered, active, three_matches, could_not_ask])
async def test_a_number_that_matches_is_never_called_verified(state: object) -> None:
    for text in await drawn(state()):  # type: ignore[operator]
        assert "verified" not in text


@pytest.mark.parametrize("state", [two_crms, two_crms_one_down, two_crms_one_unknown, two_crms_ambiguous])
async def test_several_crms_that_know_the_number_verify_nobody_either(state: Callable[[], AppState]) -> None:
    for text in await drawn(state()):
        assert "verified" not in text
        assert ("number on file" in text) <= (len(state().pops["i1"].matches) == 1)


NARROW = (80, 24)


@pytest.mark.parametrize("state", [two_crms, two_crms_one_down, offered, active])
async def test_at_80_columns_the_card_leaves_the_timeline_its_rows(state: Callable[[], AppState]) -> None:
    app, _ = desk(state())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        app.desk_screen.show_tab("customer")
        await settle(pilot)
        card, timeline = app.desk_screen.query_one(CustomerPane), app.desk_screen.query_one(TimelinePane)
        assert timeline.content_size.height >= 3
        assert timeline.region.bottom <= app.desk_screen.query_one(Footer).region.y, "all of it, with its lower border"
        said = card.render().plain.splitlines()
        assert said[0].startswith("Priya Natarajan"), "the name stays"
        assert any("refund of the duplicate charge" in line for line in said), "and so does what was promised"
        assert card.render().get_height({}, card.content_size.width) <= card.content_size.height, "nothing is cut"


async def test_the_short_card_of_several_crms_keeps_what_matters_while_talking() -> None:
    card, _ = await drawn(two_crms(), NARROW)
    for kept in ("= shop + mail", "≠ name", "recording refused", "Prefers to be called before nine."):
        assert kept in card
    assert "Natarajan Textiles" not in card and "@priya" not in card
    whole, _ = await drawn(two_crms(), (80, 40))
    assert "Natarajan Textiles" in whole and "@priya" in whole


async def test_one_of_several_is_picked_by_a_key_that_is_printed_at_80_columns_too() -> None:
    card, _ = await drawn(three_matches(), NARROW)
    assert "Smith & Sons Roofing · SE4 2AB London · last contact" in card
    assert "Press 1–3 to choose" in card and "search" in card


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 36), (140, 40)])
@pytest.mark.parametrize("state", [two_crms, two_crms_one_down, two_crms_one_unknown])
async def test_no_key_on_the_card_is_cut_and_its_title_gives_way_in_whole_parts(
    state: Callable[[], AppState], size: tuple[int, int]
) -> None:
    app, _ = desk(state())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        card = app.desk_screen.query_one(CustomerPane)
        title = card._border_title
        assert title is not None and title.cell_length <= card.outer_size.width - 4 and "…" not in title.plain
        lines = [one.plain for one in card.render().wrap(card.content_size.width)]
        assert not [one for one in lines if one.endswith(("alt+g", "F10", "F10 …"))]


@pytest.mark.parametrize("matched_on", ["phone", "name"])
async def test_who_was_looked_at_without_a_contact_has_no_word_of_a_number(matched_on: str) -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        app.desk_screen.preview = Match(PRIYA, matched_on, f"same {matched_on}", verified=True)
        app.desk_screen.redraw()
        await settle(pilot)
        card = app.desk_screen.query_one(CustomerPane).render().plain
        assert "Priya Natarajan" in card
        assert "on file" not in card and "verified" not in card


async def test_a_withheld_number_is_on_nobodys_file() -> None:
    card, banner = await drawn(linked(offered(), came_from=Address("phone", "", withheld=True)))
    assert "Number withheld" in card
    assert "on file" not in f"{card} {banner}"


async def test_one_of_several_with_the_number_gets_no_mark() -> None:
    state = three_matches()
    chosen = replace(state.pops["i1"], chosen="C-101", chosen_by="you")
    card, banner = await drawn(replace(state, pops={"i1": chosen}))
    assert "Oliver Smith" in card and "You chose 1 of 3" in card
    assert "on file" not in f"{card} {banner}"


async def test_the_callers_own_number_is_there_however_they_were_linked() -> None:
    for state in (offered(), active()):
        card, _ = await drawn(linked(state, came_from=OTHER, matched_on="name", verified=False))
        assert "+353 1 234 5678" in card
        assert "number not on file" in card
        assert "+44 20 7946 0018" in card


async def test_a_record_that_writes_the_number_in_its_own_way_is_not_listed_beside_it() -> None:
    national = replace(PRIYA, addresses=(Address("phone", "020 7946 0018"),))
    card, _ = await drawn(linked(offered(), came_from=ONE.matches[0].customer.addresses[0], customer=national))
    assert "+44 20 7946 0018  number on file" in card
    assert "020 7946 0018" not in card.replace("+44 20 7946 0018", "")


def test_an_email_is_the_same_in_any_case_and_a_withheld_number_is_no_ones() -> None:
    match = Match(PRIYA, "name", "name", verified=False)
    assert select.came_from(match, Address("email", "Priya@Natarajan.example "))
    assert not select.came_from(match, Address("phone", "+442079460018", withheld=True))
    assert not select.came_from(match, SMITH_NUMBER)


RICH = replace(
    PRIYA, fields={"Account manager": "T. Aziz", "Credit": "blocked"}, url="https://crm.example/contacts/4471"
)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_crms_own_fields_and_link_are_on_the_card(size: tuple[int, int]) -> None:
    card, _ = await drawn(linked(offered(), came_from=CALL.customer, customer=RICH), size)
    assert "Account manager T. Aziz" in card and "Credit blocked" in card
    assert RICH.url in card


async def test_the_link_opens_by_the_terminal_and_a_dangerous_one_does_not() -> None:
    for url, opens in ((RICH.url, True), ("javascript:alert(1)", False), ("https://a.example@evil.example/", False)):
        app, _ = desk(linked(offered(), came_from=CALL.customer, customer=replace(RICH, url=url)))
        async with app.run_test(size=(140, 40)) as pilot:
            await settle(pilot)
            styles = [segment.style for strip in app.desk_screen._compositor.render_strips() for segment in strip]
            assert (url in {style.link for style in styles if style is not None}) is opens


@given(st.text() | st.from_regex(r"https?://[!-~\s]{0,40}"))
def test_only_web_addresses_with_a_host_are_links(text: str) -> None:
    address = web_address(text)
    assert not address or address == text.strip()
    if address:
        assert address.isascii() and address.isprintable() and " " not in address
        assert address.lower().startswith(("http://", "https://"))
        assert web_address(address) == address


@pytest.mark.parametrize("key", ["b"])
async def test_numbers_ids_and_link_are_copied_by_a_key(key: str) -> None:
    app, session = desk(linked(offered(), came_from=OTHER, customer=RICH))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, [key])
        pane = app.desk_screen.query_one(CopyList)
        assert pane.is_open
        offered_now = [
            one.text for one in select.copyables(session.store.state, session.store.state.interactions["i1"])
        ]
        assert offered_now == [
            "+35312345678",
            "+442079460018",
            "priya@natarajan.example",
            "C-4471",
            RICH.url,
            "8812",
            "i1",
        ]
        await settle(pilot, ["5"])
        assert not pane.is_open
        assert app.clipboard == RICH.url
        await settle(pilot, [key, "down", "enter"])
        assert app.clipboard == "+442079460018"
        await settle(pilot, [key, "9", "escape"])
        assert app.clipboard == "+442079460018"
        assert not pane.is_open


async def test_what_is_copied_carries_no_control_character(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = replace(PRIYA, id="C-1\x1b]52;c;AAAA\x07\nrm -rf /")
    app, _ = desk(linked(offered(), came_from=CALL.customer, customer=hostile))
    async with app.run_test(size=(80, 24)) as pilot:
        written: list[str] = []
        await settle(pilot)
        driver = app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", written.append)
        await settle(pilot, ["b", "3"])
        assert app.clipboard.isprintable()
        (told,) = (text for text in written if text.startswith("\x1b]52;"))
        assert base64.b64decode(told.removeprefix("\x1b]52;c;").removesuffix("\a")).decode() == app.clipboard


async def test_a_customer_looked_at_without_a_contact_is_copied_from_too() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.desk_screen.preview = replace(ONE.matches[0], customer=RICH)
        app.desk_screen.redraw()
        await settle(pilot)
        card, pane = app.desk_screen.query_one(CustomerPane), app.desk_screen.query_one(CopyList)
        assert Content.from_markup(card.border_subtitle or "").plain.strip() == "b copy"
        assert "b copy" in app.desk_screen.query_one(Footer).render().plain
        await settle(pilot, ["b", "1"])
        assert (app.clipboard, pane.is_open) == ("+442079460018", False)
        await settle(pilot, ["b", "escape"])
        assert not pane.is_open
        assert app.desk_screen.preview is not None, "the list closes first, then the card"
        await settle(pilot, ["b"])
        session.store.publish(InteractionChanged(Change.OFFERED, CALL), "contact_center")
        await settle(pilot)
        assert not pane.is_open, "who rings is another customer: no digit copies what was listed before"


async def test_without_a_contact_or_a_customer_there_is_nothing_to_copy() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["b"])
        card = app.desk_screen.query_one(CustomerPane)
        assert not app.desk_screen.query_one(CopyList).is_open
        assert not card.border_subtitle
        told = in_words(session.store.drain().notices[-1].text)
        assert told == "Nothing to copy: no contact is selected and no customer is shown."


NUMBERS = [
    ("+442079460018", "+44 20 7946 0018"),
    ("+12125550123", "+1 212-555-0123"),
    ("+33123456789", "+33 1 23 45 67 89"),
    ("+35312345678", "+353 1 234 5678"),
    ("+5511987654321", "+55 11 98765-4321"),
    ("+861012345678", "+86 10 1234 5678"),
    ("1002", "1002"),
    ("+", "+"),
    ("+999123", "+999123"),
    ("+44 20 7946 0018", "+44 20 7946 0018"),
    ("sip:ada@example.org", "sip:ada@example.org"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_numbers_are_grouped_as_in_their_own_country(number: str, text: str) -> None:
    assert wording.number(number) == text
    assert wording.address(Address("phone", number)) == text


@given(st.text() | st.from_regex(r"\+[0-9]{0,18}", fullmatch=True))
def test_a_number_written_for_people_keeps_its_digits(number: str) -> None:
    text = wording.number(number)
    assert text == number or [one for one in text if one in "+0123456789"] == list(number)


async def empty_lists(state: AppState) -> tuple[str, str]:
    """What stands where there are no cases, and no history."""
    app, _ = desk(state)
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        shown = "\n".join(strip.text for strip in app.desk_screen._compositor.render_strips())
        cases, _, timeline = shown.partition("Cases")[2].partition("Timeline")
        return cases, timeline


async def test_a_list_that_the_crm_does_not_have_is_not_asked_for_for_good() -> None:
    asking, _ = await empty_lists(replace(offered(), details={}))
    assert "Asking …" in asking
    without = CustomerDetails(not_offered=frozenset({"cases"}))
    cases, _ = await empty_lists(replace(offered(), details={"C-4471": without}))
    assert "This CRM has no cases." in cases and "BackendCalls" not in cases
    none, _ = await empty_lists(replace(offered(), details={"C-4471": CustomerDetails(cases=())}))
    assert "No cases." in none
    state = could_not_ask()
    known = replace(state.pops["i1"], chosen="C-4471")
    failed, _ = await empty_lists(replace(state, pops={"i1": known}))
    assert "Not known: the CRM could not be asked." in failed


def test_of_several_crms_a_list_is_missing_only_where_none_has_it() -> None:
    one, other = replace(PRIYA, id="shop:1"), replace(PRIYA, id="mail:1")
    match = Match(PRIYA, "phone", "same number", records=(Record(one), Record(other)))
    without = CustomerDetails(not_offered=frozenset({"cases"}))

    def missing(**details: CustomerDetails) -> frozenset[str]:
        named = {f"{source}:1": known for source, known in details.items()}
        return select.details_of(replace(offered(), details=named), match).not_offered

    assert missing(shop=without, mail=without) == {"cases"}
    assert missing(shop=without, mail=CustomerDetails()) == frozenset()
    assert missing(shop=without) == frozenset(), "the other has not said yet"


DUE = NOW - 3_614


@pytest.mark.parametrize(("phase", "answered"), [(Phase.OFFERED, None), (Phase.ACTIVE, NOW - 3)])
async def test_a_callback_that_is_due_is_no_caller_who_waits(phase: Phase, answered: float | None) -> None:
    state = offered()
    call = replace(
        CALL,
        phase=phase,
        direction=Direction.OUTBOUND,
        arrived_at=DUE,
        callback_at=DUE,
        answered_at=answered,
        service_level_at=DUE + 20,
        agent_id="maya",
    )
    app, _ = desk(replace(state, interactions={"i1": call}))
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        shown = "\n".join(strip.text for strip in app.desk_screen._compositor.render_strips())
    due = wording.clock(DUE)[:5]
    assert f"callback due {due}, 60m late" in shown
    assert "waited" not in shown and "SL missed" not in shown and "Incoming call" not in shown
    assert ("Callback · Billing" in shown) is (phase is Phase.OFFERED)


def test_a_callback_says_on_which_day_it_was_due_and_is_late_from_a_minute_on() -> None:
    assert wording.waited(replace(CALL, callback_at=NOW - 30), NOW) == f"callback due {wording.clock(NOW - 30)[:5]}"
    assert wording.waited(replace(CALL, callback_at=NOW - 86_400), NOW).startswith("callback due yesterday ")
    assert wording.waited(CALL, NOW) == "waited 00:52"


def test_a_purchase_is_shown_without_a_currency_that_nobody_named() -> None:
    assert wording.TIMELINE_SIGN["purchase"] not in "£$€¥₹"
