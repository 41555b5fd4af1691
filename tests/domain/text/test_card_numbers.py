"""Card numbers and security codes are hidden however they are written; other long numbers stay."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.domain.text.card_numbers import HIDDEN, CardData, find, issuer_of, masked
from tests.domain.text import long_numbers

HERE = Path(__file__).parent
CARD_TOO = "4242 4242 4242 4242"
SECRET = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
ISSUERS = {
    "Visa": ("4", (13, 16, 19)),
    "Mastercard": ("51 52 53 54 55 2221 2300 2699 2720", (16,)),
    "American Express": ("34 37", (15,)),
    "Discover": ("6011 644 649 65 622126 622925", (16, 17, 18, 19)),
    "Diners Club": ("300 305 3095 36 38 39", (14, 16, 19)),
    "JCB": ("3528 3589", (16, 17, 18, 19)),
    "UnionPay": ("620 6221259 623 629 81", (16, 17, 18, 19)),
    "Maestro": ("5018 5020 5038 5893 6304 6759 6761 6762 6763", tuple(range(12, 20))),
}


def listed(name: str) -> list[str]:
    """The texts of a file: one a line, comments left out."""
    signs = {"\\n": "\n", "\\r": "\r", "\\t": "\t"}
    lines = (HERE / name).read_text("utf-8").split("\n")
    texts = [line for line in lines if line and not line.startswith("# ")]
    return [re.sub(r"\\[nrt]", lambda sign: signs[sign[0]], text) for text in texts]


CARDS = listed("card_texts.txt")
OTHERS = listed("other_numbers.txt")


def places(text: str) -> tuple[str, list[range]]:
    """A labelled text without its labels, and where its secrets stand."""
    plain, spans, at = "", [], 0
    for match in SECRET.finditer(text):
        plain += text[at : match.start()]
        spans.append(range(len(plain), len(plain) + len(match[1])))
        plain += match[1]
        at = match.end()
    return plain + text[at:], spans


def is_hidden(before: str, after: str, spans: list[range]) -> bool:
    """Whether of each secret at most the last four digits of a card number can be read, and all else is untouched."""
    secret = {place for span in spans for place in span}
    kept = all(before[place] == after[place] for place in range(len(before)) if place not in secret)
    digits = [[after[p] for p in span if before[p].isdecimal()] for span in spans]
    return kept and all(
        set(signs[:-4] if len(signs) >= 12 else signs) <= {HIDDEN}
        or (sum(sign != HIDDEN for sign in signs) <= 4 and len(signs) == 19)  # 16 digits and a code, by its shape
        for signs in digits
    )


def test_every_listed_card_number_and_code_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [places(text) for text in CARDS]
    missed = [text for text, spans in texts if not is_hidden(text, masked(text), spans)]
    issuers = Counter(one.issuer or "security code" for text, _ in texts for one in find(text))
    with capsys.disabled():
        share = 1 - len(missed) / len(texts)
        print(f"\ncard texts {len(texts)}, masked {share:.1%}:", *(f"{n} {i}," for i, n in issuers.most_common()))
    assert len(texts) >= 150
    assert set(ISSUERS) <= set(issuers)
    assert missed == []


def test_at_most_one_in_a_hundred_other_long_numbers_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [("written down", text) for text in OTHERS] + list(long_numbers.texts(seed=20261122, of_each=60))
    hidden = Counter(kind for kind, text in texts if masked(text) != text)
    share = hidden.total() / len(texts)
    with capsys.disabled():
        print(f"\nother long numbers {len(texts)}, masked {hidden.total()} ({share:.2%}):", *hidden.items())
    assert len(texts) >= 1_000
    assert share <= 0.01


@pytest.mark.parametrize("text", OTHERS)
def test_a_number_of_another_kind_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("digits", "issuer"),
    [
        ("4222222222222", "Visa"),
        ("2221000000000009", "Mastercard"),
        ("2720990000000007", "Mastercard"),
        ("2220990000000002", None),
        ("371449635398431", "American Express"),
        ("6221261111117766", "Discover"),
        ("36227206271667", "Diners Club"),
        ("3566002020360505", "JCB"),
        ("6205500000000000004", "UnionPay"),
        ("586824160825533338", "Maestro"),
        ("4111111111111112", None),
        ("41111111111111111", None),
        ("0000000000000000", None),
    ],
)
def test_range_length_and_check_digit_make_a_card_number(digits: str, issuer: str | None) -> None:
    assert issuer_of(digits) == issuer


def test_what_is_found_names_the_issuer_and_the_last_four() -> None:
    text = "Visa 4111-1111-1111-1111, CVV 123"
    assert find(text) == (CardData(5, 24, "4111111111111111", "Visa"), CardData(30, 33, "123"))
    assert [one.last_four for one in find(text)] == ["1111", ""]
    assert masked(text) == "Visa ••••-••••-••••-1111, CVV •••"


def test_what_somebody_said_is_no_card_number_stays() -> None:
    text = "4111 1111 1111 1111 and 4242424242424242, code of the gate: security code 4471"
    assert masked(text, {"4111111111111111", "4471"}) == text.replace("424242424242", HIDDEN * 12)


def test_what_stands_in_a_number_said_to_be_none_is_none_either() -> None:
    text = "4917 6100 0000 0000 003"
    assert masked(text, {find(text)[0].digits}) == text


class TestWhileTyping:
    def test_a_number_is_hidden_with_its_last_digit(self) -> None:
        text = "pay 4111 1111 1111 1111"
        states = [masked(text[:end], typing_at=end) for end in range(len(text) + 1)]
        assert states[:-1] == [text[:end] for end in range(len(text))]
        assert states[-1] == "pay •••• •••• •••• 1111"

    def test_a_number_that_may_go_on_waits(self) -> None:
        text = "6205500000000000004"  # its first 16 digits are no number, but those of another may be
        short = "4222222222222"
        assert masked(short, typing_at=len(short)) == short
        assert masked(short + " ", typing_at=len(short) + 1) == short + " "
        assert masked(short + ", ok", typing_at=len(short) + 4) == "•••••••••2222, ok"
        assert masked(short, typing_at=0) == "•••••••••2222"
        assert masked(text, typing_at=len(text)) == text
        assert masked(text + "\n\nNext", typing_at=len(text) + 6).startswith(HIDDEN)

    def test_a_code_waits_for_what_follows(self) -> None:
        assert masked("security code 482", typing_at=17) == "security code 482"
        assert masked("security code 482913", typing_at=20) == "security code 482913"
        assert masked("security code 482 ", typing_at=18) == "security code ••• "
        assert masked("CVV 123", typing_at=7) == "CVV 123"
        assert masked("•••• •••• •••• 1111 12/29 737 ok", typing_at=32) == "•••• •••• •••• 1111 12/29 ••• ok"

    def test_the_number_after_a_hidden_one_is_not_mistaken_for_its_code(self) -> None:
        for after in (CARD_TOO, "020 7946 0018", "415-555-0132", "1229"):
            text = f"•••• •••• •••• 1111, {after}"
            for end in range(22, len(text)):
                assert masked(text[:end], typing_at=end) == text[:end]


def _numbers() -> st.SearchStrategy[str]:
    starts = [(start, length) for names, lengths in ISSUERS.values() for start in names.split() for length in lengths]

    def whole(start: str, length: int) -> st.SearchStrategy[str]:
        rest = length - len(start) - 1
        return st.text("0123456789", min_size=rest, max_size=rest).map(
            lambda middle: start + middle + long_numbers.luhn_digit(start + middle)
        )

    return st.sampled_from(starts).flatmap(lambda one: whole(*one))


def _as_printed(number: str) -> list[str]:
    if len(number) in (14, 15):
        return [number[:4], number[4:10], number[10:]]
    return [number[at : at + 4] for at in range(0, len(number), 4)]


def _cut(number: str, cuts: set[int]) -> list[str]:
    return [number[start:end] for start, end in pairwise((0, *sorted(cuts), len(number)))]


BLANKS = [" ", "-", "\u00a0", "\u202f", "–", "  ", " - ", "\u200b"]
SCRIPTS = ["0", "０", "٠", "०", "\U0001d7ce"]


@st.composite
def spaced(draw: st.DrawFn) -> str:
    """A card number in any spacing and any script's digits."""
    number = draw(_numbers())
    how = draw(st.sampled_from(["as one", "as printed", "mixed", "anywhere", "over a line"]))
    if how == "as printed":
        number = draw(st.sampled_from([*BLANKS, ".", "_", "/", "·"])).join(_as_printed(number))
    elif how == "mixed":
        first, *groups = _as_printed(number)
        number = first + "".join(draw(st.sampled_from([*BLANKS, "."])) + group for group in groups)
    elif how == "anywhere":
        cuts = draw(st.sets(st.integers(1, len(number) - 1), min_size=1, max_size=18))
        number = draw(st.sampled_from(BLANKS)).join(_cut(number, cuts))
    elif how == "over a line":
        cut = draw(st.integers(1, len(number) - 1))
        number = draw(st.sampled_from(["\n", "\r\n", "-\n", " \n", "\n "])).join([number[:cut], number[cut:]])
    zero = ord(draw(st.sampled_from(SCRIPTS)))
    return "".join(chr(zero + int(sign)) if sign.isdecimal() else sign for sign in number)


