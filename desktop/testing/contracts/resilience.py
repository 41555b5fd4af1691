"""What every contract asks on bad days: the right error class, nothing that hangs, and no secret told."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Mapping
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
from desktop.testing.contracts.base import LONGEST, Call, Contract, R, error_of, until
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
}
"""What a reading call, or `open`, has to raise."""
EXPECTED_OF_CHANGES: Mapping[Fault, Errors] = {
    **EXPECTED,
    Fault.SERVER_ERROR: (Unavailable, OutcomeUnknown),
    Fault.GARBAGE: (ProtocolError, OutcomeUnknown),
    Fault.DROPPED: (OutcomeUnknown,),
    Fault.ANSWER_LOST: (OutcomeUnknown,),
}
"""What a changing call has to raise: once it went out, silence never means "not done".

A look-up before it that failed may be told as Unavailable; then the far side has to show that it was one.
"""
MOST_REQUESTS = 8
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
        await rig.fault(fault)
        backend = rig.make()
        try:
            error = await error_of(backend.open)
        finally:
            async with asyncio.timeout(GRACE):
                await backend.close()
        _check(error, fault, EXPECTED, rig)

    @resilience
    @pytest.mark.parametrize("fault", EXPECTED)
    async def test_reading_fails_in_the_right_way(self, rig: R, fault: Fault) -> None:
        """A read under a fault raises the right class."""
        self.need_asking()
        _skip_logins(rig, fault)
        async with self.opened(rig) as backend:
            await rig.fault(fault)
            error = await error_of(lambda: self.reading(backend, rig))
            await rig.heal()
        _check(error, fault, EXPECTED, rig)

    @resilience
    @pytest.mark.parametrize("fault", EXPECTED_OF_CHANGES)
    async def test_changing_fails_in_the_right_way(self, rig: R, fault: Fault) -> None:
        """A change under a fault raises the right class; once it went out, no answer is OutcomeUnknown."""
        _skip_logins(rig, fault)
        async with self.opened(rig) as backend:
            change = await self.changing(backend, rig)
            await rig.fault(fault)
            error = await error_of(lambda: change(new_key()))
            await rig.heal()
            silent = fault in {Fault.DROPPED, Fault.ANSWER_LOST} and not rig.connected
            if silent and isinstance(error, Unavailable):
                await self._only_looked_up(backend, rig)
                assert error.message.strip(), "an error needs words for people"
                return
        _check(error, fault, EXPECTED_OF_CHANGES, rig)

    async def was_changed(self, rig: R, key: str) -> bool:
        """Whether the far side shows what `changing` did under a key; True where that cannot be seen."""
        return True

    async def _only_looked_up(self, backend: Any, rig: R) -> None:
        """See that Unavailable is said of look-ups only, by losing the answer to each request of a change in turn."""
        for number in range(1, MOST_REQUESTS + 1):
            change, key = await self.changing(backend, rig), new_key()
            await rig.lose_answer(number)
            try:
                async with asyncio.timeout(LONGEST):
                    await change(key)
            except Unavailable:
                await rig.heal()
                assert not await self.was_changed(rig, key), "it was done, and told as Unavailable: say OutcomeUnknown"
            except OutcomeUnknown:
                await rig.heal()
            else:
                await rig.heal()
                return

    @resilience
    @pytest.mark.parametrize("what", ["open", "read", "change"])
    async def test_nothing_blocks_the_loop(self, rig: R, what: str) -> None:
        """A call lets go of the event loop while it waits; else nothing is drawn, and no key works."""
        if what == "read":
            self.need_asking()
        stalls: list[Stall] = []
        watch = LoopWatch(stalls.append, dict.fromkeys(_modules(type(rig.make())), "the backend"))
        try:
            async with self.opened(rig) as backend:
                change = await self.changing(backend, rig) if what == "change" else None
                if what == "read":
                    watch.begin()
                    await self.reading(backend, rig)
                elif change is not None:
                    watch.begin()
                    await change(new_key())
            if what == "open":
                watch.begin()
                async with self.opened(rig):  # the second time: what it imports is there by now
                    pass
        finally:
            watch.end()
        ours = [one.where for one in stalls if one.owner]
        assert ours == [], f"the loop stood still for {LIMIT:g} s and more in {ours[0]}: see desktop.ports.threads"

    @resilience
    @pytest.mark.parametrize("what", ["read", "change"])
    async def test_what_is_not_allowed_is_no_failed_sign_in(self, rig: R, what: str) -> None:
        """Signed in and refused is Forbidden: signing in again would not help, and all else can still be done."""
        if rig.connected:
            does_not_apply("what may be done on a lasting connection is settled when it is made")
        if what == "read":
            self.need_asking()
        async with self.opened(rig) as backend:
            change = await self.changing(backend, rig) if what == "change" else None
            await rig.fault(Fault.FORBIDDEN)
            error = await error_of(lambda: self.reading(backend, rig) if change is None else change(new_key()))
            await rig.heal()
        assert isinstance(error, Forbidden), f"a refusal must be told as Forbidden, and was {error!r}"
        assert error.message.strip(), "an error needs words for people"

    @resilience
    @pytest.mark.parametrize("what", ["open", "read", "change"])
    async def test_a_silent_server_hangs_nothing(self, rig: R, what: str) -> None:
        """A call that gets no answer can be given up by cancelling it, at once."""
        if what == "open":
            await rig.fault(Fault.HANG)
            backend = rig.make()
            try:
                await _given_up(backend.open, (Unavailable,))
            finally:
                async with asyncio.timeout(GRACE):
                    await backend.close()
            return
        if what == "read":
            self.need_asking()
        async with self.opened(rig) as backend:
            change = await self.changing(backend, rig) if what == "change" else None
            await rig.fault(Fault.HANG)
            if change is None:
                await _given_up(lambda: self.reading(backend, rig), (Unavailable,))
            else:
                await _given_up(lambda: change(new_key()), (Unavailable, OutcomeUnknown))
            async with asyncio.timeout(GRACE):
                await backend.close()

    @resilience
    @pytest.mark.parametrize("fault", [Fault.HANG, Fault.DROPPED, Fault.REFUSED, Fault.GARBAGE])
    async def test_it_works_again_when_the_fault_is_over(self, rig: R, fault: Fault) -> None:
        """The same backend, without being opened anew, answers again."""
        self.need_asking()
        async with self.opened(rig) as backend:
            await rig.fault(fault)
            try:
                async with asyncio.timeout(HOST_SECONDS):
                    await self.reading(backend, rig)
            except (BackendError, TimeoutError):
                pass
            await rig.heal()

            async def answered() -> bool | None:
                try:
                    async with asyncio.timeout(LONGEST):
                        await self.reading(backend, rig)
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
        """No credential is in the words of an error, its detail, its causes, a repr or the log."""
        if not rig.secrets:
            absent("the rig names no secrets to look for")
        caplog.set_level(logging.DEBUG)
        told: list[str] = []
        async with self.opened(rig) as backend:
            told.append(repr(backend))
            await self.reading(backend, rig)
        for fault in EXPECTED:
            try:
                await rig.fault(fault)
            except pytest.skip.Exception:
                continue
            backend = rig.make()
            try:
                told += _words_of(await error_of(backend.open))
                told.append(repr(backend))
            finally:
                await backend.close()
            await rig.heal()
        told.append(caplog.text)
        assert [one for secret in rig.secrets for one in told if secret in one] == []


def _modules(backend: type) -> set[str]:
    """Where the code of a backend stands: its modules, and what lies beside them."""
    own = {one.__module__ for one in backend.__mro__ if not one.__module__.startswith("desktop.ports")}
    found = {module for module in own if module not in sys.stdlib_module_names and module != "builtins"}
    return found | {module.rpartition(".")[0] for module in found if "." in module}


def _check(error: BackendError, fault: Fault, expected: Mapping[Fault, Errors], rig: Rig[Any]) -> None:
    allowed = expected[fault]
    if rig.connected and fault in {Fault.GARBAGE, Fault.DROPPED, Fault.REFUSED}:
        # Of a lasting connection a call may see no more than that it is gone, and it may have been gone before.
        allowed = (
            (*allowed, Unavailable, OutcomeUnknown) if expected is EXPECTED_OF_CHANGES else (*allowed, Unavailable)
        )
    names = " or ".join(one.__name__ for one in allowed)
    assert isinstance(error, allowed), f"{fault.value} must be told as {names}, and was {type(error).__name__}: {error}"
    assert error.message.strip(), "an error needs words for people"
    if isinstance(error, RateLimited):
        assert error.retry_after == pytest.approx(RETRY_AFTER), "the seconds that the server asked for are lost"


def _skip_logins(rig: Rig[Any], fault: Fault) -> None:
    if rig.connected and fault is Fault.UNAUTHORIZED:
        does_not_apply("who is signed in on a lasting connection stays so")


async def _given_up(call: Call, allowed: Errors) -> None:
    """Cancel the call as the host does. It may also have failed by itself, in the right way."""
    task = asyncio.ensure_future(call())
    await asyncio.wait({task}, timeout=HOST_SECONDS)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=GRACE)
    assert done, f"it went on for {GRACE:g} s after it was cancelled"
    if task.cancelled():
        return
    error = task.exception()
    assert error is not None, f"nobody answered, and it came back with {task.result()!r}"
    assert isinstance(error, allowed), f"it raised {error!r}"


def _words_of(error: BackendError) -> list[str]:
    """All that anybody could print of an error."""
    told = "".join(traceback.format_exception(error))
    return [str(error), repr(error), error.message, error.detail, told]
