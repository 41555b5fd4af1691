"""Scenarios: TOML files of timed steps that make a day at work."""

import tomllib
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mock_backends.acd.effects import Connected, Effect, WrapUpEnded, WrapUpStarted
from mock_backends.play.steps import Step

FOLDER = Path(__file__).parents[1] / "scenarios"
Moment = Literal["start", "available", "connected", "wrap_up", "closed"]
_STEP: TypeAdapter[Step] = TypeAdapter(Step)


class When(BaseModel):
    """When a step is due: `plus` server seconds after the nth time that something happened to a real agent.

    In the file `at = 5` is short for `when = "start"`, `plus = 5`; `after` is another word for `when`.
    With `every` the step comes again, `times` in all.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    when: Moment = "start"
    nth: int = Field(default=1, ge=1, le=10_000)
    plus: float = Field(default=0.0, ge=0, le=1e7)
    every: float | None = Field(default=None, gt=0, le=1e7)
    times: int = Field(default=1, ge=1, le=100_000)


class Timed(BaseModel):
    """A step with its time."""

    when: When
    step: Annotated[Any, "a Step"]


class Scenario(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    about: str = ""
    connect_seconds: float = Field(default=0.0, ge=0, le=10)
    offer_timeout: float | None = Field(default=None, gt=0, le=3600)
    wrap_up_seconds: float | None = Field(default=None, ge=0, le=86_400)
    hostile_names: bool = False
    seed: int | None = Field(default=None, ge=0, le=2**31)
    speed: float | None = Field(default=None, gt=0, le=10_000)
    steps: list[Timed] = Field(default_factory=list)


class BadScenario(ValueError):
    """A scenario that cannot be read; the message says why."""


def names() -> list[str]:
    """The bundled scenarios."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Scenario:
    """A bundled scenario by name, or the file at a path that ends in `.toml`.

    :raises BadScenario: where there is none, or it says what nobody understands.
    """
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in names():
        raise BadScenario(f"There is no scenario {name!r}; there are {', '.join(names())}.")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        timed = [_timed(step) for step in raw.pop("step", [])]
        return Scenario(name=path.stem, **raw, steps=timed)
    except (OSError, ValidationError, ValueError, TypeError) as error:
        raise BadScenario(f"{path.name}: {error}") from error


def _timed(raw: dict[str, Any]) -> Timed:
    when = {key: raw.pop(key) for key in ("when", "nth", "plus", "every", "times") if key in raw}
    if "after" in raw:
        when["when"] = raw.pop("after")
    if "at" in raw:
        when["plus"] = raw.pop("at")
    return Timed(when=When(**when), step=_STEP.validate_python(raw))


class Player:
    """Plays a scenario on a stage."""

    def __init__(self, scenario: Scenario, fleet: Any) -> None:
        self._scenario = scenario
        self._fleet = fleet
        self._counts: dict[str, int] = {}
        self.failures: list[str] = []

    def start(self) -> None:
        """From the top."""
        self._counts.clear()
        centre = self._fleet.centre
        if centre is not None:
            centre.distribution.connect_seconds = self._scenario.connect_seconds
            centre.distribution.listeners.append(self._heard)
        self._happened("start")

    def agent_available(self, agent_id: str) -> None:
        """A real agent has become available."""
        self._happened("available")

    def _heard(self, effect: Effect, _interaction: object) -> None:
        if getattr(effect, "agent_id", None) in self._fleet.centre.colleagues.played:
            return
        if isinstance(effect, Connected):
            self._happened("connected")
        elif isinstance(effect, WrapUpStarted) and not effect.extensions:
            self._happened("wrap_up")
        elif isinstance(effect, WrapUpEnded):
            self._happened("closed")

    def _happened(self, moment: Moment) -> None:
        self._counts[moment] = count = self._counts.get(moment, 0) + 1
        for timed in self._scenario.steps:
            if timed.when.when == moment and timed.when.nth == count:
                for turn in range(timed.when.times):
                    pause = timed.when.plus + turn * (timed.when.every or 0.0)
                    self._fleet.site.agenda.after(pause, partial(self._play, timed.step))

    def _play(self, step: Step) -> None:
        try:
            self._fleet.scenario_runner.play(step)
        except Exception as error:
            self.failures.append(f"{step.do}: {error}")
