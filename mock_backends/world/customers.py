"""The customers of the pretend company: who they are, how to reach them, what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from mock_backends.world.names import COMPANIES, HOSTILE_NAMES, NAMES, REGIONS
from mock_backends.world.phones import PLAN_OF, PLANS, Phone, make_phone

DAY = 86_400.0
ConsentKind = Literal["sms", "email", "recording"]
Tier = Literal["Standard", "Silver", "Gold", "Platinum"]
_SOURCES = ("web form", "phone call", "contract", "branch visit", "preference page")
_TIERS: tuple[Tier, ...] = ("Standard",) * 6 + ("Silver",) * 3 + ("Gold",) * 2 + ("Platinum",)
_HOSTILE_EVERY = 97
_SHARED_EVERY = 41


@dataclass(frozen=True, slots=True)
class Company:
    """An employer of customers; `switchboard` is one number for several of them."""

    id: str
    name: str
    region: str
    switchboard: Phone


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the customer agreed to be contacted or recorded, where that was said, and when (epoch seconds)."""

    kind: ConsentKind
    granted: bool
    source: str
    at: float


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `handles` are (network, handle); `withheld` = their calls come without a number."""

    id: str
    name: str
    company_id: str | None
    tier: Tier
    language: str
    region: str
    time_zone: str
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    handles: tuple[tuple[str, str], ...]
    consents: tuple[Consent, ...]
    withheld: bool
    since: float


def _named(now: float) -> list[Customer]:
    """The people of the demo."""

    def customer(n: int, name: str, tier: Tier, e164: str, written: str, mail: str, sms: bool = True) -> Customer:
        consents = (
            Consent("sms", sms, "web form", now - 200 * DAY),
            Consent("email", True, "contract", now - 400 * DAY),
            Consent("recording", False, "phone call", now - 30 * DAY),
        )
        return Customer(
            id=f"C-{n}",
            name=name,
            company_id=None,
            tier=tier,
            language="en",
            region="GB",
            time_zone="Europe/London",
            phones=(Phone(e164, written, "GB"),),
            emails=(mail,),
            handles=(("webchat", mail.partition("@")[0]),),
            consents=consents,
            withheld=False,
            since=now - 1500 * DAY,
        )

    smith = ("+442079460321", "020 7946 0321")
    return [
        customer(
            4471, "Priya Natarajan", "Platinum", "+442079460018", "+44 20 7946 0018", "priya.natarajan@example.com"
        ),
        customer(4102, "J. Ortega", "Gold", "+442079460142", "(020) 7946 0142", "j.ortega@example.com"),
        customer(4203, "A. Lind", "Standard", "+442079460203", "020/79460203", "a.lind@example.org", sms=False),
        customer(4301, "Anna Smith", "Silver", *smith, "anna.smith@example.com"),
        customer(4302, "Robert Smith", "Standard", *smith, "bob.smith@example.net"),
        customer(4303, "Chloe Smith", "Gold", *smith, "chloe.smith@example.org", sms=False),
    ]


def make_companies(rng: Random, count: int) -> list[Company]:
    """`count` companies with a switchboard each."""
    companies = []
    for n in range(count):
        plan = PLANS[n % len(PLANS)]
        name = COMPANIES[n % len(COMPANIES)] + ("" if n < len(COMPANIES) else f" {n // len(COMPANIES) + 1}")
        companies.append(Company(f"O-{100 + n}", name, plan.region, make_phone(rng, plan)))
    return companies


def make_customers(
    rng: Random, companies: list[Company], count: int, now: float, *, hostile_names: bool = False
) -> list[Customer]:
    """The named customers and `count` others. A number belongs to at most three of them."""
    customers = _named(now)
    holders: dict[str, int] = {}
    for customer in customers:
        holders[customer.phones[0].e164] = 3
    for company in companies:
        holders[company.switchboard.e164] = 0

    def own_phone(region: str) -> Phone:
        while True:
            phone = make_phone(rng, PLAN_OF[region])
            if phone.e164 not in holders:
                holders[phone.e164] = 1
                return phone

    pick = rng.random
    regions = [plan.region for plan in PLANS]
    for n in range(count):
        region = regions[int(pick() * len(regions))]
        language, zone, _ = REGIONS[region]
        given, family = NAMES[language]
        first, last = given[int(pick() * len(given))], family[int(pick() * len(family))]
        name = f"{last} {first}" if language in ("ja", "ko", "zh") and last > "z" else f"{first} {last}"
        phones: tuple[Phone, ...] = ()
        company_id = None
        if n % _HOSTILE_EVERY == _HOSTILE_EVERY - 1:
            name = HOSTILE_NAMES[n // _HOSTILE_EVERY % len(HOSTILE_NAMES)] if hostile_names else name
        elif n % _SHARED_EVERY == 0 and n and holders[customers[-1].phones[0].e164] < 3:  # a family with one line
            before = customers[-1]
            region, language, zone = before.region, before.language, before.time_zone
            phones = (before.phones[0],)
            holders[phones[0].e164] += 1
        if pick() < 0.2:
            company = companies[int(pick() * len(companies))]
            company_id = company.id
            if holders[company.switchboard.e164] < 3:
                holders[company.switchboard.e164] += 1
                phones = (*phones, company.switchboard)
        if not phones or pick() < 0.25:
            phones = (*phones, own_phone(region))
        mail = f"customer{n}@example.{('com', 'org', 'net')[n % 3]}"
        consents = tuple(
            Consent(kind, pick() < 0.7, _SOURCES[int(pick() * len(_SOURCES))], now - pick() * 900 * DAY)
            for kind in ("sms", "email", "recording")
            if pick() < 0.8
        )
        customers.append(
            Customer(
                id=f"C-{10_000 + n}",
                name=name,
                company_id=company_id,
                tier=_TIERS[int(pick() * len(_TIERS))],
                language=language,
                region=region,
                time_zone=zone,
                phones=phones,
                emails=(mail,) if n % 50 else (mail, f"Customer.{n}+Tag@Example.COM"),
                handles=(("webchat", f"visitor{n}"),) if n % 3 == 0 else (),
                consents=consents,
                withheld=pick() < 0.03,
                since=now - (1 + pick() * 4000) * DAY,
            )
        )
    return customers
