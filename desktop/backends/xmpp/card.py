"""Business cards: vCard4 (XEP-0292) and the older vCard-temp (XEP-0054), read into what a directory shows.

Skills stand in vCard4's EXPERTISE (RFC 6715, with its LEVEL), else in CATEGORIES as `billing` or `billing:4`; in
vCard-temp in CATEGORIES, or in a line of DESC such as `Skills: billing 4, networks 2`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.xml import LINE, VCARD4, VCARD_TEMP, WORD, child_words, line, local_name, tag, words

SKILLS = 50  # kept of one person
_USUAL = 3
_LEVELS = {"beginner": 1, "average": 3, "expert": 5}
_LEVELLED = re.compile(r"(.*\S)\s*[:=/ ]\s*([1-5])")
_SKILL_LINE = re.compile(r"^\s*skills?\s*:(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says; empty where it says nothing."""

    name: str = ""
    title: str = ""
    team: str = ""
    phone: str = ""
    email: str = ""
    time_zone: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)

    def over(self, other: "Card") -> "Card":
        """This card, with `other` where it says nothing."""
        return Card(*(getattr(self, one.name) or getattr(other, one.name) for one in fields(self)))


def read_vcard4(card: Element) -> Card:
    """The card of a `<vcard/>` in vCard4's namespace."""
    skills = [
        (child_words(one, VCARD4, "text", WORD), _level(one)) for one in card.findall(tag(VCARD4, "expertise"))
    ] or [_levelled(words(text, WORD)) for text in card.findall(f"{tag(VCARD4, 'categories')}/{tag(VCARD4, 'text')}")]
    organisation = [words(text, WORD) for text in card.findall(f"{tag(VCARD4, 'org')}/{tag(VCARD4, 'text')}")]
    return Card(
        _text(card, "fn"),
        _text(card, "title") or _text(card, "role"),
        organisation[-1] if organisation else "",
        _phone(_text(card, "tel") or child_words(card.find(tag(VCARD4, "tel")), VCARD4, "uri")),
        _text(card, "email"),
        _zone(_text(card, "tz")),
        _kept(skills),
    )


def read_vcard_temp(card: Element) -> Card:
    """The card of a `<vCard/>` in vcard-temp's namespace."""
    keywords = card.findall(f"{tag(VCARD_TEMP, 'CATEGORIES')}/{tag(VCARD_TEMP, 'KEYWORD')}")
    skills = [_levelled(words(one, WORD)) for one in keywords]
    if not skills:
        description = (card.findtext(tag(VCARD_TEMP, "DESC")) or "")[: LINE * 10]
        found = _SKILL_LINE.search(description)
        skills = [_levelled(line(part, WORD)) for part in found[1].split(",")] if found else []
    organisation = card.find(tag(VCARD_TEMP, "ORG"))
    return Card(
        child_words(card, VCARD_TEMP, "FN"),
        child_words(card, VCARD_TEMP, "TITLE") or child_words(card, VCARD_TEMP, "ROLE"),
        child_words(organisation, VCARD_TEMP, "ORGUNIT", WORD)
        or child_words(organisation, VCARD_TEMP, "ORGNAME", WORD),
        _first_phone(card.findall(tag(VCARD_TEMP, "TEL"))),
        child_words(card.find(tag(VCARD_TEMP, "EMAIL")), VCARD_TEMP, "USERID"),
        _zone(child_words(card, VCARD_TEMP, "TZ", WORD)),
        _kept(skills),
    )


def _text(card: Element, name: str) -> str:
    return child_words(card.find(tag(VCARD4, name)), VCARD4, "text")


def _level(expertise: Element) -> int:
    found = expertise.find(f"{tag(VCARD4, 'parameters')}/{tag(VCARD4, 'level')}/{tag(VCARD4, 'text')}")
    return _LEVELS.get(words(found, WORD).lower(), _USUAL)


def _levelled(text: str) -> tuple[str, int]:
    found = _LEVELLED.fullmatch(text)
    return (found[1].rstrip(":=/ "), int(found[2])) if found else (text, _USUAL)


def _kept(skills: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    kept: dict[str, int] = {}
    for name, level in skills:
        if name and len(kept) < SKILLS:
            kept[name] = max(level, kept.get(name, 0))
    return kept


def _first_phone(entries: list[Element]) -> str:
    """The number at work, else the first that is no fax."""
    voices = [one for one in entries if not any(local_name(kind) in {"FAX", "PAGER", "MODEM"} for kind in one)]
    voices.sort(key=lambda one: one.find(tag(VCARD_TEMP, "WORK")) is None)
    return next((number for one in voices if (number := _phone(child_words(one, VCARD_TEMP, "NUMBER")))), "")


def _phone(text: str) -> str:
    number = text.removeprefix("tel:").partition(";")[0]
    return number if re.fullmatch(r"[+*#0-9() ./-]{2,40}", number) else ""


def _zone(text: str) -> str:
    """Only names such as Europe/Berlin: an offset does not say what time it is there in summer."""
    return text if re.fullmatch(r"[A-Za-z_+-]{2,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}", text) else ""
