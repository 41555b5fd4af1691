"""Which language is spoken."""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {ENGLISH: "English", "de": "Deutsch"}
"""By their code, under the name they give themselves."""

_in_force = ENGLISH


def current() -> str:
    """The code of the language in force."""
    return _in_force


def put_in_force(code: str) -> None:
    """Remember which one is spoken; any that is not among `LANGUAGES` is English. Call `catalogue.use` instead."""
    global _in_force
    _in_force = code if code in LANGUAGES else ENGLISH


def of_environment(environ: Mapping[str, str]) -> str:
    """The language that the terminal is set to, as gettext finds it: LANGUAGE, LC_ALL, LC_MESSAGES, LANG.

    Returns:
        One of `LANGUAGES`; English for any other.
    """
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return ENGLISH
    wished = [*environ.get("LANGUAGE", "").split(":"), locale]
    codes = (one.replace("-", "_").partition(".")[0].partition("_")[0].lower() for one in wished)
    return next((code for code in codes if code in LANGUAGES), ENGLISH)
