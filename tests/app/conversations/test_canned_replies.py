"""The canned replies at hand: read aside from the loop, again when the files change, mistakes told once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from desktop.app.conversations.canned_replies import LOOK_EVERY, CannedReplies
from desktop.app.store import Store
from desktop.domain.conversations.canned_replies import CannedReply, Signature
from desktop.domain.text.sentence import Sentence, verbatim
from tests.app.app_fakes import VirtualTime, until

ONE, OTHER = CannedReply("One", "1"), CannedReply("Other", "2")


@dataclass(frozen=True)
class Files:
    replies: tuple[CannedReply, ...] = ()
    problems: tuple[Sentence, ...] = ()
    signatures: tuple[Signature, ...] = ()


class Folder:
    def __init__(self) -> None:
        self.now: Files | Exception | None = Files((ONE,))
        self.looked = 0

    def read(self) -> Files | None:
        self.looked += 1
        now, self.now = self.now, None
        if isinstance(now, Exception):
            raise now
        return now


class Kept:
    def __init__(self) -> None:
        self.time = VirtualTime()
        self.store = Store(clock=lambda: self.time.wall)
        self.folder = Folder()
        self.canned = CannedReplies(self.store, self.time.timing)
        self.canned.read = self.folder.read

    async def again(self) -> None:
        looked = self.folder.looked
        await self.time.advance(LOOK_EVERY)
        await until(lambda: self.folder.looked > looked)

    def told(self) -> list[Sentence]:
        return [one.text for one in self.store.drain().notices]


@pytest.fixture
async def kept() -> AsyncIterator[Kept]:
    made = Kept()
    made.canned.begin()
    await until(lambda: made.canned.replies == (ONE,))
    yield made
    await made.canned.close()


async def test_what_changes_is_at_hand_soon(kept: Kept) -> None:
    await kept.again()
    assert kept.canned.replies == (ONE,), "nothing changed"
    kept.folder.now = Files((ONE, OTHER))
    await kept.again()
    await until(lambda: kept.canned.replies == (ONE, OTHER))


async def test_a_mistake_is_told_once(kept: Kept) -> None:
    wrong = verbatim("replies.toml, line 3: wrong.")
    kept.folder.now = Files((ONE,), (wrong,))
    await kept.again()
    await until(lambda: kept.told() == [wrong])
    kept.folder.now = Files((ONE, OTHER), (wrong,))
    await kept.again()
    await until(lambda: kept.canned.replies == (ONE, OTHER))
    assert kept.told() == [wrong]


async def test_a_reader_that_fails_takes_nothing_away(kept: Kept) -> None:
    kept.folder.now = RuntimeError("nobody foresaw this")
    await kept.again()
    kept.folder.now = Files((OTHER,))
    assert kept.canned.replies == (ONE,)
    await kept.again()
    await until(lambda: kept.canned.replies == (OTHER,))


async def test_without_files_nothing_is_looked_for() -> None:
    time = VirtualTime()
    canned = CannedReplies(Store(clock=lambda: time.wall), time.timing)
    canned.begin()
    await canned.close()
    assert canned.replies == ()
