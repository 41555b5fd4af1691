"""What became of a press, in words."""

from dataclasses import dataclass

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.failures import error_class, explain
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports.errors import BackendError, OutcomeUnknown, RateLimited, Unavailable, Unsupported

CONTACT_CENTER = "contact_center"
UNDECIDED = (OutcomeUnknown, Unavailable, RateLimited)  # the same press again must carry the same key


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of a press. `error` is the class of what went wrong, "" when ok; "ignored" for a double press."""

    ok: bool
    text: Sentence = NOTHING
    error: str = ""


IGNORED = CommandResult(False, error="ignored")


def failed(
    error: BackendError,
    not_done: Sentence,
    source: str = CONTACT_CENTER,
    *,
    safe: Sentence = NOTHING,
) -> CommandResult:
    """A press that came to nothing.

    Args:
        not_done: what was not done.
        source: who was asked.
        safe: what is safe all the same; nothing where nothing was at stake.
    """
    failure = explain(error, not_done, source=source, safe=safe, pressed=True)
    return CommandResult(False, failure.text, error_class(error).__name__)


def absent(backend_calls: BackendCalls) -> BackendError:
    """Why there is no contact centre: its plug-in cannot be loaded, or the profile names none."""
    broken = backend_calls.closed.get(CONTACT_CENTER)
    return Unavailable(broken) if broken else Unsupported(Sentence("profile.none"))
