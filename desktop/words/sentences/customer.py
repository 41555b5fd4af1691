"""The customer: found, linked, created, and their records."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "customer.search_first": mark("Search for the customer before you create them again."),
}
