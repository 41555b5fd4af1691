"""What every contract asks on bad days: the right error class, nothing that hangs, and no secret told."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Forbidden,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Unavailable,
)
from desktop.ports.loop_watch import LIMIT, LoopWatch, Stall
from desktop.testing.contracts.base import LONGEST, Call, Change, Contract, R, error_of, until
from desktop.testing.fresh import new_key
from desktop.testing.group import resilience
from desktop.testing.rig import RETRY_AFTER, Fault, Rig, absent, does_not_apply

Errors = tuple[type[BackendError], ...]

HOST_SECONDS = 0.5
"""After this long the contract, in the place of the host, gives a call up by cancelling it."""
GRACE = 3.0
"""How long a cancelled call, or a `close`, may take."""

EXPECTED: Mapping[Fault, Errors] = {
    Fault.SERVER_ERROR: (Unavailable,),
    Fault.RATE_LIMITED: (RateLimited,),
    Fault.UNAUTHORIZED: (AuthFailed,),
    Fault.GARBAGE: (ProtocolError,),
    Fault.DROPPED: (Unavailable,),
    Fault.REFUSED: (Unavailable,),
    Fault.GATEWAY_TIMEOUT: (Unavailable,),
}
"""What a reading call, or `open`, has to raise."""
EXPECTED_OF_CHANGES: Mapping[Fault, Errors] = {
    **EXPECTED,
    Fault.SERVER_ERROR: (Unavailable, OutcomeUnknown),
    Fault.GARBAGE: (ProtocolError, OutcomeUnknown),
    Fault.DROPPED: (OutcomeUnknown,),
    Fault.ANSWER_LOST: (OutcomeUnknown,),
    Fault.GATEWAY_TIMEOUT: (OutcomeUnknown,),
}
"""What a changing call has to raise: once it went out, silence never means "not done".

