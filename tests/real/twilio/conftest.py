"""What the judges of the Twilio adapters share: the mock centre in Twilio's dialect."""

from collections.abc import Iterator

import pytest

from mock_backends import launcher
from mock_backends.launcher import Running
from mock_backends.settings import Settings
from tests.backends.twilio_rigs import CONTROL


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    """A fresh one for each module, so that a module's record is its own."""
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running
