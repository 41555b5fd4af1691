"""Who is in the directory, and what their cards say."""

from xml.etree.ElementTree import fromstring

import pytest

from desktop.domain.entities.words import PresenceState
from desktop.ports.errors import NotFound
from tests.real.servers.prosody import DOMAIN, LONER

from .colleague import Colleague, colleague
from .conftest import XmppServer
from .following import adapter, following, until

EXPERT, NETWORK, ALONE = (f"{user}@{DOMAIN}" for user in ("expert1", "expert2", LONER))


async def publish(who: Colleague, card: str) -> None:
    """Put a vCard4 into the person's PEP node."""
    iq = who.make_iq_set()
    item = f"<publish node='urn:xmpp:vcard4'><item id='current'>{card}</item></publish>"
    iq.append(fromstring(f"<pubsub xmlns='http://jabber.org/protocol/pubsub'>{item}</pubsub>"))
    await iq.send()


async def test_a_shared_group_is_the_directory_and_we_are_not_in_it(server: XmppServer) -> None:
    async with following(adapter(server)) as agent:
        people = {one.id: one for one in await agent.backend.people()}
    assert people.keys() == {EXPERT, NETWORK}
    assert (people[EXPERT].name, people[EXPERT].team, people[EXPERT].source) == (
        "Dr Billing Expert",
        "Experts",
        "presence",
    )


async def test_a_vcard4_tells_who_somebody_is_and_is_pushed_when_it_changes(
    server: XmppServer,
) -> None:
    card = """<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Grace</text></fn>
      <title><text>{title}</text></title><org><text>Desk</text><text>Billing</text></org>
      <tel><uri>tel:+4930901820</uri></tel><email><text>grace@desk.example</text></email>
      <tz><text>Europe/Berlin</text></tz>
      <expertise><parameters><level><text>expert</text></level></parameters><text>invoices</text></expertise>
      <expertise><parameters><level><text>beginner</text></level></parameters><text>networks</text></expertise></vcard>"""
    async with colleague(server, "expert1") as expert:
        await publish(expert, card.format(title="Clerk"))
        async with following(adapter(server)) as agent:
            person = agent.person(EXPERT)
            assert person is not None, "cards that come at once are in the first snapshot"
            assert (person.title, person.team, person.address, person.email, person.time_zone) == (
                "Clerk",
                "Billing",
                "+4930901820",
                "grace@desk.example",
                "Europe/Berlin",
            )
            assert person.skills == {"invoices": 5, "networks": 1}
            assert [one.id for one in await agent.backend.people(skill="invoices")] == [EXPERT]
            assert [one.id for one in await agent.backend.people("clerk")] == [EXPERT]
            await publish(expert, card.format(title="Head clerk"))
            await until(lambda: getattr(agent.person(EXPERT), "title", "") == "Head clerk")


async def test_an_older_card_tells_the_same(server: XmppServer) -> None:
    async with colleague(server, "expert2") as expert:
        old = expert.plugin["xep_0054"].make_vcard()
        old["FN"], old["TITLE"], old["DESC"] = "Net Work", "Engineer", "Glad to help.\nSkills: routers 4, cables"
        number = old["TEL"]
        number["NUMBER"], number["WORK"] = "+49 30 901821", True
        await expert.plugin["xep_0054"].publish_vcard(old)
        async with following(adapter(server)) as agent:
            person = agent.person(NETWORK)
            assert person is not None
            assert (person.title, person.address) == ("Engineer", "+49 30 901821")
            assert person.skills == {"routers": 4, "cables": 3}


@pytest.fixture
async def found_by_search(server: XmppServer) -> None:
    """Debian's search module reads the older store of cards only, which only mod_vcard fills."""
    async with colleague(server, LONER) as loner:
        card = loner.plugin["xep_0054"].make_vcard()
        card["FN"], card["NICKNAME"] = "Lone Ranger", "ranger"
        name = card["N"]
        name["FAMILY"], name["GIVEN"] = "Ranger", "Lone"
        email = card["EMAIL"]
        email["USERID"] = "lone.ranger@desk.example"
        await loner.plugin["xep_0054"].publish_vcard(card)


@pytest.mark.usefixtures("found_by_search")
async def test_the_search_finds_who_is_in_nobodys_roster_and_their_presence_is_unknown(
    server: XmppServer,
) -> None:
    async with following(adapter(server)) as agent:
        assert [one.id for one in await agent.backend.people("ranger")] == [ALONE]
        assert await agent.backend.people("r") == () or ALONE in {one.id for one in await agent.backend.people("r")}
        async with colleague(server, LONER) as loner:
            shown = await agent.shows(ALONE, lambda _: True)
            assert (shown.state, shown.native) == (PresenceState.UNKNOWN, "no subscription")
            await loner.settle()
            assert loner.asked == [], "nobody is asked for their presence unless the option says so"


@pytest.mark.usefixtures("found_by_search")
async def test_by_option_they_are_asked_and_shown_once_they_agree(server: XmppServer) -> None:
    async with following(adapter(server, subscribe="true")) as agent, colleague(server, LONER) as loner:
        await agent.backend.people("ranger")
        await agent.shows(ALONE, lambda one: one.native == "subscription asked for")
        await until(lambda: loner.asked)
        assert agent.presence(ALONE).state is PresenceState.UNKNOWN  # type: ignore[union-attr]
        loner.send_presence_subscription(f"agent1@{DOMAIN}", ptype="subscribed")
        await agent.shows(ALONE, lambda one: one.state is PresenceState.AVAILABLE)
        loner.send_presence_subscription(f"agent1@{DOMAIN}", ptype="unsubscribed")
        await agent.shows(ALONE, lambda one: one.state is PresenceState.UNKNOWN)


async def test_who_asks_to_see_us_is_not_let_in_by_us(server: XmppServer) -> None:
    async with following(adapter(server)) as agent, colleague(server, LONER) as stranger:
        stranger.send_presence_subscription(f"agent1@{DOMAIN}", ptype="subscribe")
        await stranger.settle()
        await agent.backend.snapshot()
        await stranger.settle()
        assert stranger.sees(f"agent1@{DOMAIN}") in {"", "unavailable"}


async def test_nobody_of_that_address_cannot_be_written_to(server: XmppServer) -> None:
    async with following(adapter(server)) as agent:
        for address in ("nobody@elsewhere.example", "expert9@desk.example", "no address", "<a@b>", "", "@", "a@b@c"):
            with pytest.raises(NotFound):
                await agent.backend.chat(address, "hello", key="k")