A look-up before it that failed may be told as Unavailable; then the far side has to show that it was one.
"""
_SILENT = frozenset({Fault.DROPPED, Fault.ANSWER_LOST, Fault.GATEWAY_TIMEOUT})
"""A look-up under one of these says nothing of the change."""
_TOKENS = frozenset({"client_secret", "refresh_token"})
"""Options of whoever fetches tokens that expire."""
MOST_REQUESTS = 12
"""So many requests are lost one by one to see what a change of several is made of."""


class ResilienceContract(Contract[R]):
    """The group `resilience` for a backend of any kind."""

    def need_asking(self) -> None:
        """The test needs a read that asks the server."""
        if not self.reads_ask:
            does_not_apply("reads are answered from what is known here")

    @resilience
    @pytest.mark.parametrize("fault", EXPECTED)
    async def test_opening_fails_in_the_right_way(self, rig: R, fault: Fault) -> None:
        """`open()` under a fault raises the class that tells the host its next step, and `close` works after it."""
        _need_a_way(rig, fault)
        await rig.fault(fault)
        backend = rig.make()
        try:
            error = await error_of(backend.open)
        finally:
            async with asyncio.timeout(GRACE):
                await backend.close()
        _check("open", error, fault, EXPECTED, rig)

    @resilience
    @pytest.mark.parametrize("fault", EXPECTED)
    async def test_reading_fails_in_the_right_way(self, rig: R, fault: Fault) -> None:
        """Every read under a fault raises the right class."""
        self.need_asking()
        _need_a_way(rig, fault)
        _skip_logins(rig, fault)
        async with self.opened(rig) as backend:
            reads = await self.reads(backend, rig)
            await rig.fault(fault)
            errors = {name: await error_of(read, name) for name, read in reads.items()}
            await rig.heal()
        for name, error in errors.items():
            _check(name, error, fault, EXPECTED, rig)

    @resilience
    @pytest.mark.parametrize("fault", EXPECTED_OF_CHANGES)
    async def test_changing_fails_in_the_right_way(self, rig: R, fault: Fault) -> None:
        """Every change under a fault raises the right class; once it went out, no answer is OutcomeUnknown."""
        _need_a_way(rig, fault)
        _skip_logins(rig, fault)
        if not rig.connected:
            return await self._fail_to_change(rig, fault)
        async with self.opened(rig) as backend:
            names = list(await self.needed_changes(backend, rig))
        for name in names:  # one loses the connection, and no other would go out over it
            await self._fail_to_change(rig, fault, name)

    async def _fail_to_change(self, rig: R, fault: Fault, only: str = "") -> None:
        """See every change fail in the right way, or one."""
        async with self.opened(rig) as backend:
            changes = await self.needed_changes(backend, rig)
            await rig.fault(fault)
            errors = {
                name: await error_of(partial(one.make, new_key()), name)
                for name, one in changes.items()
                if only in ("", name)
            }
            await rig.heal()
            for name, error in errors.items():
                if fault in _SILENT and not rig.connected and isinstance(error, Unavailable):
                    await self._only_looked_up(backend, rig, name, fault)
                    assert error.message.strip(), f"{name}: an error needs words for people"
                else:
                    _check(name, error, fault, EXPECTED_OF_CHANGES, rig)

    async def needed_changes(self, backend: Any, rig: R) -> Mapping[str, Change]:
        """The changes, for a test that needs some."""
        changes = await self.changes(backend, rig)
        return changes or does_not_apply("nothing can be changed")

    async def _only_looked_up(self, backend: Any, rig: R, name: str, fault: Fault) -> None:
        """See that Unavailable is said of look-ups only, by losing the answer to each request of a change in turn."""
        for number in range(1, MOST_REQUESTS + 1):
            change, key = (await self.changes(backend, rig))[name], new_key()
            await (rig.time_out(number) if fault is Fault.GATEWAY_TIMEOUT else rig.lose_answer(number))
            try:
                async with asyncio.timeout(LONGEST):
                    await change.make(key)
            except Unavailable:
                await rig.heal()
                assert not await change.done(key), f"{name} was done, and told as Unavailable: say OutcomeUnknown"
            except OutcomeUnknown:
                await rig.heal()
            else:
                await rig.heal()
                return

    @resilience
    async def test_an_expired_sign_in_is_renewed(self, rig: R) -> None:
        """A token that is not accepted any more is fetched anew, once and unseen: what was asked is answered.

        It applies where the backend fetches tokens. What was refused was not done, so a change may be asked again.
        """
        if rig.connected or not _fetches_tokens(rig):
            does_not_apply("there is no token that expires")
        async with self.opened(rig) as backend:
            for name, call in (await self._all_calls(backend, rig)).items():
                await rig.expire()
                try:
                    async with asyncio.timeout(LONGEST):
                        await call()
                except AuthFailed as error:
                    pytest.fail(f"{name} must sign in anew, and raised {error!r}")
                await rig.heal()

    @resilience
    @pytest.mark.parametrize("what", ["open", "read", "change"])
    async def test_nothing_blocks_the_loop(self, rig: R, what: str) -> None:
        """Every call lets go of the event loop while it waits; else nothing is drawn, and no key works."""
        if what == "read":
            self.need_asking()
        stalls: list[Stall] = []
        watch = LoopWatch(stalls.append, dict.fromkeys(_modules(type(rig.make())), "the backend"))
        try:
            async with self.opened(rig) as backend:
                if what != "open":
                    calls = await self._calls(backend, rig, what)
                    watch.begin()
                    for call in calls.values():
                        await call()
            if what == "open":
                watch.begin()
                async with self.opened(rig):  # the second time: what it imports is there by now
                    pass
        finally:
            watch.end()
        ours = [one.where for one in stalls if one.owner]
        assert ours == [], f"the loop stood still for {LIMIT:g} s and more in {ours[0]}: see desktop.ports.threads"

    async def _all_calls(self, backend: Any, rig: R) -> Mapping[str, Call]:
        """All that reads and asks, and all that changes."""
        reads = await self.reads(backend, rig) if self.reads_ask else {}
        changes = await self.changes(backend, rig)
        return {**reads, **{name: partial(one.make, new_key()) for name, one in changes.items()}}

    async def _calls(self, backend: Any, rig: R, what: str) -> Mapping[str, Call]:
        """All that reads, or all that changes."""
        if what == "read":
            return await self.reads(backend, rig)
        changes = await self.needed_changes(backend, rig)
        return {name: partial(one.make, new_key()) for name, one in changes.items()}

    @resilience
    @pytest.mark.parametrize("what", ["read", "change"])
    async def test_what_is_not_allowed_is_no_failed_sign_in(self, rig: R, what: str) -> None:
        """Signed in and refused is Forbidden: signing in again would not help, and all else can still be done."""
        if rig.connected:
            does_not_apply("what may be done on a lasting connection is settled when it is made")
        if what == "read":
            self.need_asking()
        async with self.opened(rig) as backend:
            calls = await self._calls(backend, rig, what)
            await rig.fault(Fault.FORBIDDEN)
            errors = {name: await error_of(call, name) for name, call in calls.items()}
            await rig.heal()
        for name, error in errors.items():
            assert isinstance(error, Forbidden), f"{name}: a refusal must be told as Forbidden, and was {error!r}"
            assert error.message.strip(), f"{name}: an error needs words for people"

    @resilience
    @pytest.mark.parametrize("what", ["open", "read", "change"])
    async def test_a_silent_server_hangs_nothing(self, rig: R, what: str) -> None:
        """A call that gets no answer can be given up by cancelling it, at once."""
        if what == "open":
            await rig.fault(Fault.HANG)
            backend = rig.make()
            try:
                await _given_up({"open": backend.open}, (Unavailable,))
            finally:
                async with asyncio.timeout(GRACE):
                    await backend.close()
            return
        if what == "read":
            self.need_asking()
        async with self.opened(rig) as backend:
            calls = await self._calls(backend, rig, what)
            await rig.fault(Fault.HANG)
            await _given_up(calls, (Unavailable,) if what == "read" else (Unavailable, OutcomeUnknown))
            async with asyncio.timeout(GRACE):
                await backend.close()

    @resilience
    @pytest.mark.parametrize("fault", [Fault.HANG, Fault.DROPPED, Fault.REFUSED, Fault.GARBAGE])
    async def test_it_works_again_when_the_fault_is_over(self, rig: R, fault: Fault) -> None:
        """The same backend, without being opened anew, answers again."""
        self.need_asking()
        async with self.opened(rig) as backend:
            read = next(iter((await self.reads(backend, rig)).values()))  # they share what had the fault
            await rig.fault(fault)
            try:
                async with asyncio.timeout(HOST_SECONDS):
                    await read()
            except (BackendError, TimeoutError):
                pass
            await rig.heal()

            async def answered() -> bool | None:
                try:
                    async with asyncio.timeout(LONGEST):
                        await read()
                except Unavailable:
                    return None
                return True

            await until(answered, rig.patience, "an answer after the fault")

    @resilience
    async def test_closing_is_always_possible(self, rig: R) -> None:
        """`close` works without an `open`, twice, and twice after one."""
        for opens in (False, True):
            backend = rig.make()
            if opens:
                await backend.open()
            for _ in range(2):
                async with asyncio.timeout(GRACE):
                    await backend.close()

    @resilience
    async def test_secrets_are_never_told(self, rig: R, caplog: pytest.LogCaptureFixture) -> None:
        """No credential is in the words of any call's error, its detail, its causes, a repr or the log."""
        if not rig.secrets:
            absent("the rig names no secrets to look for")
        caplog.set_level(logging.DEBUG)
        told: list[tuple[str, str]] = []
        async with self.opened(rig) as backend:
            told.append(("repr", repr(backend)))
            for read in (await self.reads(backend, rig)).values():
                await read()
        for fault in EXPECTED_OF_CHANGES:
            try:
                _need_a_way(rig, fault)
                told += await self._told_under(rig, fault)
            except pytest.skip.Exception:
                continue
        told.append(("the log", caplog.text))
        # Only who told it: a report must not tell it again.
        leaks = sorted({name for name, words in told if any(secret in words for secret in rig.secrets)})
        assert leaks == [], f"a credential is told by {', '.join(leaks)}"

    async def _told_under(self, rig: R, fault: Fault) -> list[tuple[str, str]]:
        """All that is told of an opening, and of every call of a backend that was open before the fault."""
        fresh = rig.make()
        try:
            async with self.opened(rig) as backend:
                calls = {**await self._all_calls(backend, rig), "open": fresh.open}
                await rig.fault(fault)
                told = [
                    (f"{name}, {fault.value}", word) for name, one in calls.items() for word in await _words_of(one)
                ]
                await rig.heal()
                return [*told, ("repr", repr(backend)), ("repr", repr(fresh))]
        finally:
            await fresh.close()


