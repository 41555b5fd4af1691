"""What can go wrong with a backend. The class of an error is the next step of the host.

`message` is for people: a plug-in's own words, shown as they are. The desktop's own errors are given a sentence of the
catalogue instead; `sentence` is either. `detail` is for the log and must hold no secrets.
"""

from desktop.domain.text.sentence import Words, worded


class BackendError(Exception):
    """A backend could not do what it was asked."""

    def __init__(self, message: Words, detail: str = "") -> None:
        super().__init__(str(message))
        self.message = str(message)
        self.sentence = worded(message)
        self.detail = detail
        self.source = ""
        """Which of a profile's systems was asked; the host says it."""


class Unavailable(BackendError):
    """Network, time-out or a failing server: retry with jitter, show it, let the outbox wait."""


class RateLimited(BackendError):
    """Too many requests, or one that came too early: wait `retry_after` seconds."""

    def __init__(self, message: Words, retry_after: float, detail: str = "") -> None:
        super().__init__(message, detail)
        self.retry_after = retry_after


class AuthFailed(BackendError):
    """Not signed in: refresh once, then ask for credentials; never lose text. What waits for this server rests."""


class Forbidden(AuthFailed):
    """Signed in, but not allowed to do this: show the reason, never retry; a record is parked, and the others go on."""


class NotFound(BackendError):
    """It is not there (any more), or not ours: refresh and tell the agent the world moved on; a record is parked."""


class Conflict(BackendError):
    """It is in another state than we thought: refresh and say so; a record is tried a few times more, then parked."""


class Rejected(BackendError):
    """The server refuses the content: show the reason, never retry; a record is parked, not dropped."""


class OutcomeUnknown(BackendError):
    """It went out and no answer came, or a gateway's 504: never repeat it blindly; look at the snapshot and say so."""


class Unsupported(BackendError):
    """The backend does not offer this: hide the verb."""


class ProtocolError(BackendError):
    """An answer that cannot be read: as Unavailable for feeds; a record is tried a few times more, then parked."""


class BackendBug(BackendError):
    """Any other exception of a plug-in: log it, tell the agent, keep running."""
