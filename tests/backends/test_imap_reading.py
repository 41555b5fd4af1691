"""What a shared mailbox reads: IMAP's responses and mails, which anybody may have written."""

import contextlib
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.backends.imap.mime import DEEPEST, LONGEST_TEXT, MOST_PARTS, Automatic, read
from desktop.backends.imap.protocol import folder_name, literal_size, numbers, quoted, response
from desktop.ports.errors import ProtocolError


def mail(text: str = "Hello", **headers: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    for name, value in ({"From": "Eve <eve@a.example>", "Message-ID": "<1@a.example>"} | headers).items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return bytes(made)


def test_a_fetch_is_read_with_its_literals() -> None:
    one = response([b"* 3 FETCH (UID 7 FLAGS (\\Seen $Taken-maya) MODSEQ (12) BODY[]<0> {5}", b'a)b("', b")"])
    assert (one.kind, one.number) == ("FETCH", 3)
    assert one.tokens == (["UID", "7", "FLAGS", ["\\Seen", "$Taken-maya"], "MODSEQ", ["12"], "BODY[]<0>", b'a)b("'],)


def test_codes_stand_apart_from_words() -> None:
    one = response([b"A7 OK [MODIFIED 5,9:10] Conditional STORE failed"])
    assert (one.tag, one.kind, one.code) == ("A7", "OK", "MODIFIED 5,9:10")
    assert numbers("5,9:10") == {5, 9, 10}
    assert len(numbers("1:4000000000")) <= 100_001


@pytest.mark.parametrize("line", [b"", b"*", b"* (", b"* 1 FETCH (" + b"(" * 100, b'* X "', b"* X ]", b"A1 FETCH"])
def test_what_is_no_response_is_told(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        response([line])
    with pytest.raises(ProtocolError):
        literal_size(b"* 1 FETCH (BODY[] {99999999999}")


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_any_bytes_are_a_response_or_a_protocol_error(pieces: list[bytes]) -> None:
    with contextlib.suppress(ProtocolError):
        response(pieces)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=50))
def test_a_quoted_string_comes_back_as_it_was(text: str) -> None:
    assert response([f"* X {quoted(text)}".encode()]).tokens == (text.encode(),)


def test_folders_beyond_ascii() -> None:
    assert folder_name("Entwürfe & mehr/日本語") == "Entw&APw-rfe &- mehr/&ZeVnLIqe-"


@given(st.binary(max_size=2_000))
@example(b"From: " + b"((" * 20_000 + b"\r\n\r\nx")
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n")
@example(b"Content-Type: text/plain; charset=zip\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=")
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    found = read(raw)
    shown = (found.subject, found.sender, found.sender_name, *(one.attachment.name for one in found.files))
    assert all(one.isprintable() for one in shown)
    assert len(found.text) <= LONGEST_TEXT
    found.text.encode()


@given(st.text(max_size=300), st.text(max_size=100))
@example("\t", "")
def test_a_mail_comes_back_as_it_was_written(text: str, subject: str) -> None:
    clean = "\n".join(text.encode("utf-16", "replace").decode("utf-16").replace("\0", "").splitlines())
    line = " ".join("".join(c if c.isprintable() else " " for c in subject.encode("utf-8", "replace").decode()).split())
    found = read(mail(clean, Subject=line))
    assert found.text.rstrip("\n") == (clean.rstrip("\n") if clean.strip() else "")
    assert found.subject.replace(" ", "") == line.replace(" ", "")


def test_a_mail_nested_a_thousand_deep_is_cut() -> None:
    raw = b"Subject: deep\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"
    for level in range(1_000):
        raw += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1)
    found = read(raw + b"--b1000\r\n\r\nhi")
    assert (found.subject, found.cut, len(found.files)) == ("deep", True, 1)
    assert DEEPEST < 1_000


def test_a_thousand_parts_are_cut() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    found = read(raw)
    assert found.cut
    assert found.text.count("x") <= MOST_PARTS


def test_a_megabyte_of_text_is_cut() -> None:
    found = read(mail("word " * 200_000))
    assert found.cut
    assert len(found.text) == LONGEST_TEXT


@pytest.mark.parametrize("charset", ["no-such-charset", "idna", "zip", "unicode_escape", "utf-7", "us-ascii", ""])
def test_a_wrong_charset_costs_no_text(charset: str) -> None:
    raw = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + "Grüße \\x41 +AGE-".encode()
    assert read(raw).text == "Grüße \\x41 +AGE-"


