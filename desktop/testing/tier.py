"""From the results of a contract's tests to a tier. Nobody claims a tier; it is what passed.

bronze: nothing failed in shape and behaviour. silver: honesty too, and all that every backend must do was proven.
gold: resilience too, and everything was proven, each declared capability among it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.testing.group import Group

LABELS = ("real", "vendor-judged", "shape-only")
"""Against what the tests ran: the real server, the vendor's specification or SDK, or no more than shapes."""


class Tier(StrEnum):
    """How much was proven of a backend."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Outcome(StrEnum):
    """What came of one test."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVEN = "not_proven"
    NOT_APPLICABLE = "not_applicable"  # neither for nor against: what it is about is not claimed


@dataclass(frozen=True, slots=True)
class Result:
    """One test of a contract. `capabilities` are those it proves; none means that every backend has to pass it."""

    test: str
    group: Group
    outcome: Outcome
    reason: str = ""
    capabilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Conformance:
    """All that is known of one backend. `capabilities` are what its manifest declares."""

    contract: str
    kind: str
    name: str = ""
    title: str = ""
    api: int | None = None
    label: str = "shape-only"
    capabilities: frozenset[str] = frozenset()
    results: Sequence[Result] = field(default_factory=tuple)

    def of(self, group: Group) -> list[Result]:
        """The results that count in a group."""
        return [one for one in self.required if one.group is group]

    @property
    def required(self) -> list[Result]:
        """All results that count."""
        return [one for one in self.results if one.outcome is not Outcome.NOT_APPLICABLE]

    @property
    def tier(self) -> Tier:
        """The highest tier that the results bear."""
        shape, behaviour, honesty = (self.of(group) for group in (Group.SHAPE, Group.BEHAVIOUR, Group.HONESTY))
        if not _passed(shape) or not _passed(behaviour) or _failed(shape + behaviour):
            return Tier.NONE
        musts = [one for one in shape + behaviour if not one.capabilities]
        if not _passed(honesty) or _failed(honesty) or _unproven(honesty + musts):
            return Tier.BRONZE
        resilience = self.of(Group.RESILIENCE)
        if not _passed(resilience) or _failed(resilience) or _unproven(self.required) or self._withheld():
            return Tier.SILVER
        return Tier.GOLD

    def _withheld(self) -> bool:
        """Whether something is declared that the server of this run did not offer, so that nobody has seen it work."""
        seen = {one: False for result in self.results for one in result.capabilities if one in self.capabilities}
        for result in self.required:
            seen |= dict.fromkeys(result.capabilities & seen.keys(), True)
        return not all(seen.values())

    def proofs(self) -> tuple[list[str], dict[str, str]]:
        """The declared capabilities that were proven, and the others with the reason why not."""
        proven: list[str] = []
        unproven: dict[str, str] = {}
        for capability in sorted(self.capabilities):
            tests = [one for one in self.results if capability in one.capabilities]
            counting = [one for one in tests if one.outcome is not Outcome.NOT_APPLICABLE]
            if not tests:
                unproven[capability] = "no test of the kit is about it"
            elif not counting:
                unproven[capability] = tests[0].reason or "it is not offered"
            elif all(one.outcome is Outcome.PASSED for one in counting):
                proven.append(capability)
            else:
                first = next(one for one in counting if one.outcome is not Outcome.PASSED)
                unproven[capability] = first.reason or f"{first.test} failed"
        return proven, unproven

    def as_json(self) -> dict[str, object]:
        """The report as a JSON object."""
        proven, unproven = self.proofs()
        return {
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "api": self.api,
            "contract": self.contract,
            "label": self.label,
            "tier": self.tier.value,
            "passed": len(_passed(self.required)),
            "required": len(self.required),
            "groups": {group.value: _group_json(self.of(group)) for group in Group},
            "capabilities": {
                "declared": sorted(self.capabilities),
                "proven": proven,
                "unproven": [{"capability": one, "reason": why} for one, why in unproven.items()],
            },
        }

    def as_markdown(self) -> str:
        """The report for people."""
        proven, unproven = self.proofs()
        lines = [
            f"## {self.kind} {self.name or '(unknown)'}: {self.tier.value}",
            "",
            f"{_plain(self.title) or self.contract}, plug-in API {self.api}, tested as {self.label}:"
            f" {len(_passed(self.required))} of {len(self.required)} passed.",
            "",
            "| group | passed | required | failed | not proven |",
            "|---|---|---|---|---|",
        ]
        for group in Group:
            counted = self.of(group)
            figures = (len(_passed(counted)), len(counted), len(_failed(counted)), len(_unproven(counted)))
            lines.append(f"| {group.value} | {' | '.join(map(str, figures))} |")
        lines += ["", f"Capabilities proven: {', '.join(proven) or 'none'}."]
        lines += [f"- Not proven: {one}: {_plain(why)}." for one, why in unproven.items()]
        for one in _failed(self.required):
            lines.append(f"- FAILED {one.test}: {_plain(one.reason)}")
        for one in _unproven(self.required):
            lines.append(f"- Not proven {one.test}: {_plain(one.reason)}")
        return "\n".join(lines) + "\n"


def _with(results: Iterable[Result], outcome: Outcome) -> list[Result]:
    return [one for one in results if one.outcome is outcome]


def _passed(results: Iterable[Result]) -> list[Result]:
    return _with(results, Outcome.PASSED)


def _failed(results: Iterable[Result]) -> list[Result]:
    return _with(results, Outcome.FAILED)


def _unproven(results: Iterable[Result]) -> list[Result]:
    return _with(results, Outcome.NOT_PROVEN)


def _group_json(counted: Sequence[Result]) -> Mapping[str, object]:
    return {
        "passed": len(_passed(counted)),
        "required": len(counted),
        "failed": [{"test": one.test, "reason": one.reason} for one in _failed(counted)],
        "not_proven": [{"test": one.test, "reason": one.reason} for one in _unproven(counted)],
    }


def _plain(text: str) -> str:
    """Text of a plug-in on one line, without what Markdown or a terminal would act on."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in printable)[:300]
