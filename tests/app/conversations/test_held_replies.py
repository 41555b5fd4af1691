"""E-mails wait five seconds before they go: taken back until then, and never lost nor sent twice, whatever happens."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.conversations.replies import TOO_LATE_SECONDS
from desktop.app.storage.errors import StoreError
from desktop.domain.entities.words import Channel, Phase, Verb
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import OutcomeUnknown, Rejected
from desktop.words.catalogue import in_words
from tests.app.app_fakes import interaction, until
from tests.app.conversations.test_replies import ChatCentre, keys, sent
from tests.app.notes.note_desk import Desk


@pytest.fixture
async def desks() -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def mailing(desks: list[Desk], tmp_path: Path, channel: Channel = Channel.EMAIL) -> tuple[Desk, ChatCentre]:
    centre = ChatCentre()
    d = Desk(tmp_path / "p.db", centre)
    desks.append(d)
    centre.happen(interaction(1, channel=channel, phase=Phase.ACTIVE))
    await d.start()
    await until(lambda: d.state.interactions)
    return d, centre


async def killed(desks: list[Desk], old: Desk) -> Desk:
    """The next run on what was on the disk when the one before was killed; that one does nothing any more."""
    copy = old.path.with_name(f"{old.path.stem}-killed.db")
    for ending in ("", "-wal"):
        shutil.copy(f"{old.path}{ending}", f"{copy}{ending}")
    old.session.replies.close = _nothing  # type: ignore[method-assign]
    await old.session.close()
    desks.remove(old)
    desk = Desk(copy, old.server, old.crm)
    desk.time.wall = old.time.wall
    desks.append(desk)
    return desk


async def _nothing() -> None:
    return


def outgoing(d: Desk) -> list[str]:
    record = d.session.notes.text("i1")
    return [one.text for one in record.outgoing] if record is not None else []


def told(d: Desk) -> list[str]:
    return [in_words(one.text) for one in d.state.notices]


async def write(d: Desk, text: str) -> None:
    d.session.notes.edit("i1", reply=text)
    assert (await d.session.replies.send("i1")).ok


async def test_a_mail_goes_five_seconds_after_it_was_sent(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "Good afternoon.")
    assert d.session.notes.text("i1").reply == "", "the field is free at once"
    await d.time.advance(4.9, disk=True)
    assert sent(centre) == [] and outgoing(d) == ["Good afternoon."]
    await d.time.advance(0.2, disk=True)
    await until(lambda: sent(centre) == ["Good afternoon."] and not outgoing(d))


@pytest.mark.parametrize("channel", [Channel.CHAT, Channel.SMS])
async def test_other_channels_wait_for_nothing(desks: list[Desk], tmp_path: Path, channel: Channel) -> None:
    d, centre = await mailing(desks, tmp_path, channel)
    await write(d, "Good afternoon.")
    assert sent(centre) == ["Good afternoon."]


async def test_it_is_on_the_disk_before_it_is_said_to_wait(desks: list[Desk], tmp_path: Path) -> None:
    d, _ = await mailing(desks, tmp_path)
    await write(d, "Good afternoon.")
    (draft,) = await d.session.local.drafts()
    (kept,) = draft.outgoing
    assert (kept.text, kept.due) == ("Good afternoon.", d.time.wall + 5.0)


async def test_taken_back_it_stands_in_the_field_before_what_was_typed_since(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    shown: list[str] = []
    d.session.notes.reply_replaced = lambda of, text: shown.append(text)
    await write(d, "First.")
    d.session.notes.edit("i1", reply="Second")
    result = await d.session.replies.take_back("i1")
    assert result.ok and in_words(result.text) == "Taken back: it was not sent."
    assert d.session.notes.text("i1").reply == shown[-1] == "First.\nSecond"
    await d.time.advance(10.0, disk=True)
    assert sent(centre) == [] and outgoing(d) == []


async def test_of_two_the_later_one_is_taken_back_first(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    await d.time.advance(1.0, disk=True)
    await write(d, "Second.")
    await d.session.replies.take_back("i1")
    assert outgoing(d) == ["First."]
    await d.time.advance(5.0, disk=True)
    await until(lambda: sent(centre) == ["First."])
    assert d.session.notes.text("i1").reply == "Second."


async def test_two_go_in_their_order(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    await write(d, "Second.")
    await d.time.advance(5.1, disk=True)
    await until(lambda: sent(centre) == ["First.", "Second."])


async def test_too_late_is_said_and_nothing_else_is_done(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    await d.time.advance(5.1, disk=True)
    await until(lambda: sent(centre) == ["First."])
    assert d.session.replies.just_went("i1")
    assert in_words((await d.session.replies.take_back("i1")).text) == "Too late: it is on its way."
    await d.time.advance(TOO_LATE_SECONDS, disk=True)
    assert not d.session.replies.just_went("i1")
    assert (await d.session.replies.take_back("i1")).error == "ignored"


async def test_what_is_refused_after_the_wait_is_told_and_in_the_field(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    centre.script.then("send_message", Rejected(Sentence("send_message.no_text")))
    await write(d, "First.")
    await d.time.advance(5.1, disk=True)
    await until(lambda: d.session.notes.text("i1").reply == "First.")
    assert any("The message was not sent." in one for one in told(d))


async def test_retrying_everything_leaves_what_waits_alone(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    d.session.retry()
    await d.time.advance(1.0, disk=True)
    assert sent(centre) == []
    await d.time.advance(4.2, disk=True)
    await until(lambda: sent(centre) == ["First."])


@pytest.mark.parametrize("gone", [0.0, 2.0, 60.0, 90_000.0, -3600.0])
async def test_killed_while_it_waits_it_goes_once_in_the_next_run(
    desks: list[Desk], tmp_path: Path, gone: float
) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    d = await killed(desks, d)
    d.time.wall += gone  # how long until it is started again; a clock may also be set back
    await d.start()
    await until(lambda: outgoing(d) == ["First."] or sent(centre))
    if gone < 5.0:
        assert sent(centre) == [], "there is time left to take it back"
    await d.time.advance(6.0, disk=True)
    await until(lambda: sent(centre) == ["First."] and not outgoing(d))
    await d.time.advance(60.0, disk=True)
    assert sent(centre) == ["First."]


async def test_killed_while_it_waits_it_can_be_taken_back_in_the_next_run(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    d = await killed(desks, d)
    await d.start()
    await until(lambda: outgoing(d) == ["First."] and d.state.interactions)
    assert (await d.session.replies.take_back("i1")).ok
    await d.time.advance(10.0, disk=True)
    assert sent(centre) == [] and d.session.notes.text("i1").reply == "First."


async def test_killed_on_its_way_it_goes_again_under_its_key_only(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    centre.script.then("send_message", "hang")
    await write(d, "First.")
    await d.time.advance(5.1, disk=True)
    await until(lambda: keys(centre))
    d = await killed(desks, d)
    await d.start()
    await until(lambda: outgoing(d) == ["First."])
    await d.time.advance(10.0, disk=True)
    assert len(keys(centre)) == 1, "whether it arrived is not known: a person decides"
    d.session.retry()
    await until(lambda: not outgoing(d))
    assert len(set(keys(centre))) == 1 and list(centre.said.values()) == ["First."]


async def test_leaving_the_program_sends_it_at_once(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    await d.session.close()
    assert sent(centre) == ["First."]


async def test_what_cannot_be_sent_on_leaving_is_there_in_the_next_run(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    centre.script.then("send_message", OutcomeUnknown(Sentence("late.no_answer")))
    await d.session.close()
    desks.remove(d)
    d = Desk(d.path, centre)
    desks.append(d)
    await d.start()
    await until(lambda: outgoing(d) == ["First."])


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [(Verb.END, {}), (Verb.BLIND_TRANSFER, {"target": "queue:Support"}), (Verb.PARK, {})],
)
async def test_it_goes_before_the_contact_does(
    desks: list[Desk], tmp_path: Path, verb: Verb, arguments: dict[str, str]
) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    await d.session.commands.do(verb, "i1", **arguments)
    names = [call[0] for call in centre.script.calls if call[0] in ("send_message", verb.value)]
    assert names[0] == "send_message"
    await d.time.advance(6.0, disk=True)
    assert sent(centre) == ["First."]


async def test_a_contact_whose_last_mail_is_refused_is_not_ended(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    centre.script.then("send_message", Rejected(Sentence("send_message.no_text")))
    result = await d.session.commands.do(Verb.END, "i1")
    assert not result.ok and "The message was not sent." in in_words(result.text)
    assert d.session.notes.text("i1").reply == "First."
    assert [call[0] for call in centre.script.calls if call[0] == "end"] == []


@pytest.mark.parametrize("phase", [Phase.WRAP_UP, Phase.CLOSED])
async def test_a_contact_that_others_end_keeps_it_in_its_note_and_says_so(
    desks: list[Desk], tmp_path: Path, phase: Phase
) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    centre.happen(replace(centre.interactions["i1"], phase=phase))
    await d.time.run_until(lambda: any("not sent: the contact ended first" in one for one in told(d)), disk=True)
    if phase is Phase.WRAP_UP:
        assert d.session.notes.text("i1").note == "Not sent to the customer: First."
    else:
        await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
        (item,) = await d.session.outbox.items()
        assert item.note == "Not sent to the customer: First."
    await d.time.advance(10.0, disk=True)
    assert sent(centre) == []


async def test_a_contact_that_is_taken_away_loses_no_word(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    await write(d, "First.")
    centre.happen(replace(centre.interactions["i1"], agent_id="bo"))
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (item,) = await d.session.outbox.items()
    assert item.note == "Not sent to the customer: First."
    assert any("not sent" in one for one in told(d))
    assert sent(centre) == []


async def test_where_the_disk_takes_nothing_nothing_waits(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)

    async def refuses(*_: Any, **__: Any) -> Any:
        raise StoreError(Sentence("storage.full"))

    d.session.local.save_draft = refuses  # type: ignore[method-assign]
    await write(d, "First.")
    assert sent(centre) == ["First."], "a crash would lose it"


async def test_what_may_not_be_sent_now_is_refused_at_once(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    centre.happen(replace(centre.interactions["i1"], parked=True))
    await until(lambda: d.state.interactions["i1"].parked)
    d.session.notes.edit("i1", reply="First.")
    result = await d.session.replies.send("i1")
    assert not result.ok and sent(centre) == []
    assert d.session.notes.text("i1").reply == "First."


async def test_many_at_once_go_once_each(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await mailing(desks, tmp_path)
    for number in range(10):
        await write(d, f"Mail {number}")
        await d.time.advance(0.3, disk=True)
    await asyncio.gather(d.session.replies.send_held("i1"), d.time.advance(8.0, disk=True))
    await until(lambda: not outgoing(d))
    assert sorted(sent(centre)) == sorted(f"Mail {number}" for number in range(10))
    assert len(set(keys(centre))) == 10
