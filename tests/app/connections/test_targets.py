"""Where a record goes, now and after the profile was changed."""

import pytest

from desktop.app.connections.targets import Targets
from desktop.domain.entities.customer import Customer, Match, Record
from desktop.domain.text.sentence import Sentence

ONE = Targets({"crm": "crm:odoo", "messaging": "messaging:sms"}, ("crm",))
TWO = Targets({"crm:odoo": "crm:odoo", "crm:mail": "crm:mail"}, ("crm:odoo", "crm:mail"))


def both() -> Match:
    first, second = Customer("mail:7", "Ada", "crm:mail"), Customer("odoo:9", "Ada", "crm:odoo")
    return Match(
        first, "phone", "same number", records=(Record(first), Record(second, Sentence("identity.same_phone")))
    )


@pytest.mark.parametrize(
    ("targets", "target", "source"),
    [
        (ONE, "crm:odoo", "crm"),
        (ONE, "crm", "crm"),  # a row of an older version
        (ONE, "crm:mail", None),  # the profile named two before
        (TWO, "crm:mail", "crm:mail"),
        (TWO, "crm", "crm:odoo"),
        (TWO, "crm:hubspot", None),
        (TWO, "contact_center", "contact_center"),
        (TWO, "messaging", None),
        (TWO, "", None),
    ],
)
def test_a_row_finds_its_backend_also_after_the_profile_changed(
    targets: Targets, target: str, source: str | None
) -> None:
    assert targets.source(target) == source


def test_a_record_goes_to_the_crm_that_holds_it() -> None:
    assert ONE.record("42") == ("crm:odoo", "42")
    assert ONE.record("contact:42") == ("crm:odoo", "contact:42")  # the only one: whatever its ids look like
    assert TWO.record("mail:7") == ("crm:mail", "mail:7")
    assert TWO.record("42") == ("crm:odoo", "42")
    assert TWO.record("gone:7") == ("crm:gone", "gone:7")  # waits, and goes to no other


def test_a_wrap_up_goes_to_the_first_that_holds_the_customer_or_to_all() -> None:
    assert list(TWO.records(both())) == [("crm:mail", "mail:7")]
    everywhere = Targets(TWO.names, TWO.crms, write_back="all")
    assert list(everywhere.records(both())) == [("crm:mail", "mail:7"), ("crm:odoo", "odoo:9")]
    assert list(everywhere.records(None)) == [("crm:odoo", None)]
    assert list(Targets({}).records(None)) == [("crm", None)]
