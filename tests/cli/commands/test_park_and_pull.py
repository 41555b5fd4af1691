"""A written contact taken from its queue, parked and taken back, from a script."""

import pytest

from mock_backends.launcher import Running
from tests.cli.command_line import control, run
from tests.cli.commands.test_whole_call import good


@pytest.mark.thorough
def test_who_waits_is_taken_parked_and_taken_back(servers: Running, env: dict[str, str]) -> None:
    good("do", "not_ready", "--reason", "lunch", env=env)
    step = {
        **{"do": "call", "from": "priya", "queue": "Billing", "channel": "chat", "stays": None},
        "messages": ["Hello?"],
    }
    chat = control(servers.urls["contact_center"], "POST", "step", step)["interaction_id"]
    assert good("do", "pull", chat, env=env)["phase"] == "active"
    assert good("do", "park", chat, env=env)["parked"]
    refused = run("do", "send_message", chat, "--text", "Hello", env=env)
    assert refused.code != 0 and "parked" in refused.words
    assert not good("do", "unpark", chat, env=env)["parked"]
    again = run("do", "pull", "no-such-contact", env=env)
    assert again.code != 0
    good("do", "end", chat, env=env)