def test_the_sender_is_who_the_address_says() -> None:
    for spoofed in ('"boss@bank.example" <evil@x.example>', "=?utf-8?q?boss=40bank.example?= <evil@x.example>"):
        found = read(f"From: {spoofed}\r\n\r\nx".encode())
        assert (found.sender, found.sender_name) == ("evil@x.example", "")
    hidden = read(b"From: =?utf-8?q?Bank_=3Cboss=40bank=2Eexample=3E?= <evil@x.example>\r\n\r\nx")
    assert hidden.sender == "evil@x.example"


def test_a_name_has_no_folder_in_it() -> None:
    raw = b"Content-Type: a/x\r\nContent-Disposition: attachment; filename*=utf-8''..%2F..%2F.%E2%80%AEbash\r\n\r\nx"
    (file,) = read(raw).files
    assert file.attachment.name == "bash"
    assert file.content() == b"x"


def test_html_is_taken_where_there_is_nothing_else() -> None:
    both = EmailMessage()
    both.set_content("plain")
    both.add_alternative("<b>rich</b>", subtype="html")
    assert (read(bytes(both)).text.strip(), read(bytes(both)).media_type) == ("plain", "text/plain")
    only = read(b"Content-Type: text/html\r\n\r\n<b>rich</b>")
    assert (only.text, only.media_type) == ("<b>rich</b>", "text/html")


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({}, Automatic.NO),
        ({"Auto_Submitted": "no"}, Automatic.NO),
        ({"Auto_Submitted": "auto-replied; owner-email=x"}, Automatic.REPLY),
        ({"Auto_Submitted": "auto-generated"}, Automatic.BULK),
        ({"Precedence": "bulk"}, Automatic.BULK),
        ({"List_Id": "<news.example>"}, Automatic.LIST),
        ({"List_Unsubscribe": "<mailto:x@y.example>"}, Automatic.BULK),
        ({"X_Autoreply": "yes"}, Automatic.REPLY),
        ({"Return_Path": "<>"}, Automatic.BOUNCE),
    ],
)
def test_what_nobody_wrote_is_known(headers: dict[str, str], what: Automatic) -> None:
    assert read(mail(**headers)).automatic is what


def test_a_report_names_the_mail_it_is_about() -> None:
    raw = b"""From: Mail Delivery System <Mailer-Daemon@x.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It failed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; x.example
Original-Envelope-Id: k+2B1@acme.example

Action: failed
Final-Recipient: rfc822;gone@x.example
Status: 5.2.2
Diagnostic-Code: smtp; 552 mailbox is full

--b
Content-Type: message/rfc822

Message-ID: <k+1@acme.example>
References: <c1@x.example>
Subject: Re: hello

--b--
"""
    found = read(raw)
    assert found.report is not None
    assert (found.report.message_id, found.report.action) == ("k+1@acme.example", "failed")
    assert (found.report.recipient, found.report.words) == ("gone@x.example", "5.2.2 552 mailbox is full")
    assert (found.root, found.automatic) == ("c1@x.example", Automatic.BOUNCE)


def test_only_the_whole_line_ends_a_part() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\nbefore\r\n--b\r\n\r\n--bx\r\n--b-\r\n --b\r\n"
    raw += b"--b \t\r\n\r\nsecond\r\n--b--\r\nafter"
    assert read(raw).text == "--bx\n--b-\n --b\nsecond"
    assert read(raw.replace(b"\r\n", b"\n")).text == "--bx\n--b-\n --b\nsecond"


def test_what_is_too_long_to_show_is_a_file() -> None:
    long = "word " * 100_000
    found = read(mail(long))
    (file,) = found.files
    assert (file.attachment.name, file.attachment.media_type) == ("whole-message.txt", "text/plain")
    assert file.content().decode().strip() == long.strip()
    assert file.attachment.size == len(file.content())


def test_the_last_file_of_what_was_cut_has_no_size() -> None:
    made = EmailMessage(policy=SMTP)
    made.set_content("Two files.")
    made.add_attachment(b"small", "application", "x", filename="small.bin")
    made.add_attachment(bytes(10_000), "application", "x", filename="large.bin")
    found = read(bytes(made)[:5_000], cut=True)
    small, large = (one.attachment for one in found.files)
    assert (small.name, small.size, large.name, large.size, found.short) == ("small.bin", 5, "large.bin", None, True)
