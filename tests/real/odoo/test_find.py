"""Who is calling: numbers in every notation that people type, and nobody who does not carry the number."""

import pytest

from desktop.backends.odoo.questions import by_phone
from desktop.domain.entities.model import Address
from desktop.ports.errors import NotFound
from desktop.testing import fresh
from tests.real.odoo.conftest import Connect
from tests.real.servers.odoo import Odoo


def phone(number: str) -> Address:
    return Address("phone", number)


@pytest.mark.parametrize(
    "notation",
    [
        "+4420{a}{b}",
        "+44 20 {a} {b}",
        "0044 (20) {a}-{b}",
        "+44 (0)20 {a} {b}",
        "+44/20/{a}.{b}",
        "tel:+44-20-{a}-{b}",
        "  +44 20 {a} {b} ext. 12",
        "+44\u00a020\u00a0{a}\u00a0{b}",
    ],
)
async def test_every_notation_of_a_number_is_found(odoo: Odoo, connect: Connect, notation: str) -> None:
    number = fresh.number()
    made = odoo.create("res.partner", name=fresh.name(), phone=notation.format(a=number[5:9], b=number[9:]))
    matches = await connect().find(phone(number))
    assert [(one.customer.id, one.verified) for one in matches] == [(str(made), True)]
    assert matches[0].customer.addresses == (phone(number),)


async def test_a_national_number_needs_a_country(odoo: Odoo, connect: Connect) -> None:
    germany = odoo.call("res.country", "search", domain=[["code", "=", "DE"]])[0]
    austria = odoo.call("res.country", "search", domain=[["code", "=", "AT"]])[0]
    at_home = odoo.create("res.partner", name=fresh.name(), phone="030 90 1820", country_id=germany)
    nowhere = odoo.create("res.partner", name=fresh.name(), phone="(030) 901820")
    odoo.create("res.partner", name=fresh.name(), phone="030 901820", country_id=austria)
    berlin = phone("+4930901820")
    assert [one.customer.id for one in await connect().find(berlin)] == [str(at_home)]
    found = await connect(region="DE").find(berlin)
    assert {one.customer.id for one in found} == {str(at_home), str(nowhere)}
    assert all(one.verified and berlin in one.customer.addresses for one in found)
    assert await connect(region="AT").find(phone("+4330901820"))
    assert {one.customer.id for one in await connect(region="DE").find(phone("030/901820"))} == {
        str(at_home),
        str(nowhere),
    }


async def test_a_company_and_its_people_with_one_number_are_several(odoo: Odoo, connect: Connect) -> None:
    number = fresh.number()
    company = odoo.create("res.partner", name="Acme Ltd", is_company=True, phone=number)
    ada = odoo.create("res.partner", name=fresh.name(), parent_id=company, phone=number.replace("+44", "0044 "))
    bob = odoo.create("res.partner", name=fresh.name(), parent_id=company, phone=fresh.number())
    found = {one.customer.id: one.customer for one in await connect().find(phone(number))}
    assert set(found) == {str(company), str(ada)}
    assert (found[str(ada)].company, found[str(company)].company) == ("Acme Ltd", "")
    assert {one.customer.id for one in await connect().search("acme")} == {str(company), str(ada), str(bob)}


async def test_more_hits_than_are_wanted(odoo: Odoo, connect: Connect) -> None:
    number = fresh.number()
    odoo.call("res.partner", "create", vals_list=[{"name": f"Twin {at}", "phone": number} for at in range(60)])
    assert len(await connect().find(phone(number), limit=10)) == 10
    assert len(await connect().find(phone(number), limit=10_000)) == 50
    assert len(await connect().find(phone(number), limit=0)) == 1


async def test_who_was_archived_does_not_call_and_can_be_read(odoo: Odoo, connect: Connect) -> None:
    number = fresh.number()
    gone = odoo.create("res.partner", name=fresh.name(), phone=number, active=False)
    crm = connect()
    assert await crm.find(phone(number)) == ()
    assert (await crm.customer(str(gone))).fields["archived"] == "yes"


