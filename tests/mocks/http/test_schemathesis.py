"""Schemathesis reads each server's OpenAPI document and tries what it allows, and what it does not."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from mock_backends.openapi_files import FOLDER
from mock_backends.play.fleet import KINDS
from tests.mocks.harness import Harness

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("name", list(KINDS))
def test_no_example_breaks_a_server_and_good_answers_fit_their_schema(name: str, servers: Harness, full: bool) -> None:
    schema = schemathesis.openapi.from_dict(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith("/v1/events"):
            continue
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            _try(operation, mode, servers, name, 50 if full else 4)


def _try(operation: Any, mode: Any, servers: Harness, name: str, examples: int) -> None:
    cases = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def run(case: Any) -> None:
        who = "sam" if operation.path.startswith(("/v1/floor/", "/v1/quality/")) else "maya"
        case.headers = {**(case.headers or {}), **servers.headers(who)}
        answer = case.call(base_url=servers.urls[name], timeout=10)
        assert answer.status_code < 500, answer.text
        if answer.status_code < 300:
            case.operation.validate_response(answer)
        else:
            assert answer.json()["code"]

    try:
        run()
    except Unsatisfiable:  # an operation without anything to get wrong
        assert mode is schemathesis.GenerationMode.NEGATIVE
