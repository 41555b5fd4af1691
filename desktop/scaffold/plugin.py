"""A new plug-in package: a backend that keeps its contract from the first minute, its rig and its tests."""

import re
from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Final

from desktop.domain.text.sentence import Sentence
from desktop.ports import registry
from desktop.ports.base import API
from desktop.ports.kinds import KINDS, Kind

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ENDING: Final = ".jinja"
_NAME: Final = re.compile(r"(?=.{1,30}\Z)[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_CALLED: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.CONTACT_CENTER: "contact centre",
        Kind.CRM: "CRM",
        Kind.PRESENCE: "company directory",
        Kind.MESSAGING: "message sender",
        Kind.ASSIST: "knowledge suggester",
        Kind.VOICE: "softphone",
    }
)
"""What a backend of a kind is called in the text of the package, which is English like all source."""


class ScaffoldError(Exception):
    """A package cannot be written; `sentence` says why. What was there is as it was."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def write(kind: Kind, name: str, into: Path) -> Path:
    """Write a new package into the folder `into/NAME`, which must not be there yet; answers that folder.

    Args:
        name: what the plug-in is called in a profile. It is also the name of its entry point.

    Raises:
        ScaffoldError: the name cannot be used, or something is in the way.
    """
    if not _NAME.fullmatch(name):
        raise ScaffoldError(Sentence("scaffold.bad_name", name=repr(name)))
    if name in registry.names(kind):
        raise ScaffoldError(Sentence("scaffold.taken", kind=kind.value, name=repr(name)))
    files = _files(kind, name)
    folder = into / name
    try:
        folder.mkdir(parents=True)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise ScaffoldError(Sentence("scaffold.in_the_way", folder=str(folder))) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ScaffoldError(Sentence("scaffold.not_written", folder=str(folder), why=why)) from error
    return folder


def _files(kind: Kind, name: str) -> Mapping[str, str]:
    """The files of a package and what is in them, by their paths."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    words = re.split(r"[-_]", name)
    suffix = "".join(word.capitalize() for word in kind.value.split("_"))
    contract_module, _, contract = KINDS[kind].contract.partition(":")
    facts = {
        "kind": kind,
        "name": name,
        "title": " ".join(word.capitalize() for word in words),
        "called": _CALLED[kind],
        "distribution": "-".join(["agent-desktop", *words, *kind.value.split("_")]),
        "package": "_".join([*words, kind.value]),
        "cls": "".join(word.capitalize() for word in words) + suffix,
        "api": API,
        "streams": hasattr(resolve_name(KINDS[kind].port), "events"),
        "contract_module": contract_module,
        "contract": contract,
    }
    environment = Environment(  # noqa: S701 - what is written is Python and not HTML
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found: dict[str, str] = {}
    for template in environment.list_templates():
        room, _, path = template.removesuffix(_ENDING).partition("/")
        if room not in {"every", kind.value} or (path == "package/stream.py" and not facts["streams"]):
            continue
        found[path.replace("package/", f"{facts['package']}/")] = environment.get_template(template).render(facts)
    return found
