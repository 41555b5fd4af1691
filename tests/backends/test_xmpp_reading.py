"""What stanzas say, read without any server: addresses, presences, cards, chat, and whatever nonsense comes."""

import subprocess
import sys
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.xmpp.account import bare
from desktop.backends.xmpp.card import SKILLS, Card, read_vcard4, read_vcard_temp
from desktop.backends.xmpp.chats import Chats
from desktop.backends.xmpp.contacts import MOST_RESOURCES, Contacts
from desktop.backends.xmpp.event_log import KEPT, EventLog
from desktop.backends.xmpp.link import error_of
from desktop.backends.xmpp.resources import read_activity, read_resource
from desktop.backends.xmpp.xml import TEXT, make, moment, sendable, tag
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import PersonChanged
from desktop.ports.errors import BackendError, Forbidden, NotFound, RateLimited, Rejected

ME, ADA = "me@desk.example", "ada@desk.example"
NOW = 1_800_000_000.0


def stanza(inner: str = "", **attributes: str) -> Element:
    words = " ".join(f"{name.rstrip('_')}='{value}'" for name, value in attributes.items())
    return fromstring(f"<presence xmlns='jabber:client' {words}>{inner}</presence>")


def message(inner: str, **attributes: str) -> Element:
    words = " ".join(f"{name.rstrip('_')}='{value}'" for name, value in attributes.items())
    return fromstring(f"<message xmlns='jabber:client' {words}>{inner}</message>")


def contacts(*subscribed: str) -> Contacts:
    people = Contacts(ME, "presence", lambda: NOW)
    people.begin("desk")
    people.roster(make("jabber:iq:roster", "item", jid=jid, subscription="both", name="N") for jid in subscribed)
    return people


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Ada@Desk.Example", ADA),
        ("ada@desk.example/phone/../x", ADA),
        ("ada@desk.example.", ADA),
        ("", ""),
        ("desk.example", ""),
        ("@desk.example", ""),
        ("ada@", ""),
        ("a b@desk.example", ""),
        ("a@b@c", ""),
        ("<x>@desk.example", ""),
        ("a\u202eb@desk.example", ""),
        ("a" * 1024 + "@desk.example", ""),
        ("ada@de sk", ""),
        ("ada@-x", ""),
    ],
)
def test_an_address_is_one_or_none(given: str, wanted: str) -> None:
    assert bare(given) == wanted


@given(st.text())
def test_an_address_is_its_own_plain_form(text: str) -> None:
    assert bare(bare(text)) == bare(text)


@given(st.text(alphabet=st.characters(), max_size=50))
def test_whatever_is_sent_can_be_read_by_an_xml_parser(text: str) -> None:
    from xml.etree.ElementTree import tostring

    element = make("x", "body", sendable(text))
    read = fromstring(tostring(element)).text or ""
    assert read.replace("\r", "\n") == sendable(text).replace("\r", "\n")


def test_a_word_nobody_knows_is_unknown_and_kept() -> None:
    people = contacts(ADA)
    people.presence(stanza("<show>levitating</show>", from_=f"{ADA}/x"))
    (seen,) = people.presences()
    assert (seen.state, seen.native) == (PresenceState.UNKNOWN, "levitating")


def test_without_subscription_nobody_is_offline() -> None:
    people = Contacts(ME, "presence", lambda: NOW)
    people.begin("desk")
    for subscription in ("none", "from", "", "nonsense"):
        people.roster([make("jabber:iq:roster", "item", jid=ADA, subscription=subscription)])
        (seen,) = people.presences()
        assert seen.state is PresenceState.UNKNOWN


def test_silence_of_another_companys_server_is_not_offline() -> None:
    people = contacts(ADA, "bob@other.example")
    states = {one.person_id: one.state for one in people.presences()}
    assert states == {ADA: PresenceState.OFFLINE, "bob@other.example": PresenceState.UNKNOWN}
    people.presence(stanza(from_="bob@other.example", type="unavailable"))
    assert people.presences()[1].state is PresenceState.OFFLINE


def test_a_server_that_cannot_be_reached_makes_its_people_unknown() -> None:
    people = contacts("bob@other.example")
    error = "<error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    people.presence(stanza(error, from_="bob@other.example", type="error"))
    (seen,) = people.presences()
    assert (seen.state, seen.native) == (PresenceState.UNKNOWN, "remote-server-not-found")


