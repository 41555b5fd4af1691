"""What every command on the far side has in common."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import pytest

from desktop.app.commands.command_result import CommandResult, failed
from desktop.app.commands.contact_commands import SPECS
from desktop.app.commands.runner import CommandRunner, Request
from desktop.app.store import Store
from desktop.domain.entities.words import Verb
from desktop.domain.text.sentence import verbatim
from desktop.ports.errors import (
    AuthFailed,
    BackendBug,
    BackendError,
    Conflict,
    OutcomeUnknown,
    ProtocolError,
    Rejected,
    Unavailable,
)
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, interaction, make_asking


class Desk:
    def __init__(self) -> None:
        self.time = VirtualTime()
        self.store = Store(self.time.timing.clock)
        self.server = FakeContactCenter(self.time.timing)
        self.runner = CommandRunner(self.store, make_asking(self.time, self.store), self.server, self._refresh)
        self.sent: list[tuple[str, str]] = []  # key and what was asked
        self.looks = 0
        self.errors: list[BackendError] = []

    async def _refresh(self, _: str) -> None:
        self.looks += 1

    def request(
        self,
        what: str = "tidy",
        *,
        intent: Hashable = "tidy",
        call: Callable[[str], Awaitable[str]] | None = None,
        subject: str | None = "i1",
        rest: float = 0.0,
    ) -> Request[str]:
        async def send(key: str) -> str:
            self.sent.append((key, what))
            await asyncio.sleep(0)
            if self.errors:
                raise self.errors.pop(0)
            return what

        def refused(error: BackendError) -> CommandResult:
            return failed(error, verbatim("It was not tidied."))

        return Request(
            verb=what,
            intent=intent,
            call=call or send,
            take=lambda answer: verbatim(answer.upper()),
            refused=refused,
            subject=subject,
            rest=rest,
        )


async def test_the_answer_is_what_is_said() -> None:
    d = Desk()
    assert await d.runner.run(d.request()) == CommandResult(True, verbatim("TIDY"))


@pytest.mark.parametrize(
    ("error", "press"),
    [
        (Unavailable("down"), "Press again once it is back."),
        (AuthFailed("expired"), "Sign in again, then press again."),
        (ProtocolError("garbage"), "Press again; if this persists, tell your administrator."),
        (BackendBug("a plug-in's"), "It was logged; press again, or tell your administrator."),
    ],
)
async def test_what_was_pressed_is_done_by_another_press_and_not_by_retry(error: BackendError, press: str) -> None:
    d = Desk()
    d.errors = [error]
    assert in_words((await d.runner.run(d.request())).text).endswith(press)


async def test_pressed_again_without_an_answer_the_same_words_go_out_under_the_same_key() -> None:
    d = Desk()
    d.errors = [OutcomeUnknown("no answer"), Unavailable("down")]
    await d.runner.run(d.request("angry"))
    await d.runner.run(d.request("very angry"))
    assert (await d.runner.run(d.request("furious"))).ok
    assert len(set(d.sent)) == 1, "a key stands for one request, word for word"
    assert (await d.runner.run(d.request("again"))).ok
    assert d.sent[-1][0] != d.sent[0][0]
    assert d.sent[-1][1] == "again"


async def test_after_a_refusal_it_is_another_request() -> None:
    d = Desk()
    d.errors = [Rejected("no")]
    assert (await d.runner.run(d.request())).error == "Rejected"
    await d.runner.run(d.request())
    assert len(set(d.sent)) == 2


async def test_two_verbs_on_one_subject_are_both_pending_whoever_asked() -> None:
    d = Desk()
    d.server.happen(interaction(1))
    both = [asyncio.ensure_future(d.runner.run(d.request(what, intent=what))) for what in ("hold", "ask_help")]
    await asyncio.sleep(0)
    assert d.store.drain().pending["i1"] == {"hold", "ask_help"}
    await asyncio.gather(*both)
    assert "i1" not in d.store.drain().pending


async def test_a_double_press_is_one_request_while_it_rests_too() -> None:
    d = Desk()
    first, second = await asyncio.gather(d.runner.run(d.request(rest=1.5)), d.runner.run(d.request(rest=1.5)))
    assert (first.ok, second.error) == (True, "ignored")
    assert (await d.runner.run(d.request(rest=1.5))).error == "ignored"
    await d.time.advance(2.0)
    assert (await d.runner.run(d.request(rest=1.5))).ok
    assert len(d.sent) == 2


async def test_a_lost_race_is_looked_up_only_where_a_snapshot_shows_it() -> None:
    d = Desk()
    for subject, looks in (("i1", 1), (None, 1)):
        d.errors = [Conflict("taken")]
        await d.runner.run(d.request(subject=subject))
        assert d.looks == looks


def test_every_verb_has_its_row() -> None:
    assert set(SPECS) == set(Verb)
