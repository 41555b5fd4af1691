"""The control plane `/_sim/*`: makes things happen and shows what did. The gate lets only the control token in."""

from typing import Annotated, Any, Protocol

from fastapi import Body
from pydantic import Field

from mock_backends.http.faults import Rule
from mock_backends.http.service import Service
from mock_backends.http.site import Site
from mock_backends.play.scenario import Player
from mock_backends.play.scenario_runner import ScenarioRunner
from mock_backends.play.steps import Step
from mock_backends.wire.base import Wire


class Steered(Protocol):
    """The servers of this process, as far as the control plane steers them."""

    site: Site
    scenario_runner: ScenarioRunner
    player: Player | None

    def reset(self) -> None: ...


class Rules(Wire):
    """The faults of one server from now on."""

    rules: list[Rule] = Field(max_length=100)


class ClockChange(Wire):
    """How server time goes on; `skew` seconds are added to it."""

    speed: float | None = Field(default=None, gt=0, le=10_000)
    skew: float | None = Field(default=None, ge=-1e8, le=1e8)


def add_control(service: Service, fleet: Steered) -> None:
    """Add the routes. Steps, clock and reset are for all servers of the process, faults and record for this one."""
    app = service.app

    @app.post("/_sim/step")
    async def step(body: Annotated[Step, Body()]) -> dict[str, Any]:
        return fleet.scenario_runner.play(body)

    @app.get("/_sim/customers/{interaction_id}")
    async def customer(interaction_id: str) -> dict[str, bool]:
        return fleet.scenario_runner.customer_sees(interaction_id)

    @app.put("/_sim/faults")
    async def faults(body: Rules) -> dict[str, Any]:
        service.gate.faults.set(body.rules)
        return {"rules": len(body.rules)}

    @app.put("/_sim/clock")
    async def clock(body: ClockChange) -> dict[str, Any]:
        fleet.site.clock.set(speed=body.speed, skew=body.skew)
        return {"server_time": fleet.site.clock.now(), "speed": fleet.site.clock.speed}

    @app.post("/_sim/reset")
    async def reset() -> dict[str, Any]:
        fleet.reset()
        return {"epoch": service.log.epoch}

    @app.get("/_sim/record")
    async def record() -> dict[str, Any]:
        return {"record": service.gate.far_side.all()}

    @app.get("/_sim/scenario")
    async def scenario() -> dict[str, Any]:
        return {"failures": fleet.player.failures if fleet.player else []}
