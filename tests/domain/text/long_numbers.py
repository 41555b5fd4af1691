"""Numbers of 12 to 19 digits that are no payment cards, of the kinds that stand in agents' notes."""

import random
from collections.abc import Callable, Iterator

Kind = Callable[[random.Random], str]


def texts(seed: int, of_each: int) -> Iterator[tuple[str, str]]:
    """So many texts of each kind, as pairs of the kind and the text; the same for the same seed."""
    for name, kind in KINDS.items():
        chance = random.Random(f"{seed} {name}")
        for _ in range(of_each):
            yield name, kind(chance)


def luhn_digit(digits: str) -> str:
    """The check digit that ISO/IEC 7812-1 puts after some digits."""
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def _n(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _in(digits: str, *sizes: int, by: str = " ") -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return by.join(part for part in (*parts, digits[at:]) if part)


def _fours(digits: str, by: str = " ") -> str:
    return by.join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _before(chance: random.Random, *words: str) -> str:
    return chance.choice(words)


def _ean(digits: str, weights: tuple[int, int]) -> str:
    total = sum(int(d) * weights[i % 2] for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _imei(c: random.Random) -> str:
    body = c.choice(["35", "86", "01", "99"]) + _n(c, 12)
    digits = body + luhn_digit(body)
    return _before(c, "IMEI ", "imei: ", "phone imei is ", "", "handset ") + c.choice([digits, _in(digits, 2, 6, 6)])


def _imsi(c: random.Random) -> str:
    network = c.choice(["23410", "23430", "26201", "26202", "20801", "31026", "310410", "40445", "24001", "22210"])
    return _before(c, "IMSI ", "imsi=", "") + (network + _n(c, 10))[:15]


def _iccid(c: random.Random) -> str:
    body = "89" + c.choice(["44", "49", "33", "01", "91"]) + _n(c, 14)
    digits = body + luhn_digit(body)
    return _before(c, "SIM ", "ICCID ", "") + c.choice([digits, _fours(digits)])


def _phone_plus(c: random.Random) -> str:
    country, count = c.choice(
        [
            ("44", 10),
            ("49", 10),
            ("49", 11),
            ("55", 11),
            ("52", 10),
            ("57", 10),
            ("63", 10),
            ("62", 11),
            ("86", 11),
            ("54", 11),
        ]
    )
    number = _n(c, count)
    spelt = c.choice(
        [
            f"+{country}{number}",
            f"+{country} {number[:3]} {number[3:6]} {number[6:]}",
            f"+{country} {number[:2]} {number[2:]}",
        ]
    )
    return _before(c, "call back ", "tel ", "", "mobile: ") + spelt


def _phone_bare(c: random.Random) -> str:
    country, count = c.choice(
        [
            ("44", 10),
            ("49", 11),
            ("55", 11),
            ("52", 10),
            ("57", 10),
            ("63", 10),
            ("62", 11),
            ("86", 11),
            ("58", 10),
            ("61", 10),
        ]
    )
    number = country + c.choice("123789") + _n(c, count - 1)
    return _before(c, "call ", "tel ", "mobile ", "from ", "") + c.choice([number, "00" + number, _in(number, 2, 3, 3)])


def _two_phones(c: random.Random) -> str:
    first, second = (f"{c.randint(2, 9)}{_n(c, 2)}-{_n(c, 3)}-{_n(c, 4)}" for _ in range(2))
    return f"{first} {c.choice(['or', '/', ','])} {second}"


def _iban(c: random.Random) -> str:
    country, count = c.choice(
        [("DE", 18), ("FR", 23), ("ES", 20), ("NL", 14), ("AT", 16), ("IT", 23), ("PL", 24), ("CH", 17)]
    )
    body = _n(c, count)
    if country == "NL":
        body = c.choice(["ABNA", "INGB", "RABO"]) + _n(c, 10)
    check = 98 - int("".join(str(int(s, 36)) for s in body + country + "00")) % 97
    iban = f"{country}{check:02d}{body}"
    return _before(c, "IBAN ", "", "refund to ", "Konto ") + c.choice([iban, _fours(iban), iban.lower()])


def _account(c: random.Random) -> str:
    sort_code, number = _n(c, 6), _n(c, 8)
    return c.choice([f"sort code {_in(sort_code, 2, 2, by='-')} account {number}", f"acct {sort_code}{number}"])


def _clabe(c: random.Random) -> str:
    return _before(c, "CLABE ", "account ") + c.choice(["002", "012", "014", "021", "072", "127"]) + _n(c, 15)


def _order_by_date(c: random.Random) -> str:
    date = f"20{c.randint(23, 27)}{c.randint(1, 12):02d}{c.randint(1, 28):02d}"
    return _before(c, "order ", "Order no. ", "booking ", "") + date + _n(c, c.randint(4, 8))


def _order_marketplace(c: random.Random) -> str:
    return _before(c, "order ", "Order ID ", "") + f"{c.randint(100, 999)}-{_n(c, 7)}-{_n(c, 7)}"


def _order_auction(c: random.Random) -> str:
    return _before(c, "order ", "item ", "") + f"{c.randint(1, 27):02d}-{_n(c, 5)}-{_n(c, 5)}"


def _order_app(c: random.Random) -> str:
    return f"GPA.{c.randint(3300, 3399)}-{_n(c, 4)}-{_n(c, 4)}-{_n(c, 5)}"


def _order_random(c: random.Random) -> str:
    return _before(c, "order ", "Order no: ", "order # ", "Bestellung ", "order number is ", "ref ") + _n(
        c, c.randint(12, 19)
    )


def _ticket(c: random.Random) -> str:
    return c.choice(["INC", "TKT-", "CASE-", "REQ", "ticket ", "case no. ", "#"]) + _n(c, c.randint(12, 16))


def _invoice(c: random.Random) -> str:
    return c.choice(["invoice ", "INV-", "Rechnung Nr. ", "facture ", "invoice: "]) + _n(c, c.randint(12, 15))


def _tracking_parcel(c: random.Random) -> str:
    return c.choice(["tracking ", "parcel ", "Tracking number: ", "shipment "]) + _n(c, c.choice([12, 14, 15, 18]))


def _tracking_bare(c: random.Random) -> str:
    digits = c.choice(["00340434", "9400", "9205", "9611", "7946", "2714", "0159", "1Z"]) + _n(c, c.choice([8, 10]))
    return c.choice([digits, _fours(digits)])


def _sscc(c: random.Random) -> str:
    digits = _ean("0034" + _n(c, 13), (3, 1))
    return c.choice(["SSCC ", "(00)", ""]) + digits


def _gtin(c: random.Random) -> str:
    digits = _ean(
        c.choice(["400", "401", "405", "426", "500", "501", "503", "540", "570", "871", "890", "978"]) + _n(c, 9),
        (3, 1),
    )
    return _before(c, "EAN ", "article ", "barcode ", "GTIN: ", "product ") + digits


def _isbn(c: random.Random) -> str:
    digits = _ean("978" + _n(c, 9), (3, 1))
    return _before(c, "ISBN ", "book ", "") + c.choice([digits, _in(digits, 3, 1, 4, 4, by="-")])


def _seconds(c: random.Random) -> str:
    at = f"{c.randint(1_500_000_000, 1_900_000_000)}{_n(c, 9)}"
    return _before(c, "at ", "ts=", "timestamp ", "") + at[: c.choice([13, 16, 19])]


def _moment(c: random.Random) -> str:
    date = f"20{c.randint(20, 27)}{c.randint(1, 12):02d}{c.randint(1, 28):02d}"
    return (
        _before(c, "logged ", "", "at ") + date + f"{c.randint(0, 23):02d}{c.randint(0, 59):02d}{c.randint(0, 59):02d}"
    )


def _dates(c: random.Random) -> str:
    days = [f"{c.randint(1, 28):02d}.{c.randint(1, 12):02d}.20{c.randint(20, 29)}" for _ in range(2)]
    return f"from {days[0]}{c.choice([' - ', ' ', '-'])}{days[1]}"


def _snowflake(c: random.Random) -> str:
    return _before(c, "user ", "", "message ", "post ") + c.choice("179") + _n(c, c.choice([16, 17, 18]))


def _social(c: random.Random) -> str:
    return _before(c, "facebook ", "", "page ", "profile ") + c.choice(["1000", "1784", "1015"]) + _n(c, 11)


def _uuid(c: random.Random) -> str:
    digits = "".join(c.choices("0123456789" * 4 + "abcdef", k=32))
    return _before(c, "call ", "", "session ") + _in(digits, 8, 4, 4, 4, 12, by="-")


def _hash(c: random.Random) -> str:
    return "commit " + "".join(c.choices("0123456789" * 3 + "abcdef", k=40))


def _coordinates(c: random.Random) -> str:
    places = c.choice([5, 6, 7])
    return f"{c.randint(36, 59)}.{_n(c, places)}{c.choice([' ', ', ', ' -'])}{c.randint(0, 25)}.{_n(c, places)}"


def _addresses(c: random.Random) -> str:
    return " ".join(".".join(str(c.randint(1, 254)) for _ in range(4)) for _ in range(c.choice([1, 2])))


def _airline(c: random.Random) -> str:
    code = c.choice(["125", "220", "057", "074", "016", "006", "001", "618", "176", "235", "724", "081"])
    return _before(c, "e-ticket ", "ticket no ", "") + code + c.choice(["-", " ", ""]) + _n(c, 10)


def _meter(c: random.Random) -> str:
    return c.choice(["meter ", "MPAN ", "supply number ", "EAN ", "meter point "]) + c.choice(
        [f"{c.randint(10, 23)}{_n(c, 11)}", "5414488" + _n(c, 11), "8716" + _n(c, 14)]
    )


def _identity(c: random.Random) -> str:
    born = f"19{c.randint(50, 99)}{c.randint(1, 12):02d}{c.randint(1, 28):02d}"
    region = c.choice(["110101", "310115", "440305", "330106", "420106", "510107", "320102", "370102", "610103"])
    return _before(c, "id card ", "ID ", "") + region + born + _n(c, 4)


def _aadhaar(c: random.Random) -> str:
    digits = c.choice("23456789") + _n(c, 11)
    return _before(c, "Aadhaar ", "") + c.choice([digits, _fours(digits)])


def _loyalty(c: random.Random) -> str:
    body = c.choice(["98263000", "634004", "2900", "7001"]) + _n(c, 9)
    return _before(c, "loyalty ", "member no ", "points on ") + body + luhn_digit(body)


def _policy(c: random.Random) -> str:
    return _before(c, "policy ", "Policy no. ", "contract ", "claim ", "customer number ") + _n(c, c.randint(12, 14))


def _serial(c: random.Random) -> str:
    return _before(c, "serial ", "S/N ", "device ", "SN:") + _n(c, c.randint(12, 16))


def _giro(c: random.Random) -> str:
    digits = _n(c, 12)
    return _before(c, "reference ", "Mitteilung ", "") + f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def _slip(c: random.Random) -> str:
    return "QR ref " + _in("21" + "0000000" + _n(c, 18), 2, 5, 5, 5, 5)


def _transaction(c: random.Random) -> str:
    return _before(c, "transaction ", "txn id ", "payment id ", "auth ref ", "transaction id: ") + _n(
        c, c.randint(14, 18)
    )


def _amounts(c: random.Random) -> str:
    return " ".join(f"{c.randint(10, 999)}.{_n(c, 2)}" for _ in range(c.choice([3, 4])))


def _short_numbers(c: random.Random) -> str:
    kind = _before(c, "invoices ", "orders ", "extensions ", "rooms ")
    return kind + c.choice([", ", " and "]).join(str(c.randint(1000, 9999)) for _ in range(c.choice([3, 4])))


def _bare_id(c: random.Random) -> str:
    return c.choice("123456789") + _n(c, c.choice([11, 12, 13, 14, 15, 17]))


KINDS: dict[str, Kind] = {
    "IMEI": _imei,
    "IMSI": _imsi,
    "ICCID": _iccid,
    "phone, with +": _phone_plus,
    "phone, without +": _phone_bare,
    "two phones": _two_phones,
    "IBAN": _iban,
    "sort code and account": _account,
    "CLABE": _clabe,
    "order, begins with the date": _order_by_date,
    "order of a marketplace": _order_marketplace,
    "order of an auction": _order_auction,
    "order of an app store": _order_app,
    "order, any digits": _order_random,
    "ticket": _ticket,
    "invoice": _invoice,
    "tracking": _tracking_parcel,
    "tracking, by itself": _tracking_bare,
    "SSCC": _sscc,
    "GTIN": _gtin,
    "ISBN": _isbn,
    "timestamp": _seconds,
    "date and time": _moment,
    "two dates": _dates,
    "snowflake": _snowflake,
    "social network": _social,
    "UUID": _uuid,
    "hash": _hash,
    "coordinates": _coordinates,
    "IP addresses": _addresses,
    "airline ticket": _airline,
    "meter": _meter,
    "identity card": _identity,
    "Aadhaar": _aadhaar,
    "loyalty card": _loyalty,
    "policy": _policy,
    "serial": _serial,
    "giro reference": _giro,
    "payment slip": _slip,
    "transaction": _transaction,
    "amounts": _amounts,
    "short numbers": _short_numbers,
    "any digits, by itself": _bare_id,
}
