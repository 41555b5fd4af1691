"""The kinds of backend and how they differ: the one table that configuration, registry and kit take it from.

The command line imports it for `--help`, so it imports next to nothing: ports and contracts are named, not imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """The kinds of backend, which are also the ends of the entry-point group names and the tables of a profile."""

    CONTACT_CENTER = "contact_center"
    CRM = "crm"
    PRESENCE = "presence"
    MESSAGING = "messaging"
    ASSIST = "assist"
    VOICE = "voice"

    @property
    def group(self) -> str:
        """The entry points of its plug-ins."""
        return f"agent_desktop.{self.value}"

    @property
    def rig_group(self) -> str:
        """The entry points of the rigs that the kit tries its plug-ins with."""
        return f"agent_desktop.rig.{self.value}"


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What is so of one kind."""

    port: str  # its class, module:name
    contract: str  # the tests that the kit holds for it, module:name
    several: bool = False  # whether several backends of one profile may serve it together
    asked: bool = False  # whether `config init` asks for it


KINDS: Mapping[Kind, KindSpec] = MappingProxyType(
    {
        Kind.CONTACT_CENTER: KindSpec(
            "desktop.ports.contact_center:ContactCenter",
            "desktop.testing.contracts.contact_center:ContactCenterContract",
            several=True,
            asked=True,
        ),
        Kind.CRM: KindSpec(
            "desktop.ports.crm:Crm",
            "desktop.testing.contracts.crm:CrmContract",
            several=True,
            asked=True,
        ),
        Kind.PRESENCE: KindSpec(
            "desktop.ports.presence:PresenceSource",
            "desktop.testing.contracts.presence:PresenceContract",
            several=True,
            asked=True,
        ),
        Kind.MESSAGING: KindSpec(
            "desktop.ports.messaging:Messaging",
            "desktop.testing.contracts.messaging:MessagingContract",
            several=True,
            asked=True,
        ),
        Kind.ASSIST: KindSpec(
            "desktop.ports.assist:Assist",
            "desktop.testing.contracts.assist:AssistContract",
            several=True,
        ),
        Kind.VOICE: KindSpec(
            "desktop.ports.voice:Voice",
            "desktop.testing.contracts.voice:VoiceContract",
        ),
    }
)
