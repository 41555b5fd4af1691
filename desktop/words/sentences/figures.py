"""Figures in their units, as they stand in other sentences."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "amount.count": mark("{value:.10g}"),
    "amount.percent": mark("{value:.10g} %"),
    "amount.seconds": mark("{value:.10g} s"),
    "amount.span": mark("{value:span}"),
}
