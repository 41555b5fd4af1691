"""A window that was made larger or smaller looks as one that was opened at its size."""

from collections.abc import Callable
from typing import Any

import pytest

from desktop.domain.state.state import AppState
from tests.tui.desk import desk, settle
from tests.tui.states import active, wrapping_up, written

SIZES = [(80, 24), (120, 36), (140, 40), (200, 50)]


def seen(app: Any) -> list[str]:
    """Every line of the screen."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("state", [active, written, wrapping_up])
async def test_it_is_drawn_as_if_it_had_always_been_so_large(state: Callable[[], AppState]) -> None:
    fresh = {}
    for size in SIZES:
        app, _ = desk(state())
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            fresh[size] = seen(app)
    app, _ = desk(state())
    async with app.run_test(size=SIZES[0]) as pilot:
        await settle(pilot)
        for size in (*SIZES[1:], *reversed(SIZES[:-1])):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert seen(app) == fresh[size], size
