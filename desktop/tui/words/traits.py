"""What tells customers apart, in words."""

from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Address
from desktop.domain.select import Trait, Traits
from desktop.tui.widgets.safe_text import content
from desktop.tui.words import wording
from desktop.words.catalogue import tr


def traits(known: Traits, now: Instant, room: int = 0) -> str:
    """`Kestrel Optics · +44 20 7946 0321 · SE4 2AB London · last contact 12 Nov`.

    Args:
        known: what there is to say, the most telling first.
        now: the server's time.
        room: cells; what there is none for goes in whole parts. 0 where that is not known yet.
    """
    said = [_words(trait, value, now) for trait, value in known]
    while room and len(said) > 1 and content(" · ".join(said)).cell_length > room:
        said.pop()
    return " · ".join(said)


def _words(trait: Trait, value: Address | Instant | str, now: Instant) -> str:
    if isinstance(value, Address):
        return wording.address(value)
    if isinstance(value, float | int):
        return tr("last contact {day}", day=wording.day(value, now))
    return tr("id {id}", id=value) if trait is Trait.ID else value
