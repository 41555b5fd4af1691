"""Errors as sentences: what did not happen, what is safe, what to press."""

from dataclasses import dataclass

from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, VERBATIM, Sentence, verbatim
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

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure in three sentences; `safe` says nothing where nothing was at stake."""

    not_done: Sentence
    safe: Sentence
    press: Sentence

    @property
    def text(self) -> Sentence:
        """All of it."""
        return self.not_done + self.safe + self.press


def one_line(text: str, longest: int = _LONGEST) -> str:
    """A backend's own words on one line of at most `longest` characters."""
    words = " ".join(str(text).split())
    return words if len(words) <= longest else words[: longest - 1] + "…"


_PRESS: dict[type[BackendError], str] = {
    Unavailable: "failure.press_again",
    RateLimited: "failure.press_later",
    AuthFailed: "failure.sign_in_again",
    Forbidden: "failure.ask_for_access",
    NotFound: "failure.look_first",
    Conflict: "failure.look_first",
    Rejected: "failure.change_it",
    OutcomeUnknown: "failure.look_at_screen",
    Unsupported: "failure.not_possible_here",
    ProtocolError: "failure.tell_administrator",
    BackendBug: "failure.was_logged",
}

_PRESSED: dict[type[BackendError], str] = {
    **_PRESS,
    Unavailable: "failure.once_back",
    AuthFailed: "failure.sign_in_and_press",
    ProtocolError: "failure.tell_if_it_persists",
    BackendBug: "failure.was_logged_press",
}
"""Likewise of what somebody pressed: retry asks again what is read, and does no act a second time."""

_WHY: dict[type[BackendError], str] = {
    Unavailable: "failure.unavailable",
    RateLimited: "failure.rate_limited",
    AuthFailed: "failure.auth_failed",
    Forbidden: "failure.forbidden",
    NotFound: "failure.not_found",
    Conflict: "failure.rejected",
    Rejected: "failure.rejected",
    OutcomeUnknown: "failure.outcome_unknown",
    Unsupported: "failure.unsupported",
    ProtocolError: "failure.protocol_error",
    BackendBug: "failure.backend_bug",
}


def error_class(error: BackendError) -> type[BackendError]:
    """The class of the ports that the error belongs to, also for a plug-in's own sub-class of it."""
    return next((known for known in type(error).__mro__ if known in _PRESS), BackendBug)


def own_words(error: BackendError) -> Sentence:
    """What the error itself says: a plug-in's words on one line, or a sentence of the desktop's."""
    said = error.sentence
    return verbatim(one_line(error.message)) if said.id == VERBATIM else said


def reason(error: BackendError, source: str) -> Sentence:
    """Why something was not done: whose doing it is, and what they say themselves."""
    what, why = Sentence(_WHY[error_class(error)], source=error.source or source), own_words(error)
    return Sentence("failure.because", what=what, why=why) if why else Sentence("failure.reason", what=what)


def explain(
    error: BackendError, not_done: Sentence, *, source: str, safe: Sentence = NOTHING, pressed: bool = False
) -> Failure:
    """The sentences for an error.

    Args:
        not_done: what did not happen ("The call was not put on hold.").
        source: who was asked, where the error does not know it better.
        safe: what is safe; `NOTHING` where nothing was at stake.
        pressed: whether it was an act of somebody's, which only another press of theirs does again.
    """
    known = error_class(error)
    seconds = max(1, round(error.retry_after)) if isinstance(error, RateLimited) else 1
    named = (_PRESSED if pressed else _PRESS)[known]
    press = Sentence(named, seconds=seconds) if known is RateLimited else Sentence(named)
    return Failure(not_done + reason(error, source), safe, press)


def note_safety(state: AppState, interaction_id: str) -> Sentence:
    """What was written about a contact is safe; says nothing while the disk does not say so, or it is nothing."""
    draft = state.drafts.get(interaction_id)
    if draft is None:
        return Sentence("note.record_safe") if interaction_id in state.handed_over else NOTHING
    written = draft.note.strip() or draft.codes or draft.follow_ups or draft.half
    return Sentence("note.note_safe") if written and draft.saved_at is not None else NOTHING
