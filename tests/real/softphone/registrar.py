"""The smallest SIP server: takes or refuses registrations as told, and calls whoever registered with any words."""

import asyncio
import re
from typing import Self

Address = tuple[str, int]

_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


GARBAGE = "\x00\xff<html>no SIP at all\r\n\r\n"


class Registrar(asyncio.DatagramProtocol):
    """Over UDP on a loopback port. `answer` is the status line of what it says to REGISTER; "" says nothing."""

    def __init__(self) -> None:
        self.answer = "200 OK"
        self.expires = 60
        self.registers: list[str] = []
        self.heard: list[str] = []
        self._to: Address | None = None
        self._contact = ""
        self._transport: asyncio.DatagramTransport | None = None
        self._dropping: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._dropping = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._transport is not None
        self._transport.close()
        if self._dropping is not None:
            self._dropping.close()

    @property
    def address(self) -> str:
        """Where it is."""
        assert self._transport is not None
        return "127.0.0.1:{}".format(self._transport.get_extra_info("sockname")[1])

    @property
    def dropping(self) -> str:
        """Where connections are taken and dropped."""
        assert self._dropping is not None
        return f"127.0.0.1:{self._dropping.sockets[0].getsockname()[1]}"

    def invite(self, sender: str, call_id: str = "a@b") -> None:
        """Call the phone; `sender` is the whole From header's value, without its tag."""
        self._send(
            f"INVITE {self._contact} SIP/2.0\r\nVia: SIP/2.0/UDP {self.address};branch=z9hG4bK-{abs(hash(call_id))}\r\n"
            f"From: {sender};tag=1\r\nTo: <{self._contact}>\r\nCall-ID: {call_id}\r\nCSeq: 1 INVITE\r\n"
            f"Contact: <sip:x@{self.address}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n"
            f"Content-Length: {len(_SDP)}\r\n\r\n{_SDP}"
        )

    def datagram_received(self, data: bytes, addr: Address) -> None:
        text = data.decode("utf-8", "replace")
        self.heard.append(text)
        self._to = addr
        if not text.startswith("REGISTER"):
            return
        self.registers.append(text)
        found = re.search(r"(?im)^Contact:\s*<([^>]+)>", text)
        self._contact = found[1] if found else self._contact
        if not self.answer or self.answer == GARBAGE:
            self._send(self.answer)
            return
        kept = "".join(
            f"{line}\r\n" for line in text.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)
        )
        gone = re.search(r"(?i)expires[:=]\s*0\b", text) is not None
        contact = f"Contact: <{self._contact}>;expires={self.expires}\r\n" if not gone else ""
        self._send(f"SIP/2.0 {self.answer}\r\n{kept}{contact}Content-Length: 0\r\n\r\n")

    def _send(self, text: str) -> None:
        assert self._transport is not None
        self._transport.sendto(text.encode("utf-8", "surrogateescape"), self._to)
