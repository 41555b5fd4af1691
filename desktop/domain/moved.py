"""Modules under the names that plug-ins written for API 1 import. It goes together with that API."""

import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    Loader = object  # that module brings half the standard library along

_ENTITIES = ("address", "alert", "counts", "customer", "floor", "history", "instant", "message", "model", "person")
MOVED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{f"desktop.domain.{name}": f"desktop.domain.entities.{name}" for name in (*_ENTITIES, "phone", "words")},
        **{
            f"desktop.domain.{name}": f"desktop.domain.state.{name}" for name in ("events", "floor_events", "lifecycle")
        },
        **{f"desktop.domain.{name}": f"desktop.domain.reviews.{name}" for name in ("quality", "scorecards")},
        "desktop.domain.hearing": "desktop.domain.select.hearing",
    }
)
"""Where each is now, by the name it had."""


class _Finder(Loader):
    """Gives the module of today under its old name: its classes must be the same, not equal ones."""

    def __init__(self, moved: Mapping[str, str]) -> None:
        self.moved = moved

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in self.moved else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """An empty one will do: the module of today takes its place."""

    def exec_module(self, module: ModuleType) -> None:
        old = module.__name__
        now = self.moved[old]
        warnings.warn(f"{old} is {now} now; the next release has no other", DeprecationWarning, stacklevel=2)
        sys.modules[old] = import_module(now)


def install(moved: Mapping[str, str] = MOVED) -> None:
    """Serve old names to whoever asks for them; nothing else is looked up more slowly.

    Args:
        moved: where each module is now, by the name it had.
    """
    sys.meta_path.append(_Finder(moved))
