"""What a person's programs say of them, and the one presence that comes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.xml import ACTIVITY, CLIENT, DELAY, IDLE, WORD, child_words, local_name, moment, tag, whole
from desktop.domain.entities.person import Presence
from desktop.domain.entities.words import PresenceState

STATES: Mapping[str, PresenceState] = {
    "": PresenceState.AVAILABLE,
    "chat": PresenceState.AVAILABLE,
    "away": PresenceState.AWAY,
    "xa": PresenceState.AWAY,
    "dnd": PresenceState.DO_NOT_DISTURB,
}
"""RFC 6121 section 4.7.2.1. XMPP has no word for busy: see `Activity.engages`."""

_CALLS = frozenset({"on_the_phone", "on_video_phone"})
_BY_PRESENCE = (
    PresenceState.AVAILABLE,
    PresenceState.BUSY,
    PresenceState.DO_NOT_DISTURB,
    PresenceState.AWAY,
    PresenceState.OFFLINE,
    PresenceState.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One program of a person. `priority` is -128..127; `state` is None where we know better than its words."""

    name: str
    show: str
    status: str
    priority: int
    idle_since: float | None
    seen_at: float
    meant: PresenceState | None = None

    @property
    def state(self) -> PresenceState:
        """Its word, normalised; a word that RFC 6121 does not know says nothing."""
        return self.meant or STATES.get(self.show, PresenceState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Activity:
    """What a person does, XEP-0108: one word, a second one that is more exact, and words of their own."""

    general: str = ""
    specific: str = ""
    text: str = ""

    @property
    def in_call(self) -> bool:
        """On the phone, with a picture or without."""
        return self.specific in _CALLS

    @property
    def in_meeting(self) -> bool:
        """In a meeting or at an appointment."""
        return self.specific == "in_a_meeting" or self.general == "having_appointment"

    @property
    def engages(self) -> bool:
        """Whether "do not disturb" beside it means that the person is busy with it (`working/other` is what we say)."""
        return self.in_call or self.in_meeting or (self.general, self.specific) == ("working", "other")

    @property
    def native(self) -> str:
        """As it was sent."""
        return "/".join(part for part in (self.general, self.specific) if part)


def read_resource(stanza: Element, name: str, now: float) -> Resource:
    """What an available presence says of one program of a person.

    A date of sending before now is when it was observed: a server repeats an old presence to whoever comes.
    """
    sent = moment(_attribute(stanza, DELAY, "delay", "stamp"))
    idle = stanza.find(tag(IDLE, "idle"))
    since = None if idle is None else moment(idle.get("since"))
    return Resource(
        name[:WORD],
        child_words(stanza, CLIENT, "show", WORD),
        child_words(stanza, CLIENT, "status"),
        whole(child_words(stanza, CLIENT, "priority", WORD), -128, 127) or 0,
        None if idle is None else min(since, now) if since is not None else now,
        now if sent is None else min(sent, now),
    )


def read_activity(payload: Element) -> Activity:
    """The `<activity/>` of a PEP item; an empty one says that nothing is being done."""
    for general in payload:
        if local_name(general) == "text":
            continue
        specific = next((local_name(one) for one in general), "")
        text = child_words(payload, ACTIVITY, "text")
        return Activity(local_name(general)[:WORD], specific[:WORD], text)
    return Activity()


def merged(
    person_id: str, resources: Iterable[Resource], activity: Activity | None, *, gone: str, version: int, now: float
) -> Presence:
    """The presence of a person whose presence we may see.

    The highest priority decides, as it decides where messages go; among equals the one that is most there.

    Args:
        activity: None when they never told of one.
        gone: what they said when their last program went.
    """
    best = min(
        resources,
        key=lambda one: (-one.priority, _BY_PRESENCE.index(one.state), one.idle_since is not None, -one.seen_at),
        default=None,
    )
    if best is None:
        return Presence(
            person_id, version, PresenceState.OFFLINE, now, gone, in_call=None, in_meeting=None, native="unavailable"
        )
    state = best.state
    if state is PresenceState.DO_NOT_DISTURB and activity is not None and activity.engages:
        state = PresenceState.BUSY
    does = (activity.text or activity.specific.replace("_", " ")) if activity is not None else ""
    idle = state is PresenceState.AVAILABLE and best.idle_since is not None
    native = best.show or "available"
    if activity is not None and activity.native:
        native += f" + {activity.native}"
    if best.status and idle:
        native += f" ({best.status})"
    return Presence(
        person_id,
        version,
        state,
        best.seen_at,
        "idle" if idle else best.status or does,
        in_call=None if activity is None else activity.in_call,
        in_meeting=None if activity is None else activity.in_meeting,
        device=best.name,
        native=native,
    )


def _attribute(stanza: Element, namespace: str, name: str, attribute: str) -> str | None:
    found = stanza.find(tag(namespace, name))
    return None if found is None else found.get(attribute)
