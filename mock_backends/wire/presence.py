"""The directory's entities and requests as they go over the wire."""

from typing import Annotated, Literal

from pydantic import Field

from mock_backends.wire.base import Text, Wire

PresenceWord = Literal["available", "busy", "do_not_disturb", "away", "offline", "unknown"]


class Person(Wire):
    """Somebody an agent may ask; skill levels run from 1 to 5."""

    id: str
    name: str
    title: str = ""
    team: str = ""
    skills: dict[str, int] = Field(default_factory=dict)
    time_zone: str = ""
    address: str = ""
    email: str = ""


class Presence(Wire):
    """What the directory says of a person, and when it was observed."""

    person_id: str
    version: int = 1
    state: PresenceWord
    observed_at: float
    activity: str = ""
    in_call: bool | None = None
    in_meeting: bool | None = None
    until: float | None = None
    device: str = ""
    native: str = ""


class ChatLine(Wire):
    """One line of the chat between an agent and an expert."""

    id: str
    person_id: str
    at: float
    mine: bool
    text: str
    delivered: bool = True


class PresenceSnapshot(Wire):
    """Everybody, where they are, and the chats of this principal."""

    as_of: str
    server_time: float
    people: list[Person]
    presence: list[Presence]
    chats: list[ChatLine]


class People(Wire):
    """People found."""

    people: list[Person]


class PresenceAnswer(Wire):
    """One person's presence."""

    presence: Presence


class ChatAnswer(Wire):
    """The line as it was taken."""

    line: ChatLine


class SetPresence(Wire):
    """The agent's own presence."""

    state: PresenceWord
    activity: str = Field(default="", max_length=200)


class SendChat(Wire):
    """A line to an expert."""

    text: Annotated[Text, Field(min_length=1)]
