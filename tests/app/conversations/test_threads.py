"""Threads beside what is written in them: seen once it is seen, typing told sparingly, files saved whole or not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app.conversations import saved_files
from desktop.domain.entities.model import Attachment, Interaction, Message
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound, Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, interaction, until
from tests.app.notes.note_desk import Desk

HOSTILE = "..\\../../etc/\u202etxt.exe\x1b[2J"


class Centre(FakeContactCenter):
    def __init__(self) -> None:
        super().__init__(VirtualTime().timing)
        self.capabilities |= {Capability.ATTACHMENTS, Capability.READ, Capability.TYPING}
        self.content: list[bytes] = [b"one", b"two"]
        self.typed: list[bool] = []

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        return await self._change("mark_read", interaction_id, key, {"unread": 0}, message_id)

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        self.typed.append(on)

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        await self.script.play("attachment", message_id, attachment_id)
        for piece in self.content:
            yield piece


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[tuple[Desk, Centre]]:
    centre = Centre()
    d = Desk(tmp_path / "p.db", centre)
    d.session.threads.folder = tmp_path / "saved"
    line = Message("m1", 1.0, "customer", "Look.", attachments=(Attachment("a", HOSTILE, size=6),))
    centre.happen(interaction(1, channel=Channel.CHAT, phase=Phase.ACTIVE, messages=(line,), unread=1))
    await d.start()
    await until(lambda: d.state.interactions and d.state.capabilities)
    yield d, centre
    await d.session.close()


async def test_what_was_seen_is_told_once(desk: tuple[Desk, Centre]) -> None:
    d, centre = desk
    for _ in range(3):
        d.session.threads.see("i1")
    await until(lambda: d.state.interactions["i1"].unread == 0)
    d.session.threads.see("i1")
    assert [call[1] for call in centre.script.calls if call[0] == "mark_read"] == [("i1", "m1")]


async def test_what_could_not_be_told_as_seen_stays_unread_and_is_told_again(desk: tuple[Desk, Centre]) -> None:
    d, centre = desk
    centre.script.then("mark_read", Unavailable(Sentence("late.no_answer")))
    d.session.threads.see("i1")
    await until(lambda: centre.script.count("mark_read") == 1)
    assert d.state.interactions["i1"].unread == 1
    await d.time.advance(10.0)
    d.session.threads.see("i1")
    await until(lambda: d.state.interactions["i1"].unread == 0)


async def test_an_offer_that_is_looked_at_is_not_read(desk: tuple[Desk, Centre]) -> None:
    d, centre = desk
    centre.happen(replace(centre.interactions["i1"], phase=Phase.OFFERED, id="i2"))
    await until(lambda: "i2" in d.state.interactions)
    d.session.threads.see("i2")
    assert centre.script.count("mark_read") == 0


async def test_typing_is_told_at_its_start_now_and_then_and_at_its_end(desk: tuple[Desk, Centre]) -> None:
    d, centre = desk
    for text in ("H", "He", "Hel"):
        d.session.threads.typed("i1", text)
    await until(lambda: centre.typed == [True])
    await d.time.advance(5.0)
    d.session.threads.typed("i1", "Hell")
    await until(lambda: centre.typed == [True, True])
    d.session.threads.typed("i1", "")
    d.session.threads.typed("i1", "")
    await until(lambda: centre.typed == [True, True, False])


async def test_a_folder_at_home_is_told_of_in_short(
    desk: tuple[Desk, Centre], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    said = await desk[0].session.threads.save("i1", "m1", "a")
    assert " in ~/saved. It was not opened." in in_words(said.text)


async def test_a_file_is_saved_under_a_safe_name_and_nothing_is_written_over(desk: tuple[Desk, Centre]) -> None:
    d, _ = desk
    folder = d.session.threads.folder
    assert folder is not None
    said = [await d.session.threads.save("i1", "m1", "a") for _ in range(2)]
    assert all(one.ok for one in said)
    names = sorted(one.name for one in folder.iterdir())
    assert names == ["txt (2).exe[2J", "txt.exe[2J"]
    assert (folder / names[0]).read_bytes() == b"onetwo"
    assert {oct((folder / one).stat().st_mode & 0o777) for one in names} == {"0o600"}
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert str(folder) in in_words(said[0].text)


@pytest.mark.parametrize("error", [NotFound("gone"), Unavailable("cut"), Rejected("no")])
async def test_of_a_file_that_did_not_come_whole_nothing_is_left(desk: tuple[Desk, Centre], error: Exception) -> None:
    d, centre = desk

    async def cut() -> AsyncIterator[bytes]:
        yield b"half"
        raise error

    with pytest.raises(type(error)):
        await saved_files.save(cut(), "a.txt", d.session.threads.folder or Path())
    centre.script.then("attachment", error)
    assert not (await d.session.threads.save("i1", "m1", "a")).ok
    assert not (await d.session.threads.save("i1", "m1", "no-such-file")).ok
    assert d.session.threads.folder is not None
    assert list(d.session.threads.folder.iterdir()) == []


async def test_a_file_without_an_end_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_files, "LARGEST", 1_000)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100

    with pytest.raises(Rejected):
        await saved_files.save(endless(), "a.txt", tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_stops_coming_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_files, "SILENCE", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Unavailable):
        await saved_files.save(silent(), "a.txt", tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "a.txt").symlink_to(outside)

    async def one() -> AsyncIterator[bytes]:
        yield b"theirs"

    assert (await saved_files.save(one(), "a.txt", folder)).name == "a (2).txt"
    assert outside.read_text() == "mine"
