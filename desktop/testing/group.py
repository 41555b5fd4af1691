"""The four groups of a contract, and which test proves which capability."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from desktop.ports.base import Capability

F = TypeVar("F", bound=Callable[..., Any])


class Group(StrEnum):
    """What a test is about. The tier is computed from the groups that passed."""

    SHAPE = "shape"  # what comes is what the port says comes
    BEHAVIOUR = "behaviour"  # what is asked for happens, and what happens is told
    HONESTY = "honesty"  # declared works, undeclared refuses, the same key twice is once
    RESILIENCE = "resilience"  # bad days end in the right error class, and nothing hangs or leaks


def _of(group: Group) -> Callable[[F], F]:
    def mark(test: F) -> F:
        test.conformance_group = group  # type: ignore[attr-defined]
        return test

    return mark


shape = _of(Group.SHAPE)
behaviour = _of(Group.BEHAVIOUR)
honesty = _of(Group.HONESTY)
resilience = _of(Group.RESILIENCE)


def proves(*capabilities: Capability) -> Callable[[F], F]:
    """Mark a test as one that proves optional capabilities; it runs where `open()` offers them all."""

    def mark(test: F) -> F:
        test.conformance_capabilities = frozenset(capabilities)  # type: ignore[attr-defined]
        return test

    return mark


def group_of(test: object) -> Group | None:
    """The group of a test function; None for a test that is no part of a contract."""
    return getattr(test, "conformance_group", None)


def proven_by(test: object) -> frozenset[Capability]:
    """The capabilities that a test function proves."""
    found: frozenset[Capability] = getattr(test, "conformance_capabilities", frozenset())
    return found
