"""The people in the directory of the pretend company: what they know, when they work, how they react."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from mock_backends.world.centre import Agent
from mock_backends.world.names import NAMES, REGIONS

HOUR = 3600.0
DAY = 86_400.0
Answering = Literal["answers", "busy", "no_answer", "declines", "unreachable"]
Presence = Literal["available", "busy", "dnd", "away", "offline", "unknown"]
_TEAMS: Mapping[str, tuple[str, ...]] = {
    "Billing": ("billing", "refunds", "invoices", "tax"),
    "Payments": ("refunds", "chargebacks", "cards", "fraud"),
    "Network": ("technical", "routers", "fibre", "outages"),
    "Devices": ("technical", "headsets", "mobile", "repairs"),
    "Sales": ("sales", "pricing", "contracts"),
    "Logistics": ("delivery", "returns", "customs"),
    "Legal": ("privacy", "contracts", "complaints"),
    "Security": ("fraud", "privacy", "accounts"),
    "Identity": ("accounts", "sign-in", "billing"),
    "Retention": ("retention", "pricing", "complaints"),
}
_GRADES = ("Associate", "Specialist", "Senior specialist", "Lead", "Principal")
_ANSWERING: tuple[Answering, ...] = ("answers",) * 11 + ("busy", "no_answer", "no_answer", "declines", "unreachable")
_REPLIES = (
    "Hi, {name} here. Yes, I can help with {skill}. Do you have the account number?",
    "Give me a minute to look. Is the customer on the line now?",
    "That is covered by our {skill} rules: it is allowed once per customer. Go ahead.",
    "I would rather speak to them myself. Call me when it suits you.",
    "In a meeting until the hour, but for {skill} the answer is nearly always yes.",
    "Please open a case for the {team} team and put my name on it. I will take it today.",
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person.

    `skills` maps a skill to a level from 1 to 5; `works` are local hours from and to; `utc_offset` is in hours,
    without summer time. `answering` says what comes of a call to them, after `rings` seconds; they answer a chat
    with `reply` after `reply_after` seconds, None = never. `steady` = their presence does not follow the clock.
    """

    id: str
    name: str
    title: str
    team: str
    skills: Mapping[str, int]
    region: str
    time_zone: str
    utc_offset: float
    works: tuple[float, float]
    email: str
    extension: str
    answering: Answering
    rings: float
    reply: str
    reply_after: float | None
    steady: bool = False


@dataclass(frozen=True, slots=True)
class PresenceSpan:
    """What the directory says of a person from `start` until `end` (epoch seconds)."""

    start: float
    end: float
    presence: Presence
    activity: str
    in_call: bool = False
    in_meeting: bool = False


def _person(
    n: int, name: str, title: str, team: str, skills: Mapping[str, int], region: str, answering: Answering
) -> Person:
    _, zone, offset = REGIONS[region]
    skill = next(iter(skills), "that")
    reply = _REPLIES[n % len(_REPLIES)].format(name=name.split()[0], skill=skill, team=team)
    return Person(
        id=f"p{n:03}",
        name=name,
        title=title,
        team=team,
        skills=skills,
        region=region,
        time_zone=zone,
        utc_offset=offset,
        works=(8.0 + n % 3, 16.5 + n % 3),
        email=f"p{n:03}@pretend.example",
        extension=str(7000 + n),
        answering=answering,
        rings=2.0 + n % 7,
        reply=reply,
        reply_after=None if n % 11 == 7 else 3.0 + n % 9,
    )


