"""Screens are drawn in one time zone, and read their rules of style once for all tests."""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

from desktop.tui.textual_patches import rule_cache
from desktop.tui.textual_patches.rule_cache import RuleCache
from tests.tui.idle import wait_exactly


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


@pytest.fixture(autouse=True)
def usual_keys(tables_of_keys: None) -> None:
    """Keys that a test put in other places are theirs no more."""


@pytest.fixture(autouse=True, scope="session")
def exact_waits() -> Iterator[None]:
    """A pilot goes on when its app has nothing left to do."""
    with pytest.MonkeyPatch.context() as patch:
        wait_exactly(patch)
        yield


@pytest.fixture(autouse=True, scope="session")
def rules_read_once() -> Iterator[None]:
    """Each app parses the same 40 files of rules, and finds the same ones at each place of a screen. What came out of
    one is the same for all with the same theme."""
    known: dict[tuple[object, ...], list[RuleSet]] = {}
    found: dict[tuple[int, ...], tuple[Any, Any, Any]] = {}  # by the rules, which stay
    parse, forget = Stylesheet._parse_rules, RuleCache._forget

    def of_all_before(sheet: RuleCache) -> None:
        if len(sheet._places) > rule_cache.MOST:
            return forget(sheet)
        of_these = found.setdefault(tuple(map(id, sheet.rules)), ({}, {}, {}))
        sheet._kept, sheet._kept_parts, sheet._places = of_these

    def parsed(
        sheet: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (css, read_from, is_default_rules, tie_breaker, scope, tuple(sheet._variables.items()))
        if key not in known:
            known[key] = parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        patch.setattr(RuleCache, "_forget", of_all_before)
        patch.setattr(rule_cache, "MOST", sys.maxsize)
        yield
