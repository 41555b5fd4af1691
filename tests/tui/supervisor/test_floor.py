"""The supervisor's screen: who gets to see it, what stays where it is, what is shown of what."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input

from desktop.domain.entities.words import Availability, Health, Role
from desktop.domain.figures.queue_totals import all_together
from desktop.domain.figures.service_level import DEFAULT_FORMULA, FORMULAS
from desktop.domain.state.events import AgentChanged, Envelope
from desktop.domain.state.floor_events import FloorChanged
from desktop.domain.state.state import AppState, SourceHealth
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.panes.page import Page
from desktop.tui.app import DesktopApp
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_KEYS, SHARED
from desktop.tui.supervisor.banners.listening_banner import ListeningBanner
from desktop.tui.supervisor.launcher import ON_FLOOR
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.alert_panel import AlertPanel
from desktop.tui.supervisor.panels.detail_panel import DetailPanel
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.supervisor.screen import SupervisorScreen
from desktop.tui.widgets.safe_text import plain
from desktop.words.catalogue import in_words, term
from tests.tui.desk import desk, settle, unhurried
from tests.tui.states import IDLE, NOW, offered
from tests.tui.supervisor.floor_desk import FloorSession, floor_desk
from tests.tui.supervisor.floor_states import AGENTS, QUEUES, SAM, floor, offered_on_floor

SIZE = (200, 50)


def screen_of(app: Any) -> SupervisorScreen:
    assert isinstance(app.screen, SupervisorScreen)
    return app.screen


def names(table: Any) -> list[str]:
    """What stands in the second column, or in the only one, top to bottom."""
    return [plain(row.cells[min(1, len(row.cells) - 1)]) for row in table.rows]


async def change(session: FloorSession, pilot: Any, *events: Any) -> None:
    """Tell the desktop of something, and let it draw."""
    session.store.put(*(Envelope("contact_center", event, NOW) for event in events))
    await settle(pilot)


async def test_a_supervisor_gets_the_floor_by_the_servers_word() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert names(screen_of(app).query_one(QueuePanel))[0] == "Billing"


def expecting(state: AppState) -> tuple[DesktopApp, asyncio.Event]:
    """A desktop at which a supervisor is expected; it is signed in once the event is set."""
    signed_in = asyncio.Event()

    async def build() -> Any:
        await signed_in.wait()
        return FloorSession(state)

    return DesktopApp(build, guide=True, clock=lambda: NOW, monotonic=unhurried(), floor_first=True), signed_in


async def test_where_a_supervisor_is_expected_the_desk_never_shows_before_the_floor() -> None:
    app, signed_in = expecting(floor())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        header, *rest = screen_text(app.screen).splitlines()
        assert "signing in" in header and not "".join(rest).strip()
        signed_in.set()
        await sees(pilot, "Queues · 5 · worst first")
        await settle(pilot, ["v"])
        await sees(pilot, "No active contacts.")


GONE = SourceHealth(Health.DOWN, NOW, verbatim("Refused."))


@pytest.mark.parametrize(
    "state", [IDLE, replace(IDLE, me="", health={"contact_center": GONE})], ids=["an agent", "nobody answers"]
)
async def test_the_desk_shows_where_the_expected_supervisor_does_not_come(state: AppState) -> None:
    app, signed_in = expecting(state)
    async with app.run_test(size=SIZE) as pilot:
        signed_in.set()
        await sees(pilot, "Customer")
        assert app.screen is app.desk_screen


@pytest.mark.parametrize("pressed", [["v"], ["alt+v"], ["s", "escape", "v"], ["alt+v", "alt+v"]])
async def test_an_agent_is_told_and_never_sees_it(pressed: list[str]) -> None:
    app, session = desk(offered())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, pressed)
        assert app.screen is app.desk_screen
        assert "supervisor account" in in_words(session.store.drain().notices[-1].text)
        for name in ("listen", "audit", "formula"):
            app.door.act(name)
        await settle(pilot)
        assert app.screen is app.desk_screen
        assert session.calls == []


async def test_keys_configured_for_the_floor_open_nothing_for_an_agent() -> None:
    app, _ = desk(offered(), keymap={"floor": "f11", "listen": "y"})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f11", "y"])
        assert app.screen is app.desk_screen


async def test_keys_of_the_floor_can_be_others_and_are_printed_so() -> None:
    app, _ = floor_desk(floor(), keymap={"agent_state": "y", "export": "Z", "hold": "f11"})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2"])
        await sees(pilot, "y change state")
        await settle(pilot, ["c"])
        assert not screen_of(app).dialog.is_open
        await settle(pilot, ["y"])
        assert screen_of(app).dialog.is_open
        await settle(pilot, ["escape", "f1"])
        assert "Z       export" in page_text(app)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lissen": "y"}, "Did you mean 'listen'"),
        ({"listen": "w"}, "'whisper'"),
        ({"listen": "s"}, "'state'"),
        ({"listen": ""}, "needs a key"),
    ],
)
def test_a_wrong_remapping_is_refused_with_the_reason(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        keys.remap(changes)


def test_no_name_and_no_key_stands_for_two_things() -> None:
    names = [key.id for key in (*keys.KEYS, *FLOOR_KEYS)]
    assert len(names) == len(set(names))
    here = [key for name in SHARED for key in (*keys.BY_ID[name].anywhere, *keys.BY_ID[name].letters)]
    here += [pressed for key in FLOOR_KEYS for pressed in (*key.anywhere, *key.letters)] + list("1234")
    assert len(here) == len(set(here))
    assert {keys.BY_ID[name].action for name in SHARED} == ON_FLOOR


async def test_the_floor_closes_when_the_role_is_taken_away() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "c"])  # a dialog is open
        screen = screen_of(app)
        await change(session, pilot, AgentChanged(replace(SAM, version=2, role=Role.AGENT)))
        assert app.screen is app.desk_screen
        assert "no longer a supervisor" in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["v", "alt+v"])
        assert app.screen is app.desk_screen
        assert not screen.is_attached
        await change(session, pilot, AgentChanged(replace(SAM, version=3)))
        assert app.screen is app.desk_screen, "nothing opens by itself under somebody's hands"
        await settle(pilot, ["v"])
        screen_of(app)


async def test_one_key_turns_to_the_own_desk_and_back() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["down", "v"])
        assert app.screen is app.desk_screen
        await settle(pilot, ["alt+v"])
        assert screen_of(app).query_one(QueuePanel).cursor_key == "Chat"


async def test_an_offer_is_taken_from_the_floor_and_worked_at_the_desk() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        session.store.state = offered_on_floor()
        app.request_frame()
        await settle(pilot)
        await sees(pilot, "Incoming call", "Priya Natarajan")
        await settle(pilot, ["2", "c", "f2"])  # with a dialog open, too
        assert app.screen is app.desk_screen
        assert [call[0] for call in session.calls] == ["commands.do"]


def screen_text(screen: Any) -> str:
    """Every line as a person reads it."""
    return "\n".join(strip.text for strip in screen._compositor.render_strips()[: screen.app.size.height])


async def until(pilot: Any, true: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, screen_text(pilot.app.screen)
        await pilot.pause(0.01)


async def sees(pilot: Any, *words: str) -> str:
    """Wait until all of these words are on screen."""
    await until(pilot, lambda: all(word in screen_text(pilot.app.screen) for word in words))
    return screen_text(pilot.app.screen)


async def test_the_selection_stays_on_its_queue_while_rows_move() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["down", "down"])
        table = screen_of(app).query_one(QueuePanel)
        assert table.cursor_key == "Retention"
        await settle(pilot, ["full_stop", "full_stop"])  # by waiting
        assert names(table)[:2] == ["Billing", "Chat"]
        assert table.cursor_key == "Retention"
        more = replace(QUEUES["Retention"], version=2, waiting=40)
        await change(session, pilot, FloorChanged(queues=(more,)))
        await until(
            pilot, lambda: plain(table.rows[[row.key for row in table.rows].index("Retention")].cells[2]) == "40"
        )
        assert table.cursor_key == "Retention"


async def test_rows_are_not_sorted_anew_within_the_second_or_while_something_is_asked() -> None:
    app, session = floor_desk(floor())
    now = NOW
    app.door._clock = lambda: now
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["full_stop", "full_stop"])
        screen = screen_of(app)
        table = screen.query_one(QueuePanel)
        before = names(table)
        await change(session, pilot, FloorChanged(queues=(replace(QUEUES["Sales"], version=2, waiting=99),)))
        assert names(table) == before, "the figure is there, the row stays"
        await settle(pilot, ["2", "c"])
        now = NOW + 2  # not before: the second of the app itself may come while keys are pressed
        app._second()
        for _ in range(20):
            await pilot.pause(0.05)  # longer than the tables come after the clock
        assert names(table) == before, "a question is open"
        await settle(pilot, ["escape", "1"])
        app._second()
        await until(pilot, lambda: names(table)[0] == "Sales")
        await settle(pilot, ["down"])
        now = NOW + 4
        await change(session, pilot, FloorChanged(queues=(replace(QUEUES["Support"], version=2, waiting=200),)))
        assert names(table)[0] == "Sales", "somebody is moving in the table"
        now = NOW + 6
        app._second()
        await until(pilot, lambda: names(table)[0] == "Support")


@pytest.mark.parametrize("column", range(15))
async def test_every_column_sorts_both_ways(column: int) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=(230, 50)) as pilot:  # wide enough for every column
        await settle(pilot, ["2", "full_stop", "1"])
        screen = screen_of(app)
        for panel, tab in ((QueuePanel, "1"), (AgentPanel, "2")):
            table = screen.query_one(panel)
            wanted = table.floor_columns[column % len(table.floor_columns)]
            await settle(pilot, [tab])
            for _ in table.floor_columns:
                if table.ordering.by != wanted.id:
                    await settle(pilot, ["greater_than_sign"])
            view = screen.looked()
            entities = view.state.queues if panel is QueuePanel else view.state.agents
            values = [wanted.order(entities[key], view) for key in table.ordering.keys]
            known = [value for value in values if value is not None]
            assert known == sorted(known, reverse=wanted.down)
            assert values[len(known) :] == [None] * (len(values) - len(known)), "not known comes last"
            await settle(pilot, ["equals_sign"])
            values = [wanted.order(entities[key], view) for key in table.ordering.keys]
            known = [value for value in values if value is not None]
            assert known == sorted(known, reverse=not wanted.down)
            assert values[len(known) :] == [None] * (len(values) - len(known))


async def test_the_filter_works_as_one_types_and_esc_shows_all() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "slash", "s", "a", "l", "e"])
        table = screen_of(app).query_one(AgentPanel)
        assert sorted(names(table)) == ["Ines Duarte", "Omar Haddad", "Sara Brandt"]
        await settle(pilot, ["space", "b", "r", "enter"])
        assert names(table) == ["Sara Brandt"]
        assert table.has_focus
        await settle(pilot, ["escape"])
        assert len(table.rows) == len(AGENTS)


async def test_agents_in_groups() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "down", "down"])
        table = screen_of(app).query_one(AgentPanel)
        chosen = table.agent
        headings: dict[str, list[str]] = {}
        for _ in range(4):
            await settle(pilot, ["g"])
            assert table.agent == chosen
            headings[table.group] = [plain(row.cells[0]).split("  ")[0] for row in table.rows if len(row.cells) == 1]
        assert headings["team"] == ["Billing", "Sales", "Support"]
        assert "on hold" in headings["state"] and "offline" in headings["state"]
        assert "refunds" in headings["skill"] and "no skill" in headings["skill"]
        assert headings["queue"] == ["Billing", "Sales", "Support"]
        await settle(pilot, ["g"])
        assert table.group == "" and table.agent == chosen


async def test_the_formula_changes_everywhere_and_is_remembered() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        screen, seen = screen_of(app), set()
        for _ in FORMULAS:
            await settle(pilot, ["f"])
            formula = screen.formula
            seen.add(formula.id)
            assert term("formula", formula.id) in str(screen.query_one(QueuePanel).border_subtitle)
            value = formula.value(QUEUES["Billing"].counts)  # type: ignore[arg-type]
            await sees(pilot, f"{value * 100:.2f} %")
            assert session.supervisor.kept["formula"] == formula.id
        assert seen == set(FORMULAS)
    again, kept = floor_desk(floor())
    kept.supervisor.kept = {"formula": "left_in_time_of_offered", "queues_order": "asa turned", "group": "team"}
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        screen = screen_of(again)
        assert screen.formula.id == "left_in_time_of_offered"
        assert (screen.query_one(QueuePanel).ordering.by, screen.query_one(QueuePanel).ordering.turned) == ("asa", True)
        assert screen.query_one(AgentPanel).group == "team"


async def test_pages() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key, words in (
            ("C", ("Amazon Connect", "Asterisk SL", "÷")),
            ("D", ("Average handling time", "occupancy", "÷")),
            ("A", ("Grace Hopkins", "wrong queue", "✕ refused: closed", "new in the team", "Maya Okafor")),
            ("f1", ("take over", "Listen to the selected", "alt+v")),
        ):
            await settle(pilot, [key])
            text = page_text(app)
            for word in words:
                assert word in text, (key, word)
            await settle(pilot, ["escape"])
            assert not screen_of(app).query_one(Page).is_open


def page_text(app: Any) -> str:
    """Everything on the page, also what is scrolled out of sight."""
    return str(screen_of(app).query_one("#page-text").visual)  # type: ignore[attr-defined]


async def test_the_details_are_of_what_is_selected() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        detail = screen_of(app).query_one(DetailPanel)
        waiting = ["Priya Rao", "+44 20 7946 0002", "Chidi Obi", "Lena Kraus"]
        await until(pilot, lambda: [contact.who for contact in detail.contacts.values()] == waiting)
        await settle(pilot, ["2", "down", "down"])
        assert screen_of(app).query_one(AgentPanel).agent == "a1"
        await until(pilot, lambda: [contact.who for contact in detail.contacts.values()] == ["Priya Natarajan"])
        await sees(pilot, "Well done with the last one.")
        await settle(pilot, ["3", "down", "enter"])  # the alert about Billing
        await until(pilot, lambda: detail.border_title.startswith("Billing"))


async def test_old_figures_say_so_and_nothing_acts() -> None:
    from tests.tui.supervisor.floor_states import frozen

    app, session = floor_desk(frozen())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        screen = screen_of(app)
        table = screen.query_one(QueuePanel)
        assert "oldest figure 2m" in table.border_title
        assert {row.style for row in table.rows} == {"$muted"}
        longest = [plain(row.cells[3]) for row in table.rows]
        assert "00:00" in longest and "02:10" not in longest, "a wait that may be over is not counted on"
        for key in ("2", "l", "c", "n", "3", "k", "h", "4", "m", "u"):
            await settle(pilot, [key])
            assert not screen.dialog.is_open
            await settle(pilot, ["escape"])  # no field opened: letters are verbs again
        assert "cannot be reached" in in_words(session.store.drain().notices[-1].text)
        assert session.calls == []


async def test_what_the_centre_cannot_do_is_not_offered() -> None:
    able = floor()
    app, session = floor_desk(
        replace(able, capabilities={**able.capabilities, "contact_center": frozenset({"supervise", "monitor"})})
    )
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "down", "down"])
        screen = screen_of(app)
        text = await sees(pilot, "l listen", "c change state")
        assert "whisper" not in text and "take over" not in text and "n message" not in text
        for key in ("w", "b", "t", "e", "n"):
            await settle(pilot, [key])
            assert not screen.dialog.is_open
            assert "does not support this" in in_words(session.store.drain().notices[-1].text)
            await settle(pilot, ["escape"])  # no field opened: letters are verbs again


@pytest.mark.parametrize("size", [(200, 50), (120, 36), (80, 24), (61, 18), (40, 10), (300, 90)])
async def test_resizing_loses_nothing(size: tuple[int, int]) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "down", "c", "down"])
        screen = screen_of(app)
        await pilot.resize_terminal(*size)
        await settle(pilot)
        await pilot.resize_terminal(*SIZE)
        await settle(pilot)
        assert screen.dialog.is_open
        assert screen.query_one("#act-answer", Input).has_focus
        assert screen.query_one(AgentPanel).agent == "a3"
        assert screen.query_one(AlertPanel).rows


def test_all_queues_together_have_a_service_level_by_each_ones_own_threshold() -> None:
    calls, mail = QUEUES["Billing"], QUEUES["Sales"]
    assert calls.counts is not None and mail.counts is not None
    slow = replace(mail, counts=replace(mail.counts, threshold=3_600.0))
    together = all_together([calls, slow])
    assert together is not None and together.counts is not None and together.counts.threshold is None
    assert DEFAULT_FORMULA.value(together.counts) == pytest.approx((260 + 188) / (380 + 34 + 204 + 4))


async def test_whoever_has_a_contact_is_not_counted_as_available() -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        title = str(screen_of(app).query_one(AgentPanel).border_title)
        on_contacts = [one for one in AGENTS.values() if one.work]
        chose_available = [one for one in AGENTS.values() if one.observed is Availability.AVAILABLE]
        assert f"● {len(chose_available) - len(on_contacts)} available" in title
        assert f"☎ {len(on_contacts)} busy" in title
        counted = [int(number) for number in re.findall(r"[●☎◐○] (\d+) ", title)]
        assert sum(counted) == len(AGENTS), "each agent once"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_whoever_listens_sees_it_at_their_own_desk_too(size: tuple[int, int]) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await settle(pilot, ["2", "down", "down", "l", "h", "i", "enter", "v"])
        await until(pilot, lambda: app.screen is app.desk_screen)
        await until(pilot, lambda: bool(app.desk_screen.query(ListeningBanner)))
        assert "Maya Okafor" in app.desk_screen.query_one(ListeningBanner).render().plain
