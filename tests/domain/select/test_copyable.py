"""What can be copied of a contact, and of a customer without one."""

from dataclasses import replace

from desktop.domain.entities.customer import Case, Customer, CustomerDetails, Match, Record
from desktop.domain.entities.model import Address
from desktop.domain.select import Copyable, copyables, copyables_of_customer
from tests.domain.domain_records import interaction, linked, state

PHONE, MAIL = Address("phone", "+442079460000"), Address("email", "eve@x.example")
EVE = Customer("c1", "Eve", addresses=(PHONE, MAIL, Address("sip", "sip:eve@x.example")), url="https://crm.example/c1")
MATCH = Match(EVE, "text", "same name")
CASES = CustomerDetails(cases=(Case("77", "refund", "open", 10.0), Case("78", "delivery", "closed", 20.0)))
OF_EVE = (
    Copyable("email", "eve@x.example"),
    Copyable("address", "sip:eve@x.example"),
    Copyable("customer_id", "c1"),
    Copyable("url", "https://crm.example/c1"),
    Copyable("case", "77"),
)


def test_a_contact_has_its_number_first_its_id_last_and_each_text_once() -> None:
    known = state(interaction(), pops={"i1": linked(EVE)}, details={"c1": CASES})
    came_from = Copyable("came_from_phone", "+442079460000")
    assert copyables(known, interaction()) == (came_from, *OF_EVE, Copyable("contact_id", "i1"))


def test_a_customer_without_a_contact_has_all_but_what_is_the_contacts() -> None:
    known = state(details={"c1": CASES})
    assert copyables_of_customer(known, MATCH) == (Copyable("phone", "+442079460000"), *OF_EVE)


def test_what_is_withheld_or_empty_or_not_known_is_no_text_to_copy() -> None:
    hidden = Address("phone", "+442079460000", withheld=True)
    bare = replace(EVE, addresses=(hidden,), url="")
    assert copyables_of_customer(state(), replace(MATCH, customer=bare)) == (Copyable("customer_id", "c1"),)
    assert copyables(state(), interaction(customer=hidden)) == (Copyable("contact_id", "i1"),)


def test_records_in_several_systems_have_an_id_each() -> None:
    other = replace(EVE, id="d9", source="second", url="")
    both = replace(MATCH, records=(Record(EVE), Record(other)))
    ids = [one.text for one in copyables_of_customer(state(), both) if one.what == "customer_id"]
    assert ids == ["c1", "d9"]
