"""The sentences that the code has, and the catalogues of the other languages."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from desktop.words.catalogue import DOMAIN, LOCALES
from desktop.words.language import ENGLISH, LANGUAGES

PROJECT = Path(__file__).parents[2]
MARKS = {"tr": None, "ptr": ((1, "c"), 2), "ntr": (1, 2), "mark": None, "pmark": ((1, "c"), 2), "plural": (1, 2)}
OTHERS = tuple(code for code in LANGUAGES if code != ENGLISH)


def collected() -> Catalog:
    """Every sentence of the code, in the order of its files."""
    found = Catalog(project="agent-desktop", charset="utf-8")
    for name, _, text, comments, context in extract_from_dir(PROJECT / "desktop", keywords=MARKS):
        found.add(text, None, [(name, None)], auto_comments=comments, context=context)
    return found


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
    new = Catalog(locale=code, domain=DOMAIN, project="agent-desktop", charset="utf-8", fuzzy=False)
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
