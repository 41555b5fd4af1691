"""Which system something comes from: its kind, and its name where a profile has several of the kind."""

from typing import NamedTuple, Self


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
