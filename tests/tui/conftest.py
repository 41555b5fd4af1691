"""Screens are drawn in one time zone, and leave nothing behind in the interpreter of the tests."""

import gc
import os
import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def utc() -> Iterator[None]:
    """Clock times on screen are local; here local is UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture(autouse=True, scope="session")
def nothing_left_alone() -> Iterator[None]:
    """What desktops of tests froze is taken apart at the end: DuckDB counts then, and prints what of it is left."""
    yield
    gc.unfreeze()
