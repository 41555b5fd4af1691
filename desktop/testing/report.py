"""The pytest plug-in that turns contract tests into a report: `-p desktop.testing.report --conformance-report FILE`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from desktop.ports.base import API, Manifest
from desktop.testing.contracts.base import Contract
from desktop.testing.group import Group, group_of, proven_by
from desktop.testing.rig import NOT_APPLICABLE, NOT_PROVEN
from desktop.testing.tier import LABELS, Conformance, Outcome, Result

_PROPERTY = "conformance"
_LONGEST = 300


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the report goes, and what the tests ran against."""
    group = parser.getgroup("conformance", "conformance of agent-desktop plug-ins")
    group.addoption("--conformance-report", metavar="FILE", help="write the report as JSON")
    group.addoption("--conformance-markdown", metavar="FILE", help="write the report as Markdown")
    group.addoption("--conformance-label", choices=LABELS, help="what the tests ran against; default: as the rig says")


def pytest_configure(config: pytest.Config) -> None:
    """The groups are markers too, so that `-m resilience` runs one of them."""
    for group in Group:
        config.addinivalue_line("markers", f"{group.value}: the group {group.value} of a conformance contract")
    config.pluginmanager.register(_Collector(config), "conformance-collector")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each test of a contract with its group."""
    group = group_of(getattr(item, "function", None))
    if group is not None:
        item.add_marker(group.value)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Note whose backend it is, as long as the rig is there to ask."""
    function = getattr(item, "function", None)
    group = group_of(function)
    contract = getattr(item, "cls", None)
    if group is not None and isinstance(contract, type) and issubclass(contract, Contract):
        item.user_properties.append((_PROPERTY, _facts(item, contract, group)))
    return (yield)


def _facts(item: pytest.Item, contract: type[Contract[Any]], group: Group) -> dict[str, Any]:
    rig = getattr(item, "funcargs", {}).get("rig")
    manifest = _manifest(rig)
    return {
        "contract": item.nodeid.rpartition("::")[0],
        "kind": contract.kind.value,
        "group": group.value,
        "proves": sorted(one.value for one in proven_by(getattr(item, "function", None))),
        "expected": _expected(contract),
        "replaced": sorted(_replaced(contract)),
        "label": getattr(rig, "label", LABELS[-1]),
        "manifest": None
        if manifest is None
        else {
            "name": manifest.name,
            "title": manifest.title,
            "api": manifest.api,
            "capabilities": sorted(str(one) for one in manifest.capabilities),
        },
    }


def _manifest(rig: Any) -> Manifest | None:
    try:
        manifest = rig.make().manifest
    except Exception:  # what is wrong with it, its tests will say
        return None
    return manifest if isinstance(manifest, Manifest) else None


def _promised(contract: type) -> Mapping[str, Any]:
    """The tests that the kit's own classes bring, by name."""
    found: dict[str, Any] = {}
    for one in reversed(contract.__mro__):
        if one.__module__.startswith("desktop.testing."):
            found |= {name: value for name, value in vars(one).items() if group_of(value) is not None}
    return found


def _expected(contract: type) -> dict[str, str]:
    """Name of each test that the contract has, to its group."""
    return {name: str(group_of(test)) for name, test in _promised(contract).items()}


def _replaced(contract: type) -> set[str]:
    return {name for name, test in _promised(contract).items() if getattr(contract, name, None) is not test}


class _Collector:
    """Gathers results where they all come together, which with several processes is not where the tests ran."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._facts: dict[str, dict[str, Any]] = {}
        self._results: dict[str, dict[str, Result]] = {}
        self._early: dict[str, list[tuple[str, Outcome, str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or (report.when == "teardown" and report.failed):
            facts = dict(report.user_properties).get(_PROPERTY)
            if isinstance(facts, dict):
                self._take(report, facts)
        elif report.when == "setup" and not report.passed:
            contract, _, test = report.nodeid.rpartition("::")
            self._early.setdefault(contract, []).append((test, *_outcome(report)))

    def _take(self, report: pytest.TestReport, facts: dict[str, Any]) -> None:
        contract, test = facts["contract"], report.nodeid.rpartition("::")[2]
        known = self._facts.setdefault(contract, facts)
        known["manifest"] = known["manifest"] or facts["manifest"]
        outcome, reason = _outcome(report)
        group, capabilities = Group(facts["group"]), frozenset(facts["proves"])
        if test.partition("[")[0] in facts["replaced"]:
            outcome, reason = Outcome.NOT_PROVEN, "the author replaced this test"
        self._results.setdefault(contract, {})[test] = Result(test, group, outcome, reason, capabilities)

    def conformances(self) -> list[Conformance]:
        """What is known of every contract that ran."""
        made = []
        for contract, facts in self._facts.items():
            results = dict(self._results[contract])
            for test, outcome, reason in self._early.get(contract, ()):
                group = facts["expected"].get(test.partition("[")[0])
                if group is not None:
                    results[test] = Result(test, Group(group), outcome, reason)
            ran = {test.partition("[")[0] for test in results}
            for test in facts["expected"].keys() - ran:
                why = "the author replaced this test" if test in facts["replaced"] else "it was not run"
                results[test] = Result(test, Group(facts["expected"][test]), Outcome.NOT_PROVEN, why)
            manifest = facts["manifest"] or {}
            made.append(
                Conformance(
                    contract=contract,
                    kind=facts["kind"],
                    name=manifest.get("name", ""),
                    title=manifest.get("title", ""),
                    api=manifest.get("api"),
                    label=self._config.getoption("--conformance-label") or facts["label"],
                    capabilities=frozenset(manifest.get("capabilities", ())),
                    results=tuple(results[test] for test in sorted(results)),
                )
            )
        return made

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """One line for each backend, and the files that were asked for."""
        made = self.conformances()
        if not made:
            return
        terminalreporter.section("conformance")
        for one in made:
            passed = len([result for result in one.required if result.outcome is Outcome.PASSED])
            terminalreporter.write_line(
                f"{one.kind} {one.name}: {one.tier.value}, {passed}/{len(one.required)} passed, {one.label}"
            )
        if path := self._config.getoption("--conformance-report"):
            document = {"plugin_api": API, "reports": [one.as_json() for one in made]}
            Path(path).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        if path := self._config.getoption("--conformance-markdown"):
            Path(path).write_text("\n".join(one.as_markdown() for one in made), encoding="utf-8")


def _outcome(report: pytest.TestReport) -> tuple[Outcome, str]:
    if hasattr(report, "wasxfail"):
        return Outcome.FAILED, "the author expects it to fail"
    if report.passed:
        return Outcome.PASSED, ""
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        said = getattr(crash, "message", "") or str(report.longrepr)
        return Outcome.FAILED, said.strip().partition("\n")[0][:_LONGEST]
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = said.removeprefix("Skipped: ")
    if reason.startswith("got empty parameter set"):
        return Outcome.NOT_APPLICABLE, "there is nothing optional"
    if reason.startswith(NOT_APPLICABLE):
        return Outcome.NOT_APPLICABLE, reason.removeprefix(NOT_APPLICABLE)
    return Outcome.NOT_PROVEN, reason.removeprefix(NOT_PROVEN)[:_LONGEST]
