"""Which language is spoken, by what the environment of the terminal says."""

import os
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.words import catalogue, language

NAMES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "DE-de"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "den_CA"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": ""}, "en"),
        ({"LC_MESSAGES": "de_DE", "LANG": "en_GB"}, "de"),
        ({"LC_MESSAGES": "en_GB", "LANG": "de_DE"}, "en"),
        ({"LC_ALL": "en_GB", "LC_MESSAGES": "de_DE", "LANG": "de_DE"}, "en"),
        ({"LC_ALL": "", "LANG": "de_DE"}, "de"),
        ({"LC_ALL": "C", "LANG": "de_DE"}, "en"),
        ({"LANGUAGE": "de", "LANG": "en_GB"}, "de"),
        ({"LANGUAGE": "fr:de:en", "LANG": "fr_FR"}, "de"),
        ({"LANGUAGE": "en:de", "LANG": "de_DE"}, "en"),
        ({"LANGUAGE": "fr", "LANG": "de_DE"}, "de"),
        ({"LANGUAGE": "", "LANG": "de_DE"}, "de"),
        ({"LANGUAGE": "::", "LANG": "de_DE"}, "de"),
        ({"LANGUAGE": "de", "LANG": "C.UTF-8"}, "en"),
        ({"LANGUAGE": "de"}, "en"),
        ({"LANG": "../../de"}, "en"),
        ({"LANG": "de/../../etc"}, "en"),
        ({"LANG": "d\x1be"}, "en"),
        ({"LANG": "{0}"}, "en"),
    ],
)
def test_the_language_of_an_environment(environ: dict[str, str], spoken: str) -> None:
    assert language.of_environment(environ) == spoken


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30)))
def test_any_environment_has_a_language(environ: dict[str, str]) -> None:
    assert language.of_environment(environ) in language.LANGUAGES


@given(st.text(max_size=20))
def test_what_is_no_language_of_ours_is_english(code: str) -> None:
    catalogue.use(code)
    try:
        assert language.current() == (code if code in language.LANGUAGES else "en")
    finally:
        catalogue.use("en")


def test_tests_speak_english() -> None:
    assert language.current() == "en"
    assert language.of_environment(os.environ) == "en"


def test_a_language_is_spoken_until_another_one_is(speak: Callable[[str], None]) -> None:
    speak("de")
    assert language.current() == "de"
    speak("en")
    assert catalogue.tr("Quit") == "Quit"
