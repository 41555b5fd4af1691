"""The tier is computed from results, and whatever is missing lowers it."""

import pytest

from desktop.testing.group import Group
from desktop.testing.tier import Conformance, Outcome, Result, Tier

SHAPE, BEHAVIOUR, HONESTY, RESILIENCE = Group
PASSED, FAILED, UNPROVEN, NONE = Outcome


def tier(*changes: Result) -> Tier:
    """The tier when everything passed but for the changes."""
    return conformance(*changes).tier


def conformance(*changes: Result) -> Conformance:
    passing = [Result(f"test_{group}", group, PASSED) for group in Group]
    passing.append(Result("test_hold", BEHAVIOUR, PASSED, capabilities=frozenset({"hold"})))
    changed = {one.test for one in changes}
    results = [one for one in passing if one.test not in changed] + list(changes)
    return Conformance("suite", "crm", "x", "X", 1, "real", frozenset({"hold", "queue_head"}), results)


def test_gold_is_all_of_it() -> None:
    assert tier() is Tier.GOLD
    assert tier(Result("test_other", BEHAVIOUR, Outcome.NOT_APPLICABLE, "swap is not offered")) is Tier.GOLD


@pytest.mark.parametrize(
    ("group", "outcome", "wanted"),
    [
        (SHAPE, FAILED, Tier.NONE),
        (BEHAVIOUR, FAILED, Tier.NONE),
        (HONESTY, FAILED, Tier.BRONZE),
        (RESILIENCE, FAILED, Tier.SILVER),
        (SHAPE, UNPROVEN, Tier.BRONZE),
        (BEHAVIOUR, UNPROVEN, Tier.BRONZE),
        (HONESTY, UNPROVEN, Tier.BRONZE),
        (RESILIENCE, UNPROVEN, Tier.SILVER),
    ],
)
def test_what_is_wrong_or_missing_lowers_it(group: Group, outcome: Outcome, wanted: Tier) -> None:
    assert tier(Result("test_another", group, outcome, "why")) is wanted


@pytest.mark.parametrize(("outcome", "wanted"), [(FAILED, Tier.NONE), (UNPROVEN, Tier.SILVER)])
def test_a_declared_capability_counts(outcome: Outcome, wanted: Tier) -> None:
    one = Result("test_hold", BEHAVIOUR, outcome, "why", frozenset({"hold"}))
    assert tier(one) is wanted
    assert conformance(one).proofs()[1]["hold"] == "why"


def test_what_is_declared_and_not_offered_is_not_proven() -> None:
    one = Result("test_hold", BEHAVIOUR, Outcome.NOT_APPLICABLE, "hold is not offered", frozenset({"hold"}))
    assert tier(one) is Tier.SILVER
    assert conformance(one).proofs() == (
        [],
        {"hold": "hold is not offered", "queue_head": "no test of the kit is about it"},
    )


@pytest.mark.parametrize("group", Group)
def test_a_group_in_which_nothing_passed_proves_nothing(group: Group) -> None:
    results = [one for one in conformance().results if one.group is not group]
    assert Conformance("suite", "crm", results=results).tier is not Tier.GOLD


def test_nothing_run_is_nothing_proven() -> None:
    assert Conformance("suite", "crm").tier is Tier.NONE


def test_the_report_names_what_is_missing() -> None:
    made = conformance(
        Result("test_a", RESILIENCE, UNPROVEN, "the rig cannot"), Result("test_b", HONESTY, FAILED, "3 == 4 | `x`")
    )
    told = made.as_json()
    assert (told["passed"], told["required"], told["tier"]) == (5, 7, "bronze")
    groups = told["groups"]
    assert isinstance(groups, dict)
    assert groups["resilience"]["not_proven"] == [{"test": "test_a", "reason": "the rig cannot"}]
    assert groups["honesty"]["failed"] == [{"test": "test_b", "reason": "3 == 4 | `x`"}]
    assert told["capabilities"] == {
        "declared": ["hold", "queue_head"],
        "proven": ["hold"],
        "unproven": [{"capability": "queue_head", "reason": "no test of the kit is about it"}],
    }
    text = made.as_markdown()
    assert "## crm x: bronze" in text
    assert "Not proven test_a: the rig cannot" in text
    assert "FAILED test_b: 3 == 4 \\| \\`x\\`" in text
