"""The backends of a profile: which there are, what their events are called, which of a kind comes first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from desktop.app.connections.named_crm import NamedCrm
from desktop.app.connections.named_presence import NamedPresence
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.messaging import Messaging
from desktop.ports.presence import PresenceSource
from desktop.ports.voice import Voice

B = TypeVar("B", bound=Backend)


@dataclass(frozen=True, slots=True)
class Backends:
    """Made but not opened. What the profile does not name is None.

    Where several serve a kind, they stand by their source (`crm:shop`) in order of precedence. `targets` says under
    which name the outbox knows a source, where that is not the source itself. `broken` are the sources whose plug-in
    cannot be used, with the reason.
    """

    contact_center: ContactCenter | Mapping[str, ContactCenter] | None = None
    crm: Crm | Mapping[str, Crm] | None = None
    presence: PresenceSource | Mapping[str, PresenceSource] | None = None
    messaging: Messaging | Mapping[str, Messaging] | None = None
    voice: Voice | None = None
    targets: Mapping[str, str] = field(default_factory=dict)
    broken: Mapping[str, Sentence] = field(default_factory=dict)

    @property
    def plugins(self) -> Mapping[str, Backend]:
        """Every backend as its plug-in made it, by source."""
        found: dict[str, Backend] = dict(self.centers)
        if self.voice is not None:
            found["voice"] = self.voice
        found.update(_by_source("crm", self.crm))
        found.update(_by_source("presence", self.presence))
        found.update(_by_source("messaging", self.messaging))
        return found

    @property
    def centers(self) -> Mapping[str, ContactCenter]:
        """Those there are, by source, as their plug-ins made them."""
        return _by_source("contact_center", self.contact_center)

    @property
    def crms(self) -> Mapping[str, Crm]:
        """Those there are, by source; the records of one of several carry its name."""
        found = _by_source("crm", self.crm)
        return {source: NamedCrm(source, crm) if ":" in source else crm for source, crm in found.items()}

    @property
    def directories(self) -> Mapping[str, PresenceSource]:
        """As `crms`."""
        found = _by_source("presence", self.presence)
        return {source: NamedPresence(source, one) if ":" in source else one for source, one in found.items()}

    @property
    def senders(self) -> Mapping[str, Messaging]:
        """Those there are, by source."""
        return _by_source("messaging", self.messaging)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source, usable or not, those of a kind in order of precedence."""
        centers = [source for source in self.centers if ":" in source]
        declared = (*self.targets, *centers, *self.crms, *self.directories, *self.senders, *self.broken)
        return tuple(dict.fromkeys(declared))


def _by_source(kind: str, given: B | Mapping[str, B] | None) -> dict[str, B]:
    if given is None:
        return {}
    return dict(given) if isinstance(given, Mapping) else {kind: given}
