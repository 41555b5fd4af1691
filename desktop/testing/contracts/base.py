"""What every contract asks, whatever the kind of the backend: the class keeps to its port, and claims what is so."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from desktop.ports.base import Capability, Kind
from desktop.ports.errors import BackendError, Unsupported
from desktop.testing import statics
from desktop.testing.group import honesty, shape
from desktop.testing.rig import Rig, does_not_apply

R = TypeVar("R", bound=Rig[Any])
T = TypeVar("T")
Call = Callable[[], Awaitable[object]]

LONGEST = 30.0
"""No call may take longer, whatever the server does; in seconds."""


async def until(ask: Callable[[], Awaitable[T | None]], seconds: float, what: str) -> T:
    """Ask again until there is an answer; the test fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    pause = 0.002
    while (found := await ask()) is None:
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen within {seconds:g} s")
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.05)  # quick where it is quick, and no burden on a real server
    return found


async def _taken_as_done(key: str) -> bool:
    return True


@dataclass(frozen=True)
class Change:
    """A call that changes something, ready to be made under a key, and whether the far side shows what it did.

    `done` answers True where that cannot be seen.
    """

    make: Callable[[str], Awaitable[object]]
    done: Callable[[str], Awaitable[bool]] = _taken_as_done


async def error_of(call: Call, name: str = "it") -> BackendError:
    """The error of the port that a call raises. The test fails when it raises none, another one, or takes too long."""
    try:
        async with asyncio.timeout(LONGEST):
            answer = await call()
    except BackendError as error:
        return error
    except TimeoutError:
        pytest.fail(f"{name} neither answered nor failed within {LONGEST:g} s")
    except Exception as error:
        pytest.fail(f"{name} raised {error!r}, which is not an error of the ports")
    pytest.fail(f"{name} answered {answer!r} where it had to fail")


class Contract(Generic[R]):
    """Base of all contracts. A subclass that starts with `Test`, and a fixture `rig`, are all an author writes."""

    pytestmark = pytest.mark.asyncio
    kind: ClassVar[Kind]
    reads_ask: ClassVar[bool] = True
    """False where a read is answered from what the backend knows, so that no fault can show in it."""
    offered: frozenset[Capability] = frozenset()
    """What the backend that was opened last offers."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each capability that switches on a method, and for each fault."""
        if "capability" in metafunc.fixturenames:
            names = sorted(statics.METHODS[self.kind])
            metafunc.parametrize("capability", names, ids=[one.value for one in names])

    # -- what a contract of a kind fills in

    async def reads(self, backend: Any, rig: R) -> Mapping[str, Call]:
        """Every call that changes nothing, asks the server and is offered, by its method's name."""
        raise NotImplementedError

    async def changes(self, backend: Any, rig: R) -> Mapping[str, Change]:
        """Every call that changes something and is offered, by its method's name; none where nothing can be changed."""
        raise NotImplementedError

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        """Every call that a capability switches on, with arguments that any backend understands."""
        raise NotImplementedError

    @asynccontextmanager
    async def opened(self, rig: R, *needs: Capability) -> AsyncIterator[Any]:
        """An open backend; the test does not apply where `open()` does not offer what it needs."""
        backend = rig.make()
        try:
            async with asyncio.timeout(LONGEST):
                self.offered = await backend.open()
            if missing := sorted(one.value for one in needs if one not in self.offered):
                does_not_apply(f"{', '.join(missing)} is not offered")
            yield backend
        finally:
            await backend.close()

    # -- shape

    @shape
    async def test_the_class_keeps_to_the_port(self, rig: R) -> None:
        """Manifest, options and signatures are in order, and it is a backend of this kind."""
        backend = type(rig.make())
        assert backend.manifest.kind is self.kind
        found = [*statics.manifest_complaints(backend.manifest), *statics.option_complaints(backend.manifest.options)]
        found += statics.api_complaints(backend)
        assert [*found, *statics.method_complaints(backend)] == []

    # -- honesty

    @honesty
    async def test_no_more_is_offered_than_declared(self, rig: R) -> None:
        """`open()` answers a subset of the manifest's capabilities."""
        backend = rig.make()
        try:
            offered = await backend.open()
        finally:
            await backend.close()
        assert isinstance(offered, frozenset)
        assert offered - backend.manifest.capabilities == frozenset()

    @honesty
    async def test_the_manifest_agrees_with_the_methods(self, rig: R) -> None:
        """What is declared is implemented, and what is implemented is declared."""
        assert statics.capability_complaints(type(rig.make())) == []

    @honesty
    async def test_what_is_not_offered_is_refused(self, rig: R, capability: Capability) -> None:
        """A method whose capability is not offered raises Unsupported, and nothing else."""
        backend = rig.make()
        try:
            offered = await backend.open()
            sharing = [
                one for one, names in statics.METHODS[self.kind].items() if set(names) & self._methods(capability)
            ]
            if offered & set(sharing):
                does_not_apply(f"{capability.value} is offered")
            for call in self.calls_of(backend, capability):
                error = await error_of(call)
                assert isinstance(error, Unsupported), f"it raised {error!r}"
        finally:
            await backend.close()

    def _methods(self, capability: Capability) -> frozenset[str]:
        return frozenset(statics.METHODS[self.kind][capability])
