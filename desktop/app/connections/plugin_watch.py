"""Names plug-ins that keep the screen from being drawn, or that the next release will not load."""

import logging
from collections.abc import Mapping

from desktop.app.store import Store
from desktop.domain.state.own_events import LookedOdd
from desktop.domain.text.sentence import Sentence
from desktop.ports import registry
from desktop.ports.base import Backend
from desktop.ports.loop_watch import LoopWatch, Stall

log = logging.getLogger(__name__)

_WORSE = 2.0
"""A stall in the same place is told again when it took so many times as long."""


class PluginWatch:
    """Tells the log at once, and the diagnostics screen once there is one again."""

    def __init__(self, store: Store, backends: Mapping[str, Backend]) -> None:
        """Nothing is watched yet. `backends` are the plug-ins' own objects, by source."""
        self._store = store
        self._backends = backends
        self._longest: dict[str, float] = {}
        self._loop = LoopWatch(self.stalled, _owners(backends))

    def begin(self) -> None:
        """Watch the running loop; say which plug-ins are old."""
        self._loop.begin()
        for source, backend in self._backends.items():
            if warning := registry.old(backend.manifest):
                self._store.publish(LookedOdd(warning), source)

    def end(self) -> None:
        """Watch no more. May be called twice, and before `begin`."""
        self._loop.end()

    def stalled(self, stall: Stall) -> None:
        """The loop stands still, or did."""
        backend = self._backends.get(stall.owner)
        plugin = backend.manifest.name if backend is not None else ""
        who = f"{stall.owner} ({plugin})" if backend is not None else "the desktop"
        level = logging.WARNING if stall.owner else logging.INFO
        if not stall.over:
            log.log(level, "%s keeps the event loop for itself; innermost first: %s", who, " < ".join(stall.stack))
            return
        log.log(level, "%s kept the event loop for %.2f s, in %s", who, stall.seconds, stall.where)
        if stall.owner and stall.seconds >= _WORSE * self._longest.get(stall.where, 0.0):
            self._longest[stall.where] = stall.seconds
            seconds, where = stall.seconds, stall.where
            stalled = Sentence("odd.stalled", source=stall.owner, plugin=plugin, seconds=seconds, where=where)
            self._store.publish(LookedOdd(stalled), stall.owner)


def _owners(backends: Mapping[str, Backend]) -> dict[str, str]:
    """Whose code it is, by module, and by package where nobody else's is in it."""
    modules: dict[str, str] = {}
    packages: dict[str, set[str]] = {}
    for source, backend in backends.items():
        module = type(backend).__module__
        modules.setdefault(module, source)
        packages.setdefault(_package(module), set()).add(source)
    return {package: next(iter(one)) for package, one in packages.items() if len(one) == 1} | modules


def _package(module: str) -> str:
    """All that a plug-in brings; of a bundled one, `desktop.backends.NAME`."""
    names = module.split(".")
    return ".".join(names[:3] if names[0] == "desktop" else names[:1])