def _modules(backend: type) -> set[str]:
    """Where the code of a backend stands: its modules, and what lies beside them."""
    own = {one.__module__ for one in backend.__mro__ if not one.__module__.startswith("desktop.ports")}
    found = {module for module in own if module not in sys.stdlib_module_names and module != "builtins"}
    return found | {module.rpartition(".")[0] for module in found if "." in module}


def _fetches_tokens(rig: Rig[Any]) -> bool:
    if rig.signs_in is not None:
        return rig.signs_in
    return not _TOKENS.isdisjoint(one.name for one in rig.make().manifest.options)


def _need_a_way(rig: Rig[Any], fault: Fault) -> None:
    if fault is Fault.GATEWAY_TIMEOUT and not rig.gateway:
        does_not_apply("nothing stands between that could answer in the server's place")


def _check(name: str, error: BackendError, fault: Fault, expected: Mapping[Fault, Errors], rig: Rig[Any]) -> None:
    allowed = expected[fault]
    if rig.connected and fault in {Fault.GARBAGE, Fault.DROPPED, Fault.REFUSED}:
        # Of a lasting connection a call may see no more than that it is gone, and it may have been gone before.
        allowed = (
            (*allowed, Unavailable, OutcomeUnknown) if expected is EXPECTED_OF_CHANGES else (*allowed, Unavailable)
        )
    names = " or ".join(one.__name__ for one in allowed)
    was = f"{type(error).__name__}: {error}"
    assert isinstance(error, allowed), f"{name}: {fault.value} must be told as {names}, and was {was}"
    assert error.message.strip(), f"{name}: an error needs words for people"
    if isinstance(error, RateLimited):
        assert error.retry_after == pytest.approx(RETRY_AFTER), (
            f"{name}: the seconds that the server asked for are lost"
        )


