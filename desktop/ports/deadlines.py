"""How long the desktop waits for a backend. A plug-in reads them as `self.deadlines`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The host's deadlines in seconds; afterwards it cancels the call and goes on without the answer.

    Args:
        open: for `open`; one that takes longer counts as unavailable and is tried again later.
        read: for a look-up, all its tries together; later it is told as Unavailable.
        change: for what the agent does; later it is told as OutcomeUnknown and looked up.
        outbox: for one delivery of a wrap-up, a message, a case, a task or a link; later it counts as OutcomeUnknown.
        close: for `close`; whatever is open afterwards dies with the program.
        silence: how long an event stream may say nothing, heartbeats among it, before it is taken for dead.
    """

    open: float = 10.0
    read: float = 4.0
    change: float = 5.0
    outbox: float = 15.0
    close: float = 0.3
    silence: float = 12.5


HOST = Deadlines()
"""Those of this desktop."""
