"""The sentences that the code has, and the catalogues of the other languages."""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from desktop.words.catalogue import DOMAIN, LOCALES
from desktop.words.language import ENGLISH, LANGUAGES
from tests.words.code import GIVEN_TO_THE_CATALOGUE, called, modules

WITH_CONTEXT = frozenset({"ptr", "pmark"})
WITH_PLURAL = frozenset({"ntr", "plural"})
OTHERS = tuple(code for code in LANGUAGES if code != ENGLISH)


def collected() -> Catalog:
    """Every sentence of the code, in the order of its files."""
    found = Catalog(project="agent-desktop", charset="utf-8")
    for file, tree in modules(".", naming=frozenset(f"{name}(" for name in GIVEN_TO_THE_CATALOGUE)):
        for call in calls_of_the_catalogue(tree):
            for context, text in _given(call):
                found.add(text, None, [(file, None)], context=context)
    return found


def calls_of_the_catalogue(tree: ast.Module) -> list[ast.Call]:
    """Where a module gives a sentence to the catalogue, from its beginning to its end."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in GIVEN_TO_THE_CATALOGUE)
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _given(call: ast.Call) -> Iterator[tuple[str | None, str | tuple[str, str]]]:
    """What a call gives to the catalogue: of `tr("a" if it else "b")` both.

    Babel's own extraction overlooks what stands in an f-string.
    """
    texts = [tuple(_literals(one)) for one in call.args[:2]]
    match texts:
        case [(context,), several] if called(call) in WITH_CONTEXT:
            yield from ((context, one) for one in several)
        case [(one,), (several,)] if called(call) in WITH_PLURAL:
            yield None, (one, several)
        case [several, *_] if called(call) not in WITH_CONTEXT | WITH_PLURAL:
            yield from ((None, one) for one in several)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def po_file(code: str) -> Path:
    """What translators edit."""
    return LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_file(code: str) -> Path:
    """What the program reads."""
    return po_file(code).with_suffix(".mo")


def kept(code: str) -> Catalog:
    """A language's catalogue as it is now; empty where there is none."""
    path = po_file(code)
    if not path.exists():
        return Catalog(locale=code, domain=DOMAIN, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def updated(code: str, sentences: Catalog) -> Catalog:
    """The language's catalogue with the sentences of the code: new ones untranslated, gone ones dropped."""
    old = kept(code)
    new = Catalog(
        locale=code,
        domain=DOMAIN,
        header_comment=f"# What agent-desktop says, in {LANGUAGES[code]}.",
        project="agent-desktop",
        version="1",
        msgid_bugs_address="its maintainers",
        last_translator="its maintainers",
        language_team="its maintainers",
        charset="utf-8",
        fuzzy=False,
    )
    new.creation_date = new.revision_date = old.creation_date if po_file(code).exists() else new.creation_date
    for message in sentences:
        if message.id:
            known = old.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            string = known.string if known is not None else None
            new.add(message.id, string, message.locations, context=message.context)
    return new


def po_bytes(catalogue: Catalog) -> bytes:
    """As it stands in the file for translators; without line numbers, which would change with every edit."""
    file = BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False, sort_output=False)
    return file.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """As it stands in the file for the program."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def missing(catalogue: Catalog) -> Iterator[str]:
    """The sentences without a translation."""
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(strings):
            yield message.id if isinstance(message.id, str) else message.id[0]
