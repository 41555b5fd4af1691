"""What tells customers apart, in words."""

from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Address
from desktop.domain.select import Trait, Traits
from desktop.tui.words import wording
from desktop.words.catalogue import tr


def traits(known: Traits, now: Instant) -> str:
    """`Kestrel Optics · +44 20 7946 0321 · SE4 2AB London · last contact 12 Nov`."""
    return " · ".join(_words(trait, value, now) for trait, value in known)


def _words(trait: Trait, value: Address | Instant | str, now: Instant) -> str:
    if isinstance(value, Address):
        return wording.address(value)
    if isinstance(value, float | int):
        return tr("last contact {day}", day=wording.day(value, now))
    return tr("id {id}", id=value) if trait is Trait.ID else value
