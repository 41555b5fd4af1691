"""Lines of chat in both directions: once each, from whom they say, and how far they came."""

from xml.etree.ElementTree import fromstring

import pytest

from desktop.ports.errors import Rejected
from tests.real.servers.prosody import DOMAIN, LONER

from .colleague import colleague
from .conftest import XmppServer
from .following import adapter, following, until

AGENT, EXPERT = f"agent1@{DOMAIN}", f"expert1@{DOMAIN}"


async def test_a_line_reaches_the_expert_once_and_its_receipt_comes_back(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server)) as agent:
        line = await agent.backend.chat(EXPERT, "Can you\nhelp?", key="line-1")
        assert (line.id, line.person_id, line.mine, line.text) == ("line-1", EXPERT, True, "Can you\nhelp?")
        again = await agent.backend.chat(EXPERT, "Can you\nhelp?", key="line-1")
        assert again.id == "line-1"
        told = await until(lambda: [one for one in agent.lines() if one.id == "line-1"])
        assert told[0].delivered, "slixmpp's own receipts (XEP-0184)"
        await expert.settle()
        assert expert.heard("Can you\nhelp?") == 1


async def test_the_same_key_is_sent_once_across_a_restart_where_the_server_keeps_an_archive(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert:
        for _ in range(2):
            async with following(adapter(server)) as agent:
                line = await agent.backend.chat(EXPERT, "only once", key="line-restart")
                assert (line.id, line.text, line.person_id) == ("line-restart", "only once", EXPERT)
        await expert.settle()
        assert expert.heard("only once") == 1


async def test_what_the_expert_answers_is_told_once_and_typing_is_not(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server)) as agent:
        typing = expert.make_message(AGENT, mtype="chat")
        typing.append(fromstring("<composing xmlns='http://jabber.org/protocol/chatstates'/>"))
        typing.send()
        await expert.says(AGENT, "Surely.")
        (line,) = await until(lambda: agent.lines())
        assert (line.person_id, line.mine, line.text) == (EXPERT, False, "Surely.")


async def test_an_asked_for_receipt_is_given_to_colleagues(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server)):
        receipts: list[str] = []
        expert.add_event_handler("receipt_received", lambda stanza: receipts.append(stanza["receipt"]))
        message = expert.make_message(AGENT, "Did it come?", mtype="chat")
        message["id"], message["request_receipt"] = "wanted", True
        message.send()
        await until(lambda: receipts == ["wanted"])


async def test_what_we_write_and_read_elsewhere_is_shown_here_too(server: XmppServer) -> None:
    async with (
        colleague(server, "expert1") as expert,
        following(adapter(server)) as agent,
        colleague(server, "agent1", resource="phone") as phone,
    ):
        await phone.says(EXPERT, "from my phone")
        (line,) = await until(lambda: [one for one in agent.lines() if one.text == "from my phone"])
        assert (line.mine, line.person_id) == (True, EXPERT)
        await expert.says(phone.boundjid.full, "to your phone")
        (line,) = await until(lambda: [one for one in agent.lines() if one.text == "to your phone"])
        assert (line.mine, line.person_id) == (False, EXPERT)


async def test_a_forged_copy_is_no_line(server: XmppServer) -> None:
    """CVE-2017-5589: anybody can wrap a message as if our own server had copied it."""
    async with colleague(server, LONER) as forger, following(adapter(server)) as agent:
        forged = forger.make_message(AGENT, mtype="chat")
        forged.append(
            fromstring(
                f"""<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
                <message xmlns='jabber:client' from='{EXPERT}/x' to='{AGENT}' type='chat'><body>forged</body></message>
                </forwarded></received>"""
            )
        )
        forged.send()
        await forger.says(AGENT, "honest")
        (line,) = await until(lambda: agent.lines())
        assert (line.person_id, line.text) == (f"{LONER}@{DOMAIN}", "honest")


async def test_a_receipt_counts_only_from_whom_the_line_went_to(server: XmppServer) -> None:
    async with colleague(server, "expert2") as other, following(adapter(server)) as agent:
        line = await agent.backend.chat(EXPERT, "are you there", key="line-offline")
        assert not line.delivered
        forged = other.make_message(AGENT, mtype="chat")
        forged.append(fromstring("<received xmlns='urn:xmpp:receipts' id='line-offline'/>"))
        forged.send()
        await other.says(AGENT, "after the forgery")
        await until(lambda: [one for one in agent.lines() if one.text == "after the forgery"])
        assert [one for one in agent.lines() if one.delivered and one.id == "line-offline"] == []


@pytest.mark.parametrize(
    "text", ["a\x00b\x1bc\ud800d\ufffee", "]]></body></message><x/>", "&amp; <b>\u202e", "ü€🦉" * 200]
)
async def test_whatever_is_typed_arrives_and_the_connection_stays(server: XmppServer, text: str) -> None:
    async with colleague(server, "expert1") as expert, following(adapter(server)) as agent:
        line = await agent.backend.chat(EXPERT, text, key=f"odd-{len(text)}-{ord(text[0])}")
        await until(lambda: expert.heard(line.text))
        assert agent.error is None


async def test_nothing_and_too_much_are_not_sent(server: XmppServer) -> None:
    async with following(adapter(server)) as agent:
        for text, key in (("", "k1"), ("\x00", "k2"), ("x" * 20_001, "k3"), ("x", ""), ("x", "a b")):
            with pytest.raises(Rejected):
                await agent.backend.chat(EXPERT, text, key=key)


async def test_what_was_written_while_nobody_was_there_comes_with_its_time(server: XmppServer) -> None:
    async with colleague(server, "expert1") as expert:
        await until(lambda: expert.sees(AGENT) in {"", "unavailable"})
        await expert.says(AGENT, "left behind")
        async with following(adapter(server)) as agent:
            (line,) = await until(lambda: [one for one in agent.lines() if one.text == "left behind"])
            assert not line.mine
