"""What the four mock servers have in common: their options, being opened, and their numbered event streams."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from desktop.backends.wire.http import Http
from desktop.backends.wire.reading import member, parse, read
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.backends.wire.sse import ServerEvent, position
from desktop.domain.state.events import Envelope, Event, Gap, Heartbeat
from desktop.ports.errors import NotFound, ProtocolError
from desktop.ports.options import Option

OPTIONS = (
    Option("url", "Where the server is, e.g. https://host:8443; plain http:// only to this machine.", "url"),
    Option("token", "The bearer token that says who you are.", "secret"),
    CA_FILE,
    PROXY,
)


def connect(options: Mapping[str, str], server: str) -> Http:
    """The connection that the option values ask for.

    Raises:
        Rejected: the address or the token cannot be used.
    """
    return Http(
        options.get("url", ""),
        server=server,
        token=options.get("token", ""),
        ca_file=options.get("ca_file", ""),
        proxy=proxy_of(options),
    )


async def check(http: Http, known_to_miss: str) -> None:
    """See that the server is there and knows our token.

    Args:
        known_to_miss: a path that answers 404 to whoever has a good token, and 401 to everybody else.
    """
    if read(str, member(await http.get("/v1/health"), "status")) != "ok":
        raise ProtocolError("The server says that it is not well.")
    try:
        await http.get(known_to_miss)
    except NotFound:
        return


def numbered(position_text: object) -> tuple[str, int]:
    """Epoch and number of an `as_of` value."""
    found = position(read(str, position_text))
    if found is None:
        raise ProtocolError("The server's answer cannot be read.", "as_of is not epoch:number")
    return found


async def follow(
    http: Http, source: str, after: tuple[str, int] | None, to_event: Callable[[str, object], Event | None]
) -> AsyncGenerator[Envelope, None]:
    """The stream `/v1/events` as envelopes.

    Args:
        source: name for the envelopes.
        after: the last event seen, or None to start with the next one.
        to_event: reads an event of the given type; None for a type it does not know.
    """
    last_id = f"{after[0]}:{after[1]}" if after else ""
    async with aclosing(http.events("/v1/events", last_id)) as stream:
        async for one in stream:
            yield _envelope(source, one, to_event)


def _envelope(source: str, one: ServerEvent, to_event: Callable[[str, object], Event | None]) -> Envelope:
    if one.type in {"heartbeat", "reset"}:
        data = parse(one.data)
        now = read(float, member(data, "server_time"))
        if one.type == "heartbeat":
            return Envelope(source, Heartbeat(now, read(int, member(data, "head"))), now)
        return Envelope(source, Gap("The server no longer has the events that were missed."), now)
    try:
        data = parse(one.data)
        event = to_event(one.type, data)
        at = read(float, member(data, "at"))
    except ProtocolError as error:
        # One event that cannot be read must not end the stream: it would come again after every reconnection.
        return Envelope(source, Gap(f"An event could not be read: {error.detail}"), 0.0)
    if event is None or one.position is None:
        return Envelope(source, Gap(f"An event of an unknown kind came: {one.type[:40]}"), at)
    epoch, number = one.position
    return Envelope(source, event, at, epoch, number)
