"""What the judges of the Twilio adapters share: the mock centre in Twilio's dialect."""

from collections.abc import Iterator

import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.backends.twilio_rigs import CONTROL
from tests.real.conftest import started
from tests.real.servers.prism import Prism
from tests.real.twilio.judged import SPECS, Judged


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    """A fresh one for each module, so that a module's record is its own."""
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture(scope="module")
def judged(twilio_server: Running) -> Iterator[Judged]:
    face = twilio_server.urls["twilio"]
    with (
        started(Prism(SPECS / "twilio_taskrouter_v1.json", face)) as task_router,
        started(Prism(SPECS / "twilio_api_v2010.json", face)) as api,
        started(Prism(SPECS / "twilio_conversations_v1.json", face)) as conversations,
    ):
        yield Judged(task_router, api, conversations, twilio_server)
