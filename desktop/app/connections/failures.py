"""Errors in words for people: what did not happen, what is safe, what to press."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.app.key_names import key_name
from desktop.domain.state.state import AppState
from desktop.ports.errors import (
    AuthFailed,
    BackendBug,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)
from desktop.ports.kinds import KINDS

_LONGEST = 200
_NAMES = {kind.value: spec.word for kind, spec in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure in three sentences; `safe` is "" where nothing was at stake."""

    not_done: str
    safe: str
    press: str

    @property
    def text(self) -> str:
        """All of it, on one line."""
        return " ".join(part for part in (self.not_done, self.safe, self.press) if part)


def source_name(source: str) -> str:
    """A source as people say it: `contact_center` is the contact centre, `crm:odoo` the CRM."""
    kind, _, name = source.partition(":")
    known = _NAMES.get(kind, kind)
    return f"{known} ({name})" if name else known


def one_line(text: str, longest: int = _LONGEST) -> str:
    """A backend's own words on one line of at most `longest` characters."""
    words = " ".join(str(text).split())
    return words if len(words) <= longest else words[: longest - 1] + "…"


def _press_again(error: BackendError) -> str:
    return f"{key_name('retry')} tries again."


def _press_later(error: BackendError) -> str:
    seconds = max(1, round(error.retry_after)) if isinstance(error, RateLimited) else 1
    return f"Wait {seconds} s, then press again."


_PRESS: dict[type[BackendError], Callable[[BackendError], str]] = {
    Unavailable: _press_again,
    RateLimited: _press_later,
    AuthFailed: lambda _: f"Sign in again, then press {key_name('retry')}.",
    Forbidden: lambda _: "Ask your administrator for access.",
    NotFound: lambda _: "The screen now shows what is there; look before you press again.",
    Conflict: lambda _: "The screen now shows what is there; look before you press again.",
    Rejected: lambda _: "Change it, then press again.",
    OutcomeUnknown: lambda _: "Look at the screen before you press again.",
    Unsupported: lambda _: f"That is not possible here; {key_name('palette')} lists what can be done.",
    ProtocolError: lambda _: f"{key_name('retry')} tries again; if this persists, tell your administrator.",
    BackendBug: lambda _: f"It was logged; {key_name('retry')} tries again, or tell your administrator.",
}

_WHY: dict[type[BackendError], str] = {
    Unavailable: "could not be reached",
    RateLimited: "is overloaded",
    AuthFailed: "does not accept our sign-in",
    Forbidden: "does not allow it",
    NotFound: "no longer has it",
    Conflict: "reports that this has changed",
    Rejected: "refuses it",
    OutcomeUnknown: "did not answer",
    Unsupported: "does not offer it",
    ProtocolError: "sent an answer that cannot be read",
    BackendBug: "failed because of an error in its plug-in",
}


def error_class(error: BackendError) -> type[BackendError]:
    """The class of the ports that the error belongs to, also for a plug-in's own sub-class of it."""
    return next((known for known in type(error).__mro__ if known in _PRESS), BackendBug)


def explain(error: BackendError, not_done: str, *, source: str, safe: str = "") -> Failure:
    """The sentences for an error.

    Args:
        not_done: what did not happen, as a sentence ("The call was not put on hold.").
        source: who was asked.
        safe: what is safe, as a sentence; "" where nothing was at stake.
    """
    known = error_class(error)
    because = f"The {source_name(source)} {_WHY[known]}"
    own_words = one_line(error.message).rstrip(".")
    reason = f"{because}: {own_words}." if own_words else f"{because}."
    return Failure(f"{not_done} {reason}", safe, _PRESS[known](error))


def note_safety(state: AppState, interaction_id: str) -> str:
    """What was written about a contact is safe, as a sentence; "" while the disk does not say so, or it is nothing."""
    draft = state.drafts.get(interaction_id)
    if draft is None:
        return "Your record is safe here." if interaction_id in state.handed_over else ""
    written = draft.note.strip() or draft.codes or draft.follow_ups or draft.half
    return "Your note is safe here." if written and draft.saved_at is not None else ""
