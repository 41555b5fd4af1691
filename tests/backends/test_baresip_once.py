"""What a phone does under a key, without a phone."""

import asyncio

import pytest

from desktop.backends.baresip.idempotency import KEPT, Once
from desktop.ports.errors import BackendError, Conflict, OutcomeUnknown


class Work:
    """Work that waits for `go`, counts how often it began, and fails as told."""

    def __init__(self, failure: BackendError | None = None) -> None:
        self.begun = 0
        self.ended = 0
        self.go = asyncio.Event()
        self.failure = failure

    async def __call__(self) -> str:
        self.begun += 1
        await self.go.wait()
        self.ended += 1
        if self.failure is not None:
            raise self.failure
        return "call-1"


async def test_two_at_once_under_one_key_are_one() -> None:
    once, work = Once(), Work()
    both = asyncio.gather(once.do("k", work), once.do("k", work))
    work.go.set()
    assert tuple(await both) == ("call-1", "call-1")
    assert await once.do("k", work) == "call-1"
    assert work.begun == 1


async def test_what_nobody_waits_for_any_more_comes_to_its_end_and_is_known() -> None:
    once, work = Once(), Work()
    first = asyncio.ensure_future(once.do("k", work))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.go.set()
    assert await once.do("k", work) == "call-1"
    assert (work.begun, work.ended) == (1, 1)


@pytest.mark.parametrize(("failure", "begun"), [(Conflict("no"), 2), (OutcomeUnknown("?"), 1)])
async def test_only_what_surely_did_not_happen_is_done_anew(failure: BackendError, begun: int) -> None:
    once, work = Once(), Work(failure)
    work.go.set()
    for _ in range(2):
        with pytest.raises(type(failure)):
            await once.do("k", work)
    assert work.begun == begun


async def test_old_keys_are_forgotten() -> None:
    once, work = Once(), Work()
    work.go.set()
    for number in range(KEPT + 1):
        await once.do(f"k-{number}", work)
    await once.do("k-0", work)
    assert work.begun == KEPT + 2
