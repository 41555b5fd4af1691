"""`events`: the stream of a source, one JSON document a line."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import get_args

from desktop.app.connections.contact_centers import ContactCenters
from desktop.app.connections.event_source import EventSource
from desktop.cli.commands.name_lookup import known_word
from desktop.cli.connection import DEFAULT_TIMEOUT, Chosen, opened, usable_profile
from desktop.cli.exits import CommandError, Exit
from desktop.cli.loop import run as run_loop
from desktop.cli.output import emit_line
from desktop.config import Profile
from desktop.domain.entities.source import Source
from desktop.domain.state.events import Change, Envelope, Gap, Heartbeat, InteractionChanged, OutsideEvent
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Unavailable, Unsupported
from desktop.ports.messaging import Messaging
from desktop.ports.presence import PresenceSource
from desktop.words.catalogue import tr


def type_of(envelope: Envelope) -> str:
    """The word for an event: that of the change for interactions, else its class in lower case, `agent_changed`."""
    event = envelope.event
    return event.change.value if isinstance(event, InteractionChanged) else _word(type(event))


def _word(kind: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def _types() -> set[str]:
    """Every word that `type_of` may answer for what comes from outside."""
    return {*(one.value for one in Change), *(_word(one) for one in get_args(OutsideEvent))} - {_word(Heartbeat)}


def _document(envelope: Envelope) -> dict[str, object]:
    event = envelope.event
    position = {"epoch": envelope.epoch, "seq": envelope.seq, "at": envelope.at}
    body = {one.name: getattr(event, one.name) for one in fields(event)}
    return {"type": type_of(envelope), "source": envelope.source, **position, **body}


def _after(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    epoch, _, number = text.rpartition(":")
    if not epoch or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise CommandError(tr("--after takes an epoch and a number, like abc:17."), Exit.USAGE)
    return epoch, int(number)


@asynccontextmanager
async def _closing(envelopes: AsyncIterator[Envelope]) -> AsyncIterator[AsyncIterator[Envelope]]:
    """See to it that the stream is let go of before its backend is."""
    try:
        yield envelopes
    finally:
        if isinstance(envelopes, AsyncGenerator):
            await envelopes.aclose()


@asynccontextmanager
async def _told_by(profile: Profile, source: str) -> AsyncIterator[EventSource]:
    """Who tells the events of a source. Of several contact centres it is one: each numbers its own."""
    asked = Source.of(source)
    if asked.kind not in (Kind.CONTACT_CENTER, Kind.PRESENCE):
        raise CommandError(tr("There are no events of {source}.", source=repr(source)), Exit.USAGE)
    several = profile.backends.get(Kind(asked.kind), ())
    if asked.kind == Kind.CONTACT_CENTER and len(several) > 1:
        if source not in [one.source for one in several]:
            known = ", ".join(one.source for one in several)
            raise CommandError(tr("Say whose events, with --source; there are {known}.", known=known), Exit.USAGE)
        async with opened(profile, Kind.CONTACT_CENTER) as centers:
            if not isinstance(centers, ContactCenters) or source not in centers.streams:
                raise Unavailable(Sentence("connection.not_yet", source=source))
            yield centers.streams[source]
        return
    async with opened(profile, Kind(asked.kind)) as backend:
        if not isinstance(backend, (ContactCenter, PresenceSource, Messaging)):
            raise Unsupported(Sentence("events.none"))
        yield backend


async def _stream(chosen: Chosen, after: tuple[str, int] | None) -> None:
    profile = usable_profile(chosen)
    wait = chosen.get("timeout", DEFAULT_TIMEOUT)
    async with asyncio.timeout(None) as deadline:
        deadline.reschedule(asyncio.get_running_loop().time() + wait)
        async with _told_by(profile, chosen["source"]) as backend:
            seen = after[1] if after else None
            left = chosen["count"]
            async with _closing(backend.events(after)) as envelopes:
                async for envelope in envelopes:
                    if chosen["follow"]:
                        deadline.reschedule(None)
                    if isinstance(envelope.event, Heartbeat):
                        if not chosen["follow"] and (seen is None or seen >= envelope.event.head):
                            return
                        continue
                    seen = envelope.seq if envelope.seq is not None else seen
                    if not chosen["types"] or type_of(envelope) in chosen["types"]:
                        emit_line(_document(envelope))
                        left = left - 1 if left is not None else None
                    if left == 0 or (isinstance(envelope.event, Gap) and not chosen["follow"]):
                        return
    raise Unavailable(Sentence("events.ended"))


def run(chosen: Chosen) -> int:
    """Print events until there are no more, enough, or an interruption."""
    for one in chosen["types"] or ():
        known_word(tr("type of event"), one, _types())
    run_loop(_stream(chosen, _after(chosen["after"])))
    return Exit.OK