def _skip_logins(rig: Rig[Any], fault: Fault) -> None:
    if rig.connected and fault is Fault.UNAUTHORIZED:
        does_not_apply("who is signed in on a lasting connection stays so")


async def _given_up(calls: Mapping[str, Call], allowed: Errors) -> None:
    """Cancel the calls as the host does, all at once. One may also have failed by itself, in the right way."""
    tasks = {asyncio.ensure_future(call()): name for name, call in calls.items()}
    await asyncio.wait(tasks, timeout=HOST_SECONDS)
    for task in tasks:
        task.cancel()
    _, pending = await asyncio.wait(tasks, timeout=GRACE)
    assert not pending, f"{', '.join(tasks[one] for one in pending)} went on for {GRACE:g} s after being cancelled"
    for task, name in tasks.items():
        if task.cancelled():
            continue
        error = task.exception()
        assert error is not None, f"nobody answered, and {name} came back with {task.result()!r}"
        assert isinstance(error, allowed), f"{name} raised {error!r}"


async def _words_of(call: Call) -> list[str]:
    """All that anybody could print of the error of a call; nothing where it has none."""
    try:
        async with asyncio.timeout(LONGEST):
            await call()
    except Exception as error:
        told = [str(error), repr(error), "".join(traceback.format_exception(error))]
        return [*told, error.message, error.detail] if isinstance(error, BackendError) else told
    return []
