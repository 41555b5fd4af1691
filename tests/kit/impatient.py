"""A pytest plug-in for backends in memory: nothing needs to be waited for as long as on a real network.

Of a broken backend only the tests that it must fail are run, unless `--every-test` asks for all of them.
"""

import pytest

from desktop.testing.contracts import resilience, stream

resilience.HOST_SECONDS = 0.02
resilience.GRACE = 0.2
stream.LONGEST_SILENCE = 0.5
stream.FIRST_WORD = 0.1


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whether to see, too, that a broken backend fails nothing else."""
    parser.addoption("--every-test", action="store_true", help="run the whole contract for each broken backend")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has nothing to do with what is broken."""
    from .broken import BROKEN

    if config.getoption("--every-test"):
        return
    wanted = {(one.backend.__module__, f"Test{one.backend.__name__}"): one.fails for one in BROKEN}
    spare = [one for one in items if one.name not in wanted.get(_whose(one), {one.name})]
    config.hook.pytest_deselected(items=spare)
    items[:] = [one for one in items if one.name in wanted.get(_whose(one), {one.name})]


def _whose(item: pytest.Item) -> tuple[str, str]:
    contract = getattr(item, "cls", object)
    return contract.__module__, contract.__name__
