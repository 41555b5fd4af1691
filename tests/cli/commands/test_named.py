"""A command that names what is not there ends with words and not with 0."""

import pytest

from tests.cli.command_line import run

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("staffing", "what-if", "--queue", "Nope"), "There is no queue 'Nope' of yours"),
        (("staffing", "forecast", "--queue", "Nope"), "There is no queue 'Nope' of yours"),
        (("supervise", "waiting", "Nope"), "There is no queue 'Nope' of yours"),
        (("interactions", "--phase", "ofered"), "Did you mean 'offered'?"),
        (("events", "--type", "interaction.ofered"), "Did you mean 'interaction.offered'?"),
        (("quality", "list", "--agent", "nobody"), "There is no agent 'nobody' of yours"),
        (("report", "interactions", "--agent", "nobody"), "There is no agent 'nobody' of yours"),
        (("queues", "--formula", "nope"), "There is no formula 'nope'"),
        (("quality", "sample", "--form", "nope"), "Choose one with --form"),
        (("people", "--profile", "nope"), "There is no profile 'nope'"),
    ],
)
def test_what_is_not_there_is_named(as_sam: dict[str, str], words: tuple[str, ...], said: str) -> None:
    ran = run(*words, env=as_sam, timeout=120)
    assert ran.code == 2, ran.words + ran.out
    assert said in ran.words
