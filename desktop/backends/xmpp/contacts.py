"""Everybody in the directory, what is known of them, and the events that each stanza makes of that."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.account import bare
from desktop.backends.xmpp.card import Card
from desktop.backends.xmpp.resources import Activity, Resource, merged, read_resource
from desktop.backends.xmpp.xml import CLIENT, ROSTER, STANZA_ERRORS, WORD, child_words, line, local_name, tag, words
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import Event, PersonChanged, PresenceChanged

MOST_PEOPLE, MOST_RESOURCES = 5000, 50
_SEEN = frozenset({"to", "both"})


@dataclass(slots=True)
class _Contact:
    """One person; `subscription` is the roster's word: none, to, from or both ("" for whom it does not hold)."""

    jid: str
    name: str = ""
    group: str = ""
    subscription: str = ""
    asked: bool = False
    resources: dict[str, Resource] = field(default_factory=dict)
    activity: Activity | None = None
    card: Card = field(default_factory=Card)
    gone: str = ""
    heard: bool = False  # whether their server said anything in this session
    error: str = ""
    told: Presence | None = None


class Contacts:
    """The people of one account. Methods take what came in and answer the events to pass on."""

    def __init__(self, me: str, source: str, clock: Callable[[], float]) -> None:
        """`me`: our own bare address. `source`: the name that people and presences carry."""
        self._me = me
        self._source = source
        self._clock = clock
        self._version = 0
        self._people: dict[str, _Contact] = {}
        self._own = _Contact(me, subscription="both")
        self._resource = ""

    def begin(self, resource: str) -> None:
        """A session begins in which everybody's presence comes anew; cards and names stay as they were.

        Args:
            resource: this program's name among ours. What our others show is not what the agent set here.
        """
        self._resource = resource
        for contact in [*self._people.values(), self._own]:
            contact.resources.clear()
            contact.heard, contact.error, contact.gone, contact.activity = False, "", "", None

    def __contains__(self, jid: str) -> bool:
        return jid in self._people

    @property
    def addresses(self) -> tuple[str, ...]:
        """The bare addresses of everybody."""
        return tuple(self._people)

    def sees_us(self, jid: str) -> bool:
        """Whether the person may know that we are here."""
        contact = self._people.get(jid)
        return contact is not None and contact.subscription in {"from", "both"}

    def roster(self, items: Iterable[Element]) -> list[Event]:
        """The whole roster: who is not in it any more is no longer shown, unless a search found them."""
        named = {bare(item.get("jid", "")): item for item in items}
        for jid, contact in list(self._people.items()):
            if jid not in named and contact.subscription:
                del self._people[jid]
        return [event for item in named.values() for event in self.roster_item(item)]

    def roster_item(self, item: Element) -> list[Event]:
        """One entry of the roster, new or changed."""
        jid = bare(item.get("jid", ""))
        if jid and jid != self._me and item.get("subscription") == "remove":
            contact = self._people.get(jid)
            if contact is None:
                return []
            contact.subscription, contact.asked = "", False
            contact.resources.clear()
            return self._presence(contact)
        contact = self._contact(jid)
        if contact is None:
            return []
        contact.name = line(item.get("name", ""))
        contact.group = words(item.find(tag(ROSTER, "group")))
        contact.subscription = line(item.get("subscription", ""), WORD) or "none"
        contact.asked = item.get("ask") == "subscribe"
        return [PersonChanged(self._person(contact)), *self._presence(contact)]

    def found(self, jid: str, name: str, email: str) -> list[Event]:
        """Somebody whom the server's search answered, or who wrote to us."""
        known = jid in self._people
        contact = self._contact(jid)
        if contact is None or known:
            return []
        contact.card = Card(name=line(name), email=line(email))
        return [PersonChanged(self._person(contact)), *self._presence(contact)]

    def card(self, jid: str, card: Card) -> list[Event]:
        """A business card that was read."""
        contact = self._people.get(jid)
        if contact is None or (fresh := card.over(contact.card)) == contact.card:
            return []
        contact.card = fresh
        return [PersonChanged(self._person(contact))]

    def presence(self, stanza: Element) -> list[Event]:
        """A presence stanza. What comes from people whom the directory does not hold is nothing to us."""
        sender = stanza.get("from", "")
        jid, _, resource = sender.partition("/")
        contact = self._known(bare(jid))
        if contact is None or (contact is self._own and resource != self._resource):
            return []
        kind, now = stanza.get("type", ""), self._clock()
        if kind == "":
            if len(contact.resources) < MOST_RESOURCES or resource in contact.resources:
                known = contact.resources.get(resource)
                read = read_resource(stanza, resource, now)
                if known is not None and contact is self._own and known.meant and known.show == read.show:
                    read = replace(read, meant=known.meant)
                contact.resources[resource] = read
            contact.error = ""
        elif kind == "unavailable":
            contact.gone = child_words(stanza, CLIENT, "status")
            contact.resources.pop(resource, None)
            if not resource:
                contact.resources.clear()
        elif kind == "error":
            contact.resources.clear()
            reasons = (one for one in stanza.findall(f"{tag(CLIENT, 'error')}/*") if STANZA_ERRORS in str(one.tag))
            contact.error = next((local_name(one) for one in reasons), "error")[:WORD]
        else:
            return []
        contact.heard = True
        return self._presence(contact)

    def activity(self, jid: str, activity: Activity) -> list[Event]:
        """What a person says they are doing."""
        contact = self._known(jid)
        if contact is None:
            return []
        contact.activity = activity
        return self._presence(contact)

    def own(self, show: str, status: str, meant: PresenceState, activity: Activity | None) -> Presence:
        """Our own presence after we set it; what XMPP has no word for is remembered as it was meant."""
        now = self._clock()
        self._own.resources[self._resource] = Resource(self._resource, show, status, 0, None, now, meant)
        if activity is not None:
            self._own.activity = activity
        self._own.heard = True
        return self._tell(self._own, replace(self._seen(self._own, now), source=self._source))

    def people(self) -> tuple[Person, ...]:
        """Everybody but us."""
        return tuple(self._person(contact) for contact in self._people.values())

    def presences(self) -> tuple[Presence, ...]:
        """Everybody's but ours."""
        for contact in self._people.values():
            self._presence(contact)
        return tuple(one.told for one in self._people.values() if one.told is not None)

    def _known(self, jid: str) -> _Contact | None:
        return self._own if jid == self._me else self._people.get(jid)

    def _contact(self, jid: str) -> _Contact | None:
        if not jid or jid == self._me:
            return None
        if jid not in self._people:
            if len(self._people) >= MOST_PEOPLE:
                return None
            self._people[jid] = _Contact(jid)
        return self._people[jid]

    def _person(self, contact: _Contact) -> Person:
        card = contact.card
        return Person(
            contact.jid,
            contact.name or card.name or contact.jid.partition("@")[0],
            card.title,
            card.team or contact.group,
            dict(card.skills),
            card.time_zone,
            card.phone,
            card.email,
            self._source,
        )

    def _presence(self, contact: _Contact) -> list[Event]:
        told, now = contact.told, self._clock()
        fresh = replace(self._seen(contact, now), source=self._source)
        if told is not None and told == replace(fresh, version=told.version, observed_at=told.observed_at):
            return []
        return [PresenceChanged(self._tell(contact, fresh))]

    def _tell(self, contact: _Contact, fresh: Presence) -> Presence:
        self._version += 1
        told = contact.told = replace(fresh, version=self._version)
        return told

    def _seen(self, contact: _Contact, now: float) -> Presence:
        if contact.subscription not in _SEEN:
            native = "subscription asked for" if contact.asked else "no subscription"
            return Presence(contact.jid, 0, PresenceState.UNKNOWN, now, native=native)
        if contact.error:
            return Presence(contact.jid, 0, PresenceState.UNKNOWN, now, native=contact.error)
        here = contact.jid.rpartition("@")[2] == self._me.rpartition("@")[2]
        if not contact.heard and not here:
            # Another company's server need not tell that somebody is not there: silence says nothing.
            return Presence(contact.jid, 0, PresenceState.UNKNOWN, now, native="no answer yet")
        return merged(contact.jid, contact.resources.values(), contact.activity, gone=contact.gone, version=0, now=now)
