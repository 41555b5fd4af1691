"""The servers of these tests, one of each for each module."""

from collections.abc import Iterator

import pytest

from tests.real.servers.mail_system import MailSystem
from tests.real.servers.server import CannotStart


@pytest.fixture(scope="module")
def system() -> Iterator[MailSystem]:
    made = MailSystem()
    try:
        made.__enter__()
    except CannotStart as error:
        pytest.skip(f"NOT TESTED: {error}")
    try:
        yield made
    finally:
        made.stop()
