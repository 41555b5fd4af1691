"""Connections to the backends, and why something asked of one was not done."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "events.none": mark("This backend has no events."),
    "events.ended": mark("The stream ended."),
    "failure.reason": mark("{what}."),
    "failure.because": mark("{what}: {why:clause}."),
    "failure.unavailable": mark("{source:The} could not be reached"),
    "failure.rate_limited": mark("{source:The} is overloaded"),
    "failure.auth_failed": mark("{source:The} does not accept our sign-in"),
    "failure.forbidden": mark("{source:The} does not allow it"),
    "failure.not_found": mark("{source:The} no longer has it"),
    "failure.rejected": mark("{source:The} refuses it"),
    "failure.outcome_unknown": mark("{source:The} did not answer"),
    "failure.unsupported": mark("{source:The} does not offer it"),
    "failure.protocol_error": mark("{source:The} sent an answer that cannot be read"),
    "failure.backend_bug": mark("{source:The} failed because of an error in its plug-in"),
    "failure.press_again": mark("{retry:key} tries again."),
    "failure.press_later": mark("Wait {seconds} s, then press again."),
    "failure.sign_in_again": mark("Sign in again, then press {retry:key}."),
    "failure.ask_for_access": mark("Ask your administrator for access."),
    "failure.look_first": mark("Look before you press again."),
    "failure.change_it": mark("Change it, then press again."),
    "failure.look_at_screen": mark("Look at the screen before you press again."),
    "failure.not_possible_here": mark("That is not possible here; {palette:key} lists what can be done."),
    "failure.tell_administrator": mark("{retry:key} tries again; if this persists, tell your administrator."),
    "failure.was_logged": mark("It was logged; {retry:key} tries again, or tell your administrator."),
    "failure.once_back": mark("Press again once it is back."),
    "failure.sign_in_and_press": mark("Sign in again, then press again."),
    "failure.tell_if_it_persists": mark("Press again; if this persists, tell your administrator."),
    "failure.was_logged_press": mark("It was logged; press again, or tell your administrator."),
    "profile.none": mark("This profile has none."),
    # Whether a backend can be reached.
    "connection.no_answer": mark("{source:The} did not answer in time."),
    "connection.not_responding": mark("{source:The} is not responding; retrying shortly."),
    "connection.plugin_failed": mark("The {source:source} plug-in failed ({what})."),
    "connection.was_logged": mark("It was logged, and the desktop keeps running."),
    "connection.not_yet": mark("{source:The} is not connected yet."),
    "connection.cannot_be_used": mark("{source:The} cannot be used: {why:clause}."),
    "connection.others_work": mark("Everything else works without it."),
    "connection.offers_nothing": mark("It did not say what it offers."),
    "connection.not_opened": mark("{source:The} could not be opened."),
    "connection.session_over": mark("The session is over."),
    "connection.ended": mark("The connection ended."),
    "connection.silent": mark("No sign of life for {seconds:.0f} s."),
    "connection.not_signed_in": mark("{source:The} does not accept our sign-in."),
    # Answers that are none.
    "answer.not_about_contact": mark("The answer is not about the contact."),
    "answer.about_another": mark("The answer is about another contact."),
    "answer.not_about_you": mark("The answer is not about you."),
    "answer.not_a_chat_line": mark("The answer is not a line of chat."),
    "answer.not_a_presence": mark("The answer is not a presence."),
    "answer.not_a_customer": mark("The answer is not a customer."),
    "answer.not_customers": mark("The answer is not a list of customers."),
    "answer.not_a_list": mark("That is not a list."),
    "answer.not_an_event": mark("The stream brought something that is not an event."),
    "answer.not_a_snapshot": mark("That is not a snapshot."),
    "answer.old_snapshot": mark("The snapshot is older than the stream."),
    # What a service or a plug-in did that it should not, for the diagnostics: in the words of the protocol.
    "odd.stalled": mark(
        "The {source:source} plug-in '{plugin}' kept the desktop from drawing for {seconds:.2f} s, in {where}."
    ),
    "odd.interaction_moved": mark("interaction {id}: {old} was followed by {new}"),
    "odd.agent_moved": mark("agent {id}: {old} was followed by {new}"),
    "odd.leg_moved": mark("leg {id}: {old} was followed by {new}"),
    "odd.offline_with_work": mark("agent {id}: offline while carrying work"),
    "odd.in_interaction": mark("interaction {id}, {what}"),
    "odd.outside_stream": mark("interaction {id}: told of outside the stream, which does not know it"),
}
