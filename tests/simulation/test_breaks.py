"""What once went wrong does not go wrong again: each schedule by its name."""

import pytest

from tests.simulation.breaks import BREAKS, Break
from tests.simulation.schedule import play


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
def test_it_holds_now(broken: Break) -> None:
    assert play(broken.setting, 1, broken.events) is None
