"""The past of the bundled mock contact centre: `/v1/history`."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from desktop.backends.mock.principal import MockPrincipal
from desktop.backends.wire.http import segment
from desktop.backends.wire.reading import member, read
from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastInteraction,
    PastPage,
    PastQuery,
    RecordingLink,
    WeekCell,
    WeekQuery,
)
from desktop.ports.base import Capability
from desktop.ports.errors import ProtocolError, Rejected
from desktop.ports.past import Past

_BASE = "/v1/history"
_EACH = 2_000  # intervals in one answer: read in a few milliseconds, for the screen draws on meanwhile
_MOST_PAGES = 110
Words = str | float | bool | Sequence[str]


class MockPast(MockPrincipal, Past):
    """Mixed into the mock contact centre, whose connection it uses."""

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        self._need(Capability.HISTORY)
        asked = _within(query) | {"width": query.width, "by_queue": query.by_queue, "limit": _EACH}
        found: list[Interval] = []
        body = await self._http.get(_address("intervals", asked))
        for _ in range(_MOST_PAGES):
            # On a thread: the screen's loop must not stand still while thousands of numbers are read.
            reading = asyncio.to_thread(read, tuple[Interval, ...], member(body, "intervals"))
            cursor = read(str, member(body, "cursor"))
            if not cursor:
                return found + list(await reading)
            # The server adds up the next page while this one is read.
            page, body = await asyncio.gather(
                reading, self._http.get(_address("intervals", asked | {"cursor": cursor}))
            )
            found += page
        raise ProtocolError("The contact centre's answer does not end.", f"more than {_MOST_PAGES} pages")

    async def week(self, query: WeekQuery) -> Sequence[WeekCell]:
        self._need(Capability.HISTORY)
        body = await self._http.get(_address("week", _within(query)))
        return await asyncio.to_thread(read, tuple[WeekCell, ...], member(body, "cells"))

    async def past_interactions(self, query: PastQuery) -> PastPage:
        self._need(Capability.HISTORY)
        if query.text:
            self._need(Capability.HISTORY_SEARCH)
        asked = _within(query) | {
            "text": query.text,
            "agent": query.agents,
            "outcome": query.outcomes,
            "code": query.codes,
            "customer": query.customer,
            "cursor": query.cursor,
            "limit": query.limit,
        }
        if query.longer_than is not None:
            asked["longer_than"] = query.longer_than
        body = await self._http.get(_address("interactions", asked))
        found = await asyncio.to_thread(read, tuple[PastInteraction, ...], member(body, "interactions"))
        return PastPage(found, read(str, member(body, "cursor")))

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        self._need(Capability.HISTORY)
        return read(PastDetail, await self._http.get(f"{_BASE}/interactions/{segment(interaction_id)}"))

    async def open_recording(self, interaction_id: str, recording_id: str, *, key: str) -> RecordingLink:
        self._need(Capability.RECORDINGS)
        path = f"{_BASE}/interactions/{segment(interaction_id)}/recordings/{segment(recording_id)}/open"
        told = await self._http.change("POST", path, {}, key=key)
        heard_at = self._http.address(read(str, member(told, "path")))
        return RecordingLink(heard_at, read(float, member(told, "expires_at")))


def _within(query: IntervalQuery | WeekQuery | PastQuery) -> dict[str, Words]:
    """The period, the queues and the channels of a question."""
    return {"since": query.since, "until": query.until, "queue": query.queues, "channel": query.channels}


def _address(what: str, asked: Mapping[str, Words]) -> str:
    told = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}
    try:
        return f"{_BASE}/{what}?{urlencode({name: value for name, value in told.items() if value != ''}, doseq=True)}"
    except UnicodeEncodeError:  # half a character
        raise Rejected("That cannot be asked for.") from None
