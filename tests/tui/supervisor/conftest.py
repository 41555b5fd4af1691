"""What every test of the floor starts from."""

from collections.abc import Iterator

import pytest

from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID


@pytest.fixture(autouse=True)
def tables_of_keys() -> Iterator[None]:
    """Has the tables of keys as they were afterwards."""
    before, floor_before = dict(keys.BY_ID), dict(FLOOR_BY_ID)
    yield
    keys.BY_ID.update(before)
    FLOOR_BY_ID.update(floor_before)
