"""The mock servers of a company whose every name and text attacks the terminal: run as `python hostile_company.py`.

It boots as `mock_backends.launcher` boots the servers, from one JSON line on standard input.
"""

import sys
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from mock_backends.__main__ import main
from mock_backends.company import company, records
from mock_backends.contact_center import centre
from mock_backends.crm import crm
from mock_backends.play import fleet
from mock_backends.presence import directory
from mock_backends.world import centre as world_centre
from mock_backends.world import world
from tests.tui.hostile.payloads import PAYLOADS

# Lone surrogates cannot be sent as UTF-8; states built by hand have them.
TEXTS = [text for text in PAYLOADS.values() if text.encode("utf-8", "ignore").decode() == text]
_next = cycle(TEXTS)


def nasty(plain: str, longest: int = 480) -> str:
    """A word one can search for, and the next payload behind it."""
    return (f"{plain} " + next(_next))[:longest]


def _texts(made: Any, *names: str) -> Any:
    return made.model_copy(update={name: nasty(str(getattr(made, name))) for name in names})


class HostileCompany(company.Company):
    """Wire entities with a payload in every text."""

    def people(self) -> list[Any]:
        """Every name, title, team, time zone and address of the directory."""
        made = []
        for person in super().people():
            update = {"skills": {**person.skills, nasty("skill", 60): 3}}
            made.append(_texts(person, "name", "title", "team", "time_zone").model_copy(update=update))
        return made

    def codes(self) -> list[Any]:
        """Labels and groups of the wrap-up codes."""
        return [_texts(code, "label", "group") for code in super().codes()]

    def reasons(self) -> list[Any]:
        """Labels of the reasons."""
        return [_texts(reason, "label") for reason in super().reasons()]

    def agents(self, now: float) -> list[Any]:
        """Names and teams of colleagues."""
        return [_texts(agent, "name", "team") for agent in super().agents(now)]


class HostileRecords(records.Records):
    """Customers, cases, timelines and purchases with a payload in every text."""

    def add_case(self, customer_id: str, case: Any) -> None:
        """Keep a case."""
        super().add_case(customer_id, _texts(case, "subject", "owner"))

    def add_entry(self, customer_id: str, entry: Any) -> None:
        """Keep an entry of the timeline."""
        super().add_entry(customer_id, _texts(entry, "summary", "agent"))

    def save(self, customer: Any, subjects: Any = ()) -> None:
        """Keep a customer."""
        made = _texts(customer, "name", "company", "tier", "language", "time_zone", "note")
        promises = [_texts(promise, "text") for promise in customer.promises]
        fields = {nasty("field", 60): nasty("value")}
        super().save(made.model_copy(update={"promises": promises, "fields": fields}), subjects)


def attack() -> None:
    """Put these in the place of the company's own."""
    for module in (fleet, centre, directory, crm):
        vars(module)["Company"] = HostileCompany
    vars(crm)["Records"] = HostileRecords
    vars(world)["QUEUES"] = tuple(
        queue if queue.name == "Billing" else replace(queue, name=nasty(queue.name, 60))
        for queue in world_centre.QUEUES
    )


if __name__ == "__main__":
    attack()
    sys.exit(main(["--boot-from-stdin"]))
