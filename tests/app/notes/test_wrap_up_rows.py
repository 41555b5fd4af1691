"""What a wrap-up tells the CRM of people and codes: their names, which a program's ids are not."""

import json
from dataclasses import replace
from typing import Any

from desktop.app.notes.wrap_up_json import record_from
from desktop.app.notes.wrap_up_rows import WrapUpRows
from desktop.app.storage.tables.drafts import Draft
from desktop.domain.entities.customer import WrapUpRecord
from desktop.domain.entities.model import Agent, Leg, WrapUpCode
from desktop.domain.entities.person import Person
from desktop.domain.entities.words import Availability, LegKind, LegPhase, Role
from desktop.domain.state.state import AppState
from tests.domain.domain_records import interaction

ME = "PJSIP/agent1"
LEGS = tuple(
    Leg(f"l{number}", LegKind.CONSULT, LegPhase.COMPLETED, target, name, 0.0)
    for number, (target, name) in enumerate(
        [("tel:1050", ""), ("person:p2", ""), ("tel:1051", "Told Name"), ("tel:1052", ""), ("tel:1053", "1053")]
    )
)


def kept(**changes: Any) -> dict[str, Any]:
    """The record's row as it is stored."""
    state = AppState(
        me=ME,
        agents={ME: Agent(ME, 1, "Maya Chen", Role.AGENT, "", Availability.AVAILABLE, 0.0)},
        codes=(WrapUpCode("sold", "Sold something"),),
        people={
            "p1": Person("p1", "Grace Hopper", address="1050"),
            "p2": Person("p2", "Ada Byron"),
            "p3": Person("p3", "Jean Bartik", address="+44 1053"),
        },
    )
    for name, value in changes.items():
        state = replace(state, **{name: value})
    rows = WrapUpRows("work", lambda: state, lambda: 100.0)
    codes = ("sold", "odd")
    draft = Draft("i1", None, "n", codes, (), 1, 0.0)
    found: dict[str, Any] = json.loads(
        rows.rows(draft, rows.facts(state, interaction(legs=LEGS), codes, ()), 1)[0].payload
    )
    return found


def test_the_record_carries_names_beside_the_ids() -> None:
    record = record_from(kept())
    assert (record.agent_id, record.agent) == (ME, "Maya Chen")
    assert (record.codes, record.outcome) == (("sold", "odd"), ("Sold something", "odd"))


def test_what_has_no_name_is_told_by_its_id() -> None:
    record = record_from(kept(agents={}, codes=()))
    assert (record.agent, record.outcome) == (ME, ("sold", "odd"))


def test_an_expert_is_called_by_the_name_that_the_directory_has() -> None:
    assert [line.removesuffix(": done") for line in record_from(kept()).experts] == [
        "consulted Grace Hopper",
        "consulted Ada Byron",
        "consulted Told Name",
        "consulted tel:1052",
        "consulted 1053",
    ]


def test_a_row_from_before_there_were_names_is_still_read() -> None:
    old = kept()
    del old["agent_name"], old["code_labels"]
    record = record_from(old)
    assert isinstance(record, WrapUpRecord)
    assert (record.agent, record.outcome) == (ME, ("sold", "odd"))
