"""What finishing says of the record stays true: it is being sent, it waits and for what, the CRM has it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.domain.news import notices
from desktop.ports.errors import Forbidden, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import until
from tests.app.notes.note_desk import Desk, make


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def finish(d: Desk) -> None:
    """Finish, and tell the answer as the screen does."""
    result = await d.session.wrap_ups.finish("i1", codes=("sold",), note="words")
    assert result.ok
    d.session.store.notice(result.text, subject=notices.record("i1"))


def seen(d: Desk) -> str:
    """What is to be seen of it now."""
    d.session.store.drain()
    shown = notices.shown(d.state, d.session.store.now())
    return in_words(shown.text) if shown is not None else ""


async def test_while_the_crm_is_down_it_says_that_it_waits_and_for_what(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.crm.script.always("log_wrap_up", Unavailable("No route."))
    await finish(d)
    await until(lambda: "safe in the outbox" in seen(d))
    assert "The CRM went down at" in seen(d) and "sent automatically" in seen(d)
    assert "being sent" not in seen(d)


async def test_what_is_delivered_is_not_said_to_be_on_its_way(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    await finish(d)
    await until(lambda: d.crm.written and d.state.outbox.waiting == 0)
    assert seen(d) == "Finished. The CRM has the note."


async def test_what_was_refused_since_is_left_to_the_outbox_to_tell(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.crm.script.then("log_wrap_up", Forbidden("Not yours."))
    await finish(d)
    await until(lambda: d.state.outbox.parked == 1)
    assert "was not delivered" in seen(d)
    await d.time.advance(notices.STAYS + 1)
    assert seen(d) == ""


async def test_long_after_it_was_finished_a_delivery_says_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.crm.script.always("log_wrap_up", Unavailable("No route."))
    await finish(d)
    await d.time.advance(notices.STAYS * 3, disk=True)
    d.crm.script.always("log_wrap_up", None)
    d.session.retry()
    await d.time.run_until(lambda: d.crm.written and d.state.outbox.waiting == 0, disk=True)
    assert seen(d) == ""
