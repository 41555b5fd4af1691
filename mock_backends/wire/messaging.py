"""The message sender's entities and requests as they go over the wire."""

from typing import Annotated, Literal

from pydantic import Field

from mock_backends.channels import MessageWord
from mock_backends.wire.base import Line, Text, Wire


class ConsentGiven(Wire):
    """The consent a message is sent under."""

    granted: bool | None = None
    source: Line = ""


class SendOut(Wire):
    """A message to a customer."""

    channel: MessageWord
    to: str = Field(min_length=3, max_length=320)
    text: Annotated[Text, Field(min_length=1)]
    subject: str = Field(default="", max_length=300)
    customer_id: str | None = Field(default=None, max_length=100)
    consent: ConsentGiven | None = None


class Outgoing(Wire):
    """A message and how far it has come. An inbound one has a `sender` and no `to`."""

    id: str
    version: int = 1
    channel: MessageWord
    direction: Literal["outbound", "inbound"] = "outbound"
    to: str = ""
    sender: str = ""
    text: str
    subject: str = ""
    customer_id: str | None = None
    state: Literal["queued", "sent", "delivered", "failed"] = "queued"
    detail: str = ""
    at: float


class OutgoingAnswer(Wire):
    """One message."""

    message: Outgoing


class MessagingSnapshot(Wire):
    """The newest messages, sent and received, the oldest first."""

    as_of: str
    server_time: float
    messages: list[Outgoing]
