"""A call that is answered or refused before the library has handed it out is not taken for one that goes on ringing."""

from types import SimpleNamespace
from typing import Any

import pytest

from desktop.backends.baresip.line import EarlyTurns, Line
from desktop.domain.entities.phone import CallState
from desktop.domain.entities.words import Direction


def _event(name: str, call: int, text: str = "") -> Any:
    return SimpleNamespace(event=SimpleNamespace(name=name), call=call, text=text)


def _line(handle: int, told: list[Line]) -> Line:
    call: Any = SimpleNamespace(handle=handle, peer="sip:1050@127.0.0.1", headers={}, on=lambda _listener: None)
    return Line(call, "id", direction=Direction.OUTBOUND, mutes=True, changed=told.append, clock=lambda: 1.0)


@pytest.mark.parametrize(("name", "state"), [("CALL_ESTABLISHED", CallState.ACTIVE), ("CALL_CLOSED", CallState.ENDED)])
def test_what_came_before_the_call_was_handed_out_counts(name: str, state: CallState) -> None:
    early, told = EarlyTurns(), list[Line]()
    with early.kept():
        early.hear(_event("CALL_RINGING", 7))
        early.hear(_event(name, 7, "486 Busy Here"))
        early.hear(_event("CALL_CLOSED", 8))
        line = _line(7, told)
        early.tell(line)
    assert line.record.state is state
    line.hear(_event(name, 7, "486 Busy Here"))  # the stack may say it again
    assert len(told) == 1


def test_a_handle_that_is_given_anew_has_no_past() -> None:
    early = EarlyTurns()
    early.hear(_event("CALL_CLOSED", 7))  # nothing is dialled
    with early.kept():
        early.hear(_event("CALL_CLOSED", 7))
    with early.kept():
        line = _line(7, [])
        early.tell(line)
    assert line.record.state is CallState.DIALING
