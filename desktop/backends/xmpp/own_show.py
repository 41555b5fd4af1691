"""What the agent's own session says of itself: its presence, and what its owner is doing."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.resources import Activity
from desktop.backends.xmpp.xml import ACTIVITY, CLIENT, PUBSUB, add, line, make, sendable
from desktop.domain.entities.words import PresenceState
from desktop.ports.errors import Rejected

_SHOWS = {
    PresenceState.AVAILABLE: "",
    PresenceState.BUSY: "dnd",
    PresenceState.DO_NOT_DISTURB: "dnd",
    PresenceState.AWAY: "away",
}
_LONGEST_STATUS = 500


@dataclass(frozen=True, slots=True)
class OwnShow:
    """One state with its words. A new session says it again."""

    state: PresenceState = PresenceState.AVAILABLE
    status: str = ""
    in_call: bool = False

    @property
    def show(self) -> str:
        """The state as RFC 6121 has it; "" is available."""
        return _SHOWS[self.state]

    @property
    def doing(self) -> Activity:
        """The state as XEP-0108 has it, which knows calls."""
        if self.in_call:
            return Activity("talking", "on_the_phone")
        return Activity("working", "other") if self.state is PresenceState.BUSY else Activity()

    @property
    def stanza(self) -> Element:
        """The presence to send."""
        stanza = make(CLIENT, "presence")
        if self.show:
            add(stanza, CLIENT, "show", self.show)
        if self.status:
            add(stanza, CLIENT, "status", self.status)
        return stanza

    @property
    def publication(self) -> Element:
        """What to publish of `doing`."""
        pubsub = make(PUBSUB, "pubsub")
        item = add(add(pubsub, PUBSUB, "publish", node=ACTIVITY), PUBSUB, "item", id="current")
        payload = add(item, ACTIVITY, "activity")
        if self.doing.general:
            general = add(payload, ACTIVITY, self.doing.general)
            if self.doing.specific:
                add(general, ACTIVITY, self.doing.specific)
        return pubsub


def own_show(state: PresenceState, activity: str, *, in_call: bool) -> OwnShow:
    """What to say for a state with a few words of the agent.

    Raises:
        Rejected: nobody can be in that state and see the others.
    """
    if state not in _SHOWS:
        raise Rejected(f"Nobody can be {state.value} and see the others at the same time.")
    return OwnShow(state, line(sendable(activity), _LONGEST_STATUS), in_call)
