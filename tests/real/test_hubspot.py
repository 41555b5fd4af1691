"""The HubSpot adapter beside HubSpot's own SDK, both against the same loopback account.

The SDK judges twice: it must ask the same requests, and its models must be able to read the answers the adapter reads.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest

from desktop.backends.hubspot import history
from desktop.backends.hubspot.crm import HubSpotCrm
from desktop.backends.hubspot.objects import KEY
from desktop.backends.wire.html_text import to_text
from desktop.domain.entities.model import Address
from desktop.testing.contracts.crm import CrmContract
from desktop.testing.http_rig import HttpRig
from desktop.testing.rigs import CrmRig, KeptWrapUp
from tests.real.conftest import started
from tests.real.servers.hubspot import TOKEN, Asked, HubSpotFake

NUMBER = "+442079460958"


@pytest.fixture
def fake() -> Iterator[HubSpotFake]:
    with started(HubSpotFake()) as server:
        yield server


def sdk() -> Any:
    hubspot = pytest.importorskip("hubspot", reason="NOT TESTED: pip install 'agent-desktop[real]'")
    return hubspot.HubSpot(access_token=TOKEN).crm


def pointed(api: Any, fake: HubSpotFake) -> Any:
    """One of the SDK's APIs, at the loopback account."""
    api.api_client.configuration.host = fake.url
    return api


def adapter(fake: HubSpotFake, **changes: str) -> HubSpotCrm:
    return HubSpotCrm.create({"token": TOKEN, "url": fake.url, "region": "GB"} | changes)


def asked(fake: HubSpotFake) -> list[Asked]:
    """The requests since the last time, the same ones once."""
    found, fake.account.asked = fake.account.asked, []
    return list(dict.fromkeys(found))


async def test_the_sdk_asks_and_reads_what_the_adapter_asks_and_reads(fake: HubSpotFake) -> None:
    crm, account = sdk(), fake.account
    contact = account.add("contacts", firstname="Eve", lastname="Stone", phone="020 7946 0958", email="eve@example.org")
    backend = adapter(fake)
    await backend.open()
    opening = asked(fake)
    for kind in ("calls", "notes", "tickets", "tasks", "contacts"):
        known = pointed(crm.properties.core_api, fake).get_by_name(kind, KEY, archived=False)
        assert known.has_unique_value is True
    stages = pointed(crm.pipelines.pipelines_api, fake).get_all("tickets").results[0].stages
    assert [stage.metadata["ticketState"] for stage in stages] == ["OPEN", "OPEN", "CLOSED"]
    assert set(asked(fake)) == set(opening)

    (match,) = await backend.find(Address("phone", NUMBER))
    from hubspot.crm import contacts as models

    question = models.PublicObjectSearchRequest(
        filter_groups=[
            models.FilterGroup(filters=[models.Filter(property_name=name, operator="EQ", value=value)])
            for name, value in (("hs_searchable_calculated_phone_number", "2079460958"), ("phone", NUMBER))
        ],
        properties=["firstname", "phone"],
        limit=50,
    )
    ours = asked(fake)
    theirs = pointed(crm.contacts.search_api, fake).do_search(question)
    assert [one.id for one in theirs.results] == [match.customer.id] == [contact]
    assert asked(fake) == ours

    await backend.customer(contact)
    ours = asked(fake)
    read = pointed(crm.contacts.basic_api, fake).get_by_id(contact, properties=["firstname", "email"])
    assert read.properties["email"] == "eve@example.org"
    assert asked(fake) == ours
    await backend.close()


