"""A port does not change without its number: a plug-in written for it could not be told from one that still fits."""

import json
from abc import ABC, abstractmethod

import pytest

from desktop.ports.base import API, OLDEST_API

from .port_signatures import FILE, complaint, signatures


class Port(ABC):
    """As it was."""

    @abstractmethod
    async def find(self, text: str) -> str: ...

    async def watch(self, who: str, *, key: str) -> None:
        """May be left out."""
        return


WAS = signatures([Port])


def test_the_stored_signatures_are_those_of_the_ports() -> None:
    stored = json.loads(FILE.read_text())
    wrong = complaint(stored["api"], stored["methods"], API, signatures())
    assert wrong == "", wrong


def test_the_range_that_is_loaded_is_one_release_long() -> None:
    assert OLDEST_API <= API <= OLDEST_API + 1


class AnArgumentMore(Port):
    async def watch(self, who: str, *, key: str, why: str) -> None: ...  # type: ignore[override]


class AnOptionalArgumentMore(Port):
    async def watch(self, who: str, *, key: str, why: str = "") -> None: ...


class NoLongerAsync(Port):
    def watch(self, who: str, *, key: str) -> None: ...  # type: ignore[override]


class MustWatch(Port):
    @abstractmethod
    async def watch(self, who: str, *, key: str) -> None: ...


class AnotherAnswer(Port):
    async def watch(self, who: str, *, key: str) -> bool: ...  # type: ignore[override]


class MustSing(Port):
    @abstractmethod
    async def sing(self) -> None: ...


@pytest.mark.parametrize(
    "port", [AnArgumentMore, AnOptionalArgumentMore, NoLongerAsync, MustWatch, AnotherAnswer, MustSing, ABC]
)
def test_a_change_without_a_new_number_is_told_with_what_to_do(port: type) -> None:
    now = {name.replace(port.__name__, "Port"): words for name, words in signatures([port]).items()}
    told = complaint(2, WAS, 2, now)
    assert "Raise API in desktop/ports/base.py to 3" in told
    assert "Port." in told
    assert complaint(2, WAS, 3, now).startswith("The ports changed, and their number fits that.")


def test_what_may_be_left_out_needs_no_new_number() -> None:
    now = {**WAS, "Port.sing": "async (self) -> None"}
    assert complaint(2, WAS, 2, now).startswith("The ports changed, and their number fits that.")
    assert complaint(2, now, 2, now) == ""


def test_a_port_that_nobody_can_have_written_for_needs_no_new_number() -> None:
    class Calendar(ABC):
        @abstractmethod
        async def appointments(self) -> None: ...

    assert complaint(1, WAS, 1, {**WAS, **signatures([Calendar])}).startswith(
        "The ports changed, and their number fits"
    )
