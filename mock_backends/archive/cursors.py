"""Where a page of the archive ended, as text that only the archive reads."""

import base64
import binascii
import math

from mock_backends.http.problem import invalid


def cursor_at(*position: float) -> str:
    """The cursor of a position."""
    return base64.urlsafe_b64encode(",".join(map(repr, position)).encode()).decode().rstrip("=")


def position_of(cursor: str, parts: int) -> tuple[float, ...]:
    """The numbers of a cursor.

    :raises Problem: 422, it is none of ours.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        found = tuple(map(float, text.split(",")))
    except (ValueError, binascii.Error):
        raise invalid("That is not a cursor.") from None
    if len(found) != parts or not all(math.isfinite(one) and abs(one) < 2**53 for one in found):
        raise invalid("That is not a cursor.")
    return found
