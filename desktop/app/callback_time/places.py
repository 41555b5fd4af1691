"""The time zone that is named after a time: `10:00 London time`, `10:00 their time`, `10:00 UTC`."""

from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from desktop.app.callback_time import phrases
from desktop.app.callback_time.refusal import Refusal

AREAS = frozenset(("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"))


def zone_at(text: str, at: int, now: datetime, customer: tzinfo | None) -> tuple[tzinfo, int] | None:
    """The zone that is named at a place in the text, and where that ends; None if there is none.

    A city alone is one only where it is the agent's or the customer's own: "10:00 Adelaide" may be about Adelaide.

    Args:
        now: in the agent's zone.
        customer: the customer's zone; None where it is not known.
    """
    own = now.tzinfo or UTC
    if owner := phrases.OWNER.match(text, at):
        zone = own if owner["mine"] else customer
        if zone is None:
            raise Refusal("zone_not_known")
        return zone, owner.end()
    if phrases.UTC_OFFSET.match(text, at):
        raise Refusal("no_offset")
    if utc := phrases.UTC.match(text, at):
        return UTC, utc.end()
    if (short := phrases.ABBREVIATION.match(text, at)) and phrases.NOTE.match(text, short.end()):
        raise Refusal("ambiguous_zone", typed=short[0])
    if at == len(text) or phrases.NOTE.match(text, at):
        return None
    if (found := phrases.PLACE_TIME.match(text, at)) and phrases.NOTE.match(text, found.end()):
        name = found["place"]
        if not (zones := _zones_of(name)):
            raise Refusal("city_not_known", city=name)
        return _only(zones, name, now), found.end()
    for pattern in phrases.PLACES:
        if (found := pattern.match(text, at)) and (zones := _zones_of(found["place"])):
            if not phrases.NOTE.match(text, found.end()):
                continue
            name = found["place"]
            if not found["inside"] and not {_key(own), _key(customer)} & set(map(_key, zones)):
                raise Refusal("time_of_city", city=name)
            return _only(zones, name, now), found.end()
    return None


def _only(zones: list[ZoneInfo], name: str, now: datetime) -> ZoneInfo:
    if len({now.astimezone(zone).utcoffset() for zone in zones}) > 1:
        raise Refusal("several_cities", city=name)
    return zones[0]


def _key(zone: tzinfo | None) -> object:
    return getattr(zone, "key", None) or object()


@cache
def _cities() -> dict[str, list[str]]:
    """Cities that have a time zone named after them, in small letters: the keys of those zones."""
    found: dict[str, list[str]] = {}
    for key in (files("tzdata") / "zones").read_text().split():
        if key.partition("/")[0] in AREAS:
            found.setdefault(key.rpartition("/")[2].replace("_", " ").lower(), []).append(key)
    return found


def _zones_of(place: str) -> list[ZoneInfo]:
    return [ZoneInfo(key) for key in _cities().get(place.lower(), ())]
