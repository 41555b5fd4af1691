"""Why the distributor refuses a command. A refused command changes nothing."""

from __future__ import annotations


class RoutingError(Exception):
    """A command that cannot be carried out."""


class Unknown(RoutingError):
    """No such queue, agent, interaction or wrap-up (or no longer)."""


class WrongPhase(RoutingError):
    """The interaction or agent is not in a state that allows this."""


class NotTheirs(RoutingError):
    """The interaction is offered to or held by somebody else."""


class NoRoom(RoutingError):
    """The agent has no capacity left on this channel."""