def _named() -> list[Person]:
    """One for every way a consultation can go; their presence stays as it is, whatever the hour."""
    cast: tuple[tuple[str, str, str, dict[str, int], str, Answering], ...] = (
        ("Noor Haddad", "Refunds specialist", "Billing", {"refunds": 5, "billing": 5, "invoices": 3}, "GB", "answers"),
        ("Tomás Silva", "Chargeback lead", "Payments", {"refunds": 4, "chargebacks": 5}, "PT", "busy"),
        ("Ingrid Berg", "Senior billing specialist", "Billing", {"billing": 4, "tax": 4}, "NO", "no_answer"),
        ("Kwame Mensah", "Network lead", "Network", {"technical": 5, "outages": 5}, "NG", "declines"),
        ("Yuki Tanaka", "Device specialist", "Devices", {"technical": 4, "repairs": 5}, "JP", "unreachable"),
    )
    people = []
    for n, each in enumerate(cast):
        person = _person(n, *each)
        first = person.name.split()[0].lower().replace("á", "a")
        people.append(replace(person, id=first, rings=3.0, reply_after=4.0, steady=True))
    return people


def make_people(rng: Random, agents: tuple[Agent, ...], count: int) -> list[Person]:
    """The named, `count` experts, and the agents themselves (under their agent id)."""
    people = _named()
    regions = list(REGIONS)
    for n in range(len(people), count + len(people)):
        region = rng.choice(regions)
        given, family = NAMES[REGIONS[region][0]]
        team = rng.choice(list(_TEAMS))
        grade = rng.randrange(len(_GRADES))
        known = rng.sample(_TEAMS[team], rng.randint(2, len(_TEAMS[team])))
        skills = {skill: max(1, min(5, grade + rng.randint(0, 2))) for skill in known}
        name = f"{rng.choice(given)} {rng.choice(family)}"
        people.append(_person(n, name, f"{_GRADES[grade]}, {team}", team, skills, region, rng.choice(_ANSWERING)))
    for agent in agents:
        made = _person(len(people), agent.name, agent.title, agent.team, agent.skills, "GB", "answers")
        people.append(replace(made, id=agent.id, steady=True))
    return people


def make_presence(seed: int, person: Person, now: float) -> tuple[PresenceSpan, ...]:
    """The person's presence from two hours ago until a day from `now`, without gaps.

    A working day has meetings, calls, a lunch and spells of concentration; outside it they are offline.
    """
    begin, finish = now - 2 * HOUR, now + DAY
    if person.steady:
        return (_steady(person, begin, finish),)
    rng = Random(f"{seed}/{person.id}")  # noqa: S311 - a pretend world must be repeatable
    offset = person.utc_offset * HOUR
    spans: list[PresenceSpan] = []
    at = begin
    while at < finish:
        hour = (at + offset) % DAY / HOUR
        opens, closes = person.works
        if not opens <= hour < closes:
            end = at + ((opens - hour) % 24) * HOUR
            spans.append(PresenceSpan(at, min(end, finish), "offline", "off work"))
        else:
            end = min(at + rng.uniform(0.2, 1.5) * HOUR, at + (closes - hour) * HOUR)
            spans.append(_at_work(rng, at, min(end, finish), hour))
        at = end
    return tuple(spans)


def _at_work(rng: Random, at: float, end: float, hour: float) -> PresenceSpan:
    if 12 <= hour < 13 and rng.random() < 0.7:
        return PresenceSpan(at, end, "away", "lunch")
    chance = rng.random()
    if chance < 0.55:
        return PresenceSpan(at, end, "available", "at the desk")
    if chance < 0.72:
        return PresenceSpan(at, end, "busy", "in a meeting", in_meeting=True)
    if chance < 0.86:
        return PresenceSpan(at, end, "busy", "on a call", in_call=True)
    if chance < 0.93:
        return PresenceSpan(at, end, "dnd", "presenting")
    return PresenceSpan(at, end, "away", "inactive") if chance < 0.98 else PresenceSpan(at, end, "unknown", "")


def _steady(person: Person, begin: float, end: float) -> PresenceSpan:
    if person.answering == "busy":
        return PresenceSpan(begin, end, "busy", "on a call", in_call=True)
    if person.answering == "unreachable":
        return PresenceSpan(begin, end, "away", "inactive")
    return PresenceSpan(begin, end, "available", "at the desk")
