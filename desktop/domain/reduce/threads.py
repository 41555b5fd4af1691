"""The thread of a contact as it is told: a message once, in the order of time, and long ones in parts."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from desktop.domain.entities.model import Interaction, Message


def with_thread(old: Interaction | None, new: Interaction) -> Interaction:
    """The contact with all messages that are known of it.

    What is left out of `new` (`earlier`) is as it was. Of two messages with one id the later one counts: it stands
    where the first one stood. Whatever a backend sends, they are in the order in which they were written.
    """
    known = old.messages if old is not None and new.earlier else ()
    messages = _once((*known, *new.messages)) if known or not _in_order(new.messages) else new.messages
    if messages is new.messages:
        return new
    left = max(0, new.earlier + len(new.messages) - len(messages)) if new.earlier else 0
    return replace(new, messages=messages, earlier=left)


def _in_order(messages: tuple[Message, ...]) -> bool:
    return len({one.id for one in messages}) == len(messages) and all(a.at <= b.at for a, b in pairwise(messages))


def _once(messages: Iterable[Message]) -> tuple[Message, ...]:
    latest = {one.id: one for one in messages}
    return tuple(sorted(latest.values(), key=lambda one: one.at))
