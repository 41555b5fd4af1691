"""What the desktop writes into Odoo stands there once, as it was meant, or is refused with the reason."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from desktop.backends.odoo.crm import OdooCrm
from desktop.domain.entities.customer import FollowUp, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound, Rejected, Unsupported
from desktop.testing import fresh
from tests.real.odoo.conftest import Connect
from tests.real.servers.odoo import Odoo

START = 1_800_000_000.0  # 2027-01-15 08:00 UTC


def wrap_up(customer_id: str | None, **changes: Any) -> WrapUpRecord:
    known = WrapUpRecord(
        key=fresh.new_key(),
        interaction_id="i-1",
        customer_id=customer_id,
        agent_id="maya",
        channel="voice",
        queue="Billing",
        started_at=START,
        ended_at=START + 125,
        codes=("refund", "solved"),
        note="They asked for a refund.",
        address="+442079460958",
    )
    return replace(known, **changes)


Write = Callable[[OdooCrm, str, str], Awaitable[Any]]
WRITES: dict[str, tuple[str, Write]] = {
    "wrap-up": ("mail.message", lambda crm, who, key: crm.log_wrap_up(wrap_up(who, key=key))),
    "task": ("mail.activity", lambda crm, who, key: crm.create_task(who, "Call back", due=None, key=key)),
    "case": ("crm.lead", lambda crm, who, key: crm.create_case(who, "Kettle", priority="", text="x", key=key)),
    "customer": ("res.partner", lambda crm, who, key: crm.create_customer("Bob", [Address("phone", "+441")], key=key)),
}


@pytest.mark.parametrize("what", WRITES)
async def test_twenty_at_once_under_one_key_write_once(odoo: Odoo, connect: Connect, what: str) -> None:
    model, write = WRITES[what]
    ada, key = str(odoo.create("res.partner", name=fresh.name())), fresh.new_key()
    desks = [connect() for _ in range(4)]
    await asyncio.gather(*(crm.open() for crm in desks))
    before = odoo.count(model)
    answers = await asyncio.gather(*(write(desks[at % 4], ada, key) for at in range(20)))
    assert len({getattr(one, "id", one) for one in answers}) == 1
    assert odoo.count(model) - before == 1
    again = await write(connect("admin"), ada, key)  # another user's desktop, after a restart
    assert getattr(again, "id", again) == getattr(answers[0], "id", answers[0])
    assert odoo.count(model) - before == 1


async def test_a_wrap_up_says_all_that_was_and_nothing_that_runs(odoo: Odoo, connect: Connect) -> None:
    ada = str(odoo.create("res.partner", name=fresh.name()))
    note = "<script>alert(1)</script> 5 < 6 & [red]x[/red]\nsecond line \ud800 \x00\x1b[31m'; DROP TABLE res_partner;"
    crm = connect()
    record = wrap_up(
        ada, note=note, follow_ups=(FollowUp("sms", "<b>hi</b>", START, "+441"),), experts=("Grace: helped",)
    )
    number = await crm.log_wrap_up(record)
    (kept,) = odoo.call("mail.message", "read", ids=[int(number)], fields=["body", "model", "res_id", "is_internal"])
    assert (kept["model"], kept["res_id"], kept["is_internal"]) == ("res.partner", int(ada), True)
    assert "<script" not in kept["body"] and "<b>" not in kept["body"]
    entry = (await crm.timeline(ada))[0]
    first, second, *facts = entry.detail.split("\n")
    assert first == "<script>alert(1)</script> 5 < 6 & [red]x[/red]"
    assert second == "second line � [31m'; DROP TABLE res_partner;"
    assert facts == [
        "voice · Billing · 2027-01-15 08:00 UTC · 2:05",
        "Address: +442079460958",
        "Codes: refund, solved",
        "Agent: maya",
        "Experts: Grace: helped",
        "Interaction: i-1",
        "Follow-up: sms, due 2027-01-15 08:00 UTC, to +441: <b>hi</b>",
    ]
    assert (entry.channel, entry.agent) == ("voice", "Agent")


async def test_an_unknown_customers_wrap_up_stands_on_our_own_page(odoo: Odoo, connect: Connect) -> None:
    record = wrap_up(None)
    number = await connect().log_wrap_up(record)
    (kept,) = odoo.call("mail.message", "read", ids=[int(number)], fields=["body", "res_id", "author_id"])
    assert kept["res_id"] == kept["author_id"][0]
    assert "not known (+442079460958)" in kept["body"]
    assert odoo.written(record.key) == [int(number)]


async def test_a_customer_who_is_gone_is_not_written_to(odoo: Odoo, connect: Connect) -> None:
    gone = odoo.create("res.partner", name=fresh.name())
    odoo.call("res.partner", "unlink", ids=[gone])
    theirs = odoo.create("res.partner", name=fresh.name(), company_id=odoo.create("res.company", name=fresh.name()))
    crm = connect()
    for who in (str(gone), str(theirs), "999999999999", "x", "-1"):
        record = wrap_up(who)
        with pytest.raises(NotFound):
            await crm.log_wrap_up(record)
        assert odoo.written(record.key) == []
        with pytest.raises(NotFound):
            await crm.create_task(who, "x", due=None, key=fresh.new_key())
        with pytest.raises(NotFound):
            await crm.create_case(who, "x", priority="", text="", key=fresh.new_key())


async def test_who_may_not_write_is_told_so(odoo: Odoo, connect: Connect) -> None:
    ada = str(odoo.create("res.partner", name=fresh.name()))
    record = wrap_up(ada)
    with pytest.raises(Rejected, match="security restrictions"):
        await connect("reader").log_wrap_up(record)
    assert odoo.written(record.key) == []
    await connect().log_wrap_up(record)
    assert len(odoo.written(record.key)) == 1


async def test_odoos_own_words_say_what_is_wrong(connect: Connect) -> None:
    with pytest.raises(Rejected, match="Contacts require a name"):
        await connect().create_customer(" ", [], key=fresh.new_key())


async def test_a_task_is_due_on_the_day_that_it_is_for_the_user(odoo: Odoo, connect: Connect) -> None:
    ada = str(odoo.create("res.partner", name=fresh.name()))
    late = START + 15.5 * 3600  # 23:30 in UTC, the next day in Auckland
    days = {}
    for zone in ("Pacific/Auckland", False):
        odoo.call("res.users", "write", ids=[_agent(odoo)], vals={"tz": zone})
        number = await connect().create_task(ada, "Call\nback <b>", due=late, key=fresh.new_key())
        (task,) = odoo.call("mail.activity", "read", ids=[int(number)], fields=["date_deadline", "summary", "user_id"])
        days[zone] = task["date_deadline"]
        assert (task["summary"], task["user_id"][0]) == ("Call back <b>", _agent(odoo))
    assert days == {"Pacific/Auckland": "2027-01-16", False: "2027-01-15"}
    assert [one.text for one in (await connect().customer(ada)).promises] == ["Call back <b>"] * 2


def _agent(odoo: Odoo) -> int:
    return int(odoo.call("res.users", "context_get", user="agent")["uid"])


async def test_consent_is_what_the_blacklists_say(odoo: Odoo, connect: Connect) -> None:
    number, email = fresh.number(), fresh.email()
    ada = str(odoo.create("res.partner", name=fresh.name(), phone=number, email=email))
    office, agent = connect("admin"), connect()
    assert (await office.customer(ada)).consents == (), "who was never asked is not on a list, and allowed nothing"
    key = fresh.new_key()
    for _ in range(2):
        await office.set_consent(ada, "email", granted=False, source="said so <b>", key=key)
    await office.set_consent(ada, "sms", granted=True, source="on the phone", key=fresh.new_key())
    told = {one.topic: one.granted for one in (await office.find(Address("phone", number)))[0].customer.consents}
    assert told == {"email": False, "sms": True}
    assert odoo.count("mail.blacklist", ["email", "=", email], ["active", "=", True]) == 1
    assert odoo.count("mail.message", ["model", "=", "mail.blacklist"], ["body", "ilike", "said so"]) == 1
    refused = {one.topic: one.granted for one in (await agent.customer(ada)).consents}
    assert refused == {"email": False}, "who may not read the lists knows of refusals only"
    await office.set_consent(ada, "email", granted=True, source="", key=fresh.new_key())
    assert (await agent.customer(ada)).consents == ()


async def test_consent_that_odoo_cannot_hold_is_refused(odoo: Odoo, connect: Connect) -> None:
    nobody = str(odoo.create("res.partner", name=fresh.name()))
    office = connect("admin")
    with pytest.raises(Unsupported, match="SMS only"):
        await office.set_consent(nobody, "recording", granted=True, source="x", key=fresh.new_key())
    with pytest.raises(Rejected, match="no telephone number"):
        await office.set_consent(nobody, "sms", granted=True, source="x", key=fresh.new_key())
    with pytest.raises(Unsupported):
        await connect().set_consent(nobody, "sms", granted=True, source="x", key=fresh.new_key())
    assert Capability.CONSENT not in await connect().open()


async def test_a_new_customer_has_all_that_was_given(odoo: Odoo, connect: Connect) -> None:
    number, emails = fresh.number(), [fresh.email(), fresh.email()]
    given = [Address("phone", number), *(Address("email", one) for one in emails), Address("handle", "@ada")]
    made = await connect(handle_field="ref").create_customer("Ada <b>\n Lovelace", given, key=fresh.new_key())
    assert made.name == "Ada <b> Lovelace"
    assert set(made.addresses) == set(given)


async def test_a_wrap_up_takes_a_key_of_any_form(odoo: Odoo, connect: Connect) -> None:
    ada = str(odoo.create("res.partner", name=fresh.name()))
    for key in ("a.b.c%_'" + fresh.new_key(), fresh.new_key() + "x" * 160):
        record = wrap_up(ada, key=key, started_at=time.time())
        assert await connect().log_wrap_up(record) == await connect().log_wrap_up(record)
        assert len(odoo.written(key)) == 1
