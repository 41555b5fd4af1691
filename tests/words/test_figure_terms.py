"""Every figure, formula and verb of the floor has its words, and there are none of what is not there."""

from desktop.app.supervision.floor_commands import AgentVerb
from desktop.domain.alerts.rules import WATCHED
from desktop.domain.entities.floor import ActivityKind, FloorVerb
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.ratio import COUNTED
from desktop.domain.figures.service_level import FORMULAS
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.supervisor.verb_words import SHOWN
from desktop.words.figure_terms import COUNTS, DEFINITIONS, FIGURES, VENDORS
from desktop.words.figure_terms import FORMULAS as FORMULA_WORDS
from desktop.words.sentences import SENTENCES
from desktop.words.terms import TERMS


def test_every_figure_count_and_formula_has_its_words() -> None:
    assert set(FIGURES) == set(WATCHED)
    assert set(DEFINITIONS) == set(METRICS)
    assert set(FORMULA_WORDS) == set(FORMULAS)
    assert set(COUNTS) == set(COUNTED)
    assert set(VENDORS) == {vendor for formula in FORMULAS.values() for vendor in formula.known_as}


def test_every_verb_of_the_floor_says_what_was_done_and_what_was_not() -> None:
    verbs = {verb.value for kind in (FloorVerb, AgentVerb) for verb in kind}
    assert set(TERMS["floor_verb"]) == verbs
    assert set(TERMS["activity"]) == set(ActivityKind)
    for said in ("done", "not_done"):
        prefix = f"floor.{said}."
        assert {one.removeprefix(prefix) for one in SENTENCES if one.startswith(prefix)} == verbs


def test_every_verb_of_the_floor_is_shown() -> None:
    assert set(SHOWN) == set(FloorVerb)
    assert {words.key for words in SHOWN.values()} <= set(FLOOR_BY_ID)
