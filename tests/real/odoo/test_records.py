"""What Odoo knows of a customer, as the desktop shows it."""

from datetime import UTC, datetime

import pytest

from desktop.domain.entities.customer import CustomerPromise
from desktop.ports.base import Capability
from desktop.ports.errors import Unsupported
from desktop.testing import fresh
from tests.real.odoo.conftest import Connect
from tests.real.odoo.rig import buy
from tests.real.servers.odoo import Odoo


async def test_a_contact_is_whole(odoo: Odoo, connect: Connect) -> None:
    company = odoo.create("res.partner", name="Lovelace & Co", is_company=True)
    gold, tall = (odoo.create("res.partner.category", name=name) for name in ("Gold", "Tall"))
    ada = odoo.create(
        "res.partner",
        name="Ada",
        parent_id=company,
        tz="Europe/London",
        lang="en_US",
        function="Analyst",
        ref="A-1",
        city="London",
        category_id=[[6, 0, [tall, gold]]],
        comment="<p>Prefers <b>mornings</b>.</p><script>alert(1)</script><p>&lt;b&gt;[red]x[/red]<br>\x07bell</p>",
    )
    odoo.call(
        "res.partner",
        "activity_schedule",
        ids=[ada],
        act_type_xmlid="mail.mail_activity_data_todo",
        date_deadline="2030-05-06",
        summary="Call back",
    )
    customer = await connect(tiers="platinum, GOLD").customer(str(ada))
    assert (customer.name, customer.company, customer.tier) == ("Ada", "Lovelace & Co", "Gold")
    assert (customer.language, customer.time_zone) == ("en-US", "Europe/London")
    assert customer.note == "Prefers mornings.\n<b>[red]x[/red]\nbell"
    assert customer.fields | {"tags": ""} == {"position": "Analyst", "reference": "A-1", "city": "London", "tags": ""}
    assert set(customer.fields["tags"].split(", ")) == {"Gold", "Tall"}
    noon = datetime(2030, 5, 6, 12, tzinfo=UTC).timestamp()
    assert customer.promises == (CustomerPromise("Call back", noon),)
    assert customer.url == f"{odoo.url}/odoo/res.partner/{ada}"


async def test_the_timeline_is_what_was_said_with_its_time_in_utc(odoo: Odoo, connect: Connect) -> None:
    ada = odoo.create("res.partner", name="Ada", email=fresh.email())
    lead = odoo.create("crm.lead", name="Big deal", partner_id=ada)
    post = {"message_type": "email", "subtype_xmlid": "mail.mt_comment"}
    odoo.call("res.partner", "message_post", ids=[ada], body="An internal word", subtype_xmlid="mail.mt_note")
    odoo.call("crm.lead", "message_post", ids=[lead], body="Where is it?", author_id=ada, subject="My parcel", **post)
    odoo.sql(f"UPDATE mail_message SET date = '2030-03-04 05:06:07' WHERE author_id = {ada}")
    odoo.create(
        "mail.message",
        model="res.partner",
        res_id=ada,
        message_type="comment",
        date="2031-01-01 00:00:00",
        body="<div><h1>Offer</h1><ul><li>one</li><li>two</li></ul><style>p{}</style><img src=x onerror=alert(1)></div>",
    )
    crm = connect()
    odoo.call("res.partner", "write", ids=[ada], vals={"user_id": 2})  # is logged, without a word
    first, mail, note, created = await crm.timeline(str(ada))
    assert created.summary == "Contact created"
    assert (first.channel, first.summary, first.detail) == ("note", "Offer", "Offer\n- one\n- two")
    assert (mail.channel, mail.summary, mail.agent) == ("email", "Big deal: My parcel", "")
    assert mail.at == datetime(2030, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp()
    assert (note.summary, note.agent) == ("An internal word", "Administrator")
    assert [one.id for one in await crm.timeline(str(ada), before=first.at)] == [mail.id, note.id, created.id]
    assert [one.id for one in await crm.timeline(str(ada), before=mail.at + 0.5, limit=1)] == [mail.id]
    assert [one.id for one in await crm.timeline(str(ada), before=mail.at, limit=1)] == [note.id]
    assert [one.id for one in await crm.timeline(str(ada), limit=1)] == [first.id]


async def test_cases_are_open_won_and_lost(odoo: Odoo, connect: Connect) -> None:
    company = odoo.create("res.partner", name="Acme", is_company=True)
    ada = odoo.create("res.partner", name="Ada", parent_id=company)
    leads = [odoo.create("crm.lead", name=name, partner_id=ada, type="opportunity") for name in ("new", "won", "lost")]
    odoo.call("crm.lead", "write", ids=[leads[0]], vals={"priority": "3"})
    odoo.call("crm.lead", "action_set_won", ids=[leads[1]])
    odoo.call("crm.lead", "action_set_lost", ids=[leads[2]])
    cases = {one.subject: one for one in await connect().cases(str(company))}
    assert {name: case.is_open for name, case in cases.items()} == {"new": True, "won": False, "lost": False}
    assert (cases["new"].status, cases["new"].priority) == ("New", "urgent")
    assert (cases["won"].status, cases["lost"].status) == ("solved", "closed")


async def test_cases_can_be_tasks_of_a_project(odoo: Odoo, connect: Connect) -> None:
    project = odoo.create("project.project", name="Support")
    ada = str(odoo.create("res.partner", name="Ada"))
    crm = connect("admin", cases="project", project=str(project))
    made = await crm.create_case(ada, "Broken kettle", priority="high", text="It leaks.\n<b>", key=fresh.new_key())
    assert made.is_open
    odoo.call("project.task", "write", ids=[int(made.id)], vals={"state": "1_done"})
    (listed,) = await crm.cases(ada)
    assert (listed.subject, listed.status) == ("Broken kettle", "solved")
    assert Capability.CREATE_CASE not in await connect("admin", cases="project").open()


async def test_what_is_not_installed_or_not_wanted_is_not_offered(connect: Connect) -> None:
    for unwanted in ("none", "helpdesk"):
        crm = connect(cases=unwanted)
        assert not {Capability.CASES, Capability.CREATE_CASE} & await crm.open()
        with pytest.raises(Unsupported):
            await crm.cases("1")


async def test_purchases_are_the_lines_of_confirmed_orders(odoo: Odoo, connect: Connect) -> None:
    ada = odoo.create("res.partner", name="Ada")
    order = buy(odoo, ada, "Kettle", "Whistle", price=1234.5)
    odoo.create("sale.order", partner_id=ada)  # a quotation
    symbol = odoo.call("sale.order", "read", ids=[order], fields=["currency_id"])[0]["currency_id"][1]
    bought = await connect().purchases(str(ada))
    assert [(one.item, one.amount) for one in bought] == [
        ("Kettle", f"1,234.50 {symbol}"),
        ("Whistle", f"1,234.50 {symbol}"),
    ]
    assert len({one.id for one in bought}) == 2


async def test_an_employee_without_sales_sees_contacts_and_no_sales(odoo: Odoo, connect: Connect) -> None:
    crm = connect("reader")
    offered = await crm.open()
    assert Capability.TIMELINE in offered
    assert not {Capability.PURCHASES, Capability.CREATE_CUSTOMER, Capability.CONSENT, Capability.CREATE_CASE} & offered
    ada = str(odoo.create("res.partner", name="Ada"))
    assert (await crm.customer(ada)).name == "Ada"
    with pytest.raises(Unsupported):
        await crm.purchases(ada)
