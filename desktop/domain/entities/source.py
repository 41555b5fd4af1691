"""Which system something comes from: its kind, and its name where a profile has several of the kind."""

from collections.abc import Iterable
from typing import NamedTuple, Self

CENTRE = "contact_center"


class Source(NamedTuple):
    """A source as a record. On disk, in profiles and as a key of mappings it is one word, `crm` or `crm:shop`."""

    kind: str
    name: str = ""

    @classmethod
    def of(cls, word: str) -> Self:
        """The record of such a word; this is the only place that takes one apart."""
        kind, _, name = word.partition(":")
        return cls(kind, name)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    def qualified(self, record_id: str) -> str:
        """The id by which the whole desktop knows one of its records."""
        return f"{self.name}:{record_id}" if self.name else record_id

    def unqualified(self, record_id: str) -> str:
        """The id by which the source itself knows it; an id without its name is taken to be one already."""
        return record_id.removeprefix(f"{self.name}:") if self.name else record_id

    def owns(self, record_id: str) -> bool:
        """Whether an id of the desktop is of this source; the only one of its kind owns all."""
        return not self.name or record_id.startswith(f"{self.name}:")


def holder(sources: Iterable[str], record_id: str) -> str:
    """The source of the contact centre whose id this is, out of all sources; the first where it names none."""
    named = [source for source in sources if Source.of(source).kind == CENTRE]
    own = f"{CENTRE}:{record_id.partition(':')[0]}"
    return own if own in named else next(iter(named), CENTRE)
