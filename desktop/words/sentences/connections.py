"""Connections to the backends, and why something asked of one was not done."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "failure.reason": mark("{what}."),
    "failure.because": mark("{what}: {why:clause}."),
    "failure.unavailable": mark("{source:The} could not be reached"),
    "failure.rate_limited": mark("{source:The} is overloaded"),
    "failure.auth_failed": mark("{source:The} does not accept our sign-in"),
    "failure.forbidden": mark("{source:The} does not allow it"),
    "failure.not_found": mark("{source:The} no longer has it"),
    "failure.conflict": mark("{source:The} reports that this has changed"),
    "failure.rejected": mark("{source:The} refuses it"),
    "failure.outcome_unknown": mark("{source:The} did not answer"),
    "failure.unsupported": mark("{source:The} does not offer it"),
    "failure.protocol_error": mark("{source:The} sent an answer that cannot be read"),
    "failure.backend_bug": mark("{source:The} failed because of an error in its plug-in"),
    "failure.press_again": mark("{retry:key} tries again."),
    "failure.press_later": mark("Wait {seconds} s, then press again."),
    "failure.sign_in_again": mark("Sign in again, then press {retry:key}."),
    "failure.ask_for_access": mark("Ask your administrator for access."),
    "failure.look_first": mark("The screen now shows what is there; look before you press again."),
    "failure.change_it": mark("Change it, then press again."),
    "failure.look_at_screen": mark("Look at the screen before you press again."),
    "failure.not_possible_here": mark("That is not possible here; {palette:key} lists what can be done."),
    "failure.tell_administrator": mark("{retry:key} tries again; if this persists, tell your administrator."),
    "failure.was_logged": mark("It was logged; {retry:key} tries again, or tell your administrator."),
    "profile.none": mark("This profile has none."),
}
