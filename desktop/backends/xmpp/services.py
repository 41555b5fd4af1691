"""What the server offers: asked by service discovery (XEP-0030) and never guessed from its name."""

import asyncio
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.account import bare
from desktop.backends.xmpp.link import Link
from desktop.backends.xmpp.xml import (
    DATA_FORM,
    DISCO_INFO,
    DISCO_ITEMS,
    PUBSUB,
    SEARCH,
    add,
    child_words,
    form_values,
    line,
    make,
    tag,
)
from desktop.ports.errors import BackendError, Unavailable

MOST_SERVICES = 30
MOST_FOUND = 200
MOST_FIELDS = 10
_ONE_LINE = "text-single"
_NAME_FIELDS = ("first", "last", "nick", "email")


@dataclass(frozen=True, slots=True)
class Offer:
    """What one address of the server says of itself."""

    features: frozenset[str] = frozenset()
    identities: frozenset[tuple[str, str]] = frozenset()

    @property
    def pep(self) -> bool:
        """Whether what a person publishes of themselves is kept and passed on (XEP-0163)."""
        return ("pubsub", "pep") in self.identities


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody whom a search answered."""

    jid: str
    name: str
    email: str


async def offer_of(link: Link, address: str) -> Offer:
    """What `address` offers; nothing when it does not say.

    Raises:
        Unavailable: the connection was lost.
    """
    try:
        answer = await link.ask("get", make(DISCO_INFO, "query"), address)
    except Unavailable:
        raise
    except BackendError:
        return Offer()
    query = answer.find(tag(DISCO_INFO, "query"))
    if query is None:
        return Offer()
    return Offer(
        frozenset(one.get("var", "") for one in query.findall(tag(DISCO_INFO, "feature"))),
        frozenset((one.get("category", ""), one.get("type", "")) for one in query.findall(tag(DISCO_INFO, "identity"))),
    )


async def search_service(link: Link, domain: str) -> str:
    """The address that searches the server's users (XEP-0055); empty when there is none.

    Raises:
        Unavailable: the connection was lost.
    """
    if SEARCH in (await offer_of(link, domain)).features:
        return domain
    try:
        answer = await link.ask("get", make(DISCO_ITEMS, "query"), domain)
    except Unavailable:
        raise
    except BackendError:
        return ""
    items = answer.findall(f"{tag(DISCO_ITEMS, 'query')}/{tag(DISCO_ITEMS, 'item')}")[:MOST_SERVICES]
    # Other companies' services may be listed too; whoever is searched for is their business only when they are ours.
    places = [jid for item in items if (jid := item.get("jid", "")) == domain or jid.endswith(f".{domain}")]
    offers = await asyncio.gather(*(offer_of(link, place) for place in places))
    return next((place for place, offer in zip(places, offers, strict=True) if SEARCH in offer.features), "")


async def search(link: Link, service: str, text: str) -> tuple[Found, ...]:
    """People whose name or e-mail address fits `text`.

    Where the service takes data forms, each field is asked on its own, because services differ in whether one fit is
    enough. The older fields are asked all at once: a module in wide use breaks on a search without an e-mail address.

    Raises:
        BackendError: the service did not say which fields it has.
    """
    query = (await link.ask("get", make(SEARCH, "query"), service)).find(tag(SEARCH, "query"))
    if query is None:
        return ()
    form = query.find(tag(DATA_FORM, "x"))
    if form is not None:
        fields = [one for one in form.findall(tag(DATA_FORM, "field")) if one.get("type", "text-single") == _ONE_LINE]
        asks = [_form(one.get("var", ""), text) for one in fields[:MOST_FIELDS]]
    else:
        ask = make(SEARCH, "query")
        for name in _NAME_FIELDS:
            if query.find(tag(SEARCH, name)) is not None:
                add(ask, SEARCH, name, text)
        asks = [ask]
    answers = await asyncio.gather(*(link.ask("set", ask, service) for ask in asks), return_exceptions=True)
    found: dict[str, Found] = {}
    for answer in answers:
        if isinstance(answer, Unavailable):
            raise answer
        if isinstance(answer, Element):
            found |= {one.jid: one for one in _found(answer)}
    return tuple(found.values())[:MOST_FOUND]


def _form(name: str, text: str) -> Element:
    query = make(SEARCH, "query")
    form = add(query, DATA_FORM, "x", type="submit")
    add(add(form, DATA_FORM, "field", var="FORM_TYPE", type="hidden"), DATA_FORM, "value", SEARCH)
    field = add(form, DATA_FORM, "field", var=name)
    add(field, DATA_FORM, "value", text)
    return query


def _found(answer: Element) -> list[Found]:
    found = []
    for item in answer.iter():
        values: dict[str, str] = {}
        if item.tag == tag(SEARCH, "item"):
            values = {name: child_words(item, SEARCH, name) for name in _NAME_FIELDS}
            values["jid"] = item.get("jid", "")
        elif item.tag == tag(DATA_FORM, "item"):
            values = dict(form_values(item))
        jid = bare(values.get("jid", ""))
        if jid:
            full = " ".join(part for part in (values.get("first", ""), values.get("last", "")) if part)
            name = values.get("fn", "") or full or values.get("nick", "")
            found.append(Found(jid, line(name), values.get("email", "")))
    return found


def item_of(answer: Element, payload: str) -> Element | None:
    """The payload of that name in the first item of a PubSub answer."""
    return answer.find(f"{tag(PUBSUB, 'pubsub')}/{tag(PUBSUB, 'items')}/{tag(PUBSUB, 'item')}/{payload}")
