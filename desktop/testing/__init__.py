"""The conformance kit: what the author of a plug-in inherits to find out whether the plug-in keeps its port's promises.

A rig (`rig.py`, `rigs.py`) makes fresh backends, makes things happen on their far side and causes faults. A contract
(`contracts/crm/`, …) is a class of pytest tests that asks for one fixture, `rig`. `report.py` is the pytest plug-in
that computes the tier from what passed. Only this package imports pytest; the desktop never imports this package.
"""

import pkgutil
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from desktop.domain import moved

_PORTS = ("assist", "contact_center", "crm", "messaging", "presence", "voice")
_OF_CONTACT_CENTER = ("history", "quality", "supervision")
MOVED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{f"{__name__}.{name}_contract": f"{__name__}.contracts.{name}" for name in _PORTS},
        **{f"{__name__}.{name}_contract": f"{__name__}.contracts.contact_center.{name}" for name in _OF_CONTACT_CENTER},
        f"{__name__}.contract": f"{__name__}.contracts.base",
    }
)
"""Where the contracts are that plug-ins written for API 1 inherit, by the names they had."""
moved.install(MOVED)

if "pytest" in sys.modules:
    import pytest

    # Before any contract is imported, so that a failing assertion shows its values in an author's own project too.
    pytest.register_assert_rewrite(*(f"{__name__}.{one.name}" for one in pkgutil.iter_modules(__path__)))
