"""A Microsoft 365 directory: its users, and the presence of those on screen, asked for every few seconds."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import ClassVar, Self

from desktop.backends.graph.account import OPTIONS, Account, account_of
from desktop.backends.graph.records import SELECTED, identifier, line, person_of, presence_of, sequence
from desktop.backends.graph.rest import Rest, grant_of, quoted
from desktop.backends.graph.words import PREFERRED
from desktop.backends.wire.access_token import AccessTokens
from desktop.backends.wire.http import segment
from desktop.backends.wire.reading import member
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Envelope, Gap, Heartbeat, PersonChanged, PresenceChanged, PresenceSnapshot
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import AuthFailed, NotFound, ProtocolError, Rejected, Unsupported
from desktop.ports.presence import PresenceSource

_SOURCE = Kind.PRESENCE.value
BATCH = 650
"""Most people in one question, which is Graph's own limit."""
MOST_PEOPLE = 3000
PAGE = 100
SEARCH_FROM = 2  # characters
_PREFERRED_FOR = "PT8H"  # a shift: a desktop that dies must not leave somebody busy for days


class GraphPresence(PresenceSource):
    """Asks for nobody who is not watched. Chat is not offered: an application may not write in a person's name."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.PRESENCE,
        name="graph",
        api=API,
        title="Microsoft 365 (Graph)",
        capabilities=frozenset({Capability.SET_OWN}),
        options=OPTIONS,
    )

    def __init__(self, account: Account, *, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds since 1970."""
        self._account = account
        self._clock = clock
        self._tokens = AccessTokens(grant_of(account))
        self._rest = Rest(account, self._tokens)
        self._me = ""
        self._people: dict[str, Person] = {}
        self._whole = False  # whether the directory was read
        self._watched: tuple[str, ...] = ()
        self._changed = asyncio.Event()
        self._closed = False
        self._versions = 0
        self._sequences: dict[str, str] = {}
        self._seen: dict[str, Presence] = {}

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(account_of(options))

    async def open(self) -> frozenset[Capability]:
        self._closed = False
        self._me = await self._who_am_i()
        await self._check()
        return self.manifest.capabilities if self._me else frozenset()

    async def close(self) -> None:
        self._closed = True
        self._changed.set()
        await self._rest.close()
        await self._tokens.close()

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        if skill:
            return ()  # Graph tells skills of one user at a time only
        await self._read_directory()
        wanted = text.strip().casefold()
        if len(wanted) >= SEARCH_FROM and not self._account.group and len(self._people) >= MOST_PEOPLE:
            await self._search(text)
        return tuple(
            one
            for one in self._people.values()
            if any(wanted in about.casefold() for about in (one.name, one.title, one.team, one.email))
        )

    async def snapshot(self) -> Envelope:
        await self._read_directory()
        await self._poll()
        shown = tuple(self._seen[one] for one in self._watched if one in self._seen and one in self._people)
        return self._envelope(PresenceSnapshot(tuple(self._people.values()), shown))

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        loop = asyncio.get_running_loop()
        if after is not None:
            yield self._envelope(Gap("Graph tells how things are, not what happened."))
        known = set(self._people)
        while not self._closed:
            asked_at = loop.time()
            self._changed.clear()
            for presence in await self._poll():
                if presence.person_id in self._people or presence.person_id == self._me:
                    yield self._envelope(PresenceChanged(presence))
            for person in tuple(self._people.values()):  # a search may find more while this one is told
                if person.id not in known:
                    known.add(person.id)
                    yield self._envelope(PersonChanged(person))
            yield self._envelope(Heartbeat(self._clock(), 0))
            rest = self._account.poll_seconds - (loop.time() - asked_at)
            try:
                async with asyncio.timeout(max(0.0, rest)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def watch(self, person_ids: Sequence[str]) -> None:
        wanted = tuple(dict.fromkeys(one for one in person_ids if identifier(one)))
        if set(wanted) - set(self._watched):
            self._changed.set()  # somebody new is asked for at once; who left the screen costs nothing more
        self._watched = wanted

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        if not self._me:
            raise Unsupported("Graph was not told who we are; see the option user.", Capability.SET_OWN)
        if state not in PREFERRED:
            raise Rejected(f"Nobody can choose to be {state.value}.")
        availability, doing = PREFERRED[state]
        await self._rest.change(
            "POST",
            f"/users/{segment(self._me)}/presence/setUserPreferredPresence",
            {"availability": availability, "activity": doing, "expirationDuration": _PREFERRED_FOR},
            key=key,
        )
        self._versions += 1
        return Presence(
            self._me,
            self._versions,
            state,
            self._clock(),
            source=_SOURCE,
            native=f"{availability}/{doing}",
        )

    def _envelope(self, event: PresenceSnapshot | PresenceChanged | PersonChanged | Heartbeat | Gap) -> Envelope:
        return Envelope(_SOURCE, event, self._clock())

    async def _who_am_i(self) -> str:
        if self._account.user:
            path = f"/users/{segment(self._account.user)}"
        elif self._account.token:
            path = "/me"
        else:
            return ""
        try:
            return identifier(member(await self._rest.get(path, {"$select": "id"}), "id"))
        except (NotFound, Rejected) as error:
            if self._account.user:
                raise AuthFailed(f"Graph knows nobody called {line(self._account.user)}.", error.detail) from error
            return ""  # an application's token has no "me"

    async def _check(self) -> None:
        """See that Graph answers us, by the smallest question."""
        if self._account.group:
            await self._rest.get(f"/groups/{segment(self._account.group)}", {"$select": "id"})
        else:
            member(await self._rest.get("/users", {"$select": "id", "$top": 1}), "value")

    async def _read_directory(self) -> None:
        if self._whole:
            await self._check()
            return
        path = "/users"
        if self._account.group:
            path = f"/groups/{segment(self._account.group)}/members/microsoft.graph.user"
        self._take(await self._rest.pages(path, {"$select": SELECTED, "$top": PAGE}, MOST_PEOPLE))
        self._whole = True

    async def _search(self, text: str) -> None:
        fields = " OR ".join(f'"{name}:{quoted(text)}"' for name in ("displayName", "mail"))
        answer = await self._rest.get("/users", {"$search": fields, "$select": SELECTED, "$top": PAGE})
        values = member(answer, "value")
        self._take(values if isinstance(values, list) else [])

    def _take(self, records: Sequence[object]) -> None:
        for record in records:
            person = person_of(record, _SOURCE)
            if person is not None and person.id != self._me:
                self._people[person.id] = person

    async def _poll(self) -> list[Presence]:
        """The presences of whoever is watched, as they are now; ours when nobody is, as a sign of life."""
        wanted = self._watched or ((self._me,) if self._me else ())
        if not wanted:
            await self._check()
            return []
        told: list[Presence] = []
        for first in range(0, len(wanted), BATCH):
            asked = wanted[first : first + BATCH]
            answer = await self._rest.ask("/communications/getPresencesByUserId", {"ids": list(asked)})
            values = member(answer, "value")
            if not isinstance(values, list):
                raise ProtocolError("The server's answer cannot be read.", "'value' is no list")
            answered = {identifier(one.get("id")): one for one in values if isinstance(one, dict)}
            told += [self._observe(one, answered.get(one, {})) for one in asked]
        return told

    def _observe(self, person_id: str, record: Mapping[object, object]) -> Presence:
        """What is known of a person after this answer: an older one than we had changes nothing but is no newer."""
        number, known = sequence(record), self._seen.get(person_id)
        if number and known is not None and number < self._sequences.get(person_id, ""):
            return known
        self._versions += 1
        now = self._clock()
        fresh = presence_of(record, _SOURCE, version=self._versions, now=now)
        if fresh is None:
            fresh = Presence(person_id, self._versions, PresenceState.UNKNOWN, now, source=_SOURCE, native="no answer")
        if number:
            self._sequences[person_id] = number
        self._seen[person_id] = fresh
        return fresh
