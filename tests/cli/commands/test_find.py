"""`find` and `show` are spelled alike for everything, and a refusal names the id that was refused."""

import pytest

from mock_backends.launcher import Running
from tests.cli.command_line import control, run

pytestmark = pytest.mark.thorough


def good(*words: str, env: dict[str, str]) -> object:
    ran = run(*words, env=env)
    assert ran.code == 0, ran.words
    return ran.json


def names(found: object) -> list[str]:
    assert isinstance(found, list)
    return [str(one.get("name") or one["person"]["name"]) for one in found]


def test_find_and_show_for_every_noun(env: dict[str, str]) -> None:
    assert names(good("queues", "find", "bil", env=env)) == ["Billing"]
    assert good("queues", "show", "Billing", env=env)["name"] == "Billing"  # type: ignore[index]
    everybody = good("agents", env=env)
    found = good("agents", "find", "maya", env=env)
    assert isinstance(everybody, list) and isinstance(found, list)
    assert 0 < len(found) < len(everybody) or len(everybody) == 1
    maya = found[0]
    assert "Maya" in maya["name"]
    assert good("agents", "show", maya["id"], env=env)["id"] == maya["id"]  # type: ignore[index]
    people = good("people", "find", "a", env=env)
    assert people == good("people", "a", env=env), "the word may be left out"
    assert isinstance(people, list)
    person = people[0]["person"]
    assert good("people", "show", person["id"], env=env)["person"]["id"] == person["id"]  # type: ignore[index]
    assert names(good("people", "find", *person["name"].split(), env=env)) == [person["name"]]


def test_interactions_are_found_by_what_they_are_about(servers: Running, env: dict[str, str]) -> None:
    step = {"do": "call", "from": "+442079460018", "queue": "Billing", "subject": "refund"}
    control(servers.urls["contact_center"], "POST", "step", step)
    assert run("do", "available", env=env).code == 0
    mine = good("interactions", env=env)
    for _ in range(100):
        if mine:
            break
        mine = good("interactions", env=env)
    assert isinstance(mine, list)
    (one,) = mine
    assert good("interactions", "find", "refund", env=env) == mine
    assert good("interactions", "find", "946", "0018", env=env) == mine
    assert good("interactions", "find", "nothing-of-the-kind", env=env) == []
    assert good("interactions", "show", one["id"], env=env) == good("interactions", one["id"], env=env)
    assert run("do", "decline", one["id"], env=env).code == 0
    run("do", "not-ready", env=env)


def test_cases_are_found_by_subject_of_one_customer_or_of_all(env: dict[str, str]) -> None:
    found = good("case", "find", "charge", "--limit", "20", env=env)
    assert isinstance(found, list)
    assert found
    assert all("charge" in str(one["case"]["subject"]).casefold() for one in found)
    first = found[0]
    mine = good("case", "find", first["case"]["id"], "--customer", first["customer"]["id"], env=env)
    assert isinstance(mine, list)
    assert [one["case"]["id"] for one in mine] == [first["case"]["id"]]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("interactions", "show", "i-404"), 1, "There is no interaction 'i-404' of yours."),
        (("interactions", "i-404"), 1, "There is no interaction 'i-404' of yours."),
        (("queues", "show", "Nope"), 1, "There is no queue 'Nope' of yours."),
        (("agents", "show", "nobody"), 1, "There is no agent 'nobody' of yours."),
        (("people", "show", "p-404"), 1, "There is no person 'p-404' of yours."),
        (("customer", "show", "C-404"), 1, "There is no customer 'C-404'."),
        (("timeline", "C-404"), 1, "There is no customer 'C-404'."),
        (("case", "find", "x", "--customer", "C-404"), 1, "There is no customer 'C-404'."),
        (("outbox", "show", "k-404"), 1, "There is no record 'k-404' in the outbox."),
        (("outbox", "drop", "k-404"), 1, "There is no record 'k-404' in the outbox."),
        (("do", "wrap-up", "i-404"), 1, "There is no interaction 'i-404' of yours."),
        (("queues", "find"), 2, "find wants to know what."),
        (("agents", "maya"), 2, "Say find TEXT or show ID; 'maya' is neither."),
    ],
)
def test_a_refusal_names_what_was_refused(env: dict[str, str], words: tuple[str, ...], code: int, said: str) -> None:
    ran = run(*words, env=env)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.words
