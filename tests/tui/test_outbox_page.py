"""The outbox page: records that wait, messages from customers, and what became of those sent."""

from desktop.app.outbox_rows import new_row
from desktop.domain.message import InboundMessage, SentMessage
from desktop.domain.model import Address
from desktop.domain.state import AppState
from desktop.domain.words import Channel, DeliveryState
from desktop.tui.pages import outbox_lines

NUMBER = "+442079460958"


def shown(state: AppState) -> list[str]:
    return [line.plain.rstrip() for line in outbox_lines((), state, 100.0)]


def test_messages_stand_below_the_records_newest_first() -> None:
    received = [
        InboundMessage("1", 40.0, Channel.SMS, Address("phone", NUMBER), "where is it?"),
        InboundMessage("2", 90.0, Channel.SMS, Address("phone", NUMBER), "Stop"),
        InboundMessage("3", 95.0, Channel.EMAIL, Address("email", "eve@example.org"), "hello", "A kettle"),
    ]
    sent = [
        SentMessage("m1", 50.0, DeliveryState.FAILED, Channel.SMS, NUMBER, "on its way", "no such number"),
        SentMessage("m2", 97.0, DeliveryState.DELIVERED, Channel.SMS, NUMBER, "thanks"),
    ]
    state = AppState(received={one.id: one for one in received}, sent={one.id: one for one in sent})
    assert shown(state) == [
        "Everything has been delivered.",
        "",
        "Messages from customers",
        "✉ eve@example.org   5s ago",
        "    A kettle",
        "    hello",
        "✆ +44 20 7946 0958   10s ago   wants no more messages",
        "    Stop",
        "✆ +44 20 7946 0958   60s ago",
        "    where is it?",
        "",
        "Messages sent",
        "● delivered ✆ +442079460958   3s ago",
        "    thanks",
        "✕ failed    ✆ +442079460958   50s ago   no such number",
        "    on its way",
    ]
    assert shown(AppState()) == ["Everything has been delivered."]


def test_what_strangers_write_is_only_text() -> None:
    hostile = "[bold]\x1b]0;owned\x07\u202eevil\n\r\x9b31m"
    message = InboundMessage(hostile, 1.0, Channel.SMS, Address("phone", hostile), hostile, hostile)
    report = SentMessage(hostile, 1.0, DeliveryState.FAILED, Channel.SMS, hostile, hostile, hostile)
    for line in shown(AppState(received={"1": message}, sent={"2": report})):
        assert all(character.isprintable() for character in line), ascii(line)
    assert sum("[bold]" in line for line in shown(AppState(received={"1": message}))) == 3


def test_a_note_of_several_lines_keeps_them() -> None:
    row = new_row("k", "wrap_up", "i1", "crm", {"note": "first\nsecond\r\nthird"}, created_at=1.0)
    text = [line.plain for line in outbox_lines((row,), AppState(), 100.0)]
    assert [line for line in text if line.startswith("    ")] == ["    first", "    second", "    third"]