WORDS = st.text(
    st.characters(exclude_categories=("Nd", "Cs"), exclude_characters="+" + HIDDEN + "".join("-_/.:#")), max_size=40
)


def _says_another_kind(before: str) -> bool:
    """A few words before a number say that it is none of a card: kept out of texts that chance puts together."""
    return re.search(r"[A-Za-z/]\W*$", before) is not None and masked(before + "4111111111111111").endswith(
        "4" + "1" * 15
    )


@given(WORDS, spaced(), WORDS)
def test_any_card_number_in_any_spacing_in_any_text_is_hidden(before: str, number: str, after: str) -> None:
    assume(not _says_another_kind(before))
    text = before + number + after
    span = range(len(before), len(before) + len(number))
    hidden = masked(text)
    digits = [hidden[place] for place in span if text[place].isdecimal()]
    assert sum(sign != HIDDEN for sign in digits) <= 4
    assert len(hidden) == len(text)
    assert hidden[: len(before)] == before and hidden[len(before) + len(number) :] == after


@given(st.text())
def test_without_twelve_digits_and_a_word_for_codes_nothing_changes(text: str) -> None:
    assume(
        sum(map(str.isdecimal, text)) < 12 and not re.search(r"c[vias]|code|nummer|cifra|gramm", text, re.IGNORECASE)
    )
    assume(HIDDEN not in text)
    assert masked(text) == text


PIECES = st.sampled_from(
    [
        *("4111 1111 1111 1111", "378282246310005", "4917 6100 0000 0000 003", "4242 42424242 4242", "DE89", "order "),
        *("1234", "123", "12/29", "CVV", "CVV 1 2 3", "•••", "••••", "•••• •••• •••• 1111", "•", "exp "),
        *("\n", " ", ", ", "-", "4", "+"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=12), st.sampled_from(["", " "]))
def test_masked_again_nothing_changes(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    once = masked(text)
    assert masked(once) == once
    assert all(a == b or (a.isdecimal() and b == HIDDEN) for a, b in zip(text, once, strict=True))


@pytest.mark.parametrize(
    "piece",
    [
        *("1 ", "4 ", "•", "• ", "cvv 1", "45", "12.", "1-", "0-0-0", "a4", "order ", "DE89 3704 "),
        *("4111 1111 1111 1111 ", "4111 11111111 1111 ", "4111 11111111 1111\n", "•••• •••• •••• 1111 12/29 123 "),
    ],
)
def test_long_text_is_bounded(piece: str) -> None:
    once = masked(piece * (16_000 // len(piece)))
    assert masked(once) == once
