"""A sentence that names a key names the one in force, whatever a user has put in its place."""

import re
from collections.abc import Callable
from string import Formatter

import pytest
from babel.messages.catalog import Message

from desktop.domain.text.sentence import Sentence
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.key import Key
from desktop.tui.keys.outbox_keys import OUTBOX_BY_ID
from desktop.words import keys as keys_in_words
from desktop.words.catalogue import in_words, tr
from desktop.words.language import LANGUAGES
from desktop.words.marks import Plural
from desktop.words.sentences import SENTENCES
from tests.words.catalogues import OTHERS, collected, kept

NEW_KEY = "f20"


def forms(name: str) -> tuple[str, ...]:
    """A sentence of the catalogue in its forms."""
    known = SENTENCES[name]
    return (known.one, known.several) if isinstance(known, Plural) else (known,)


def keys_named(text: str) -> set[str]:
    """The keys that a sentence names, as the tables call them."""
    return {name for _, name, spec, _ in Formatter().parse(text) if name is not None and spec == "key"}


def facts_named(text: str) -> set[str]:
    """The facts that it names."""
    return {name for _, name, spec, _ in Formatter().parse(text) if name is not None and spec != "key"}


NAMED = [(name, key) for name in SENTENCES for key in sorted(set().union(*map(keys_named, forms(name))))]


@pytest.fixture(scope="module")
def of_the_code() -> list[Message]:
    """Every sentence of the code, those of the screens, too."""
    return [message for message in collected() if message.id]


pytestmark = pytest.mark.usefixtures("tables_of_keys")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("name", "key"), NAMED)
def test_a_sentence_names_the_key_in_force(name: str, key: str, code: str, speak: Callable[[str], None]) -> None:
    speak(code)
    said = Sentence(name, **dict.fromkeys(set().union(*map(facts_named, forms(name))), 2))
    assert keys.shown(key) in in_words(said)
    keys.remap({key: NEW_KEY})
    assert "F20" in in_words(said)


def test_a_sentence_of_the_screens_does_so_too(of_the_code: list[Message]) -> None:
    texts = {text for one in of_the_code for text in ((one.id,) if isinstance(one.id, str) else one.id)}
    by_key = {key: [text for text in texts if key in keys_named(text)] for key in set().union(*map(keys_named, texts))}
    wrong: list[str] = []
    for key, named in by_key.items():
        keys.remap({key: NEW_KEY})
        shown = "esc" if key == "back" else "F20"  # esc always leads back
        wrong += [text for text in named if shown not in tr(text, **dict.fromkeys(facts_named(text), 2))]
    assert wrong == []
    assert sum(map(len, by_key.values())) > 50


@pytest.mark.parametrize(("name", "key"), NAMED)
def test_without_a_screen_it_is_the_usual_key(name: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_in_words, "_asked", [keys_in_words.USUAL.__getitem__])
    said = in_words(Sentence(name, **dict.fromkeys(set().union(*map(facts_named, forms(name))), 2)))
    assert keys_in_words.USUAL[key] in said


def test_the_usual_keys_are_those_of_the_table() -> None:
    assert {name: keys.shown(name) for name in keys_in_words.USUAL} == dict(keys_in_words.USUAL)
    assert keys_in_words.USUAL.keys() >= {key for _, key in NAMED}


def test_no_sentence_names_a_key_by_itself() -> None:
    by_itself = re.compile(r"\b(alt\+[a-z/.!]|ctrl\+[a-z]|[Pp]ress [a-z]\b|F1?\d\b)")
    english = [text for name in SENTENCES for text in forms(name)]
    others = [str(message.string) for code in OTHERS for message in kept(code) if message.id in english]
    assert [text for text in (*english, *others) if by_itself.search(text)] == []


def tables() -> list[Key]:
    """Every key of the tables."""
    return [*keys.BY_ID.values(), *FLOOR_BY_ID.values(), *OUTBOX_BY_ID.values()]


@pytest.mark.parametrize("key", tables(), ids=lambda key: key.id)
def test_what_a_key_is_called_is_in_the_catalogue(key: Key, of_the_code: list[Message]) -> None:
    known = {message.id for message in of_the_code}
    assert {key.english_label, key.english_help, key.english_group, *(label for _, label in key.verbs)} <= known


def test_what_keys_do_that_are_no_verbs_is_in_the_catalogue(of_the_code: list[Message]) -> None:
    assert set(keys.FIXED.values()) <= {message.id for message in of_the_code}


def test_headings_stay_apart_in_every_language(speak: Callable[[str], None]) -> None:
    english = {key.english_group for key in tables()}
    for code in LANGUAGES:
        speak(code)
        assert len({key.group for key in tables()}) == len(english)
