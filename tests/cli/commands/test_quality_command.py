"""`quality` against a real server: a supervisor's team, an agent's own, and nothing else."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_backends.launcher import Running
from tests.cli.command_line import control, run

pytestmark = pytest.mark.thorough

FORM: dict[str, Any] = {
    "name": "call",
    "title": "Call",
    "sections": [
        {
            "title": "All",
            "questions": [
                {"id": "tone", "text": "Tone?", "kind": "scale", "weight": 2},
                {"id": "greeting", "text": "Greeted?"},
            ],
        }
    ],
}
GIVEN = [{"question": "tone", "value": "4", "comment": "=cmd|hurried\x1b[2J"}, {"question": "greeting", "value": "yes"}]


def ask(servers: Running, who: str, method: str, path: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {servers.tokens[who]}", "Idempotency-Key": f"k{next(_KEYS)}"}
    url = servers.urls["contact_center"] + path
    answer = httpx.request(method, url, json=body, headers=headers, trust_env=False, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


_KEYS = iter(range(10**6))


@pytest.fixture
def as_sam(env: dict[str, str], servers: Running, tmp_path: Path) -> dict[str, str]:
    """The same profile, signed in as the supervisor."""
    (tmp_path / "token").write_text(servers.tokens["sam"])
    return env


@pytest.fixture
def judged(servers: Running) -> Any:
    """An evaluation of a call that Maya had."""
    url = servers.urls["contact_center"]
    control(url, "POST", "reset")
    ask(servers, "maya", "PUT", "/v1/me/availability", {"availability": "available"})
    step = control(url, "POST", "step", {"do": "call", "from": "+442079460018", "queue": "Billing"})
    call = step["interaction_id"]
    for verb, body in (("accept", {}), ("end", {}), ("wrap-up", {"codes": ["refund-made"], "note_given": True})):
        ask(servers, "maya", "POST", f"/v1/interactions/{call}/{verb}", body)
    body = {"interaction_id": call, "form": FORM, "answers": GIVEN, "comment": "calm"}
    return ask(servers, "sam", "POST", "/v1/quality/evaluations", body)["evaluation"]


def test_a_supervisor_lists_shows_and_exports(judged: Any, as_sam: dict[str, str]) -> None:
    (line,) = run("quality", "list", env=as_sam).json
    assert (line["id"], line["agent_id"], line["form"]) == (judged["id"], "maya", "call")
    assert line["score"] == {"percent": 83.3, "share": "5/6", "passed": None, "critical": []}
    assert run("quality", "list", "--agent", "tom", env=as_sam).json == []
    shown = run("quality", "show", judged["id"], env=as_sam)
    assert (shown.json["comment"], shown.json["answers"][0]["value"]) == ("calm", "4")
    assert shown.json["form"]["sections"][0]["questions"][0]["text"] == "Tone?"
    assert "\x1b" not in shown.out
    whole = run("quality", "export", env=as_sam).json
    assert [one["id"] for one in whole["evaluations"]] == [judged["id"]]
    assert run("quality", "export", "--since", "90000000000", env=as_sam).json["evaluations"] == []


def test_an_agent_sees_their_own_once_it_is_released(judged: Any, env: dict[str, str], servers: Running) -> None:
    assert run("quality", "list", env=env).json == []
    refused = run("quality", "show", judged["id"], env=env)
    assert refused.code == 1
    ask(servers, "sam", "POST", f"/v1/quality/evaluations/{judged['id']}/release")
    ask(servers, "sam", "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "Well done."})
    assert [one["id"] for one in run("quality", "list", env=env).json] == [judged["id"]]
    assert [one["text"] for one in run("quality", "list", "notes", env=env).json] == ["Well done."]
    whole = run("quality", "export", env=env).json
    assert (len(whole["evaluations"]), len(whole["notes"]), whole["calibrations"]) == (1, 1, [])
    assert run("quality", "sample", env=env).code in (1, 3)


def test_a_sample_is_what_is_left_to_judge(judged: Any, as_sam: dict[str, str]) -> None:
    drawn = run("quality", "sample", env=as_sam)
    assert drawn.code == 0, drawn.words
    assert drawn.json["form"] == "call"
    assert judged["interaction_id"] not in {one["id"] for one in drawn.json["interactions"]}
    assert run("quality", "sample", env=as_sam).json == drawn.json
    by_agent = [one["agent_id"] for one in drawn.json["interactions"]]
    assert all(by_agent.count(agent) <= 2 for agent in by_agent)
    other = run("quality", "sample", "--form", "no-such", env=as_sam)
    assert (other.code, "call" in other.words) == (2, True)


def test_a_calibration_is_listed_with_how_far_both_agree(judged: Any, as_sam: dict[str, str], servers: Running) -> None:
    of = {"interaction_id": judged["interaction_id"], "form": FORM}
    begun = ask(servers, "sam", "POST", "/v1/quality/calibrations", of | {"reviewer": "ines"})["calibration"]
    ask(servers, "sam", "POST", "/v1/quality/evaluations", of | {"answers": GIVEN, "calibration": begun["id"]})
    (blind,) = run("quality", "list", "calibrations", env=as_sam).json
    assert (blind["submitted"], blind["agreement"]) == (["sam"], None)
    theirs = [GIVEN[0], {"question": "greeting", "value": "no"}]
    ask(servers, "ines", "POST", "/v1/quality/evaluations", of | {"answers": theirs, "calibration": begun["id"]})
    (both,) = run("quality", "list", "calibrations", env=as_sam).json
    assert both["agreement"] == {
        "percent": 50.0,
        "agreed": 1,
        "questions": 2,
        "kappa": 0.3333333333333333,
        "difference": 33.3,
    }
