"""The table: by way out, how many contacts and what was wrong with them."""

from collections import Counter, defaultdict
from typing import Any

from tests.campaign.judge import FAULTS


class Report:
    """What the shifts so far have found."""

    def __init__(self, shifts: list[dict[str, Any]], seconds: float) -> None:
        self.shifts = shifts
        self.seconds = seconds
        self.outcomes = [one | {"at": (s["job"], s["shift"])} for s in shifts for one in s["outcomes"]]

    @property
    def is_red(self) -> bool:
        """Whether anything was wrong."""
        return not self.outcomes or bool(self.wrong) or any(shift["measured"]["crashes"] for shift in self.shifts)

    @property
    def wrong(self) -> list[dict[str, Any]]:
        """The contacts with which something was wrong."""
        return [one for one in self.outcomes if one["wrong"]]

    def total(self, name: str) -> int:
        """A sum of what was measured."""
        return sum(shift["measured"][name] for shift in self.shifts)

    def faults(self) -> Counter[str]:
        """How many contacts had each kind of fault."""
        return Counter(kind for one in self.outcomes for kind in {kind for kind, _ in one["wrong"]})

    def line(self) -> str:
        """How it goes."""
        faults = self.faults()
        return (
            f"{self.seconds:6.0f} s  {len(self.outcomes)} wrap-ups  {self.total('kills')} kills  "
            f"{self.total('power_cuts')} power cuts  " + "  ".join(f"{name} {faults[name]}" for name in FAULTS)
        )

    def text(self, seed: int, *, histories: int) -> str:
        """The whole report."""
        by_way: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in self.outcomes:
            by_way[one["way"]].append(one)
        columns = ("n", "kills", *FAULTS, "damaged", "parked", "hitch", "s each")
        lines = [f"seed {seed}", f"{'way out':44}" + "".join(f"{name:>9}" for name in columns)]
        for name, found in [*sorted(by_way.items()), ("all", self.outcomes)]:
            faults = Counter(kind for one in found for kind in {kind for kind, _ in one["wrong"]})
            figures = (
                len(found),
                sum(one["kills"] for one in found),
                *(faults[kind] for kind in FAULTS),
                sum(bool(one["damaged"]) for one in found),
                sum(bool(one["parked"]) for one in found),
                sum(bool(one["hitch"]) for one in found),
                round(sum(one["seconds"] for one in found) / max(1, len(found)), 1),
            )
            lines.append(f"{name:44}" + "".join(f"{figure or '·':>9}" for figure in figures))
        lines += ["", self.line(), *self._figures(), *self._parked(), *self._hitches()]
        for one in self.wrong[:histories]:
            job, shift = one["at"]
            lines += ["", f"=== {one['way']} · {one['id']} · --only-job {job} --shift {shift}"]
            lines += [f"{kind}: {detail}" for kind, detail in one["wrong"]]
            lines += [f"    {line}" for entry in one["history"] for line in entry.splitlines()]
        return "\n".join(lines)

    def _figures(self) -> list[str]:
        drafts = sorted(value for shift in self.shifts for value in shift["measured"]["draft_seconds"])
        programs, own = sum(s["programs"] for s in self.shifts), sum(s["campaign"] for s in self.shifts)
        count = max(1, len(self.outcomes))
        in_hand = max((shift["measured"]["in_hand"] for shift in self.shifts), default=0)
        lines = [
            f"starts {self.total('starts')}, full disks {self.total('full_disks')}, damages {self.total('damages')}, "
            f"writes undone by power cuts {self.total('undone_writes')}",
            f"contacts compared: {self._counted(Counter(one['channel'] for one in self.outcomes))}",
            f"entered about them: {self._counted(self._entered())}",
            *([f"in hand side by side: up to {in_hand}"] if in_hand else []),
            f"processor time a wrap-up: programs {programs / count:.2f} s, campaign {own / count:.2f} s",
        ]
        if drafts:
            p99 = drafts[min(len(drafts) - 1, int(len(drafts) * 0.99))]
            lines.append(
                f"from the start to the draft on the screen: n {len(drafts)}, p50 {drafts[len(drafts) // 2]:.2f} s, "
                f"p99 {p99:.2f} s, max {drafts[-1]:.2f} s"
            )
        for shift in self.shifts:
            lines += [f"CRASH in job {shift['job']} shift {shift['shift']}: {c}" for c in shift["measured"]["crashes"]]
        return lines

    def _entered(self) -> Counter[str]:
        return sum((Counter(one["entered"]) for one in self.outcomes), Counter[str]())

    @staticmethod
    def _counted(counts: Counter[str]) -> str:
        return ", ".join(f"{name} {n}" for name, n in sorted(counts.items()))

    def _parked(self) -> list[str]:
        reasons = Counter(one["parked"] for one in self.outcomes if one["parked"])
        return ["parked and visible, by reason:"] + [f"  {n:5} {reason}" for reason, n in reasons.most_common()]

    def _hitches(self) -> list[str]:
        found = Counter(
            (one["way"], one["hitch"].split(";")[0].split("\n")[0][:150]) for one in self.outcomes if one["hitch"]
        )
        return ["not as expected on the screen:"] + [f"  {n:5} {way}: {what}" for (way, what), n in found.most_common()]
