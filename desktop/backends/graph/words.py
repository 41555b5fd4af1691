"""Graph's words for presence, normalised.

Its documentation lists mixed spellings, and words of one field turn up in the other: so each is read in either field
and in any case. A word nobody knows says nothing, and is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.entities.words import PresenceState


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word says: a state, and what the person does."""

    state: PresenceState
    doing: str = ""
    in_call: bool = False
    in_meeting: bool = False


WORDS: Mapping[str, Meaning] = {
    "available": Meaning(PresenceState.AVAILABLE),
    "availableidle": Meaning(PresenceState.AVAILABLE, "idle"),
    "busy": Meaning(PresenceState.BUSY),
    "busyidle": Meaning(PresenceState.BUSY, "idle"),
    "inacall": Meaning(PresenceState.BUSY, "in a call", in_call=True),
    "inaconferencecall": Meaning(PresenceState.BUSY, "in a conference call", in_call=True),
    "inameeting": Meaning(PresenceState.BUSY, "in a meeting", in_meeting=True),
    "donotdisturb": Meaning(PresenceState.DO_NOT_DISTURB),
    "presenting": Meaning(PresenceState.DO_NOT_DISTURB, "presenting"),
    "focusing": Meaning(PresenceState.DO_NOT_DISTURB, "focusing"),
    "urgentinterruptionsonly": Meaning(PresenceState.DO_NOT_DISTURB, "urgent interruptions only"),
    "away": Meaning(PresenceState.AWAY),
    "inactive": Meaning(PresenceState.AWAY, "inactive"),
    "berightback": Meaning(PresenceState.AWAY, "be right back"),
    "outofoffice": Meaning(PresenceState.AWAY, "out of office"),
    "offline": Meaning(PresenceState.OFFLINE),
    "offwork": Meaning(PresenceState.OFFLINE, "off work"),
    "presenceunknown": Meaning(PresenceState.UNKNOWN),
}

PREFERRED: Mapping[PresenceState, tuple[str, str]] = {
    PresenceState.AVAILABLE: ("Available", "Available"),
    PresenceState.BUSY: ("Busy", "Busy"),
    PresenceState.DO_NOT_DISTURB: ("DoNotDisturb", "DoNotDisturb"),
    PresenceState.AWAY: ("Away", "Away"),
    PresenceState.OFFLINE: ("Offline", "OffWork"),
}
"""The pairs that `setUserPreferredPresence` takes."""


def meaning(availability: str, activity: str) -> Meaning:
    """What both words say together: the state is the availability's, unless that says nothing."""
    first, second = (WORDS.get(word.casefold()) for word in (availability, activity))
    if first is None or first.state is PresenceState.UNKNOWN:
        first, second = second, first
    if first is None:
        return Meaning(PresenceState.UNKNOWN)
    if second is None:
        return first
    return Meaning(
        first.state, first.doing or second.doing, first.in_call or second.in_call, first.in_meeting or second.in_meeting
    )
