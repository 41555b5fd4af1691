"""Evaluations, blind calibrations and coaching notes on the server: who may do and read what."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_backends.http.settings import Settings
from mock_backends.play.fleet import Fleet
from tests.mocks.harness import CONTROL, Harness

FORM: dict[str, Any] = {
    "name": "voice",
    "title": "Calls",
    "sections": [
        {
            "title": "All",
            "questions": [
                {"id": "greeting", "text": "Greeted?"},
                {"id": "verified", "text": "Identity checked?", "critical": True, "comment": "when_lost"},
                {"id": "tone", "text": "Tone?", "kind": "scale", "worst": 5, "best": 1, "not_applicable": True},
                {
                    "id": "solved",
                    "text": "Solved?",
                    "kind": "choice",
                    "comment": "when_lost",
                    "options": [{"id": "yes", "text": "Yes", "points": 2}, {"id": "no", "text": "No", "points": 0}],
                },
            ],
        }
    ],
}
GOOD = {"greeting": "yes", "verified": "yes", "tone": "1", "solved": "yes"}


def answers(**changed: str) -> list[dict[str, str]]:
    return [{"question": question, "value": value} for question, value in (GOOD | changed).items() if value]


@pytest.fixture
def mocks() -> Iterator[Harness]:
    nothing_before = Settings(history_days=0)
    with Harness(lambda: Fleet(("contact_center",), control=CONTROL, settings=nothing_before)) as harness:
        yield harness


def finished(mocks: Harness, who: str = "maya", queue: str = "Billing") -> str:
    call = mocks.active(who, queue=queue)
    assert mocks.do(call, "end", who=who).status_code == 200
    codes = {"Billing": "refund-made", "Support": "router-fixed"}
    done = mocks.do(call, "wrap-up", {"codes": [codes[queue]], "note_given": True}, who=who)
    assert done.status_code == 200, done.text
    return call


def judge(mocks: Harness, call: str, who: str = "sam", **body: Any) -> Any:
    plain = {"interaction_id": call, "form": FORM, "answers": answers()}
    return mocks.call(who, "POST", "/v1/quality/evaluations", plain | body)


def listed(mocks: Harness, who: str, what: str = "evaluations", query: str = "") -> list[Any]:
    answer = mocks.call(who, "GET", f"/v1/quality/{'coaching' if what == 'notes' else what}{query}")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()[what]
    return found


def news(mocks: Harness, who: str = "maya") -> Any:
    return mocks.call(who, "GET", "/v1/snapshot").json()["coaching"]


def test_an_evaluation_is_kept_with_its_form_and_who_it_is_of(mocks: Harness) -> None:
    call = finished(mocks)
    made = judge(mocks, call, comment="calm").json()["evaluation"]
    assert (made["agent_id"], made["agent_name"], made["queue"]) == ("maya", "Maya Okafor", "Billing")
    assert (made["reviewer_id"], made["comment"], made["released_at"]) == ("sam", "calm", None)
    assert [one["id"] for one in made["form"]["sections"][0]["questions"]] == list(GOOD)
    assert listed(mocks, "ines") == listed(mocks, "sam") == [made]


def test_an_agent_reads_their_own_when_it_is_released(mocks: Harness) -> None:
    call = finished(mocks)
    made = judge(mocks, call).json()["evaluation"]
    path = f"/v1/quality/evaluations/{made['id']}"
    assert listed(mocks, "maya") == []
    assert mocks.call("maya", "GET", path).status_code == 404
    assert mocks.call("maya", "POST", path + "/read").status_code == 404
    with mocks.stream("maya") as events:
        assert mocks.call("sam", "POST", path + "/release").status_code == 200
        event = next(one for one in events if one["event"] == "coaching.changed")
    assert event["data"]["news"]["unread"] == 1
    assert [one["id"] for one in listed(mocks, "maya")] == [made["id"]]
    assert listed(mocks, "tom") == []
    assert mocks.call("tom", "GET", path).status_code == 404
    assert news(mocks)["by_name"] == "Sam Rivera"
    assert mocks.call("maya", "POST", path + "/read").json()["evaluation"]["read_at"] > 0
    assert news(mocks)["unread"] == 0


@pytest.mark.parametrize("who", ["maya", "tom"])
def test_agents_may_neither_judge_nor_calibrate_nor_coach(mocks: Harness, who: str) -> None:
    call = finished(mocks)
    made = judge(mocks, call).json()["evaluation"]
    refused = [
        judge(mocks, call, who),
        mocks.call(who, "POST", f"/v1/quality/evaluations/{made['id']}/release"),
        mocks.call(who, "GET", "/v1/quality/calibrations"),
        mocks.call(who, "POST", "/v1/quality/calibrations", {"interaction_id": call, "form": FORM, "reviewer": "sam"}),
        mocks.call(who, "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "hello"}),
    ]
    assert [one.status_code for one in refused] == [403] * 5


def test_a_supervisor_of_another_team_sees_and_does_nothing(mocks: Harness) -> None:
    call = finished(mocks)
    made = judge(mocks, call).json()["evaluation"]
    assert judge(mocks, call, "grace").status_code == 404
    assert listed(mocks, "grace") == []
    path = f"/v1/quality/evaluations/{made['id']}"
    assert mocks.call("grace", "GET", path).status_code == 404
    assert mocks.call("grace", "POST", path + "/release").status_code == 404
    coach = mocks.call("grace", "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "hello"})
    assert coach.status_code == 404
    started = {"interaction_id": call, "form": FORM, "reviewer": "sam"}
    assert mocks.call("grace", "POST", "/v1/quality/calibrations", started).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        answers(greeting=""),
        answers(greeting="perhaps"),
        answers(greeting="n/a"),
        answers(verified="no"),
        answers(solved="no"),
        [*answers(), {"question": "greeting", "value": "yes"}],
        [*answers(), {"question": "other", "value": "yes"}],
    ],
)
def test_answers_that_do_not_fit_are_refused(mocks: Harness, wrong: list[dict[str, str]]) -> None:
    assert judge(mocks, finished(mocks), answers=wrong).status_code == 422


def test_answers_that_fit_are_taken(mocks: Harness) -> None:
    given = answers(tone="n/a", verified="")
    given.append({"question": "verified", "value": "no", "comment": "asked for nothing"})
    assert judge(mocks, finished(mocks), answers=given).status_code == 200


def test_a_form_that_cannot_be_answered_is_refused(mocks: Harness) -> None:
    call = finished(mocks)
    questions = FORM["sections"][0]["questions"]
    for wrong in (
        [*questions, questions[0]],
        [{"id": "q", "text": "Q", "kind": "scale", "worst": 3, "best": 3}],
        [{"id": "q", "text": "Q", "kind": "scale", "worst": 0, "best": 99}],
        [{"id": "q", "text": "Q", "kind": "choice"}],
    ):
        form = {**FORM, "sections": [{"title": "All", "questions": wrong}]}
        assert judge(mocks, call, form=form, answers=[]).status_code == 422


def test_only_what_is_over_can_be_judged_and_once_by_each_with_one_form(mocks: Harness) -> None:
    talking = mocks.active("maya")
    assert judge(mocks, talking).status_code == 404
    assert judge(mocks, "int-0").status_code == 404
    mocks.do(talking, "end")
    mocks.do(talking, "wrap-up", {"codes": ["refund-made"], "note_given": True})
    assert judge(mocks, talking).status_code == 200
    assert judge(mocks, talking).status_code == 409
    assert judge(mocks, talking, "ines").status_code == 200
    assert judge(mocks, talking, form={**FORM, "name": "other"}).status_code == 200


def test_the_same_key_hands_in_once(mocks: Harness) -> None:
    call = finished(mocks)
    body = {"interaction_id": call, "form": FORM, "answers": answers()}
    first = mocks.call("sam", "POST", "/v1/quality/evaluations", body, key="k1")
    again = mocks.call("sam", "POST", "/v1/quality/evaluations", body, key="k1")
    assert first.json() == again.json()
    assert len(listed(mocks, "sam")) == 1


def test_a_calibration_is_blind_until_both_are_in(mocks: Harness) -> None:
    call = finished(mocks)
    body = {"interaction_id": call, "form": FORM, "reviewer": "ines"}
    made = mocks.call("sam", "POST", "/v1/quality/calibrations", body).json()["calibration"]
    assert (made["reviewers"], made["reviewer_names"]) == (["sam", "ines"], ["Sam Rivera", "Inês Duarte"])
    joined = {"calibration": made["id"], "release": True}
    first = judge(mocks, call, "sam", **joined, comment="mine").json()["evaluation"]
    assert first["released_at"] is None
    (blind,) = listed(mocks, "ines", "calibrations")
    assert (blind["submitted"], blind["evaluations"]) == (["sam"], [])
    assert mocks.call("ines", "GET", f"/v1/quality/evaluations/{first['id']}").status_code == 404
    assert "mine" not in mocks.call("ines", "GET", "/v1/quality/evaluations").text
    (own,) = listed(mocks, "sam", "calibrations")
    assert [one["id"] for one in own["evaluations"]] == [first["id"]]
    assert judge(mocks, call, "sam", **joined).status_code == 409  # in already
    other = {**FORM, "title": "Another"}
    assert judge(mocks, call, "ines", form=other, **joined).status_code == 409
    assert judge(mocks, call, "ines", answers=answers(tone="3"), **joined).status_code == 200
    for who in ("sam", "ines"):
        (seen,) = listed(mocks, who, "calibrations")
        assert {one["reviewer_id"] for one in seen["evaluations"]} == {"sam", "ines"}
    assert listed(mocks, "sam") == []  # nothing of it is among the evaluations
    assert listed(mocks, "maya") == []
    release = mocks.call("sam", "POST", f"/v1/quality/evaluations/{first['id']}/release")
    assert release.status_code == 409


@pytest.mark.parametrize("other", ["sam", "grace", "maya", "nobody"])
def test_a_calibration_is_with_another_supervisor_of_the_team(mocks: Harness, other: str) -> None:
    body = {"interaction_id": finished(mocks), "form": FORM, "reviewer": other}
    assert mocks.call("sam", "POST", "/v1/quality/calibrations", body).status_code == 422


def test_a_note_reaches_the_agent_who_acknowledges_it_once(mocks: Harness) -> None:
    with mocks.stream("maya") as events:
        sent = mocks.call("sam", "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "Well done."})
        event = next(one for one in events if one["event"] == "coaching.changed")
    assert event["data"]["news"]["unread"] == 1
    note = sent.json()["note"]
    path = f"/v1/quality/coaching/{note['id']}"
    assert mocks.call("tom", "POST", path + "/read").status_code == 404
    read = mocks.call("maya", "POST", path + "/read").json()["note"]
    assert (read["read_at"] > 0, read["acknowledged_at"]) == (True, None)
    assert news(mocks)["unread"] == 1
    done = mocks.call("maya", "POST", path + "/acknowledge", {"answer": "Thank you."}).json()["note"]
    assert (done["answer"], done["acknowledged_at"] > 0) == ("Thank you.", True)
    assert mocks.call("maya", "POST", path + "/acknowledge", {"answer": "Thank you."}).status_code == 200
    assert mocks.call("maya", "POST", path + "/acknowledge", {"answer": "Other."}).status_code == 409
    assert listed(mocks, "sam", "notes") == [done]
    assert news(mocks)["unread"] == 0


def test_who_wrote_a_note_is_told_of_the_answer_until_they_have_read_it(mocks: Harness) -> None:
    before = news(mocks, "sam")["answers"]
    note = mocks.call("sam", "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "Well done."}).json()["note"]
    path = f"/v1/quality/coaching/{note['id']}"
    assert mocks.call("sam", "POST", path + "/read").json()["note"] == note  # there is no answer to read yet
    with mocks.stream("sam") as events:
        assert mocks.call("maya", "POST", path + "/acknowledge", {"answer": "Thank you."}).status_code == 200
        event = next(one for one in events if one["event"] == "coaching.changed")
    told = event["data"]["news"]
    assert (told["answers"], told["answered_by"], told["unread"]) == (before + 1, "Maya Okafor", 0)
    assert told == news(mocks, "sam")
    assert news(mocks, "ines")["answers"] == 0
    assert mocks.call("ines", "POST", path + "/read").status_code == 404
    read = mocks.call("sam", "POST", path + "/read").json()["note"]
    assert read["answer_read_at"] >= read["acknowledged_at"]
    assert mocks.call("sam", "POST", path + "/read").json()["note"] == read
    assert news(mocks, "sam")["answers"] == before


def test_an_acknowledgement_without_words_is_nothing_to_read(mocks: Harness) -> None:
    note = mocks.call("sam", "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "Well done."}).json()["note"]
    with mocks.stream("sam") as events:
        mocks.call("maya", "POST", f"/v1/quality/coaching/{note['id']}/acknowledge", {"answer": ""})
        told = next(one for one in events if one["event"] == "coaching.changed")["data"]["news"]
    assert (told["answers"], told["answered_by"]) == (0, "Maya Okafor")


def test_a_note_to_an_evaluation_waits_for_its_release(mocks: Harness) -> None:
    call = finished(mocks)
    made = judge(mocks, call).json()["evaluation"]
    body = {"agent_id": "maya", "text": "See the second question.", "evaluation": made["id"]}
    note = mocks.call("sam", "POST", "/v1/quality/coaching", body).json()["note"]
    assert note["released_at"] is None
    assert listed(mocks, "maya", "notes") == []
    assert mocks.call("maya", "POST", f"/v1/quality/coaching/{note['id']}/read").status_code == 404
    assert news(mocks)["unread"] == 0
    mocks.call("sam", "POST", f"/v1/quality/evaluations/{made['id']}/release")
    assert [one["id"] for one in listed(mocks, "maya", "notes")] == [note["id"]]
    assert news(mocks)["unread"] == 2
    wrong = mocks.call("sam", "POST", "/v1/quality/coaching", body | {"agent_id": "lucia"})
    assert wrong.status_code in (404, 422)


def test_acts_and_refusals_are_written_down(mocks: Harness) -> None:
    call = finished(mocks)
    judge(mocks, call)
    judge(mocks, call)
    judge(mocks, call, "maya")
    mocks.call("sam", "POST", "/v1/quality/coaching", {"agent_id": "maya", "text": "hello"})
    entries = mocks.call("sam", "GET", "/v1/floor/audit").json()["entries"]
    told = [(one["by"], one["verb"], one["outcome"].partition(":")[0]) for one in reversed(entries)]
    assert told[-4:] == [
        ("sam", "evaluate", "done"),
        ("sam", "evaluate", "refused"),
        ("maya", "evaluate", "refused"),
        ("sam", "coach", "done"),
    ]
    assert not any("yes" in one["detail"] for one in entries)  # no answers: a calibration stays blind


def test_questions_to_the_list(mocks: Harness) -> None:
    calls = [finished(mocks) for _ in range(2)]
    made = [judge(mocks, call).json()["evaluation"] for call in calls]
    assert [one["id"] for one in listed(mocks, "sam")] == [made[1]["id"], made[0]["id"]]
    assert [one["id"] for one in listed(mocks, "sam", query=f"?interaction={calls[0]}")] == [made[0]["id"]]
    assert listed(mocks, "sam", query="?agent=tom") == []
    assert len(listed(mocks, "sam", query="?limit=1")) == 1
    assert listed(mocks, "sam", query=f"?since={made[1]['at'] + 1}") == []


def test_a_reset_forgets_everything(mocks: Harness) -> None:
    judge(mocks, finished(mocks))
    mocks.sim("POST", "contact_center", "/_sim/reset")
    assert listed(mocks, "sam") == []
