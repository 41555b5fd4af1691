"""Payment card numbers and security codes in free text: where they stand, and the text with them hidden.

Every hidden digit becomes one sign, so that the text keeps its length, its spacing and every place in it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

HIDDEN: Final = "•"
"""Stands for one hidden digit."""


@dataclass(frozen=True, slots=True)
class CardData:
    """A card number or security code in a text, from `start` to before `end`.

    digits: in ASCII, without what stood between them. issuer: as people call it; "" for a security code.
    """

    start: int
    end: int
    digits: str
    issuer: str = ""

    @property
    def last_four(self) -> str:
        """What stays readable; "" of a security code."""
        return self.digits[-4:] if self.issuer else ""


@dataclass(frozen=True, slots=True)
class _Range:
    """Numbers that begin with `first` to `last` (as many digits each) and have one of `lengths` digits.

    usual: the length that all but a few have; 0 where several are common.
    """

    issuer: str
    first: str
    last: str
    lengths: Collection[int]
    usual: int = 0

    def holds(self, digits: str) -> bool:
        return self.first <= digits[: len(self.first)] <= self.last


# As the networks publish them. The first that holds a number names its issuer: Discover shares a part of UnionPay's.
_RANGES: Final = (
    _Range("Visa", "4", "4", (13, 16, 19), 16),
    _Range("Mastercard", "51", "55", (16,), 16),
    _Range("Mastercard", "2221", "2720", (16,), 16),
    _Range("American Express", "34", "34", (15,), 15),
    _Range("American Express", "37", "37", (15,), 15),
    _Range("Discover", "6011", "6011", range(16, 20), 16),
    _Range("Discover", "644", "649", range(16, 20), 16),
    _Range("Discover", "65", "65", range(16, 20), 16),
    _Range("Discover", "622126", "622925", range(16, 20)),
    _Range("Diners Club", "300", "305", range(14, 20)),
    _Range("Diners Club", "3095", "3095", range(14, 20)),
    _Range("Diners Club", "36", "36", range(14, 20)),
    _Range("Diners Club", "38", "39", range(14, 20)),
    _Range("JCB", "3528", "3589", range(16, 20), 16),
    _Range("JCB", "3088", "3094", (16,), 16),
    _Range("JCB", "3096", "3102", (16,), 16),
    _Range("JCB", "3112", "3120", (16,), 16),
    _Range("JCB", "3158", "3159", (16,), 16),
    _Range("JCB", "3337", "3349", (16,), 16),
    _Range("JCB", "1800", "1800", (15,), 15),
    _Range("JCB", "2131", "2131", (15,), 15),
    _Range("UnionPay", "62", "62", range(16, 20)),
    _Range("UnionPay", "81", "81", range(16, 20)),
    *(
        _Range("Maestro", first, first, range(12, 20))
        for first in ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")
    ),
    # With 12 digits only the ones above: here they would be telephone numbers of Colombia and Venezuela.
    _Range("Maestro", "50", "50", range(13, 20)),
    _Range("Maestro", "56", "58", range(13, 20)),
    _Range("Maestro", "67", "67", range(13, 20)),
)
_BY_FIRST_DIGIT: Final = {
    digit: [one for one in _RANGES if one.first[0] <= digit <= one.last[0]] for digit in "123456789"
}
_SHORTEST, _LONGEST = 12, 19

_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_BLANKS: Final = "\u00a0\u1680\u2000-\u200b\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u00ad"
_BETWEEN: Final = rf"[ \t\r\n{_BLANKS}\-{_DASHES}._/·]"
_GAP: Final = re.compile(rf"{_BETWEEN}{{0,4}}")
_LINE_BREAK: Final = re.compile(r"\r\n|[\r\n\u2028\u2029]")
_DIGITS: Final = re.compile(r"\d+")
_MASKED: Final = re.compile(rf"{HIDDEN}(?:{_BETWEEN}{{0,4}}{HIDDEN}){{7,14}}(?:{_BETWEEN}{{0,4}}\d){{4}}(?!\d)")
_UUID: Final = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])", re.IGNORECASE)
_HEX: Final = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{32,}(?![0-9a-z])", re.IGNORECASE)
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])")
_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        33: "RU",
    }.items()
    for country in countries.split()
}

_CARD_WORD: Final = (
    r"(?:cards?|credit|debit|visa|master ?card|mc|amex|american express|diners(?: club)?|discover|jcb|union ?pay"
    r"|maestro|pan|cc|karte|kreditkarte|carte|tarjeta|carta|kort|kaart|cartão)"
)
_OTHER_NUMBER: Final = (
    r"(?:orders?|purchase orders?|po|tracking|track|shipment|shipping|parcel|package|consignment|waybill|awb"
    r"|imei\w{0,2}|imsi|iccid|sim|eid|serial|s/n|sn|ref|refs|reference|case|ticket|incident|inc|invoice|inv|receipt|booking"
    r"|reservation|confirmation|claim|policy|contract|customer|client|member|membership|loyalty|voucher|transaction"
    r"|txn|trx|payment id|session|request|batch|device|meter|mpan|mprn|ean|gtin|upc|isbn|sscc|barcode|article|item|sku"
    r"|vat|tax|iban|sort code|phone|tel|telephone|mobile|cell|fax|call|ring|whatsapp|sms|number plate|passport|licence"
    r"|license|ssn|nhs|timestamp|epoch|auftrag|bestellung|bestellnummer|auftragsnummer|rechnung|sendung"
    r"|sendungsnummer|kundennummer|commande|colis|facture|pedido|seguimiento|factura)"
)
_FILLER: Final = r"(?:no|nr|nos|num|number|id|code|ref|reference|is|was|the|nº|n°)"
_IS_OTHER: Final = re.compile(rf"(?<!\w){_OTHER_NUMBER}\W{{0,3}}(?:\b{_FILLER}\b\W{{0,3}}){{0,4}}$")
_ID_BEFORE: Final = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{2,8}[-_.#/]|[A-Z]{1,8}|[A-Za-z]*\d[A-Za-z0-9]*[A-Za-z])$")
_SPEAKS_OF_CARD: Final = re.compile(
    rf"(?<![^\W_]){_CARD_WORD}(?:\W{{1,2}}{_OTHER_NUMBER})?(?:\W{{1,3}}{_FILLER}){{0,4}}\W{{0,3}}$"
)
_CARD_FOLLOWS: Final = re.compile(
    rf"\W{{0,4}}(?:{_CARD_WORD}\b|exp|valid|cvv|cvc|csc|cid\b|(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:20)?[2-4]\d(?!\d))"
)
_CONTEXT: Final = 60

# What looks like a card number only because several numbers stand side by side. Written with one sign throughout, as
# a card number may be, none of them is found: the next group would have to follow by another sign.
_SIDE_BY_SIDE: Final = (
    re.compile(r"(?<!\d)\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d(?!\d|\1\d)", re.ASCII),  # a date
    re.compile(r"(?<!\d)(?:19|20)\d\d([./-])\d{1,2}\1\d{1,2}(?!\d|\1\d)", re.ASCII),
    re.compile(r"(?<!\d)\d{3}([. -])\d{3}\1\d{4}(?!\d|\1\d)", re.ASCII),  # a North American telephone number
    re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", re.ASCII),  # an IP address
    re.compile(r"(?<![\d.])\d{1,3}\.\d{4,}(?![\d.])", re.ASCII),  # a coordinate
    re.compile(r"(?<![\d.])\d{1,6}\.\d\d (?:\d{1,6} )?\d{1,6}\.\d\d(?![\d.])", re.ASCII),  # amounts
)
_TRAILING: Final = re.compile(r"(?:(?:0[1-9]|1[0-2])(?:20)?[2-4]\d)?\d{0,4}")

_CODE_WORD: Final = re.compile(
    r"(?<![^\W\d_])(?:(?:cv[vcn]|cav)(?: ?2(?!\d))?(?: ?/ ?cv[vcn](?: ?2(?!\d))?)?|cvd|cid|csc|security code"
    r"|card code|card verification (?:value|code|number)|card security (?:code|number)"
    r"|(?:three|four|3|4)[ -]digit (?:security )?(?:code|number)|kartenprüfnummer|prüfnummer|sicherheitscode"
    r"|cryptogramme(?: visuel)?|code de sécurité|código de seguridad|codice di sicurezza|beveiligingscode"
    r"|säkerhetskod)(?![^\W\d_])",
    re.IGNORECASE,
)
_CODE: Final = (
    rf"(?P<code>[\d{HIDDEN}]{{3,4}}(?![\d{HIDDEN}])|[\d{HIDDEN}](?:[ -][\d{HIDDEN}]){{2,3}}(?![ -]?[\d{HIDDEN}]))"
    r"(?![.,:/-]\d)"
)
_CODE_AFTER: Final = re.compile(
    r"[\s:=#.\-–—(\"'’]{0,4}"
    r"(?:(?:no|nr|number|code|is|was|ist|lautet|es|est|on (?:the )?back|given as)[\s:=#.\-(]{1,3}){0,3}" + _CODE,
    re.IGNORECASE,
)
_CODE_BEFORE: Final = re.compile(
    rf"(?<![\d.,/:\-–+{HIDDEN}])(?P<code>\d{{3}}(?=[ (\-–]{{1,2}}$)"
    r"|\d{3,4}(?=[ ]?(?:\(|(?:is|was|as|for|=)[ ](?:(?:the|her|his|their|my)[ ])?)$))"
)
_EXPIRY: Final = r"(?:(?:0?[1-9]|1[0-2])\s?[/.\-–— ]\s?(?:20)?[2-4]\d|(?:0[1-9]|1[0-2])(?:20)?[2-4]\d)"
_SIGNS: Final = rf"[ \t{_BLANKS},;:/|()\-{_DASHES}]"
_LIMIT: Final = rf"(?:(?:{_SIGNS}|[\r\n]){{1,4}}|[._·])"
_CODE_AFTER_EXPIRY: Final = re.compile(
    rf"{_LIMIT}(?:(?:exp(?:iry|ires|iration)?|valid|thru|until|till|to|date|gültig|bis)[\s:.]{{1,3}}){{0,3}}"
    rf"(?:{_EXPIRY}|{HIDDEN}{{4}}){_LIMIT}{_CODE}",
    re.IGNORECASE,
)
# Without an expiry date it is a guess: three digits (four of American Express), and no more digits after them but the
# expiry date's, for then they begin a telephone number or another card number.
_CODE_NEXT: Final = re.compile(
    rf"{_LIMIT}(?P<code>[\d{HIDDEN}]{{3,4}})(?![\d{HIDDEN}]|[.,:/-]\d)(?:(?={_LIMIT}{_EXPIRY}(?!\d))|(?!{_SIGNS}{{1,4}}\d))"
)
_AMEX_DIGITS: Final = 15
_MAY_GO_ON: Final = re.compile(r"[^\w\n]{0,3}")
_AMOUNT: Final = re.compile(
    r"\s?(?:[€£$¥%]|(?:eur|usd|gbp|chf|euros?|dollars?|pounds?|min|mins|minutes|times|days|hours|h|x|pcs)\b)",
    re.IGNORECASE,
)
_WORD_FOLLOWS: Final = re.compile(r"[ \t]+[^\W\d]")


def find(text: str, allowed: Collection[str] = frozenset(), *, typing_at: int | None = None) -> tuple[CardData, ...]:
    """Find what of a text has to be hidden.

    A card number passes the Luhn check (ISO/IEC 7812-1, annex B), lies in a range of its issuer and has a length of
    that range. Its digits may be of any script, and be parted by blanks, dashes, dots or one line break. It is no part
    of a longer number, of an IBAN or of an identifier, and no word before it says that it is another kind of number.
    A security code has 3 or 4 digits and follows a word for one, or a card number and its expiry date.

    Args:
        text: any text, of any length.
        allowed: digits (as in `CardData.digits`) that somebody said are no card number or security code.
        typing_at: where somebody is typing, if somebody is. A number that ends there is left alone while more digits
            may come: a card number until it has its issuer's usual length, a security code until something follows.

    Returns:
        In the order of the text; they do not overlap.
    """
    return _find(text, frozenset(allowed), typing_at)


@lru_cache(maxsize=4)  # for each key the same text is looked at by the editor and by whoever keeps it
def _find(text: str, allowed: frozenset[str], typing_at: int | None) -> tuple[CardData, ...]:
    if not _may_hold(text):
        return ()
    found: list[CardData] = []
    # What is hidden uncovers its neighbours: the code next to a number, say. Each round hides at least one digit.
    while more := [*_cards(text, allowed, typing_at), *_codes(text, allowed, typing_at)]:
        for one in more:
            text = _hide(text, one)
        found += more
    return tuple(sorted(found, key=lambda one: one.start))


def masked(text: str, allowed: Collection[str] = frozenset(), *, typing_at: int | None = None) -> str:
    """Hide the card numbers and security codes of a text: "•••• •••• •••• 1111", "CVV •••".

    Args: as those of `find`.

    Returns:
        A text of the same length; masked again, it stays as it is.
    """
    for one in find(text, allowed, typing_at=typing_at):
        text = _hide(text, one)
    return text


def passes_luhn(digits: str) -> bool:
    """Whether ASCII digits end with their check digit; zeros alone do not count."""
    values = [ord(digit) - 48 for digit in reversed(digits)]
    doubled = (value * 2 - 9 if value > 4 else value * 2 for value in values[1::2])
    return any(values) and (sum(values[::2]) + sum(doubled)) % 10 == 0


def issuer_of(digits: str) -> str | None:
    """The issuer of a card number in ASCII digits, by range, length and check digit; None when it is none."""
    found = _range_of(digits)
    return found.issuer if found is not None and passes_luhn(digits) else None


def _range_of(digits: str) -> _Range | None:
    begin_so = _BY_FIRST_DIGIT.get(digits[:1], ())
    return next((one for one in begin_so if len(digits) in one.lengths and one.holds(digits)), None)


def _may_hold(text: str) -> bool:
    digits = sum(map(len, _DIGITS.findall(text)))
    return digits >= _SHORTEST or (digits > 0 and (HIDDEN in text or _CODE_WORD.search(text) is not None))


def _hide(text: str, data: CardData) -> str:
    places = [place for place in range(data.start, data.end) if text[place].isdecimal()]
    signs = list(text[data.start : data.end])
    for place in places[: -4 if data.issuer else None]:
        signs[place - data.start] = HIDDEN
    return text[: data.start] + "".join(signs) + text[data.end :]


@dataclass(frozen=True, slots=True)
class _Run:
    """Groups of digits with nothing but blanks and the like between them."""

    places: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]
    gaps: tuple[str, ...]  # between the groups

    def is_apart(self, before: int) -> bool:
        """Whether a line break stands before a group; so it does at both ends."""
        return before in (0, len(self.groups)) or bool(_LINE_BREAK.search(self.gaps[before - 1]))


@dataclass(frozen=True, slots=True)
class _Candidate:
    data: CardData
    usual: int
    is_whole: bool  # all digits that stand together
    is_neat: bool  # in groups as cards are printed
    rank: tuple[bool, bool, bool, int]


def _cards(text: str, allowed: Collection[str], typing_at: int | None) -> list[CardData]:
    candidates = [one for run in _runs(text, _barred(text)) for one in _candidates(text, run)]
    if not all(one.is_neat for one in candidates):
        several = [match.span() for pattern in _SIDE_BY_SIDE for match in pattern.finditer(text)]
        candidates = [one for one in candidates if one.is_neat or not _overlaps(one.data, several)]
    candidates.sort(key=lambda one: (one.rank, -one.data.start), reverse=True)
    chosen: list[_Candidate] = []
    doubtful: list[tuple[CardData, CardData]] = []
    for one in candidates:
        inside = [other for other in chosen if one.data.start < other.data.end and other.data.start < one.data.end]
        if not inside:
            chosen.append(one)
        elif one.is_whole:
            doubtful += [(one.data, other.data) for other in inside]
    hidden = [
        one.data
        for one in chosen
        if one.data.digits not in allowed
        and not (len(one.data.digits) != one.usual and _is_being_typed(text, one.data, typing_at))
    ]
    # 16 digits and a code, or a number of 19 digits: whichever it is, nobody may read it.
    unclear = dict.fromkeys(longer for longer, one in doubtful if one in hidden and longer.digits not in allowed)
    return hidden + [rest for longer in unclear for rest in _rest(text, longer, hidden)]


def _overlaps(data: CardData, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < data.end and data.start < end for start, end in spans)


def _rest(text: str, longer: CardData, hidden: Iterable[CardData]) -> Iterator[CardData]:
    """The groups of a number that belong to none of the others."""
    for match in _DIGITS.finditer(text, longer.start, longer.end):
        if not any(one.start < match.end() and match.start() < one.end for one in hidden):
            yield CardData(*match.span(), _in_ascii(match[0]))


def _is_being_typed(text: str, data: CardData, typing_at: int | None) -> bool:
    if typing_at is None or typing_at <= data.start:
        return False
    return typing_at <= data.end or _GAP.fullmatch(text, data.end, typing_at) is not None


def _barred(text: str) -> Iterator[tuple[int, int]]:
    """What holds digits that belong to something else: identifiers, IBANs, and the rest of a hidden number."""
    for pattern in (_MASKED, _UUID, _HEX):
        yield from (match.span() for match in pattern.finditer(text))
    yield from _ibans(text)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        wanted = _IBAN_LENGTHS.get(text[match.start() : match.start() + 2].upper())
        if wanted is None:
            continue
        signs, end = "", match.start()
        while end < len(text) and len(signs) < wanted:
            if text[end].isascii() and text[end].isalnum():
                signs += text[end]
            elif text[end] not in " -\u00a0":
                break
            end += 1
        whole = len(signs) == wanted and not text[end : end + 1].isalnum()
        if whole and int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1:
            yield match.start(), end


def _runs(text: str, barred: Iterable[tuple[int, int]]) -> Iterator[_Run]:
    taken = bytearray(len(text))
    for start, end in barred:
        taken[start:end] = b"\1" * (end - start)
    places: list[tuple[int, int]] = []
    gaps: list[str] = []
    for match in _DIGITS.finditer(text):
        gap = text[places[-1][1] : match.start()] if places else ""
        if taken[match.start()] or _GAP.fullmatch(gap) is None or len(_LINE_BREAK.findall(gap)) > 1:
            yield from _run(text, places, gaps)
            places, gaps = [], []
        if taken[match.start()]:
            continue
        if places:
            gaps.append(gap)
        places.append(match.span())
    yield from _run(text, places, gaps)


def _run(text: str, places: list[tuple[int, int]], gaps: list[str]) -> Iterator[_Run]:
    if sum(end - start for start, end in places) >= _SHORTEST:
        groups = tuple(_in_ascii(text[start:end]) for start, end in places)
        yield _Run(tuple(places), groups, tuple(gaps))


def _candidates(text: str, run: _Run) -> Iterator[_Candidate]:
    for first in range(len(run.groups)):
        digits = ""
        for last in range(first, len(run.groups)):
            digits += run.groups[last]
            if len(digits) > _LONGEST:
                break
            found = _range_of(digits) if len(digits) >= _SHORTEST else None
            if found is None or not passes_luhn(digits):
                continue
            shape = tuple(map(len, run.groups[first : last + 1]))
            start, end = run.places[first][0], run.places[last][1]
            neat = _is_neat(shape)
            if not neat and not _stands_alone(run, first, last):
                continue
            if _is_other_number(text, start, end, shape):
                continue
            whole = last - first + 1 == len(run.groups)
            rank = (len(digits) == (found.usual or 16), whole, neat, len(digits))
            yield _Candidate(CardData(start, end, digits, found.issuer), found.usual, whole, neat, rank)


def _is_neat(shape: tuple[int, ...]) -> bool:
    """Whether groups are as cards are printed, or none at all."""
    return (
        len(shape) == 1
        or shape in {(4, 6, 5), (4, 6, 4), (6, 13)}
        or (all(size == 4 for size in shape[:-1]) and shape[-1] <= 4)
    )


def _stands_alone(run: _Run, first: int, last: int) -> bool:
    """Whether no more digits belong to groups of any other size: only a list's number before, an expiry date after."""
    before = 0 if run.is_apart(first) else len(run.groups[first - 1])
    two_before = first < 2 or run.is_apart(first - 1)
    after = ""
    place = last + 1
    while not run.is_apart(place) and len(after) <= _LONGEST:
        after += run.groups[place]
        place += 1
    return before <= 2 and (before == 0 or two_before) and _TRAILING.fullmatch(after) is not None


