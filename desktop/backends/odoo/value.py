"""Single values of Odoo's answers. Odoo writes False for whatever is empty."""

from datetime import UTC, datetime
from typing import Any

from desktop.backends.wire.reading import LARGEST, SMALLEST
from desktop.domain.entities.model import Instant
from desktop.ports.errors import ProtocolError

_NOON = 12 * 3600.0


def text(value: object) -> str:
    """The text, "" for none."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """The whole number, None for none."""
    return value if type(value) is int else None


def related(value: object) -> dict[str, Any]:
    """The fields of a related record, none for none."""
    return value if isinstance(value, dict) else {}


def name_of(value: object) -> str:
    """What a related record is called."""
    return text(related(value).get("display_name"))


def names(value: object) -> list[str]:
    """What each of several related records is called."""
    return [name for one in value if (name := name_of(one))] if isinstance(value, list) else []


def instant(value: object) -> Instant:
    """A date and time, which Odoo writes in UTC without saying so; one that no screen can show is the nearest.

    Raises:
        ProtocolError: it is not one.
    """
    try:
        found = datetime.strptime(text(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise ProtocolError("Odoo's answer cannot be read.", "not a date and time") from error
    return min(max(found, SMALLEST), LARGEST)


def day(value: object) -> Instant | None:
    """A date without a time as noon in UTC, which is on that date nearly everywhere; None for none."""
    try:
        found = datetime.strptime(text(value), "%Y-%m-%d").replace(tzinfo=UTC).timestamp() + _NOON
    except ValueError:
        return None
    return min(max(found, SMALLEST), LARGEST)


def written(at: Instant) -> str:
    """A time as Odoo writes it, in UTC, the part of a second cut off."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
