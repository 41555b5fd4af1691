"""Which notice is to be seen: it belongs to a subject, success settles it, an error stays while its cause stands."""

from dataclasses import replace

from desktop.domain.entities.customer import Consent, Customer, Match
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Health, Phase, PopAnswer, Recording
from desktop.domain.entities.wrap_up_record import OutboxView
from desktop.domain.news import notices
from desktop.domain.news.notices import ALERT_ENDED, ERROR_STAYS, GLANCE, GLIMPSE, MY_STATE, OUTBOX, RETRY, STAYS
from desktop.domain.reduce.reducer import reduce
from desktop.domain.state.own_events import Noticed, OwnEvent, Settled
from desktop.domain.state.state import AppState, SourceHealth
from desktop.domain.text.sentence import verbatim
from desktop.words.catalogue import in_words
from tests.domain.domain_records import ME, agent, envelope, interaction

CALL = interaction(id="i1", agent_id=ME, phase=Phase.ACTIVE, phase_since=0.0)
TALKING = AppState(me=ME, interactions={"i1": CALL}, agents={ME: agent(since=0.0)})
REFUSED = ScreenPop(
    PopAnswer.ONE,
    0.0,
    (Match(Customer("c1", "Inès Moreau", consents=(Consent("recording", False),)), "phone", ""),),
    chosen="c1",
)
DOWN = SourceHealth(Health.DOWN, 0.0)
LIVE = SourceHealth(Health.LIVE, 0.0)


def after(state: AppState, *events: OwnEvent, at: float = 10.0) -> AppState:
    return reduce(state, [envelope(event, source="desktop", at=at) for event in events])


def seen(state: AppState, now: float = 11.0) -> str:
    shown = notices.shown(state, now)
    return in_words(shown.text) if shown is not None else ""


def test_what_failed_is_gone_once_it_succeeded() -> None:
    failed = after(TALKING, Noticed(verbatim("not held"), "error", "i1"))
    assert seen(failed) == "not held"
    assert seen(after(failed, Settled("i2"))) == "not held"
    assert seen(after(failed, Settled("i1"))) == ""
    assert [in_words(one.text) for one in after(failed, Settled("i1")).notices] == ["not held"], (
        "diagnostics still tell it"
    )


def test_of_one_subject_the_newest_counts() -> None:
    told = after(TALKING, Noticed(verbatim("first"), "error", "i1"), Noticed(verbatim("second"), "info", "i1"))
    assert seen(told) == "second" and seen(told, 10.0 + STAYS) == ""


def test_an_alert_that_ended_does_not_cover_what_came_of_a_press() -> None:
    told = after(
        after(TALKING, Noticed(verbatim("moved"))), Noticed(verbatim("alert ended"), "info", ALERT_ENDED), at=12.0
    )
    assert seen(told, 13.0) == "moved"
    assert seen(told, 11.0 + STAYS) == "alert ended"
    assert seen(told, 13.0 + STAYS) == ""


def test_that_a_recording_was_paused_covers_nothing_and_goes_with_the_pause() -> None:
    paused = replace(TALKING, interactions={"i1": replace(CALL, recording=Recording.PAUSED)}, pops={"i1": REFUSED})
    told = after(
        after(paused, Noticed(verbatim("unlinked"))),
        Noticed(verbatim("paused"), "warning", notices.recording("i1")),
        at=12.0,
    )
    assert seen(told, 13.0) == "unlinked"
    assert seen(told, 11.0 + STAYS) == "paused"
    assert seen(told, 12.0 + STAYS) == ""
    assert seen(replace(told, interactions={"i1": CALL}), 11.0 + STAYS) == "", "it is recorded again"
    assert seen(replace(told, interactions={}), 11.0 + STAYS) == "", "the contact has left"
    assert seen(replace(told, pops={}), 11.0 + STAYS) == "", "they are not linked any more"
    assert seen(after(told, Noticed(verbatim("held")), at=13.0), 14.0) == "held"


def test_an_error_stays_while_its_cause_stands_and_comes_back_after_another_word() -> None:
    told = after(after(TALKING, Noticed(verbatim("not held"), "error", "i1")), Noticed(verbatim("by the way")), at=12.0)
    assert seen(told, 13.0) == "by the way"
    assert seen(told, 13.0 + 10 * ERROR_STAYS) == "not held"
    wrapping = replace(told, interactions={"i1": replace(CALL, phase=Phase.WRAP_UP, phase_since=99.0)})
    assert seen(wrapping, 130.0) == "", "the contact has changed in the meantime"
    assert seen(replace(told, interactions={}), 130.0) == "", "the contact has left"


def test_an_error_about_my_state_stays_until_that_is_another() -> None:
    told = after(TALKING, Noticed(verbatim("not changed"), "error", MY_STATE))
    assert seen(told, 100.0) == "not changed"
    assert seen(replace(told, agents={ME: agent(since=50.0)}), 100.0) == ""


def test_an_error_about_a_source_goes_when_that_is_back() -> None:
    told = after(replace(TALKING, health={"crm": DOWN}), Noticed(verbatim("no CRM"), "error", "crm"))
    assert seen(told, 1000.0) == "no CRM"
    assert seen(replace(told, health={"crm": LIVE})) == ""


def test_an_error_about_nothing_in_particular_goes_by_itself() -> None:
    told = after(TALKING, Noticed(verbatim("no sound"), "error"))
    assert seen(told, 10.0 + ERROR_STAYS - 1) == "no sound" and seen(told, 10.0 + ERROR_STAYS) == ""


def test_trying_again_is_said_only_while_something_is_wrong() -> None:
    told = after(replace(TALKING, health={"crm": DOWN}), Noticed(verbatim("Trying again."), subject=RETRY))
    assert seen(told) == "Trying again."
    assert seen(replace(told, health={"crm": LIVE})) == ""
    assert seen(replace(told, health={"crm": LIVE}, outbox=OutboxView(waiting=1))) == "Trying again."


def test_handed_over_is_said_only_until_it_is_delivered() -> None:
    told = after(
        replace(TALKING, outbox=OutboxView(waiting=1)), Noticed(verbatim("Queued for sending."), subject=OUTBOX)
    )
    assert seen(told) == "Queued for sending."
    assert seen(replace(told, outbox=OutboxView())) == ""


def test_that_there_is_nothing_to_do_is_said_for_a_glance() -> None:
    told = after(TALKING, Noticed(verbatim("Everything is connected."), subject=GLIMPSE))
    assert seen(told, 10.0 + GLANCE - 1) and not seen(told, 10.0 + GLANCE)
