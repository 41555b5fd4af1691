"""Rules that were kept for a place are the ones that Textual finds there."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.css.styles import RulesMap
from textual.dom import DOMNode
from textual.screen import Screen

from desktop.domain.state.state import AppState
from desktop.tui.terminal.themes import DARK, THEMES
from desktop.tui.textual_patches import rule_cache, switch
from desktop.tui.textual_patches.rule_cache import RuleCache
from tests.tui.desk import desk, settle
from tests.tui.states import active, chatting, offered, searching, wrapping_up, written


def rules_of(screen: Screen[object]) -> dict[tuple[DOMNode, str], dict[str, str]]:
    """What is set for each node of a screen and each part of one; as text, since each has a layout of its own.

    Left out is what Textual itself leaves to the order of a set: whether an explicit colour clears its `auto`.
    """

    def shown(rules: RulesMap) -> dict[str, str]:
        return {name: str(value) for name, value in rules.items() if not name.startswith("auto_")}

    nodes = screen.walk_children(with_self=True)
    found = {(node, ""): shown(node.styles.base._rules) for node in nodes}
    for node in nodes:
        for name, one in node._component_styles.items():
            found[node, name] = {**shown(one.base._rules), "painted": str(one.rich_style)}
    return found


THOROUGH = [pytest.param(one, marks=pytest.mark.thorough) for one in (offered, active, written, chatting, searching)]


@pytest.mark.parametrize("state", [wrapping_up, *THOROUGH])
async def test_what_is_kept_is_what_textual_finds(
    state: Callable[[], AppState], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = desk(state())

    def compare(after: str) -> None:
        kept = rules_of(app.screen)
        with monkeypatch.context() as patch:
            patch.setattr(switch, "_plain", frozenset({"rules"}))
            app.stylesheet.update(app.screen)
        assert rules_of(app.screen) == kept, f"after {after}"

    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        compare("the start")
        for key in ("escape", "2", "n", "x", "escape", "f7", "escape", "question_mark", "escape", "f5", "a", "escape"):
            await settle(pilot, [key])
            compare(key)
        for width in (80, 120, 200):
            await pilot.resize_terminal(width, 24 + width // 10)
            await settle(pilot)
            compare(f"{width} columns")
        for theme in (*THEMES, DARK):
            app.theme = theme.name
            await settle(pilot)
            compare(theme.name)


async def test_other_rules_are_found_anew() -> None:
    """A look that was edited has the name it had, and with it every place of the screen."""
    app, _ = desk(active())
    async with app.run_test() as pilot:
        await settle(pilot)
        edited = replace(app.current_theme, background="#112233")
        assert app.screen.styles.background.hex != "#112233"
        app.register_theme(edited)
        app.mutate_reactive(type(app).theme)
        await settle(pilot)
        assert app.screen.styles.background.hex == "#112233"


async def test_it_forgets_before_it_grows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_cache, "MOST", 200)
    app, _ = desk(active())
    async with app.run_test(size=(140, 40)) as pilot:
        for number in range(10):
            app.screen.set_class(True, f"-other-{number}")
            await settle(pilot)
        sheet = app.stylesheet
        assert isinstance(sheet, RuleCache)
        assert len(sheet._places) <= 200 + 10  # those above a widget come with it
