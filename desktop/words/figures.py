"""Says what figures mean and how they come about. `term("figure", id)` and `term("formula", id)` are their names."""

from collections.abc import Mapping

from desktop.domain.entities.counts import Counts
from desktop.domain.figures.ratio import Ratio, counted
from desktop.domain.figures.service_level import Formula
from desktop.words import formats
from desktop.words.catalogue import ptr, term, tr
from desktop.words.figure_terms import COUNTS, DEFINITIONS


def definition(figure: str) -> str:
    """What a figure means, by its id, in a sentence."""
    return tr(DEFINITIONS[figure])


def known_as(formula: Formula) -> tuple[str, ...]:
    """Whose service level a formula is: "Genesys", "Amazon Connect"."""
    return tuple(term("vendor", vendor) for vendor in formula.known_as)


def arithmetic(ratio: Ratio) -> str:
    """The arithmetic in words, such as "answered in time ÷ (answered + abandoned)"."""
    return _divided(ratio, {name: ptr("count", COUNTS[name]) for name in ratio.needs})


def arithmetic_of(ratio: Ratio, counts: Counts) -> str:
    """The same with the numbers put in, "700 ÷ (880 + 100)"; "" when one is unknown."""
    known = {name: counted(counts, name) for name in ratio.needs}
    texts = {name: formats.number(value, ".12g") for name, value in known.items() if value is not None}
    return _divided(ratio, texts) if len(texts) == len(known) else ""


def _divided(ratio: Ratio, texts: Mapping[str, str]) -> str:
    return f"{_side(ratio.over, ratio.over_less, texts)} ÷ {_side(ratio.of, ratio.of_less, texts)}"


def _side(plus: tuple[str, ...], minus: tuple[str, ...], texts: Mapping[str, str]) -> str:
    text = " + ".join(texts[name] for name in plus) + "".join(f" − {texts[name]}" for name in minus)
    return f"({text})" if len(plus) + len(minus) > 1 else text