def _is_other_number(text: str, start: int, end: int, shape: tuple[int, ...]) -> bool:
    """Whether the signs and words around a number say that it is no card number."""
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    neat = _is_neat(shape)
    if before.endswith("+") and (sum(shape) <= 13 or not neat):
        return True  # a telephone number; none has more digits
    if len(shape) > 1 and neat and sum(shape) > 13:
        return False  # nothing else is written like this
    words = before.lower()
    if _SPEAKS_OF_CARD.search(words) or _CARD_FOLLOWS.match(after.lower()):
        return False
    return _IS_OTHER.search(words) is not None or _ID_BEFORE.search(before) is not None


def _codes(text: str, allowed: Collection[str], typing_at: int | None) -> list[CardData]:
    found: dict[int, CardData] = {}
    for start, end in _code_places(text, typing_at):
        code = text[start:end]
        digits = "".join(sign if sign == HIDDEN else str(int(sign)) for sign in code if sign not in " -")
        data = CardData(start, end, digits)
        if digits in allowed or typing_at == end:
            continue
        if all(end <= other.start or other.end <= start for other in found.values()):
            found[start] = data
    return list(found.values())


def _code_places(text: str, typing_at: int | None) -> Iterator[tuple[int, int]]:
    tails = [match.span() for match in _MASKED.finditer(text)]
    for word in _CODE_WORD.finditer(text):
        after = _CODE_AFTER.match(text, word.end())
        if after is not None:
            if _has_digit(after["code"]):
                yield after.span("code")
            continue
        offset = max(0, word.start() - _CONTEXT)
        before = _CODE_BEFORE.search(text[offset : word.start()])
        if before is not None:
            start, end = (offset + place for place in before.span("code"))
            if not any(first < end and start < last for first, last in tails):
                yield start, end
    for first, last in tails:
        after = _CODE_AFTER_EXPIRY.match(text, last) or _code_next(text, last, _count(text[first:last]))
        if after is not None and _has_digit(after["code"]) and not _AMOUNT.match(text, after.end()):
            start, end = after.span("code")
            if typing_at is None or typing_at < end or _MAY_GO_ON.fullmatch(text, end, typing_at) is None:
                yield start, end


def _code_next(text: str, end: int, length: int) -> re.Match[str] | None:
    """The security code right after a hidden number of so many digits, if it looks like one."""
    after = _CODE_NEXT.match(text, end)
    if after is None or (len(after["code"]) == 4 and length != _AMEX_DIGITS):
        return None
    own_line = _LINE_BREAK.search(after[0]) is not None
    if own_line and _WORD_FOLLOWS.match(text, after.end()):
        return None  # an address on the next line, say
    return after


def _in_ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _has_digit(code: str) -> bool:
    return any(sign.isdecimal() for sign in code)


def _count(text: str) -> int:
    return sum(sign == HIDDEN or sign.isdecimal() for sign in text)
