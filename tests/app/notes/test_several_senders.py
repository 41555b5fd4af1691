"""Two message senders in one profile: each message goes to the first that carries its channel."""

from pathlib import Path

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.customer import Consent, FollowUp, Match
from desktop.domain.entities.words import Channel, Health, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import Unavailable
from tests.app.app_fakes import (
    ME,
    FakeContactCenter,
    FakeCrm,
    FakeMessaging,
    VirtualTime,
    customer,
    interaction,
    spin,
    until,
)


class Texts(FakeMessaging):
    """Carries text messages only."""

    channels = frozenset({Channel.SMS})


class Mails(FakeMessaging):
    """Carries e-mails only."""

    channels = frozenset({Channel.EMAIL})


async def test_each_message_goes_to_the_sender_of_its_channel_and_one_that_is_down_holds_up_no_other(
    tmp_path: Path,
) -> None:
    time = VirtualTime()
    server, crm, texts, mails = FakeContactCenter(time.timing), FakeCrm(), Texts(), Mails()
    consents = (Consent("sms", True, 1.0), Consent("email", True, 1.0))
    crm.matches = [Match(customer(consents=consents), "phone", "same number")]
    senders = {"messaging:texts": texts, "messaging:mails": mails}
    session = Session(
        "p",
        Backends(server, crm, messaging=senders),
        lambda: LocalStore.open(tmp_path / "p.db", clock=time.timing.clock),
        timing=time.timing,
        region="DE",
    )
    texts.script.always("send", Unavailable("no carrier"))
    await session.start()
    server.happen(interaction(1, phase=Phase.WRAP_UP, agent_id=ME), Change.OFFERED)
    await spin()
    await until(lambda: session.store.drain().pops["i1"].chosen == "c1")
    follow_ups = [FollowUp("sms", "See you."), FollowUp("email", "As promised.", to="ada@example.org")]
    assert (await session.wrap_ups.finish("i1", codes=["sold"], note="", follow_ups=follow_ups)).ok
    await until(lambda: mails.sent)
    assert [message.text for message in mails.sent] == ["As promised."]
    await until(lambda: session.store.drain().outbox.waiting == 1)
    assert [row.target for row in await session.outbox.rows()] == ["messaging:texts"]
    assert session.store.drain().health["messaging:texts"].health is Health.DOWN
    assert session.store.drain().health["messaging:mails"].health is Health.LIVE
    texts.script.always("send", None)
    await time.run_until(lambda: bool(texts.sent), disk=True)
    await session.close()
