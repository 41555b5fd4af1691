"""Finds plug-ins by their entry points. `names` imports nothing; `load` imports exactly one."""

import difflib
import logging
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.base import API, OLDEST_API, Backend, Kind, Manifest

log = logging.getLogger(__name__)

_LONGEST: Final = 200


class PluginError(Exception):
    """A plug-in cannot be used; `sentence` says what to do, the text is for the log."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class PluginBrokenError(PluginError):
    """A plug-in is there and does not work here: it cannot be imported, or is none of ours."""


def _by_name(kind: Kind) -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=kind.group):
        owners = found.setdefault(point.name, [])
        # One distribution may be seen twice (editable install beside its build), which is no conflict.
        if all(_owner(point) != _owner(other) for other in owners):
            owners.append(point)
    return found


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def names(kind: Kind) -> list[str]:
    """The names of the installed plug-ins of a kind, sorted, without importing any of them."""
    return sorted(_by_name(kind))


def owner(kind: Kind, name: str) -> str:
    """The distribution that brings a plug-in, with its version where known.

    Raises:
        PluginError: no plug-in of that name is installed, or two are.
    """
    point = _point(kind, name)
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _point(kind: Kind, name: str) -> EntryPoint:
    found = _by_name(kind)
    owners = found.get(name)
    if not owners:
        unknown = Sentence("plugin.unknown", kind=kind.value, name=repr(name))
        close = difflib.get_close_matches(name, found, n=1)
        meant = Sentence("config.did_you_mean", word=repr(close[0])) if close else NOTHING
        installed = Sentence("config.installed", names=tuple(sorted(found))) if found else Sentence("plugin.none_there")
        raise PluginError(unknown + meant + installed)
    if len(owners) > 1:
        both = tuple(sorted(_owner(point) for point in owners))
        raise PluginError(Sentence("plugin.brought_twice", kind=kind.value, name=repr(name), packages=both))
    return owners[0]


def load(kind: Kind, name: str) -> type[Backend]:
    """The class of one plug-in.

    Raises:
        PluginBrokenError: it cannot be imported, is no Backend, or was written for ports that are not served any more,
            or not yet.
        PluginError: it is unknown, or brought twice.
    """
    point = _point(kind, name)
    try:
        found = point.load()
    except (Exception, SystemExit) as error:  # a plug-in may raise anything at import; it must not stop the desktop
        why = " ".join(str(error).split())[:_LONGEST]
        cannot = Sentence("plugin.cannot_be_imported", kind=kind.value, name=repr(name), why=why)
        raise PluginBrokenError(cannot) from error
    if not (isinstance(found, type) and issubclass(found, Backend)):
        raise PluginBrokenError(Sentence("plugin.not_a_backend", kind=kind.value, name=repr(name)))
    manifest: Manifest = found.manifest
    if not OLDEST_API <= manifest.api <= API:
        facts = {"kind": kind.value, "name": repr(name), "api": manifest.api, "oldest": OLDEST_API, "newest": API}
        raise PluginBrokenError(Sentence("plugin.other_api", **facts) + _remedy(manifest))
    if old(manifest):
        log.warning("the next release will not load the %s backend %r: plug-in API %d", kind.value, name, manifest.api)
    return found


def old(manifest: Manifest) -> Sentence:
    """The warning about a plug-in that the next release will not load; nothing for any other."""
    if manifest.api >= API:
        return NOTHING
    facts = {"kind": manifest.kind.value, "name": repr(manifest.name), "api": manifest.api, "newest": API}
    return Sentence("plugin.old_api", **facts) + _remedy(manifest)


def _remedy(manifest: Manifest) -> Sentence:
    return Sentence("plugin.update_desktop" if manifest.api > API else "plugin.ask_author")
