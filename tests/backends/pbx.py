"""A manager interface of one queue, that does as it is told, refuses or keeps silent; over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from desktop.backends.asterisk.contact_center import AsteriskContactCenter

ACTIONS = ("QueueAdd", "QueuePause", "QueueRemove", "QueueStatus", "Status", "Hangup", "Getvar", "Setvar", "Ping")
_FOR_CALLBACKS = ("DBPut", "DBGet", "DBGetTree", "DBDel")
EVERY_ACTION = (
    *ACTIONS,
    "Atxfer",
    "CancelAtxfer",
    "BlindTransfer",
    "PlayDTMF",
    "Originate",
    "MixMonitorMute",
    *_FOR_CALLBACKS,
)
ME = "PJSIP/maya"


def event(kind: str, **fields: str) -> str:
    """One event as it is on the wire, but for the empty line that ends it."""
    return "".join(f"{key}: {value}\r\n" for key, value in {"Event": kind, **fields}.items())


def offer(number: int, interface: str = ME) -> str:
    """A caller's channel is `1700000000.{number}`, the agent's the same of the other decade."""
    return event(
        "AgentCalled",
        Queue="support",
        Interface=interface,
        Channel=f"PJSIP/trunk-{number}",
        Uniqueid=f"1700000000.{number}",
        Linkedid=f"1700000000.{number}",
        DestChannel=f"{interface}-{number}",
        DestUniqueid=f"1800000000.{number}",
        CallerIDNum="+441632960000",
        CallerIDName="<unknown>",
        ChanVariable="CASE=4711",
    )


def answered(number: int) -> str:
    """The agent took the call of that number."""
    return event("AgentConnect", Uniqueid=f"1700000000.{number}", DestUniqueid=f"1800000000.{number}")


def gone(channel: str, cause: int = 16) -> str:
    """A channel ended."""
    return event("Hangup", Uniqueid=channel, Cause=str(cause))


OFFER = offer(1)


class Pbx:
    """Signs everybody in. `asked` is what it was asked; `refused` names actions and the words they are refused with."""

    def __init__(self, actions: Sequence[str] = EVERY_ACTION) -> None:
        self.asked: list[dict[str, str]] = []
        self.actions = actions
        self.refused: dict[str, str] = {}
        self.silent: set[str] = set()  # actions that are done and never answered
        self.not_in_dialplan: set[str] = set()  # as "context,extension"
        self.rows: dict[str, str] = {}  # planned callbacks
        self.channels: list[str] = []  # entries of `Status`
        self.writers: set[asyncio.StreamWriter] = set()

    def tell(self, *events: str) -> None:
        """Send events to whoever is connected."""
        for writer in self.writers:
            writer.write("".join(f"{one}\r\n" for one in events).encode())

    def of(self, action: str) -> list[dict[str, str]]:
        """The actions of one kind that it was asked for."""
        return [one for one in self.asked if one["Action"] == action]

    def hang_up(self) -> None:
        """End every connection."""
        for writer in tuple(self.writers):
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        self.writers.add(writer)
        try:
            while block := await reader.readuntil(b"\r\n\r\n"):
                asked = dict(line.split(": ", 1) for line in block.decode().removesuffix("\r\n\r\n").split("\r\n"))
                self.asked.append(asked)
                if asked["Action"] not in self.silent:
                    writer.write(self._answer(asked).encode())
                self._do(asked)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    def _do(self, asked: dict[str, str]) -> None:
        if asked["Action"] in {"QueueAdd", "QueuePause"} and asked["Action"] not in self.refused:
            paused = "1" if asked["Paused"] == "true" else "0"
            reason = asked.get("Reason", "")
            member = {"Queue": "support", "Interface": asked["Interface"], "Status": "1", "Membership": "dynamic"}
            self.tell(event("QueueMemberPause", **member, Paused=paused, PausedReason=reason))
        elif asked["Action"] == "QueueRemove":
            self.tell(event("QueueMemberRemoved", Queue="support", Interface=asked["Interface"]))

    def _answer(self, asked: dict[str, str]) -> str:
        action, name = asked["ActionID"], asked["Action"]
        head = f"Response: Success\r\nActionID: {action}\r\n"
        if name in self.refused:
            return f"Response: Error\r\nActionID: {action}\r\nMessage: {self.refused[name]}\r\n\r\n"
        match name:
            case "ListCommands":
                return head + "".join(f"{one}: does so\r\n" for one in self.actions) + "\r\n"
            case "Ping":
                return head + "Timestamp: 1700000000.5\r\n\r\n"
            case "QueueStatus":
                return self._list(asked, [event("QueueParams", Queue="support", Completed="0")])
            case "Status":
                return self._list(asked, self.channels if "Channel" not in asked else [])
            case "DBGetTree":
                rows = [event("DBGetTreeResponse", Key=f"/f/{key}", Val=row) for key, row in self.rows.items()]
                return self._list(asked, rows)
            case "Getvar" if asked["Variable"].startswith("DIALPLAN_EXISTS"):
                place = asked["Variable"].removeprefix("DIALPLAN_EXISTS(").removesuffix(",1)")
                return f"{head}Value: {int(place not in self.not_in_dialplan)}\r\n\r\n"
            case _:
                return f"{head}Value: \r\n\r\n"

    def _list(self, asked: dict[str, str], parts: Iterable[str]) -> str:
        mark = f"ActionID: {asked['ActionID']}\r\n"
        done = event(f"{asked['Action']}Complete", EventList="Complete")
        entries = "".join(f"{one}{mark}\r\n" for one in (*parts, done))
        return f"Response: Success\r\n{mark}EventList: start\r\n\r\n{entries}"


@asynccontextmanager
async def at(pbx: Pbx, **changes: str) -> AsyncIterator[AsteriskContactCenter]:
    """The adapter, made for this server and not opened."""
    server = await asyncio.start_server(pbx.serve, "127.0.0.1", 0)
    options = {"port": str(server.sockets[0].getsockname()[1]), "user": "u", "secret": "s3cret"}
    options |= {"interface": ME, "queues": "support", "attributes": "CASE, LANGUAGE"}
    backend = AsteriskContactCenter.create(options | changes)
    try:
        yield backend
    finally:
        await backend.close()
        server.close()
