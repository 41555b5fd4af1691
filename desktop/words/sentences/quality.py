"""Sentences of quality."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural

SENTENCES: Final[Mapping[str, str | Plural]] = {}
