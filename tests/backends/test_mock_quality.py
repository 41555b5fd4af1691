"""Evaluations and calibrations that no well-behaved server would send: refused, so that nothing breaks on screen."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from typing import Any

import pytest

from desktop.backends.mock.contact_center import MockContactCenter
from desktop.domain.reviews.calibration import agreement
from desktop.domain.reviews.quality import EvaluationDraft
from desktop.ports.errors import ProtocolError
from tests.domain.reviews.quality_records import VOICE, answers, calibration, evaluation

from .scripted_server import answer, scripted

GIVEN = answers(greeting="yes", verified="yes", tone="5", solved="full")
EVALUATION: dict[str, Any] = json.loads(json.dumps(asdict(evaluation("ines", GIVEN))))
CALIBRATION: dict[str, Any] = json.loads(json.dumps(asdict(calibration(GIVEN, GIVEN))))


async def _asked(body: object, call: Callable[[MockContactCenter], Any]) -> Any:
    async with scripted(answer(200, json.dumps(body).encode(), Content_Type="application/json")) as server:
        backend = MockContactCenter.create({"url": server.url, "token": "t"})
        try:
            return await call(backend), server
        finally:
            await backend.close()


async def test_what_is_in_order_is_read_with_nulls_and_words_of_tomorrow() -> None:
    body = EVALUATION | {"mood": "sunny", "comment": None, "read_at": None}
    found, server = await _asked({"evaluations": [body]}, lambda backend: backend.evaluations(agent="ma ya", limit=5))
    assert found == [evaluation("ines", GIVEN)]
    assert server.asked[0].path == "/v1/quality/evaluations?since=0.0&agent=ma+ya&interaction=&limit=5"
    both, _ = await _asked({"calibrations": [CALIBRATION]}, lambda backend: backend.calibrations())
    assert agreement(both[0]).agreed == 4


async def test_what_is_handed_in_says_all_of_it() -> None:
    draft = EvaluationDraft("i-1", VOICE, GIVEN, "calm", True, "c-1")
    _, server = await _asked({"evaluation": EVALUATION}, lambda backend: backend.submit_evaluation(draft, key="k"))
    sent = json.loads(server.asked[0].body)
    assert sent == json.loads(json.dumps(asdict(draft)))
    assert server.asked[0].headers["idempotency-key"] == "k"


def _form(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda body: change(body["form"]["sections"][0]["questions"][0])


@pytest.mark.parametrize(
    "spoil",
    [
        _form(lambda question: question.update(weight=0)),
        _form(lambda question: question.update(kind="essay")),
        _form(lambda question: question.update(good="maybe")),
        _form(lambda question: question.update(kind="scale", worst=3, best=3)),
        lambda body: body["form"].update(sections=[]),
        lambda body: body["answers"].append({"question": "nobody asked", "value": "yes"}),
        lambda body: body["answers"].append(body["answers"][0]),
        lambda body: body["answers"][0].update(value="perhaps"),
        lambda body: body.update(answers="yes"),
        lambda body: body.update(at=1e300),
    ],
)
async def test_an_evaluation_that_cannot_be_shown_is_refused(spoil: Callable[[dict[str, Any]], object]) -> None:
    body = deepcopy(EVALUATION)
    spoil(body)
    with pytest.raises(ProtocolError):
        await _asked({"evaluations": [body]}, lambda backend: backend.evaluations())


@pytest.mark.parametrize(
    "changes",
    [
        {"reviewers": ["ines"]},
        {"reviewers": ["ines", "ines"]},
        {"reviewer_names": []},
        {"evaluations": []},
        {"evaluations": CALIBRATION["evaluations"][:1]},
        {"form": CALIBRATION["form"] | {"title": "Another"}},
    ],
)
async def test_a_calibration_that_cannot_be_compared_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        await _asked({"calibrations": [CALIBRATION | changes]}, lambda backend: backend.calibrations())


@pytest.mark.parametrize("body", [{}, {"evaluations": {}}, {"evaluations": [3]}, []])
async def test_what_is_no_list_is_refused(body: object) -> None:
    with pytest.raises(ProtocolError):
        await _asked(body, lambda backend: backend.evaluations())
