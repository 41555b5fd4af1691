"""The words of a wrap-up on the contact's page in Odoo."""

from dataclasses import replace

from desktop.backends.odoo.wrap_up import body
from desktop.domain.entities.customer import WrapUpRecord


def test_the_agent_and_the_codes_are_called_as_people_call_them() -> None:
    record = WrapUpRecord(
        "k", "i-1", "7", "PJSIP/agent1", "voice", "Billing", 1_800_000_000.0, 1_800_000_060.0, ("sold", "odd"), "n"
    )
    named = replace(record, agent_name="Maya Chen", code_labels=("Sold something", "odd"))
    assert "Agent: PJSIP/agent1" in body(record) and "Codes: sold, odd" in body(record)
    assert "Agent: Maya Chen" in body(named) and "Codes: Sold something, odd" in body(named)
    assert "PJSIP" not in body(named)