def test_a_repeated_presence_is_as_old_as_it_was_and_never_from_the_future() -> None:
    for stamp, wanted in (("2020-01-01T00:00:00Z", 1577836800.0), ("2999-01-01T00:00:00Z", NOW), ("yesterday", NOW)):
        read = read_resource(stanza(f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>"), "x", NOW)
        assert read.seen_at == wanted


def test_the_same_presence_again_is_no_news_and_versions_only_grow() -> None:
    people = contacts(ADA)
    first = people.presence(stanza(from_=f"{ADA}/x"))
    assert people.presence(stanza(from_=f"{ADA}/x")) == []
    second = people.presence(stanza("<show>dnd</show>", from_=f"{ADA}/x"))
    assert second[0].presence.version > first[0].presence.version  # type: ignore[union-attr]


def test_strangers_and_endless_programs_are_bounded() -> None:
    people = contacts(ADA)
    assert people.presence(stanza(from_="stranger@desk.example/x")) == []
    for number in range(MOST_RESOURCES * 2):
        people.presence(stanza(from_=f"{ADA}/{number}"))
    for number in range(MOST_RESOURCES * 2):
        people.presence(stanza(from_=f"{ADA}/{number}", type="unavailable"))
    assert people.presences()[0].state is PresenceState.OFFLINE


def test_hostile_names_are_one_printable_line() -> None:
    people = contacts()
    (event, *_) = people.roster_item(
        make("jabber:iq:roster", "item", jid=ADA, subscription="both", name="\x1b[31mA\n\u202eb" + "x" * 9000)
    )
    assert isinstance(event, PersonChanged)
    assert event.person.name.isprintable()
    assert len(event.person.name) <= 300


def test_a_huge_card_is_bounded() -> None:
    skills = "".join(f"<KEYWORD>skill {n} 4</KEYWORD>" for n in range(5000))
    card = f"<vCard xmlns='vcard-temp'><FN>{'x' * 100_000}</FN><CATEGORIES>{skills}</CATEGORIES></vCard>"
    read = read_vcard_temp(fromstring(card))
    assert len(read.name) <= 300
    assert len(read.skills) == SKILLS
    assert set(read.skills.values()) == {4}


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<tel/>",
        "<tel><text>javascript:alert(1)</text></tel>",
        "<expertise/><categories><text/></categories><org/><tz><text>+02:00</text></tz>",
    ],
)
def test_a_card_that_says_nothing_says_nothing(inner: str) -> None:
    assert read_vcard4(fromstring(f"<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'>{inner}</vcard>")) == Card()


def test_an_activity_of_any_form_is_read() -> None:
    for inner in ("", "<text>t</text>", "<x xmlns='y'><z/></x>", "<talking><on_the_phone/></talking><text>t</text>"):
        activity = read_activity(
            fromstring(f"<activity xmlns='http://jabber.org/protocol/activity'>{inner}</activity>")
        )
        assert activity.in_call is ("phone" in inner)


def test_the_same_line_twice_is_one_and_ids_of_others_cannot_be_taken() -> None:
    chats = Chats(ME, lambda: NOW)
    body = "<body>hello</body>"
    first = chats.hear(message(body, from_=f"{ADA}/x", id="1", type="chat"))
    assert chats.hear(message(body, from_=f"{ADA}/x", id="1", type="chat")) is None
    other = chats.hear(message(body, from_="eve@desk.example/x", id="1", type="chat"))
    assert first is not None and other is not None
    assert first.line.id != other.line.id


@pytest.mark.parametrize("kind", ["groupchat", "headline", "error", "nonsense"])
def test_only_chat_is_chat(kind: str) -> None:
    heard = Chats(ME, lambda: NOW).hear(message("<body>hello</body>", from_=f"{ADA}/x", type=kind, id="1"))
    assert heard is None


def test_a_line_keeps_its_breaks_but_nothing_that_moves_a_cursor() -> None:
    heard = Chats(ME, lambda: NOW).hear(
        message("<body>a\nb\u202ec\u0085d" + "x" * 30_000 + "</body>", from_=f"{ADA}/x")
    )
    assert heard is not None
    assert heard.line.text.startswith("a\nb c d")
    assert len(heard.line.text) <= TEXT


def test_a_reader_of_the_journal_goes_on_where_it_was_or_learns_that_it_cannot() -> None:
    journal = EventLog("presence", lambda: NOW)
    people = contacts(ADA)
    events = people.presence(stanza(from_=f"{ADA}/x"))
    for _ in range(KEPT + 10):
        journal.put(events)
    assert journal.reaches(journal.epoch, 10)
    assert not journal.reaches(journal.epoch, 9)
    assert not journal.reaches(journal.epoch, journal.head + 1)
    assert not journal.reaches("another", journal.head)
    assert [one.seq for one in journal.after(journal.head - 2)] == [journal.head - 1, journal.head]
    assert journal.after(journal.head) == ()
    journal.begin()
    assert not journal.reaches("", 0)


@given(st.text(max_size=60))
def test_any_date_is_a_moment_or_none(text: str) -> None:
    assert moment(text) is None or isinstance(moment(text), float)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_date_that_no_screen_can_show_is_none(text: str) -> None:
    assert moment(text) is None


def test_slixmpp_is_imported_by_who_connects_only() -> None:
    code = "import sys, desktop.backends.xmpp.presence; sys.exit('slixmpp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_names_of_elements_are_as_the_parser_writes_them() -> None:
    assert fromstring("<a xmlns='b'/>").tag == tag("b", "a")


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("forbidden", Forbidden),
        ("not-authorized", Forbidden),  # on a stream that is signed in: it is not about our own credentials
        ("registration-required", Forbidden),
        ("subscription-required", Forbidden),
        ("item-not-found", NotFound),
        ("policy-violation", RateLimited),
        ("not-acceptable", Rejected),
    ],
)
def test_a_condition_says_what_to_do_next(condition: str, kind: type[BackendError]) -> None:
    inner = f'<error type="auth"><{condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>'
    error = error_of(stanza(inner, type="error"), "asking")
    assert type(error) is kind
    assert error.message == "The directory asks us to slow down." or condition.replace("-", " ") in error.message
