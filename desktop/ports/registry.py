"""Finds plug-ins by their entry points. `names` imports nothing; `load` imports exactly one."""

import difflib
import logging
from importlib.metadata import EntryPoint, entry_points

from desktop.ports.base import API, OLDEST_API, Backend, Kind, Manifest

log = logging.getLogger(__name__)


class PluginError(Exception):
    """A plug-in cannot be used; the message says what to do."""


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
        close = difflib.get_close_matches(name, found, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        installed = ", ".join(sorted(found)) or "none"
        raise PluginError(f"There is no {kind.value} backend named {name!r}.{hint} Installed: {installed}.")
    if len(owners) > 1:
        both = " and ".join(sorted(_owner(point) for point in owners))
        raise PluginError(f"Two packages bring a {kind.value} backend named {name!r}: {both}. Uninstall one.")
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
        raise PluginBrokenError(f"The {kind.value} backend {name!r} cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Backend)):
        raise PluginBrokenError(f"The {kind.value} backend {name!r} is not a Backend.")
    manifest: Manifest = found.manifest
    if not OLDEST_API <= manifest.api <= API:
        raise PluginBrokenError(
            f"The {kind.value} backend {name!r} was written for plug-in API {manifest.api}; this desktop has"
            f" {OLDEST_API} to {API}. {_remedy(manifest)}"
        )
    if warning := old(manifest):
        log.warning("%s", warning)
    return found


def old(manifest: Manifest) -> str:
    """The warning about a plug-in that the next release will not load; empty for any other."""
    if manifest.api >= API:
        return ""
    return (
        f"The {manifest.kind.value} backend {manifest.name!r} was written for plug-in API {manifest.api}. This desktop"
        f" has {API}, and its next release will not load it. {_remedy(manifest)}"
    )


def _remedy(manifest: Manifest) -> str:
    return "Update the desktop." if manifest.api > API else "Ask its author for a newer version."
