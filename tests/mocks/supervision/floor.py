"""A floor with contacts in every phase, and what supervisors do to them, for the tests of supervising."""

from itertools import count
from typing import Any

import httpx

from tests.mocks.harness import Harness

_keys = count()


def order(
    servers: Harness, who: str, interaction_id: str, verb: str, *, why: str = "because", **body: Any
) -> httpx.Response:
    """An order about a contact."""
    path = f"/v1/floor/interactions/{interaction_id}/{verb}"
    return servers.call(who, "POST", path, {"why": why, **body}, key=f"order-{next(_keys)}")


def set_state(servers: Harness, who: str, agent: str, availability: str, **body: Any) -> httpx.Response:
    """Another's availability."""
    path = f"/v1/floor/agents/{agent}/availability"
    return servers.call(who, "PUT", path, {"availability": availability, "why": "because", **body})


def monitor(servers: Harness, who: str, agent: str, mode: str, *, why: str = "because") -> httpx.Response:
    """Take part in an agent's call."""
    return servers.call(who, "POST", "/v1/floor/monitors", {"agent_id": agent, "mode": mode, "why": why})


def contact(servers: Harness, interaction_id: str, who: str = "sam") -> Any:
    """A contact as a supervisor sees it."""
    answer = servers.call(who, "GET", f"/v1/floor/interactions/{interaction_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()["interaction"]


def waiting(servers: Harness, queue: str = "Billing", who: str = "sam") -> list[str]:
    """The ids of those who wait or ring."""
    answer = servers.call(who, "GET", f"/v1/floor/queues/{queue}/waiting")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["interactions"]]


def agent(servers: Harness, agent_id: str, who: str = "sam") -> Any:
    """An agent as a supervisor sees them."""
    agents = servers.call(who, "GET", "/v1/agents").json()["agents"]
    return next(one for one in agents if one["id"] == agent_id)


def arrive(servers: Harness, **call: Any) -> str:
    """A customer comes who nobody is there for."""
    return str(servers.step("call", **{"sender": "+442079460142", "queue": "Billing", **call})["interaction_id"])


def audit(servers: Harness, who: str = "sam") -> list[dict[str, Any]]:
    """What was done and refused, newest first."""
    answer = servers.call(who, "GET", "/v1/floor/audit")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found
