"""A written contact on the screen: what became of each message, its files, an e-mail's head, and the keys for them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from desktop.domain.entities.model import Address, Attachment, Message
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.entities.wrap_up_record import DraftView, OutgoingReply, ReplyFile, ReplyHead
from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.file_picker import FilePicker
from desktop.tui.agent.overlays.head_fields import HeadFields
from desktop.tui.agent.overlays.save_list import SaveList
from desktop.tui.agent.overlays.thread_search import ThreadSearch
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.agent.panes.reply_head import ReplyHeadPane
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.agent.paths import completions
from tests.tui.agent.test_reply import quiet, sends, texts
from tests.tui.desk import RecordedSession, desk, settle, steady_cursors, told
from tests.tui.states import NOW

SIZE = (120, 40)
ALL = frozenset({"attachments", "copies", "read", "typing"})
BILL = ReplyFile("/tmp/bill.pdf", "bill.pdf", "application/pdf", 12_000, "0" * 64)
ANN, BO = "ann@example.com", "bo@example.com"


def able(**changes: Any) -> AppState:
    """A chat at a contact centre that can do everything."""
    state = quiet(**changes)
    offered = {source: frozenset(has) | ALL for source, has in state.capabilities.items()}
    return replace(state, capabilities={"contact_center": ALL | {"send_message"}, **offered})


def mail(**changes: Any) -> AppState:
    first = Message("m1", NOW - 60, "customer", "Where is it?", sender=ANN, subject="Order 7", cc=(BO,))
    return able(channel=Channel.EMAIL, customer=Address("email", ANN), messages=(first,), **changes)


def drafted(state: AppState, head: ReplyHead, text: str = "Here it is.") -> AppState:
    return replace(state, drafts={"i1": DraftView("", (), 1, NOW, reply=text, head=head)})


def calls(session: RecordedSession, name: str) -> list[Any]:
    return [call[1:] for call in session.calls if call[0] == name]


async def test_the_head_of_what_waits_stands_with_it_and_not_over_the_next_reply() -> None:
    state = mail()
    waits = OutgoingReply("k1", "Here it is.", NOW + 3.4, ReplyHead("Re: Order 7", (ANN,), (BO,)))
    app, session = desk(replace(state, drafts={"i1": DraftView("", (), 1, NOW, outgoing=(waits,))}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert f"To {ANN}  Cc {BO}  Subject Re: Order 7" in texts(app)
        head = app.desk_screen.query_one(ReplyHeadPane)
        assert not head.has_class("open")
        session.store.state = drafted(state, ReplyHead(), "And")
        app.request_frame()
        await settle(pilot)
        assert head.has_class("open") and f"To {ANN}" in head.render().plain


async def test_what_became_of_each_message_is_said() -> None:
    said = (
        Message("m1", NOW - 90, "customer", "First version", edited_at=NOW - 80),
        Message("m2", NOW - 70, "customer", "", deleted=True),
        Message("m3", NOW - 60, "agent", "Ours", DeliveryState.DELIVERED, read_at=NOW - 30),
        Message("m4", NOW - 50, "customer", "From another", sender="Jo Ortega"),
    )
    app, _ = desk(able(messages=said, typing_until=NOW + 5))
    async with app.run_test(size=(160, 60)) as pilot:
        await settle(pilot)
        shown = texts(app)
        assert "✎ edited" in shown and "deleted by its sender" in shown and "✓✓ read" in shown
        assert "Jo Ortega" in shown
        assert shown.rstrip().endswith("is writing …")


async def test_typing_that_is_over_is_not_shown() -> None:
    app, _ = desk(able(typing_until=NOW - 1))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "is writing" not in texts(app)


async def test_what_was_read_is_told_only_while_its_end_is_in_sight() -> None:
    many = tuple(Message(f"t{n}", NOW - 100 + n, "customer", f"Message {n}") for n in range(50))
    app, session = desk(able(messages=many, unread=3))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "pageup"])
        session.calls.clear()
        app.request_frame()
        await settle(pilot)
        assert calls(session, "threads.see") == []
        await settle(pilot, ["pagedown", "pagedown"])
        app.request_frame()
        await settle(pilot)
        assert ("i1",) in calls(session, "threads.see")
        await settle(pilot, ["f1"])
        session.calls.clear()
        app.request_frame()
        await settle(pilot)
        assert calls(session, "threads.see") == []


async def test_a_file_is_a_row_and_a_key_saves_it_unopened() -> None:
    hostile = Attachment("a", "\x1b]0;x\x07bill\u202efdp.exe", "text/html; [bold]", 12_400)
    app, session = desk(able(messages=(Message("m1", NOW, "customer", "See.", attachments=(hostile,)),)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        row = next(row for row in texts(app).splitlines() if "▤" in row)
        assert "12 KB" in row and "\x1b" not in row and "\u202e" not in row
        await settle(pilot, ["S"])
        assert calls(session, "threads.save") == [("i1", "m1", "a")]


async def test_of_several_files_one_is_chosen() -> None:
    two = (Attachment("a", "one.txt", size=1), Attachment("b", "two.txt", size=2))
    app, session = desk(able(messages=(Message("m1", NOW, "customer", "", attachments=two),)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["S", "escape"])
        assert not app.desk_screen.query_one(SaveList).is_open
        assert calls(session, "threads.save") == []
        await settle(pilot, ["escape", "S", "2"])
        assert calls(session, "threads.save") == [("i1", "m1", "b")]
        assert not app.desk_screen.query_one(SaveList).is_open


@pytest.mark.parametrize("key", ["A", "S", "E", "R", "X", "F"])
async def test_a_key_that_cannot_do_anything_says_so(key: str) -> None:
    app, _session = desk(replace(quiet(), interactions={}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [key])
        assert told(app.desk_screen)


async def test_the_customers_newest_file_is_the_first_to_be_saved() -> None:
    def carrying(name: str, author: str) -> Message:
        return Message(name, NOW, author, "", attachments=(Attachment(name, f"{name}.txt", size=1),))

    sent = (carrying("old", "customer"), carrying("new", "customer"), carrying("ours", "agent"))
    app, session = desk(able(messages=sent))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["S", "enter"])
        assert calls(session, "threads.save") == [("i1", "new", "new")]


async def test_a_file_is_found_by_typing_and_named_again_before_it_goes(tmp_path: Path) -> None:
    (tmp_path / "bills").mkdir()
    (tmp_path / "bills" / "october.pdf").write_bytes(b"x")
    app, session = desk(able())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["A"])
        picker = app.desk_screen.query_one(FilePicker)
        picker.query_one(Input).value = f"{tmp_path}/bi"
        await app.workers.wait_for_complete()
        await settle(pilot, ["tab"])
        await app.workers.wait_for_complete()
        await settle(pilot, ["enter"])
        assert calls(session, "replies.attach") == [("i1", f"{tmp_path}/bills/october.pdf")]
        assert not picker.is_open


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
@pytest.mark.parametrize("key", ["A", "E", "F", "alt+l", "slash"])
async def test_what_is_typed_in_a_field_over_the_panes_is_seen(key: str, size: tuple[int, int]) -> None:
    app, _session = desk(mail() if key == "E" else able())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, [key, *"sen"])
        field = app.focused
        assert isinstance(field, Input)
        assert field.value.endswith("sen")
        assert field.content_region.height == 1


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_path_that_is_typed(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, _session = desk(able())

    async def typed(pilot: Pilot[Any]) -> None:
        await settle(pilot, ["A", *"/no-such-folder/bill"])
        steady_cursors(pilot)
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=typed)


async def test_a_reply_with_files_goes_at_the_second_press() -> None:
    app, session = desk(drafted(able(), ReplyHead(files=(BILL,))))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        assert "bill.pdf 12 KB" in app.desk_screen.query_one(ReplyHeadPane).render().plain
        await settle(pilot, ["alt+enter"])
        assert sends(session) == []
        assert "send bill.pdf to Priya Natarajan" in app.desk_screen.query_one(Footer).prompt
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]


async def test_files_go_without_a_text_and_nothing_at_all_does_not() -> None:
    app, _ = desk(able())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "alt+enter"])
        assert "Write your reply first." in told(app.desk_screen)
    app, session = desk(drafted(able(), ReplyHead(files=(BILL,)), text=""))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "alt+enter"])
        assert "send bill.pdf to Priya Natarajan" in app.desk_screen.query_one(Footer).prompt
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]


async def test_a_mail_says_to_whom_it_goes_and_all_is_named() -> None:
    app, session = desk(drafted(mail(), ReplyHead()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        head = app.desk_screen.query_one(ReplyHeadPane).render().plain
        assert f"To {ANN}" in head and "Cc" not in head and "Subject Re: Order 7" in head
        await settle(pilot, ["R"])
        assert calls(session, "replies.change_head") == [("i1", ReplyHead("Re: Order 7", (ANN,), (BO,)))]
        assert any(BO in one for one in [told(app.desk_screen)])


async def test_a_mail_to_several_names_them_before_it_goes() -> None:
    app, session = desk(drafted(mail(), ReplyHead("Re: Order 7", (ANN,), (BO,))))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "alt+enter"])
        assert f"send it to {ANN}, {BO}" in app.desk_screen.query_one(Footer).prompt
        assert sends(session) == []
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]


async def test_subject_and_recipients_are_edited_and_a_wrong_address_is_said() -> None:
    app, session = desk(drafted(mail(), ReplyHead()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["E"])
        fields = app.desk_screen.query_one(HeadFields)
        fields.query_one("#head-subject", Input).value = "Your order"
        await settle(pilot, ["enter", "enter", *"nobody", "enter"])
        assert fields.is_open
        assert "nobody is no e-mail address." in told(app.desk_screen)
        fields.query_one("#head-cc", Input).value = f"{BO}; cy@example.com"
        await settle(pilot, ["enter"])
        assert not fields.is_open
        (*_, last) = calls(session, "replies.change_head")
        assert last == ("i1", ReplyHead("Your order", (ANN,), (BO, "cy@example.com")))


async def test_words_are_found_in_ten_thousand_messages() -> None:
    many = [Message(f"t{n}", NOW - 10_000 + n, "customer", f"Message {n}") for n in range(10_000)]
    many[20] = replace(many[20], text="The Ärger with the ROUTER")
    many[7_000] = replace(many[7_000], text="router again")
    app, _ = desk(able(messages=tuple(many)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["F", *"router"])
        assert "router again  ◂" not in texts(app) and "router again" in texts(app) and "◂ found" in texts(app)
        await settle(pilot, ["enter"])
        assert "Ärger" in texts(app)
        await settle(pilot, ["enter", "down"])
        assert "router again" in texts(app)
        await settle(pilot, ["escape"])
        assert not app.desk_screen.query_one(ThreadSearch).is_open
        assert "router again" in texts(app), "the conversation stays where it was found"


async def test_pages_of_the_conversation_turn_from_the_work_list_too() -> None:
    many = tuple(Message(f"t{n}", NOW - 100 + n, "customer", f"Message {n}.") for n in range(100))
    app, _ = desk(able(messages=many))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.query_one(WorkPane).focus()
        await settle(pilot, ["pageup", "pageup"])
        assert "Message 99." not in texts(app)
        await settle(pilot, ["pagedown", "pagedown"])
        assert "Message 99." in texts(app)


async def test_html_is_text_on_any_channel_and_a_megabyte_is_cut() -> None:
    html = Message("m1", NOW - 9, "customer", "<b>bold</b> <a href='http://x.example'>link</a>", media_type="text/html")
    large = Message("m2", NOW - 8, "customer", "word " * 200_000)
    app, _ = desk(able(messages=(html, large)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.query_one(ConversationPane).scroll_thread(-1)
        await settle(pilot)
        assert "<b>" not in texts(app) and "bold" in texts(app) and "http://x.example" in texts(app)


async def test_the_reply_grows_with_its_lines() -> None:
    app, _ = desk(able())
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot, ["t"])
        reply = app.desk_screen.query_one(ReplyPane)
        assert reply.content_size.height == 3
        await settle(pilot, [*["enter"] * 6])
        assert reply.content_size.height == 7
        await settle(pilot, [*["enter"] * 9])
        assert reply.content_size.height == 10


def test_only_files_and_folders_are_offered(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("x")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "A").mkdir()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert [one.name for one in completions(f"{tmp_path}/")] == ["A", "b.txt"]
    assert [one.name for one in completions(f"{tmp_path}/.")] == [".hidden"]
    assert completions("/no/such/folder/") == () and completions("a\0b") == ()
