"""What finishing will do is said as it is: where each part goes, and what waits or goes nowhere."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState, SourceHealth
from desktop.domain.text.sentence import verbatim
from desktop.tui.words.finish_summary import finish_summary
from tests.tui.states import NOW, wrapping_up

BERLIN = ZoneInfo("Europe/Berlin")
AT_TEN = NOW - NOW % 86_400 + 86_400 + 9 * 3600
CALLBACK, SMS = FollowUp("callback", "refund", AT_TEN), FollowUp("sms", "hello", to="+442079460018")
MAIL = FollowUp("email", "As promised.", to="ada@example.org")
TASK, CASE = FollowUp("task", "ask Grace", AT_TEN), FollowUp("case", "Refund")


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def down(*sources: str, state: AppState | None = None) -> AppState:
    state = state or wrapping_up()
    gone = {source: SourceHealth(Health.DOWN, NOW - 82, verbatim("refused")) for source in sources}
    return replace(state, health={**state.health, **gone})


def summary(
    *follow_ups: FollowUp, state: AppState | None = None, note: str = "words", codes: tuple[str, ...] = ()
) -> str:
    state = state or wrapping_up()
    return finish_summary(state, state.interactions["i1"], codes, note, follow_ups, BERLIN)


@pytest.mark.parametrize(
    ("follow_ups", "codes", "note", "says"),
    [
        ((), (), "", ""),
        ((), (), "  ", ""),
        ((), (), "words", "note → CRM"),
        ((), ("refund",), "", "codes → CRM"),
        ((), ("refund",), "words", "note and codes → CRM"),
        ((SMS, CALLBACK), (), "words", "note → CRM · SMS · callback Wed 18 Nov 10:00"),
        ((CALLBACK, SMS, SMS), (), "words", "note → CRM · 2 × SMS · callback Wed 18 Nov 10:00"),
        ((SMS, MAIL), (), "", "SMS · e-mail"),
        ((TASK, CASE), (), "words", "note → CRM · task → CRM Wed 18 Nov 10:00 · case → CRM"),
    ],
)
def test_where_everything_goes(follow_ups: tuple[FollowUp, ...], codes: tuple[str, ...], note: str, says: str) -> None:
    assert summary(*follow_ups, codes=codes, note=note) == says


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (down("crm"), "note → CRM (waits: the CRM went down at 14:02) · SMS · callback Wed 18 Nov 10:00"),
        (
            down("messaging"),
            "note → CRM · SMS (waits: the message service went down at 14:02) · callback Wed 18 Nov 10:00",
        ),
        (
            down("contact_center"),
            "note → CRM · SMS · callback Wed 18 Nov 10:00 (waits: the contact centre went down at 14:02)",
        ),
        (down("crm:mail"), "note → CRM · SMS · callback Wed 18 Nov 10:00"),  # another one is up
        (replace(wrapping_up(), health={}), "note → CRM · SMS · callback Wed 18 Nov 10:00"),
    ],
)
def test_what_waits_says_for_what(state: AppState, says: str) -> None:
    assert summary(SMS, CALLBACK, state=state) == says


def test_what_no_system_takes_stands_in_the_record_only() -> None:
    state = replace(wrapping_up(), capabilities={}, pops={})
    assert summary(CALLBACK, TASK, CASE, state=state, note="") == (
        "callback Wed 18 Nov 10:00 in the record only · task Wed 18 Nov 10:00 in the record only"
        " · case in the record only"
    )


def test_a_caller_without_a_number_is_not_called_back() -> None:
    state = wrapping_up()
    withheld = replace(state.interactions["i1"], customer=Address("phone", "", withheld=True))
    state = replace(state, interactions={"i1": withheld})
    assert summary(CALLBACK, state=state, note="") == "callback Wed 18 Nov 10:00 in the record only"
    assert summary(replace(CALLBACK, to="+4420"), state=state, note="") == "callback Wed 18 Nov 10:00"
