"""The conformance kit: what the author of a plug-in inherits to find out whether the plug-in keeps its port's promises.

A rig (`rig.py`, `rigs.py`) makes fresh backends, makes things happen on their far side and causes faults. A contract
(`crm_contract.py`, …) is a class of pytest tests that asks for one fixture, `rig`. `report.py` is the pytest plug-in
that computes the tier from what passed. Only this package imports pytest; the desktop never imports this package.
"""

import pkgutil
import sys

if "pytest" in sys.modules:
    import pytest

    # Before any contract is imported, so that a failing assertion shows its values in an author's own project too.
    pytest.register_assert_rewrite(*(f"{__name__}.{one.name}" for one in pkgutil.iter_modules(__path__)))
