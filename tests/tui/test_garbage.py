"""Garbage is found in pieces, whoever else holds the interpreter's attention."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from desktop.tui import garbage


class _Circle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.enable()
    garbage.begin()
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def _left(count: int) -> "weakref.ref[_Circle]":
    for _ in range(count - 1):
        _Circle()
    last = _Circle()
    return weakref.ref(last)


def test_a_little_is_left_and_much_is_found() -> None:
    garbage.begin()
    gc.collect()
    some = _left(10)
    garbage.search(at_leisure=False)
    assert some() is not None
    much = _left(10_000)
    garbage.search(at_leisure=False)
    assert much() is None
    assert some() is None


def test_what_was_in_use_at_one_search_is_found_by_a_later_one() -> None:
    garbage.begin()
    gc.collect()
    held = [_Circle() for _ in range(5_000)]
    one = weakref.ref(held[0])
    garbage.search(at_leisure=False)
    held.clear()
    for _ in range(40):
        _left(5_000)
        garbage.search(at_leisure=False)
        if one() is None:
            return
    pytest.fail("it was never found")


def test_everything_is_searched_at_leisure_where_pieces_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_LONG", 0.0)  # a large floor: every search takes long
    monkeypatch.setattr(garbage, "_ALL_EVERY", 0.0)
    garbage.begin()
    gc.collect()
    held = [_Circle() for _ in range(5_000)]
    one = weakref.ref(held[0])
    for _ in range(30):
        _left(5_000)
        garbage.search(at_leisure=False)
    held.clear()
    for _ in range(20):
        garbage.search(at_leisure=False)
        _left(5_000)
    assert one() is not None  # it was left alone
    garbage.search(at_leisure=True)
    assert one() is None
