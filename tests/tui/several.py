"""States with two CRMs and two directories, built by hand."""

from dataclasses import replace

from desktop.domain.entities.customer import Case, Consent, CrmAnswer, Customer, CustomerDetails, Match, TimelineEntry
from desktop.domain.entities.identity import IdentityLink
from desktop.domain.entities.model import Address
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Health, PopAnswer, PresenceState
from desktop.domain.reduce.reducer import reduce
from desktop.domain.select.merged_customer import merged_matches
from desktop.domain.state.events import Envelope, PresenceSnapshot
from desktop.domain.state.own_events import LinksChanged, SourcesDeclared
from desktop.domain.state.state import AppState, SourceHealth
from desktop.domain.text.sentence import verbatim
from tests.tui.states import ALL, CALL, DAY, IDLE, LIVE, NOW, PEOPLE, PRESENCE, PRIYA, PRIYA_NUMBER, active

SHOP, MAIL = "crm:shop", "crm:mail"
XMPP, TEAMS = "presence:xmpp", "presence:teams"
HEALTH = {
    "contact_center": LIVE["contact_center"],
    SHOP: SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - 3),
    MAIL: SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - 70),
    XMPP: SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - 2),
    TEAMS: SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - 12),
}
IN_SHOP = replace(PRIYA, id="shop:4471", source=SHOP)
IN_MAIL = Customer(
    "mail:901",
    "Priya N.",
    source=MAIL,
    fetched_at=NOW - 70,
    company="Natarajan Textiles Ltd",
    tier="Gold",
    addresses=(PRIYA_NUMBER, Address("handle", "@priya")),
    consents=(Consent("sms", False, NOW - DAY), Consent("whatsapp", True)),
    note="Prefers to be called before nine.",
)
SHOP_DETAILS = CustomerDetails(
    cases=(Case("8812", "Duplicate charge in October", "open", NOW - 3 * DAY, "high", source=SHOP),),
    timeline=(
        TimelineEntry("t1", NOW - 5 * DAY, "email", "asked when the refund will arrive", "S. Brandt", source=SHOP),
        TimelineEntry("t2", NOW - 30 * DAY, "purchase", "24 × linen, natural", source=SHOP),
    ),
    purchases=(),
    fetched_at=NOW - 1,
)
MAIL_DETAILS = CustomerDetails(
    cases=(Case("T-77", "Catalogue request", "open", NOW - 12 * DAY, source=MAIL),),
    timeline=(TimelineEntry("t1", NOW - 8 * DAY, "email", "opened the autumn campaign", source=MAIL),),
    fetched_at=NOW - 70,
)


def base() -> AppState:
    """Two of each, nothing going on."""
    caps = {"contact_center": ALL, SHOP: ALL, MAIL: ALL, XMPP: ALL, TEAMS: ALL}
    return replace(IDLE, sources=(SHOP, MAIL, XMPP, TEAMS), health=HEALTH, capabilities=caps)


def matches(*customers: Customer, links: tuple[IdentityLink, ...] = ()) -> tuple[Match, ...]:
    """What the CRMs found by the number, put together."""
    found = [Match(one, "phone", "same number", verified=True) for one in customers]
    keys = {one.id: [f"phone:{one.addresses[0].value}"] for one in customers}
    return merged_matches(found, keys, links, (SHOP, MAIL))


def answers(shop: PopAnswer, mail: PopAnswer, why: str = "") -> tuple[CrmAnswer, ...]:
    """Each CRM's answer."""
    return (CrmAnswer(SHOP, shop, NOW - 8), CrmAnswer(MAIL, mail, NOW - 6, verbatim(why)))


def two_crms() -> AppState:
    """Both know the caller; they do not agree on everything."""
    pop = ScreenPop(
        PopAnswer.ONE,
        NOW - 8,
        matches(IN_SHOP, IN_MAIL),
        "shop:4471",
        "only match",
        answers=answers(PopAnswer.ONE, PopAnswer.ONE),
    )
    details = {"shop:4471": SHOP_DETAILS, "mail:901": MAIL_DETAILS}
    return replace(base(), interactions={"i1": CALL}, pops={"i1": pop}, details=details)


