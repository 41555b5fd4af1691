"""What a supervisor is offered on Asterisk: by the manager user's rights, the profile's role and its contexts."""

import pytest

from desktop.backends.asterisk.rights import SUPERVISORS, offered
from desktop.backends.asterisk.settings import Settings, settings
from desktop.ports.base import Capability as C

EVERYTHING = frozenset(
    {
        *("originate", "playdtmf", "queuelog", "redirect", "queuepause", "queueremove", "blindtransfer", "atxfer"),
        *("queuechangeprioritycaller", "queuewithdrawcaller", "cancelatxfer"),
    }
)


def _settings(**more: str) -> Settings:
    given = {"user": "u", "secret": "s", "interface": "PJSIP/boss", "queues": "support", "queue_context": "queues"}
    return settings(given | {"role": "supervisor"} | more)


def test_with_all_rights_a_supervisor_is_offered_all_and_an_agent_nothing_of_it() -> None:
    assert offered(EVERYTHING, _settings()) >= SUPERVISORS
    assert not offered(EVERYTHING, _settings(role="agent")) & SUPERVISORS


@pytest.mark.parametrize(
    ("missing", "lost"),
    [
        ("queuelog", SUPERVISORS),  # what cannot be written down is not done
        ("originate", {C.MONITOR, C.WHISPER, C.BARGE, C.TAKE_OVER, C.REASSIGN}),
        ("playdtmf", {C.MONITOR, C.WHISPER, C.BARGE}),
        ("redirect", {C.MOVE, C.WITHDRAW}),
        ("queuewithdrawcaller", {C.WITHDRAW}),  # came with Asterisk 18.11
        ("queuechangeprioritycaller", {C.PRIORITY}),
    ],
)
def test_what_the_manager_user_may_not_do_is_not_offered(missing: str, lost: set[C]) -> None:
    assert offered(EVERYTHING - {missing}, _settings()) & SUPERVISORS == SUPERVISORS - lost


def test_without_a_context_of_queues_nobody_is_moved() -> None:
    assert C.MOVE not in offered(EVERYTHING, _settings(queue_context=""))
