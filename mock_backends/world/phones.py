"""Phone numbers of the pretend company's customers: E.164, and as people write them down in their country.

The patterns are few but real: what they make is valid in libphonenumber (a test asks it).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """How one country writes its numbers: `patterns` are national numbers in groups, # is any digit."""

    region: str
    code: str
    trunk: str
    patterns: tuple[str, ...]

    @property
    def dials_00(self) -> bool:
        """Whether calls abroad begin with 00 there."""
        return self.region not in {"US", "CA", "SG", "JP", "KR", "AU", "BR", "NG", "KE"}


PLANS = (
    NumberingPlan("GB", "44", "0", ("20 79## ####", "7400 12####", "161 49# ####")),
    NumberingPlan("DE", "49", "0", ("30 2345 ####", "151 234# ####", "89 2345 ####")),
    NumberingPlan("FR", "33", "0", ("1 42 ## ## ##", "6 12 ## ## ##")),
    NumberingPlan("ES", "34", "", ("91 234 ## ##", "612 34# ###")),
    NumberingPlan("IT", "39", "", ("06 698# ####", "347 123 ####")),
    NumberingPlan("NL", "31", "0", ("20 62# ####", "6 1234 ####")),
    NumberingPlan("BE", "32", "0", ("2 512 ## ##", "470 12 ## ##")),
    NumberingPlan("AT", "43", "0", ("1 5123 ###", "664 12# ####")),
    NumberingPlan("CH", "41", "0", ("44 668 ## ##", "79 234 ## ##")),
    NumberingPlan("SE", "46", "0", ("8 12# ### ##", "70 12# ## ##")),
    NumberingPlan("NO", "47", "", ("22 34 ## ##", "406 12 ###")),
    NumberingPlan("DK", "45", "", ("32 12 ## ##",)),
    NumberingPlan("FI", "358", "0", ("9 1234 ####", "41 234 ####")),
    NumberingPlan("PL", "48", "", ("22 621 ## ##", "512 34# ###")),
    NumberingPlan("CZ", "420", "", ("212 34# ###", "601 12# ###")),
    NumberingPlan("PT", "351", "", ("21 234 ####", "912 34# ###")),
    NumberingPlan("IE", "353", "0", ("1 234 ####", "85 012 ####")),
    NumberingPlan("GR", "30", "", ("21 2345 ####", "691 234 ####")),
    NumberingPlan("HU", "36", "06", ("1 234 ####", "20 123 ####")),
    NumberingPlan("TR", "90", "0", ("212 345 ####", "532 345 ####")),
    NumberingPlan("IL", "972", "0", ("2 123 ####", "50 234 ####")),
    NumberingPlan("AE", "971", "0", ("2 234 ####", "50 123 ####")),
    NumberingPlan("IN", "91", "0", ("22 2345 ####", "98765 #####")),
    NumberingPlan("SG", "65", "", ("6123 ####", "8123 ####")),
    NumberingPlan("JP", "81", "0", ("3 5555 ####", "90 1234 ####")),
    NumberingPlan("KR", "82", "0", ("2 312 ####", "10 2000 ####")),
    NumberingPlan("CN", "86", "0", ("10 6552 ####", "131 2345 ####")),
    NumberingPlan("AU", "61", "0", ("2 9123 ####", "412 34# ###")),
    NumberingPlan("NZ", "64", "0", ("9 345 ####", "21 123 ####")),
    NumberingPlan("US", "1", "1", ("212 55# ####", "415 62# ####")),
    NumberingPlan("CA", "1", "1", ("416 55# ####", "604 68# ####")),
    NumberingPlan("BR", "55", "0", ("11 2345 ####", "11 96123 ####")),
    NumberingPlan("ZA", "27", "0", ("21 123 ####", "71 123 ####")),
    NumberingPlan("NG", "234", "0", ("802 123 ####", "803 123 ####")),
    NumberingPlan("KE", "254", "0", ("20 201 ####", "712 123 ###")),
)
PLAN_OF = {plan.region: plan for plan in PLANS}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number: `e164`, how it stands `written` in the record, its `region`, and an extension or ""."""

    e164: str
    written: str
    region: str
    extension: str = ""


def make_phone(rng: Random, plan: NumberingPlan) -> Phone:
    """A valid number of the plan's country, written in one of the ways in use there."""
    pattern = plan.patterns[int(rng.random() * len(plan.patterns))]
    digits = str(int(rng.random() * 10**10) + 10**10)
    national, at = "", 0
    for sign in pattern:
        if sign == "#":
            at += 1
            sign = digits[at]
        national += sign
    groups = national.split()
    e164 = "+" + plan.code + "".join(groups)
    written, extension = write(rng, plan, groups)
    return Phone(e164, written, plan.region, extension)


def write(rng: Random, plan: NumberingPlan, groups: list[str]) -> tuple[str, str]:
    """One of the ways people write it, and the extension written with it (or "")."""
    style = int(rng.random() * 11)
    at_home = [plan.trunk + groups[0], *groups[1:]] if plan.trunk != "1" else groups
    match style:
        case 0:
            return f"+{plan.code} {' '.join(groups)}", ""
        case 1:
            return f"{'00' if plan.dials_00 else '+'}{plan.code}-{'-'.join(groups)}", ""
        case 2:
            return f"({at_home[0]}) {' '.join(at_home[1:])}", ""
        case 3:
            return f"{at_home[0]}/{''.join(at_home[1:])}", ""
        case 4:
            return ".".join(at_home), ""
        case 5:
            return "-".join(at_home), ""
        case 6:
            return "".join(at_home), ""
        case 7:
            extension = str(int(rng.random() * 900) + 100)
            return f"{' '.join(at_home)} ext. {extension}", extension
        case 8:
            extension = str(int(rng.random() * 90) + 10)
            return f"+{plan.code} {' '.join(groups)} x{extension}", extension
        case 9:
            return f"+{plan.code}{''.join(groups)}", ""
        case _:
            return " ".join(at_home), ""
