"""The bundled rules on the days that the scenarios play: a crowd is told of while it comes, a calm day in silence.

Server and desktop go by one clock that is set by hand, so it makes no difference how busy the machine is.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop.backends.wire.reading import read
from desktop.config.alerts import alerts_beside
from desktop.domain.entities.model import QueueStats
from desktop.words.catalogue import in_words
from mock_backends.http.settings import Settings
from mock_backends.play.fleet import Fleet
from mock_backends.play.scenario import load
from tests.domain.state.floor_states import Looking, floor

pytestmark = pytest.mark.thorough

STEP = 0.25
CROWD = "many-waiting|Billing"
FLOOD = 45.0  # seconds after which Billing is flooded
QUEUES = ("Billing", "Support", "Sales", "Returns", "Outages", "General enquiries")


@dataclass
class Day:
    """When the first customer waited in Billing, and when which alert began and ended; in seconds since the start."""

    waited: list[float] = field(default_factory=list)
    began: list[tuple[str, float]] = field(default_factory=list)
    ended: list[tuple[str, float]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


async def watched(name: str, seconds: float, folder: Path, seed: int) -> Day:
    """Play a scenario and look at its queues as a supervisor's desktop does."""
    fleet = Fleet(("contact_center", "presence"), scenario=load(name), settings=Settings(customers=60), seed=seed)
    clock, start = fleet.site.clock, fleet.site.clock.now()
    now = start
    clock.now = lambda: now  # type: ignore[method-assign]
    fleet.reset()
    engine, day, known = Looking(alerts_beside(folder / "config.toml").rules), Day(), set[str]()
    while now < start + seconds:
        now += STEP
        while (due := fleet.site.agenda.run_due()) is not None and due <= now:
            """The rest of what is due: others have had their turn."""
        assert fleet.centre is not None
        told = [fleet.centre.figures.refresh(one).model_dump(mode="json") for one in QUEUES]
        queues = [read(QueueStats, one) for one in told]
        engine.look(floor(now, queues), None, now)
        day.waited += [now - start] if queues[0].waiting else []
        day.began += [(key, now - start) for key in engine.alerts.keys() - known]
        day.said += [in_words(engine.alerts[key].text) for key in engine.alerts.keys() - known]
        day.ended += [(key, now - start) for key in known - engine.alerts.keys()]
        known = set(engine.alerts)
    assert fleet.player is not None and fleet.player.failures == []
    return day


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_crowd_is_told_of_within_ten_seconds_and_no_more_when_it_is_over(seed: int, tmp_path: Path) -> None:
    day = await watched("flash_crowd", 600.0, tmp_path, seed)
    began = [at for key, at in day.began if key == CROWD]
    ended = [at for key, at in day.ended if key == CROWD]
    assert FLOOD < began[0] <= next(at for at in day.waited if at > FLOOD) + 10.0
    assert day.said[0].startswith("Billing: waiting ") and "at this rate above 15 in " in day.said[0]
    assert len(began) == len(ended) <= 3, "two crowds, and it does not come and go"
    assert all(end - begin > 10.0 for begin, end in zip(began, ended, strict=True))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_on_a_common_day_no_crowd_is_foreseen(seed: int, tmp_path: Path) -> None:
    day = await watched("supervisor", 900.0, tmp_path, seed)
    assert CROWD not in {key for key, _ in day.began}
