"""What to staff for, as a supervisor types it: `80/20 30% 120s x3`."""

import re
from dataclasses import replace
from math import inf

from desktop.app.staffing.demand_forecast import Plan
from desktop.domain.staffing.staffing import Concurrency
from desktop.words.catalogue import tr
from desktop.words.marks import mark

HINT = mark("80/20 (SL) · 30% (shrinkage) · 120s (patience, 0s: endless) · x3 (at once)")
_PART = re.compile(
    r"(?P<level>\d+(\.\d+)?)/(?P<threshold>\d+)s?|(?P<shrinkage>\d+(\.\d+)?)%|(?P<patience>\d+)s|[xX×](?P<slots>\d+)"
)


def read_plan(text: str, plan: Plan) -> Plan:
    """The plan with what was typed instead; what was not typed stays.

    Raises ValueError with a sentence for people, StaffingError where a figure is out of its range.
    """
    for word in text.replace(",", " ").replace("·", " ").split():
        found = _PART.fullmatch(word)
        if found is None:
            raise ValueError(tr("Cannot read '{text}'. Type for example 80/20 30% 120s x3", text=word[:20]))
        if found["level"]:
            level, threshold = float(found["level"]) / 100, float(found["threshold"])
            plan = replace(plan, target=replace(plan.target, level=level, threshold=threshold))
        elif found["shrinkage"]:
            share = float(found["shrinkage"]) / 100
            if share >= 1:
                raise ValueError(tr("Shrinkage must be below 100 %."))
            plan = replace(plan, shrinkage=share)
        elif found["patience"]:
            plan = replace(plan, patience=float(found["patience"]) or inf)
        else:
            plan = replace(plan, concurrency=Concurrency(int(found["slots"])))
    return plan
