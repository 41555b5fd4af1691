"""The people of the company and where they are, moving through their day by themselves."""

from functools import partial

from mock_backends.company.company import Company
from mock_backends.http.event_log import EventLog
from mock_backends.http.problem import not_found
from mock_backends.http.site import Site, new_id
from mock_backends.wire.base import Wire
from mock_backends.wire.presence import ChatLine, Person, Presence, PresenceWord
from mock_backends.world.people import PresenceSpan

NATIVE: dict[str, str] = {
    "available": "Available",
    "busy": "Busy",
    "do_not_disturb": "DoNotDisturb",
    "away": "BeRightBack",
    "offline": "Offline",
    "unknown": "PresenceUnknown",
}
WORDS: dict[str, PresenceWord] = {"dnd": "do_not_disturb"}


class PresenceEvent(Wire):
    """A `presence.changed` event."""

    at: float
    reason: str
    presence: Presence


class ChatEvent(Wire):
    """A `chat.line` event."""

    at: float
    reason: str
    line: ChatLine


class Directory:
    """People, presence and chats."""

    def __init__(self, site: Site, log: EventLog) -> None:
        self._site = site
        self._log = log
        self._world = site.world
        self.people: dict[str, Person] = {person.id: person for person in Company(site).people()}
        self.presence: dict[str, Presence] = {}
        self.chats: dict[str, list[ChatLine]] = {}  # by principal
        self._before_call: dict[str, Presence] = {}
        now = site.clock.now()
        for person_id in self.people:
            span = next((s for s in self._world.presence(person_id) if s.start <= now < s.end), None)
            if span is not None:
                self.presence[person_id] = _as_presence(person_id, 1, span)

    def start(self) -> None:
        """Let people move through their day."""
        now = self._site.clock.now()
        for person_id in self.people:
            for span in self._world.presence(person_id):
                if span.start > now:
                    self._site.agenda.at(span.start, partial(self._move, person_id, span))

    def find(self, text: str, skill: str) -> list[Person]:
        """People whose name, title, team or a skill contains `text` and who have `skill` (each may be empty)."""
        wanted, skill = text.casefold().strip(), skill.casefold().strip()
        return [
            person
            for person in self.people.values()
            if (not skill or skill in (known.casefold() for known in person.skills))
            and (
                not wanted
                or any(wanted in part.casefold() for part in (person.name, person.title, person.team, *person.skills))
            )
        ]

    def set(
        self,
        person_id: str,
        state: PresenceWord,
        *,
        activity: str = "",
        in_call: bool | None = False,
        in_meeting: bool | None = False,
        until: float | None = None,
        native: str | None = None,
        reason: str = "changed",
    ) -> Presence:
        """Somebody's presence from now on; everybody is told.

        :raises Problem: 404 for somebody who does not work here.
        """
        before = self.presence.get(person_id)
        if before is None:
            raise not_found("There is no such person.")
        now = self._site.clock.now()
        presence = Presence(
            person_id=person_id,
            version=before.version + 1,
            state=state,
            observed_at=now,
            activity=activity,
            in_call=in_call,
            in_meeting=in_meeting,
            until=until,
            device=before.device,
            native=native or NATIVE[state],
        )
        self.presence[person_id] = presence
        event = PresenceEvent(at=now, reason=reason, presence=presence)
        self._log.publish("presence.changed", event.model_dump_json().encode(), self._site.tokens.principals)
        return presence

    def on_call(self, person_id: str, on: bool) -> None:
        """The contact centre says that a person is on the phone with an agent, or no more."""
        if person_id not in self.presence:
            return
        if on:
            self._before_call[person_id] = self.presence[person_id]
            self.set(person_id, "busy", activity="In a call", in_call=True, reason="on_call")
        elif before := self._before_call.pop(person_id, None):
            self.set(
                person_id,
                before.state,
                activity=before.activity,
                in_call=before.in_call,
                in_meeting=before.in_meeting,
                until=before.until,
                reason="call_ended",
            )

    def state_of(self, person_id: str) -> str | None:
        """Their state, None for somebody unknown."""
        presence = self.presence.get(person_id)
        return presence.state if presence else None

    def say(self, principal: str, person_id: str, text: str, *, mine: bool) -> ChatLine:
        """A line between a principal and a person. The principal's streams hear of it, their own lines too."""
        if person_id not in self.people:
            raise not_found("There is no such person.")
        now = self._site.clock.now()
        line = ChatLine(id=new_id("line"), person_id=person_id, at=now, mine=mine, text=text)
        self.chats.setdefault(principal, []).append(line)
        event = ChatEvent(at=now, reason="sent" if mine else "received", line=line)
        self._log.publish("chat.line", event.model_dump_json().encode(), [principal])
        person = self._world.person(person_id)
        if mine and person is not None and person.reply_after is not None and self.state_of(person_id) != "offline":
            self._site.agenda.after(person.reply_after, partial(self._reply, principal, person_id, person.reply))
        return line

    def _reply(self, principal: str, person_id: str, text: str) -> None:
        self.say(principal, person_id, text, mine=False)

    def _move(self, person_id: str, span: PresenceSpan) -> None:
        if person_id in self._before_call:  # the phone is stronger than the calendar
            return
        new = _as_presence(person_id, 0, span)
        self.set(
            person_id,
            new.state,
            activity=new.activity,
            in_call=new.in_call,
            in_meeting=new.in_meeting,
            until=new.until,
        )


def _as_presence(person_id: str, version: int, span: PresenceSpan) -> Presence:
    state: PresenceWord = WORDS.get(span.presence, span.presence)  # type: ignore[arg-type]
    return Presence(
        person_id=person_id,
        version=version,
        state=state,
        observed_at=span.start,
        activity=span.activity,
        in_call=span.in_call,
        in_meeting=span.in_meeting,
        until=span.end if span.in_meeting or span.in_call else None,
        native=NATIVE[state],
    )
