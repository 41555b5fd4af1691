"""The outbox: why something is not delivered, and what was told of it; messages to and from customers."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    # Why a row is parked, as clauses: they stand in a column, and as a sentence of their own.
    "reason.damaged": mark("damaged on this machine: the text is not what was written, so it is not sent"),
    "reason.text_damaged": mark("the text was damaged on this machine; read it over before you use it"),
    "reason.another_text": mark("another text was begun for the same while this one could not be read"),
    "reason.another_note": mark("another note was begun for this contact while this one could not be read"),
    "reason.gone_at_start": mark("the contact was gone when this desktop came back, before the note was finished"),
    "reason.gone_to_another": mark("the contact went to somebody else before the note was finished"),
    "reason.gone_closed": mark("the contact was closed before the note was finished"),
    "reason.ran_out": mark("the wrap-up time ran out before the note was finished"),
    "reason.may_be_there": mark(
        "it is not known whether this was sent before the desktop stopped; look before you send it again"
    ),
    "reason.read_over": mark("it was damaged on this machine, and has been read over since"),
    # Why one waits.
    "wait.down": mark("{source:the} went down at {since:clock}."),
    "outbox.target_says": mark("{source:The}: {why:clause}."),
    "outbox.no_such_backend": mark("This profile has no {source:source}. The record waits until it does."),
    # Why one cannot be changed or sent.
    "outbox.cannot_be_read": mark("The record on this machine cannot be read."),
    "outbox.no_receipt": mark("The answer was no receipt."),
    "outbox.nobody_takes_it": mark("Nothing in this profile accepts it."),
    "outbox.read_over_first": mark(
        "This record was damaged on this machine; read it over and save it before you send it."
    ),
    "outbox.of_evaluation": mark("This belongs to an evaluation; open it there, or copy the text."),
    "outbox.damaged_record": mark("This record was damaged on this machine. Read it over and save it first."),
    "outbox.half_follow_up": mark("A follow-up was being typed and was not added. Add it or drop it first."),
    "outbox.no_channel": mark("It is not known how the customer was in touch. Choose the channel first."),
    "outbox.nobody_signed_in": mark("It is not known yet who is signed in. Wait for the contact centre."),
    "outbox.damaged_item": mark("It is damaged: it can be read and copied, but not sent."),
    "outbox.callback_without_time": mark("It is not clear when the callback is wanted. Say when, or drop it."),
    "outbox.callback_gone": mark("The callback is not there any more."),
    # What is told of the outbox.
    "outbox.damaged_not_sent": mark("A record was damaged on this machine and was not sent. {outbox:key} shows it."),
    "outbox.not_delivered": mark("A record was not delivered."),
    "outbox.text_is_there": mark("Its text is in the outbox."),
    "outbox.shows_it": mark("{outbox:key} shows it."),
    # Messages.
    "message.came": mark("{channel:channel} from {who}: {text}  {outbox:key} shows it."),
    "message.opted_out": mark("{channel:channel} from {who}: has opted out. No more messages are sent to them."),
    "message.many_came": mark("{n} messages from customers came while you were away.  {outbox:key} shows them."),
    "message.not_delivered": mark("The {channel:channel} to {to} was not delivered.  {outbox:key} shows it."),
    "message.not_delivered_because": mark(
        "The {channel:channel} to {to} was not delivered: {why}  {outbox:key} shows it."
    ),
    "message.not_agreed_sms": mark("{customer} has not agreed to receive text messages."),
    "message.not_agreed_email": mark("{customer} has not agreed to receive e-mails."),
    "message.no_address_sms": mark("No phone number is known for {customer}."),
    "message.no_address_email": mark("No e-mail address is known for {customer}."),
    "message.stopped_sms": mark("{customer} has opted out of text messages (STOP)."),
    "message.stopped_email": mark("{customer} has opted out of e-mails."),
    "message.not_on_card": mark("{to} is not on the card of {customer} any more. Choose another address."),
    "message.no_subject": mark("An e-mail needs a subject."),
    "message.no_card": mark("Open the customer's card first, then send it again."),
    "message.not_sent": mark("The message to {customer} was not sent."),
    "message.a_customer": mark("a customer"),
    "message.sender": mark("{name} ({address})"),
    "message.unknown_sender": mark("an unknown sender"),
    "message.cannot_be_kept": mark("A customer's message cannot be kept on this machine."),
}