async def test_the_sdk_finds_what_the_adapter_wrote_and_writes_alike(fake: HubSpotFake) -> None:
    from tests.backends.test_hubspot import record

    crm, account = sdk(), fake.account
    contact = account.add("contacts", firstname="Eve")
    backend = adapter(fake, consents="sms=sms_ok")
    await backend.open()
    asked(fake)
    written = await backend.log_wrap_up(record("k-1", contact))
    assert await backend.log_wrap_up(record("k-1", contact)) == written
    ours = asked(fake)
    from hubspot.crm import contacts as crm_contacts
    from hubspot.crm.objects import calls as models

    calls = pointed(crm.objects.calls.basic_api, fake)
    association = models.PublicAssociationsForObject(
        to=models.PublicObjectId(id=contact),
        types=[models.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=194)],
    )
    body = models.SimplePublicObjectInputForCreate(properties={"hs_call_title": "x"}, associations=[association])
    made = calls.create(body)
    assert calls.get_by_id("k-1", id_property=KEY, properties=[KEY]).id == written.removeprefix("calls:")
    assert asked(fake) == ours

    entries = await backend.timeline(contact)
    ours = [one for one in asked(fake) if "calls" in one.path]
    assert {entry.id for entry in entries} == {written, f"calls:{made.id}"}
    page = pointed(crm.associations.v4.basic_api, fake).get_page("contacts", contact, "calls", limit=500)
    ids = [models.SimplePublicObjectId(id=str(one.to_object_id)) for one in page.results]
    batch = models.BatchReadInputSimplePublicObjectId(
        inputs=ids, properties=["hs_call_title"], properties_with_history=[]
    )
    found = pointed(crm.objects.calls.batch_api, fake).read(batch)
    assert {f"calls:{one.id}" for one in found.results} == {entry.id for entry in entries}
    assert asked(fake) == ours

    case = await backend.create_case(contact, "Broken kettle", priority="high", text="It leaks.", key="k-2")
    ticket = pointed(crm.tickets.basic_api, fake).get_by_id(case.id, properties=["subject", "hs_pipeline_stage"])
    assert (ticket.properties["subject"], ticket.properties["hs_pipeline_stage"]) == ("Broken kettle", "1")
    task = pointed(crm.objects.tasks.basic_api, fake).get_by_id(
        await backend.create_task(contact, "Call back", due=1.8e9, key="k-3"), properties=["hs_timestamp"]
    )
    assert task.properties["hs_timestamp"] == "2027-01-15T08:00:00.000Z"

    asked(fake)
    await backend.set_consent(contact, "sms", granted=True, source="call", key="k-4")
    ours = asked(fake)[:1]
    update = crm_contacts.SimplePublicObjectInput(properties={"sms_ok": "false"})
    pointed(crm.contacts.basic_api, fake).update(contact, update)
    assert asked(fake) == ours
    assert [one.granted for one in (await backend.customer(contact)).consents] == [False]
    await backend.close()


class HubSpotRig(HttpRig[HubSpotCrm], CrmRig):
    """The loopback account behind the kit's fault proxy. The SDK, above, has judged what goes over the wire."""

    label = "vendor-judged"
    secrets = (TOKEN,)
    forgets_consent = "HubSpot's property has room for yes and no; when and by whom stands in its own history"

    def __init__(self, fake: HubSpotFake) -> None:
        self._fake = fake
        self.server_url = fake.url

    def make(self) -> HubSpotCrm:
        return HubSpotCrm.create({"token": TOKEN, "url": self.proxy.url, "region": "GB", "consents": "sms=sms_ok"})

    async def add_customer(self, name: str, addresses: Sequence[Address]) -> str:
        first, _, last = name.partition(" ")
        known = {"phone": "", "email": ""} | {one.kind: one.value for one in addresses if one.kind != "handle"}
        properties = {"firstname": first, "lastname": last, **known}
        return self._fake.account.add("contacts", **{key: value for key, value in properties.items() if value})

    async def activities(self, key: str) -> int:
        return sum(len(self._fake.account.with_property(kind, KEY, key)) for kind in ("calls", "notes"))

    async def kept_wrap_up(self, key: str) -> KeptWrapUp:
        account = self._fake.account
        (kept,) = [
            account.objects[kind][number]["properties"]
            for kind in ("calls", "notes")
            for number in account.with_property(kind, KEY, key)
        ]
        words = "\n".join([kept["hs_call_title"], to_text(kept["hs_call_body"])])
        began = history.instant(kept["hs_timestamp"])
        assert began is not None
        return KeptWrapUp(words, began, began + int(kept["hs_call_duration"]) / 1000)

    async def customers_named(self, name: str) -> int:
        known = [one["properties"] for one in self._fake.account.objects["contacts"].values()]
        return sum(f"{one.get('firstname', '')} {one.get('lastname', '')}".strip() == name for one in known)

    async def cases_about(self, customer_id: str, subject: str) -> int:
        return self._linked(customer_id, "tickets", "subject", subject)

    async def case_text(self, customer_id: str, subject: str) -> str:
        account = self._fake.account
        (number,) = account.with_property("tickets", "subject", subject)
        return str(account.objects["tickets"][number]["properties"]["content"])

    async def tasks_about(self, customer_id: str, text: str) -> int:
        return self._linked(customer_id, "tasks", "hs_task_subject", text)

    async def task_due(self, customer_id: str, text: str) -> float | None:
        account = self._fake.account
        (number,) = account.with_property("tasks", "hs_task_subject", text)
        return history.instant(account.objects["tasks"][number]["properties"]["hs_timestamp"])

    def _linked(self, contact: str, kind: str, name: str, value: str) -> int:
        account = self._fake.account
        return sum((contact, kind, number) in account.links for number in account.with_property(kind, name, value))


class TestHubSpot(CrmContract):
    @pytest.fixture
    async def rig(self, fake: HubSpotFake) -> AsyncIterator[HubSpotRig]:
        async with HubSpotRig(fake) as made:
            yield made
