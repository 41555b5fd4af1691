"""Which channels the server records (MixMonitor), and which of those recordings are paused. Pure: no clock, no network.

The server tells when a recording begins, ends, is muted or not. What it told nobody, while there was no link, is read
off the channels: the variable that `MixMonitor` leaves there, and ours, which says that a pause was asked for.
"""

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Final

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.contact import Contact, Line
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Phase, Recording

FILE: Final = "MIXMONITOR_FILENAME"
PAUSED: Final = "AGENT_DESKTOP_RECORDING_PAUSED"
"""Holds the moment of a pause; 0 where the recording goes on."""
_SIDES = frozenset({"read", "write"})
_TALKS = frozenset({Phase.OFFERED, Phase.CONNECTING, Phase.ACTIVE})


@dataclass(frozen=True, slots=True)
class _Tape:
    """The recording of one channel, as it is `since` a moment. `muted` are the sides that are not heard in it."""

    since: Instant
    muted: frozenset[str] = field(default_factory=frozenset)

    @property
    def paused(self) -> bool:
        return self.muted == _SIDES


class Recordings:
    """Keeps one tape for each recorded channel, whoever's call it is."""

    def __init__(self) -> None:
        self._tapes: dict[str, _Tape] = {}

    def apply(self, message: Message, at: Instant) -> None:
        """Take in that a recording began, ended, was muted or unmuted."""
        uid, kind = message["Uniqueid"], message["Event"].lower()
        if kind == "mixmonitorstart":
            self._tapes[uid] = _Tape(at)
        elif kind == "mixmonitorstop":
            self.forget(uid)
        elif uid:
            sides = {message["Direction"].lower()} & _SIDES or _SIDES
            tape = self._tapes.get(uid, _Tape(at))
            on = message["State"] == "1"
            self._put(uid, tape.muted | sides if on else tape.muted - sides, at)

    def set(self, uid: str, *, paused: bool, at: Instant) -> None:
        """Both sides of a channel's recording are muted, or neither is."""
        self._put(uid, _SIDES if paused else frozenset(), at)

    def forget(self, uid: str) -> None:
        """The channel is not recorded, or gone."""
        self._tapes.pop(uid, None)

    def read(self, channels: Mapping[str, Mapping[str, str]], at: Instant, touched: Set[str]) -> None:
        """Take in a list of all channels.

        Args:
            channels: the variables of each, by the channel's id.
            touched: channels of which events told while the list was made, and which are newer.
        """
        for uid in self._tapes.keys() - channels.keys() - touched:
            self.forget(uid)
        for uid, told in channels.items():
            if uid in touched:
                continue
            paused = _moment(told.get(PAUSED, ""))
            if not told.get(FILE):
                self.forget(uid)
            elif paused is not None:
                self._put(uid, _SIDES if paused else frozenset(), paused or at)
            else:
                self._tapes.setdefault(uid, _Tape(at))

    def lines(self, contact: Contact) -> list[Line]:
        """The channels of a call that are recorded."""
        return [line for line in _ends(contact) if line.uid in self._tapes]

    def show(self, contact: Contact) -> bool:
        """Put what is so into the contact; says whether that changed anything. Paused is what is paused altogether."""
        tapes = [self._tapes[line.uid] for line in self.lines(contact)]
        if contact.interaction.phase not in _TALKS or not tapes:
            now, since = Recording.NONE, None
        elif all(tape.paused for tape in tapes):
            now, since = Recording.PAUSED, max(tape.since for tape in tapes)
        else:
            now, since = Recording.ACTIVE, min(tape.since for tape in tapes if not tape.paused)
        changed = now is not contact.interaction.recording
        contact.change(recording=now, recording_since=since)
        return changed

    def _put(self, uid: str, muted: frozenset[str], at: Instant) -> None:
        tape = self._tapes.get(uid)
        if tape is None or tape.paused is not (muted == _SIDES):
            self._tapes[uid] = _Tape(at, muted)
        else:
            self._tapes[uid] = replace(tape, muted=muted)


def _ends(contact: Contact) -> Iterable[Line]:
    return (contact.agent,) if contact.caller is None else (contact.agent, contact.caller)


def _moment(text: str) -> float | None:
    """Since when a recording is paused, 0.0 where it is not; None where nobody said, or nobody can tell what."""
    try:
        moment = float(text)
    except ValueError:
        return None
    return moment if 0.0 <= moment < math.inf else None