async def test_another_companys_contacts_are_not_there(odoo: Odoo, connect: Connect) -> None:
    other, number, name = odoo.create("res.company", name=fresh.name()), fresh.number(), fresh.name()
    theirs = odoo.create("res.partner", name=name, phone=number, company_id=other)
    shared = odoo.create("res.partner", name=fresh.name(), phone=number)
    crm = connect()
    assert [one.customer.id for one in await crm.find(phone(number))] == [str(shared)]
    assert await crm.search(name) == ()
    for reading in (crm.customer, crm.timeline, crm.cases, crm.purchases):
        with pytest.raises(NotFound):
            await reading(str(theirs))  # type: ignore[operator]


async def test_an_address_inside_another_is_another(odoo: Odoo, connect: Connect) -> None:
    email = fresh.email()
    ours = odoo.create("res.partner", name=fresh.name(), email=f'"Ada, L." <{email.title()}>')
    second = odoo.create("res.partner", name=fresh.name(), email=f"first@example.org, {email}")
    odoo.create("res.partner", name=fresh.name(), email=f"x{email}")
    odoo.create("res.partner", name=fresh.name(), email=f"{email}.au")
    found = {one.customer.id for one in await connect().find(Address("email", f" {email.upper()} "))}
    assert found == {str(ours), str(second)}
    wild = email.replace(email[1], "_", 1)
    assert await connect().find(Address("email", wild)) == ()


async def test_a_handle_is_found_in_the_field_that_holds_it(odoo: Odoo, connect: Connect) -> None:
    handle = fresh.name().split()[1]
    ours = odoo.create("res.partner", name=fresh.name(), ref=handle)
    odoo.create("res.partner", name=fresh.name(), ref=f"{handle}2")
    asked = Address("handle", handle.upper())
    assert [one.customer.id for one in await connect(handle_field="ref").find(asked)] == [str(ours)]
    assert await connect().find(asked) == ()


async def test_text_is_never_a_pattern(odoo: Odoo, connect: Connect) -> None:
    word = fresh.name().split()[1]
    ids = {
        name: str(odoo.create("res.partner", name=name))
        for name in (f"{word} 100%", f"{word} 100 percent", f"{word}_x", f"{word}yx", f"{word}\\z", f"{word} O'Hara")
    }
    crm = connect()
    for text, name in (
        (f"{word} 100%", f"{word} 100%"),
        (f"{word}_", f"{word}_x"),
        (f"{word}\\", f"{word}\\z"),
        (f"o'hara {word}", f"{word} O'Hara"),
    ):
        assert [one.customer.id for one in await crm.search(text)] == [ids[name]], text
    assert await crm.search("%%%") == ()
    assert await crm.search(f"{word}') OR 1=1 --") == ()


async def test_a_piece_of_a_number_and_a_reference_find_too(odoo: Odoo, connect: Connect) -> None:
    number, reference = fresh.number(), fresh.name().split()[1]
    ours = str(
        odoo.create("res.partner", name=fresh.name(), phone=f"{number[:6]} {number[6:9]}-{number[9:]}", ref=reference)
    )
    crm = connect()
    for text in (number[5:], f"{number[3:8]} {number[8:]}", number, reference.lower()):
        found = await crm.search(text)
        assert ours in {one.customer.id for one in found}, text
        assert not any(one.verified for one in found)


async def test_without_phone_validation_the_digits_are_looked_for_one_by_one(odoo: Odoo) -> None:
    number = fresh.number()
    ours = odoo.create("res.partner", name=fresh.name(), phone=f"0{number[3:5]} / {number[5:9]} - {number[9:]}")
    other = odoo.create("res.partner", name=fresh.name(), phone="+1 111 111 1111")
    found = odoo.call("res.partner", "search", user="agent", domain=by_phone(number, "GB", frozenset({"phone"})))
    assert ours in found  # whoever has the same digits with others in between is found too, and not verified
    assert other not in found
