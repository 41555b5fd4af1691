"""Says things to people in the language in force.

The code has the English sentences, gettext's catalogues the others; `python -m tests.words` collects the sentences and
writes the catalogues anew. A sentence is marked by the function it is given to: `tr` and its like translate at once,
`mark` and `plural` stand in tables that are made before the language is known. The tables of values are read when the
first value is said: `--help` says none, and must come at once.
"""

import gettext
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Final

from desktop.domain.entities.source import Source
from desktop.domain.text.sentence import VERBATIM, Fact, Sentence
from desktop.words import formats, keys, language
from desktop.words.marks import Plural

DOMAIN: Final = "agent-desktop"
LOCALES: Final = Path(__file__).parent / "locale"

_translations: gettext.NullTranslations = gettext.NullTranslations()


def use(chosen: str) -> None:
    """Speak a language from now on.

    Args:
        chosen: one of `language.LANGUAGES`; any other is English.
    """
    global _translations
    language.put_in_force(chosen)
    if language.current() == language.ENGLISH:
        _translations = gettext.NullTranslations()
    else:
        _translations = gettext.translation(DOMAIN, LOCALES, [language.current()], fallback=True)


def tr(sentence: str, /, **facts: Fact) -> str:
    """A sentence in the language in force.

    Args:
        sentence: in English, with `{name}` or `{name:format}` for each fact and `{name:key}` for a key (see `keys`).
        facts: what stands in for the names. Text from outside must be harmless already.
    """
    found = word(sentence)
    return _filled(found, facts) if "{" in found else found


def word(text: str) -> str:
    """A `mark`ed label in the language in force, without facts; any other text as it is, braces and all."""
    return _translations.gettext(text) if text else ""  # of "", gettext knows what stands at the catalogue's head


def ptr(context: str, sentence: str, /, **facts: Fact) -> str:
    """As `tr`, for a short word that other languages have several of: the context says which is meant."""
    return _filled(_translations.pgettext(context, sentence), facts)


def ntr(one: str, several: str, n: int, /, **facts: Fact) -> str:
    """As `tr`, in singular or plural; `{n}` is the number."""
    return _filled(_translations.ngettext(one, several, n), {"n": n, **facts})


def in_words(sentence: Sentence | str) -> str:
    """What a value says, in the language in force; text is text already."""
    if isinstance(sentence, str):
        return sentence
    if not sentence.then:
        return _said(sentence)
    return " ".join(filter(None, map(_said, sentence.each())))


def _said(sentence: Sentence) -> str:
    if sentence.id == VERBATIM:
        return str(sentence.facts.get("text", ""))
    if not sentence.id:
        return ""
    known = _sentences().get(sentence.id)
    if known is None:  # from a newer desktop's file, or a mistake of ours: never nothing
        return repr(sentence)
    if isinstance(known, Plural):
        n = sentence.facts.get("n")
        found = _translations.ngettext(known.one, known.several, n if isinstance(n, int) else 2)
    else:
        found = _translations.gettext(known)
    try:
        return _filled(found, sentence.facts)
    except (KeyError, ValueError, TypeError):  # from another version's file, or a damaged one
        return repr(sentence)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[str, str | None, str], ...]:
    return tuple((literal, name, spec or "") for literal, name, spec, _ in Formatter().parse(text))


def _filled(text: str, facts: Mapping[str, Fact]) -> str:
    said: list[str] = []
    for literal, name, spec in _parts(text):
        said.append(literal)
        if name is None:
            continue
        said.append(keys.shown(name) if spec == "key" else _written(facts[name], spec))
    return "".join(said)


def _written(fact: Fact, spec: str) -> str:
    if isinstance(fact, Sentence) or spec in ("clause", "sentence"):
        said = in_words(fact) if isinstance(fact, Sentence) else str(fact)
        if spec == "sentence":
            return as_sentence(said)
        return said.rstrip(".") if spec == "clause" else said
    if isinstance(fact, tuple):
        return ", ".join(_written(one, spec) for one in fact)
    form = _forms().get(spec) if spec else None
    if form is not None:
        return form(fact)
    if spec:
        return formats.number(fact, spec)
    if isinstance(fact, Enum):
        return str(fact.value)
    return formats.UNKNOWN if fact is None else str(fact)


@cache
def _sentences() -> Mapping[str, str | Plural]:
    from desktop.words.sentences import SENTENCES

    return SENTENCES


def _term(words: Mapping[str, str]) -> Callable[[Fact], str]:
    def word(fact: Fact) -> str:
        value = fact.value if isinstance(fact, Enum) else fact
        known = words.get(str(value))
        return str(value).replace("_", " ") if known is None else _translations.gettext(known)

    return word


@cache
def _forms() -> Mapping[str, Callable[[Fact], str]]:
    """What may stand behind the colon in a sentence; anything else is a number's format, as in `{seconds:.0f}`."""
    from desktop.words.figure_terms import FIGURES, FORMULAS, VENDORS
    from desktop.words.terms import TERMS

    return {
        "clock": formats.clock,
        "day": formats.day,
        "date": formats.iso_date,
        "weekday": formats.weekday_name,
        "month": formats.month_name,
        "span": formats.span,
        "percent": formats.percent,
        **{table: _term(words) for table, words in TERMS.items()},
        "figure": lambda fact: ptr("figure", FIGURES[str(fact)]),
        "formula": lambda fact: tr(FORMULAS[str(fact)]),
        "vendor": lambda fact: tr(VENDORS[str(fact)]),
        "source": lambda fact: source(str(fact)),
        "the": lambda fact: source(str(fact), article=True),
        "The": lambda fact: _capital(source(str(fact), article=True)),
    }


def term(table: str, value: str) -> str:
    """The word for a value of a closed list; the value itself where there is none."""
    return _forms()[table](value)


def source(name: str, *, article: bool = False) -> str:
    """A source as people say it: `contact_center` is "contact centre", `crm:odoo` "CRM (odoo)".

    Args:
        article: say "the contact centre".
    """
    from desktop.words.terms import SOURCES, THE_SOURCES

    kind, own = Source.of(name)
    known = (THE_SOURCES if article else SOURCES).get(kind)
    said = kind if known is None else _translations.gettext(known)
    return f"{said} ({own})" if own else said


def as_sentence(text: str) -> str:
    """A clause, or the words of a plug-in, as a sentence of its own: with a capital and one full stop."""
    text = text.strip().rstrip(".")
    return f"{_capital(text)}." if text else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
