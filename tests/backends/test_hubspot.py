"""The HubSpot adapter against a loopback account that forgets, lags, lies and refuses."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from desktop.backends.hubspot.crm import INDEX_LAG, HubSpotCrm
from desktop.backends.hubspot.history import instant
from desktop.backends.hubspot.objects import Objects
from desktop.backends.wire.http import Http
from desktop.domain.entities.customer import FollowUp, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.ports.base import Capability
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)
from tests.real.servers.hubspot import TOKEN, Account, HubSpotFake

from .scripted_server import Asked, Script, answer, scripted

NUMBER = "+442079460958"


def record(
    key: str, customer_id: str | None, channel: str = "voice", note: str = "Refund <b>agreed</b> & sent"
) -> WrapUpRecord:
    return WrapUpRecord(
        key,
        "i-1",
        customer_id,
        "maya",
        channel,
        "Billing",
        1_790_000_000.0,
        1_790_000_090.5,
        ("solved",),
        note,
        (FollowUp("task", "ask Grace"),),
        address=NUMBER,
    )


@asynccontextmanager
async def hubspot(**changes: str) -> AsyncIterator[tuple[HubSpotCrm, Account]]:
    with HubSpotFake() as fake:
        crm = HubSpotCrm.create({"token": TOKEN, "url": fake.url, "region": "GB", "portal": "77"} | changes)
        try:
            yield crm, fake.account
        finally:
            await crm.close()


async def test_a_number_is_found_however_it_is_written_and_only_that_number() -> None:
    async with hubspot() as (crm, account):
        right = [account.add("contacts", phone=one) for one in (NUMBER, "020 7946 0958", "+44 (0)20 7946 0958")]
        right.append(account.add("contacts", mobilephone="0044 20 7946 0958", hs_email_optout="true"))
        account.add("contacts", phone="+1 207-946-0958")  # the same digits in another country
        matches = await crm.find(Address("phone", NUMBER))
        assert {one.customer.id for one in matches} == set(right)
        assert all(one.verified and Address("phone", NUMBER) in one.customer.addresses for one in matches)
        account.ignores_filters = True  # a search that answers with everybody
        assert {one.customer.id for one in await crm.find(Address("phone", NUMBER))} <= set(right)
        assert await crm.find(Address("email", "nobody@example.org")) == ()
        for nothing in (Address("phone", "", withheld=True), Address("phone", "anonymous"), Address("handle", "@eve")):
            assert await crm.find(nothing) == ()


async def test_an_email_beside_the_first_one_is_found_and_an_opt_out_is_no_consent() -> None:
    async with hubspot() as (crm, account):
        known = account.add(
            "contacts", company="Acme", hs_additional_emails="eve@acme.example;e@acme.example", hs_email_optout="true"
        )
        (match,) = await crm.find(Address("email", "EVE@acme.example"))
        assert (match.customer.id, match.customer.name) == (known, "Acme")
        assert [(one.topic, one.granted) for one in match.customer.consents] == [("email", False)]
        assert match.customer.url == f"https://app.hubspot.com/contacts/77/record/0-1/{known}"


async def test_a_new_customer_is_found_before_the_index_has_them() -> None:
    async with hubspot() as (crm, account):
        await crm.open()
        account.lag = 1_000_000
        made = await crm.create_customer("Ada King Lovelace", [Address("phone", NUMBER)], key="k")
        assert [one.customer.id for one in await crm.find(Address("phone", NUMBER))] == [made.id]
        assert await crm.find(Address("phone", "+442079460000")) == ()
        assert (await crm.create_customer("Ada King Lovelace", [Address("phone", NUMBER)], key="k")).id == made.id


async def test_a_customer_made_long_ago_is_what_hubspot_says_of_them_now() -> None:
    now = 1_790_000_000.0
    with HubSpotFake() as fake:
        http = Http(fake.url, server="HubSpot", token=TOKEN)
        crm = HubSpotCrm(Objects(http), clock=lambda: now)
        await crm.open()
        fake.account.lag = 1_000_000  # as if the number had been taken away from the contact since
        await crm.create_customer("Ada", [Address("phone", NUMBER)], key="k")
        assert len(await crm.find(Address("phone", NUMBER))) == 1
        now += INDEX_LAG
        assert await crm.find(Address("phone", NUMBER)) == ()
        await crm.close()


async def test_what_is_written_names_the_agent_and_the_codes_as_people_do() -> None:
    async with hubspot() as (crm, account):
        contact = account.add("contacts", firstname="Eve")
        known = replace(record("k-1", contact), agent_name="Maya Chen", code_labels=("Solved at once",))
        await crm.log_wrap_up(known)
        (call,) = account.objects["calls"].values()
        assert call["properties"]["hs_call_title"] == "Call · Billing · Solved at once"
        body = call["properties"]["hs_call_body"]
        assert "Agent: Maya Chen" in body and "Codes: Solved at once" in body
        assert "maya" not in body and "solved" not in body


async def test_what_is_written_is_text_and_is_written_once_by_many() -> None:
    async with hubspot() as (crm, account):
        contact = account.add("contacts", firstname="Eve")
        written = set(await asyncio.gather(*(crm.log_wrap_up(record("k-1", contact)) for _ in range(6))))
        assert len(written) == len(account.objects["calls"]) == 1
        (call,) = account.objects["calls"].values()
        assert "Refund &lt;b&gt;agreed&lt;/b&gt; &amp; sent" in call["properties"]["hs_call_body"]
        assert call["properties"]["hs_call_duration"] == "90500"
        assert await crm.log_wrap_up(record("k-2", None, "chat")) == f"notes:{next(iter(account.objects['notes']))}"
        (entry,) = await crm.timeline(contact)
        assert entry.detail.splitlines()[0] == "Refund <b>agreed</b> & sent"
        assert (entry.channel, entry.at) == ("voice", 1_790_000_000.0)
        with pytest.raises(Rejected):
            await crm.log_wrap_up(record("k-3", "4711"))
        with pytest.raises(NotFound):
            await crm.log_wrap_up(record("k-4", "../1"))


async def test_a_long_history_is_read_newest_first_in_batches() -> None:
    async with hubspot() as (crm, account):
        contact = account.add("contacts", firstname="Eve")
        for at in range(250):
            account.link(contact, "calls", account.add("calls", hs_timestamp=str((1_790_000_000 + at) * 1000)))
        account.link(
            contact, "notes", account.add("notes", hs_note_body="<p>old</p>", hs_timestamp="2020-01-01T00:00:00Z")
        )
        account.link(contact, "emails", account.add("emails", hs_timestamp="sometime"))
        newest = await crm.timeline(contact, limit=120)
        assert [one.at for one in newest] == [1_790_000_249.0 - n for n in range(120)]
        older = await crm.timeline(contact, limit=200, before=newest[-1].at)
        assert [one.at for one in older] == [1_790_000_129.0 - n for n in range(130)] + [1_577_836_800.0]
        account.forbidden.update({"emails", "tasks"})
        assert len(await crm.timeline(contact, limit=5)) == 5


@pytest.mark.parametrize("text", ["999999999999999", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9" * 50])
def test_a_date_that_no_screen_can_show_is_none(text: str) -> None:
    assert instant(text) is None


async def test_tickets_are_cases() -> None:
    async with hubspot() as (crm, account):
        contact = account.add("contacts", firstname="Eve")
        assert Capability.CREATE_CASE in await crm.open()
        account.link(
            contact, "tickets", account.add("tickets", subject="Old", hs_pipeline_stage="4", createdate="1000000")
        )
        made = await crm.create_case(contact, "Broken kettle", priority="urgent", text="It leaks.", key="k")
        assert (made.status, made.priority, made.is_open) == ("new", "urgent", True)
        assert [(one.subject, one.is_open) for one in await crm.cases(contact)] == [
            ("Broken kettle", True),
            ("Old", False),
        ]
        assert await crm.create_case(contact, "Broken kettle", priority="", text="", key="k") == made


async def test_consents_are_what_the_named_properties_say() -> None:
    async with hubspot(consents="sms=sms_ok, email = mail_ok") as (crm, account):
        assert Capability.CONSENT in await crm.open()
        contact = account.add("contacts", firstname="Eve", sms_ok="true", mail_ok="true", hs_email_optout="true")
        for topic, granted in (("sms", True), ("email", False)):
            assert [one.granted for one in (await crm.customer(contact)).consents if one.topic == topic] == [granted]
        changed = await crm.set_consent(contact, "sms", granted=False, source="call", key="k")
        assert [one.granted for one in changed.consents if one.topic == "sms"] == [False]
        with pytest.raises(Rejected):
            await crm.set_consent(contact, "whatsapp", granted=True, source="call", key="k")
        with pytest.raises(NotFound):
            await crm.set_consent("4711", "sms", granted=True, source="call", key="k")


async def test_only_what_the_account_and_the_token_allow_is_offered() -> None:
    async with hubspot() as (crm, account):
        account.unique -= {"tasks"}
        account.forbidden |= {"tickets"}
        assert await crm.open() == {Capability.TIMELINE, Capability.CREATE_CUSTOMER}
        with pytest.raises(Unsupported):
            await crm.create_task("101", "x", due=None, key="k")
        with pytest.raises(Unsupported):
            await crm.cases("101")
        account.unique -= {"calls"}
        with pytest.raises(Rejected, match="agent_desktop_key with unique values"):
            await crm.open()
        account.forbidden |= {"calls"}
        with pytest.raises(Forbidden, match="permission"):
            await crm.open()
    async with hubspot(token="another") as (crm, _):
        with pytest.raises(AuthFailed):
            await crm.open()


def _limited(policy: str, **headers: str) -> Script:
    body = {
        "status": "error",
        "errorType": "RATE_LIMIT",
        "policyName": policy,
        "message": "You have reached your limit",
    }
    return answer(429, json.dumps(body).encode(), **headers)


@pytest.mark.parametrize(
    ("script", "error", "wait"),
    [
        (_limited("SECONDLY"), RateLimited, 1.0),
        (_limited("TEN_SECONDLY_ROLLING"), RateLimited, 10.0),
        (_limited("DAILY"), RateLimited, 300.0),
        (_limited("DAILY", Retry_After="7"), RateLimited, 7.0),
        (answer(401, b'{"category": "INVALID_AUTHENTICATION"}'), AuthFailed, None),
        (answer(403, b'{"category": "MISSING_SCOPES", "message": "no"}'), Forbidden, None),
        (answer(404, b"{}"), NotFound, None),
        (answer(409, b'{"category": "CONFLICT", "message": "Contact already exists."}'), Conflict, None),
        (answer(400, b'{"category": "VALIDATION_ERROR", "message": "no \\u001b[31m"}'), Rejected, None),
        (answer(477, b"{}", Retry_After="9"), Unavailable, None),
        (answer(503, b"<html>"), Unavailable, None),
        (answer(200, b"<html>"), ProtocolError, None),
        (answer(200, b'{"id": "../1", "properties": {}}'), ProtocolError, None),
        (answer(200, b'{"id": "1", "properties": []}'), ProtocolError, None),
    ],
)
async def test_each_answer_has_its_next_step(script: Script, error: type[BackendError], wait: float | None) -> None:
    async with scripted(script) as server:
        crm = HubSpotCrm.create({"token": TOKEN, "url": server.url})
        with pytest.raises(error) as failed:
            await crm.customer("101")
        await crm.close()
    assert type(failed.value) is error
    assert failed.value.message.isprintable()
    assert getattr(failed.value, "retry_after", None) == wait
    assert TOKEN not in f"{failed.value!r} {failed.value.detail}"


async def test_a_lost_answer_is_unknown_and_a_receipt_for_another_key_is_none() -> None:
    async def lost(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "GET":
            await answer(404, b"{}")(asked, writer)
            return
        writer.close()
        raise ConnectionError

    async def another(asked: Asked, writer: asyncio.StreamWriter) -> None:
        body = b'{"id": "7", "properties": {"agent_desktop_key": "other"}}'
        await (answer(404, b"{}") if asked.method == "GET" else answer(201, body))(asked, writer)

    for script, error in ((lost, OutcomeUnknown), (another, ProtocolError)):
        async with scripted(script) as server:
            crm = HubSpotCrm.create({"token": TOKEN, "url": server.url})
            with pytest.raises(error):
                await crm.log_wrap_up(record("k", None))
            await crm.close()


@pytest.mark.parametrize(
    "changes",
    [{"token": ""}, {"url": "http://api.hubapi.com"}, {"region": "England"}, {"portal": "x"}, {"consents": "sms"}],
    ids=str,
)
def test_options_that_cannot_work_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        HubSpotCrm.create({"token": TOKEN} | changes)
