"""The event loop of a command."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, but at the end no thread is waited for: one that looks a name up may take a minute."""

    async def with_own_threads() -> T:
        asyncio.get_running_loop().set_default_executor(_Unwaited())
        return await work

    return asyncio.run(with_own_threads())


class _Unwaited(ThreadPoolExecutor):
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)