def two_crms_one_down() -> AppState:
    """One answered, the other cannot be asked: the card is there, and so is what is missing."""
    why = "The CRM (mail) cannot be reached: connection refused."
    pop = ScreenPop(
        PopAnswer.ONE,
        NOW - 8,
        matches(IN_SHOP),
        "shop:4471",
        "only match",
        answers=answers(PopAnswer.ONE, PopAnswer.COULD_NOT_ASK, why),
    )
    health = {**HEALTH, MAIL: SourceHealth(Health.DOWN, NOW - 41, verbatim("connection refused"), last_heard=NOW - 44)}
    return replace(two_crms(), pops={"i1": pop}, details={"shop:4471": SHOP_DETAILS}, health=health)


def two_crms_one_unknown() -> AppState:
    """One has nobody, the other could not be asked: that is not "nobody"."""
    why = "The CRM (mail) cannot be reached: connection refused."
    pop = ScreenPop(
        PopAnswer.COULD_NOT_ASK,
        NOW - 6,
        why=verbatim(why),
        answers=answers(PopAnswer.NO_MATCH, PopAnswer.COULD_NOT_ASK, why),
    )
    return replace(two_crms_one_down(), pops={"i1": pop}, details={})


def two_crms_ambiguous() -> AppState:
    """One has two customers with that number: nobody guesses which of them the other's is."""
    husband = replace(IN_MAIL, id="mail:902", name="Arun Natarajan", tier="")
    pop = ScreenPop(
        PopAnswer.MANY,
        NOW - 7,
        matches(IN_SHOP, IN_MAIL, husband),
        answers=answers(PopAnswer.ONE, PopAnswer.MANY),
    )
    return replace(base(), interactions={"i1": CALL}, pops={"i1": pop})


def two_directories() -> AppState:
    """The same people in two directories, which do not agree on who is free; one directory is gone."""
    here = {
        one.id: replace(one, id=f"xmpp:{one.id}", source=XMPP, email=f"{one.id}@x.example") for one in PEOPLE.values()
    }
    there = [
        Person(f"teams:{name}", of.name, email=of.email, source=TEAMS) for name, of in here.items() if name != "p3"
    ]
    there.append(Person("teams:q9", "Mei Tanaka-Lee", "Controller", source=TEAMS, skills={"refunds": 1}))
    seen_here = [replace(one, person_id=f"xmpp:{one.person_id}", source=XMPP) for one in PRESENCE.values()]
    seen_there = [
        Presence("teams:p1", 1, PresenceState.BUSY, NOW - 12, in_call=True, source=TEAMS),
        Presence("teams:p2", 1, PresenceState.AVAILABLE, NOW - 400, source=TEAMS),
        Presence("teams:q9", 1, PresenceState.AVAILABLE, NOW - 300, source=TEAMS),
    ]
    gone = {**HEALTH, TEAMS: SourceHealth(Health.DOWN, NOW - 11, verbatim("no answer"), last_heard=NOW - 12)}
    state = replace(active(), sources=(SHOP, MAIL, XMPP, TEAMS), people={}, presence={}, health=gone)
    return reduce(
        state,
        [
            Envelope("desktop", SourcesDeclared(state.sources), NOW),
            Envelope(XMPP, PresenceSnapshot(tuple(here.values()), tuple(seen_here)), NOW),
            Envelope(TEAMS, PresenceSnapshot(tuple(there), tuple(seen_there)), NOW),
            Envelope("desktop", LinksChanged(()), NOW),
        ],
    )


SEVERAL_FACES = {
    function.__name__: function for function in (two_crms, two_crms_one_down, two_crms_one_unknown, two_crms_ambiguous)
}
