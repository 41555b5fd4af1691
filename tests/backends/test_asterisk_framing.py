"""The manager interface's lines: however they arrive and whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.asterisk.ami.framing import MAX_FIELDS, MAX_LINE, Framer, Message, encode
from desktop.ports.errors import ProtocolError, Rejected

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
_KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters=":"), min_size=1, max_size=12)
_VALUES = st.text(
    st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\u2028\u2029\x85"), max_size=40
)
_PAIRS = st.lists(st.tuples(_KEYS, _VALUES), min_size=1, max_size=8)


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


@given(st.lists(_PAIRS, max_size=5), st.lists(st.integers(min_value=0), max_size=20), st.sampled_from([b"\r\n", b"\n"]))
def test_messages_are_the_same_in_whatever_pieces_they_come(
    messages: list[list[tuple[str, str]]], cuts: list[int], end: bytes
) -> None:
    wire = BANNER + b"".join(
        b"".join(f"{key}: {value}".encode() + end for key, value in pairs) + end for pairs in messages
    )
    framer = Framer()
    found = [message for piece in _pieces(wire, cuts) for message in framer.feed(piece)]
    assert [message.pairs for message in found] == [tuple(pairs) for pairs in messages]
    assert framer.banner == "Asterisk Call Manager/11.0.0"


@given(st.binary(max_size=400), st.lists(st.integers(min_value=0), max_size=6))
def test_any_bytes_at_all_are_survived(data: bytes, cuts: list[int]) -> None:
    framer = Framer()
    for piece in _pieces(data, cuts):
        for message in framer.feed(piece):
            assert message.pairs
            message.number("Cause")


@given(_KEYS, _PAIRS)
def test_what_goes_out_comes_back(action: str, pairs: list[tuple[str, str]]) -> None:
    (message,) = Framer().feed(BANNER + encode(action, pairs))
    assert message.pairs == (("Action", action), *pairs)


@given(_VALUES, st.sampled_from("\r\n\0\x1b\x7f\x85\u2028\u2029"), _VALUES, st.booleans())
def test_no_field_begins_a_line_of_its_own(before: str, evil: str, after: str, in_key: bool) -> None:
    text = before + evil + after
    with pytest.raises(Rejected):
        encode("Hangup", [(text, "x") if in_key else ("Channel", text)])
    with pytest.raises(Rejected):
        encode(text, [])


def test_a_key_with_a_colon_is_refused() -> None:
    with pytest.raises(Rejected):
        encode("Hangup", [("Channel: x\r\nAction", "y")])
    with pytest.raises(Rejected):
        encode("Hangup", [("a:b", "y")])


def test_what_has_no_end_is_given_up() -> None:
    framer = Framer()
    framer.feed(BANNER)
    with pytest.raises(ProtocolError):
        framer.feed(b"x" * (MAX_LINE + 1))
    framer = Framer()
    framer.feed(BANNER)
    with pytest.raises(ProtocolError):
        framer.feed(b"k: v\r\n" * (MAX_FIELDS + 1))


def test_looking_things_up() -> None:
    message = Message([("Cause", "16"), ("ChanVariable", "A=1"), ("chanvariable", "B=2"), ("Cause", "17")])
    assert message["cause"] == "16"  # the first counts
    assert "CAUSE" in message
    assert message["missing"] == ""
    assert (message.number("cause"), message.number("ChanVariable"), message.number("missing")) == (16, None, None)
    assert [value for _, value in message.prefixed("ChanVariable")] == ["A=1", "B=2"]
