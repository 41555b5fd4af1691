"""The tables: which verb when, and what counts as odd."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from desktop.domain.entities.words import Availability, Channel, LegKind, LegPhase, Phase, Recording, Verb
from desktop.domain.state.available_verbs import COMMANDS, verbs
from desktop.domain.state.lifecycle import AGENT_MOVES, INTERACTION_MOVES, LEG_MOVES, is_odd, open_leg
from desktop.domain.text.sentence import NOTHING
from desktop.ports.base import Capability
from desktop.words.catalogue import in_words
from tests.domain.domain_records import ME, OTHER, agent, interaction, leg

EVERYTHING = frozenset(capability.value for capability in Capability)
TALKING = "mute dtmf consult blind_transfer callback end hold"
RINGING = leg(phase=LegPhase.RINGING)
EXPERT = leg()
ALL = leg(kind=LegKind.CONFERENCE)
FAILED = leg(phase=LegPhase.FAILED)
LEFT: dict[str, Any] = {"customer_connected": False}
DEADLINE: dict[str, Any] = {"phase": Phase.WRAP_UP, "wrap_up_deadline": 500.0}

# what is on offer with every capability, as words in any order
TABLE: list[tuple[str, dict[str, Any], str]] = [
    ("queued", {"phase": Phase.QUEUED}, ""),
    ("offered", {"phase": Phase.OFFERED}, "accept decline"),
    ("offered chat", {"phase": Phase.OFFERED, "channel": Channel.CHAT}, "accept decline"),
    ("connecting", {"phase": Phase.CONNECTING}, "end"),
    ("talking", {}, TALKING),
    ("held", {"held": True}, "resume mute consult blind_transfer callback end"),
    ("muted", {"muted": True}, "hold unmute dtmf consult blind_transfer callback end"),
    ("held and muted", {"held": True, "muted": True}, "resume unmute consult blind_transfer callback end"),
    ("expert asked", {"held": True, "legs": (leg(phase=LegPhase.REQUESTED),)}, "mute cancel_leg callback end"),
    ("expert ringing", {"held": True, "legs": (RINGING,)}, "mute cancel_leg callback end"),
    (
        "with the expert",
        {"held": True, "legs": (EXPERT,)},
        "mute dtmf cancel_leg swap complete_transfer conference callback end",
    ),
    (
        "swapped back",
        {"held": False, "legs": (EXPERT,)},
        "mute dtmf cancel_leg swap complete_transfer conference callback end",
    ),
    ("conference", {"legs": (ALL,)}, "hold mute dtmf cancel_leg complete_transfer callback end"),
    (
        "conference, customer held",
        {"legs": (ALL,), "held": True},
        "resume mute dtmf cancel_leg complete_transfer callback end",
    ),
    ("customer left, expert still there", {**LEFT, "legs": (EXPERT,)}, "mute dtmf cancel_leg callback end"),
    ("customer left while expert rings", {**LEFT, "legs": (RINGING,)}, "mute cancel_leg callback end"),
    (
        "expert was busy, customer held",
        {"held": True, "legs": (FAILED,)},
        "resume mute consult blind_transfer callback end",
    ),
    ("expert failed, customer back", {"legs": (FAILED,)}, TALKING),
    ("recorded", {"recording": Recording.ACTIVE}, f"{TALKING} pause_recording"),
    ("recording paused", {"recording": Recording.PAUSED}, f"{TALKING} resume_recording"),
    (
        "recorded, on hold",
        {"recording": Recording.ACTIVE, "held": True},
        "resume pause_recording mute consult blind_transfer callback end",
    ),
    ("recorded wrap-up", {"recording": Recording.ACTIVE, "phase": Phase.WRAP_UP}, "wrap_up callback"),
    ("supervisor listens", {"legs": (leg(kind=LegKind.SUPERVISOR),)}, TALKING),
    ("chat", {"channel": Channel.CHAT}, "send_message blind_transfer park callback end"),
    ("email", {"channel": Channel.EMAIL}, "send_message blind_transfer park callback end"),
    ("sms", {"channel": Channel.SMS}, "send_message blind_transfer park callback end"),
    ("parked chat", {"channel": Channel.CHAT, "parked": True}, "unpark callback end"),
    ("chat, customer left", {"channel": Channel.CHAT, "customer_connected": False}, "park callback end"),
    ("wrap-up", {"phase": Phase.WRAP_UP}, "wrap_up callback"),
    ("wrap-up with a limit", DEADLINE, "wrap_up extend_wrap_up callback"),
    ("wrap-up extended twice", {**DEADLINE, "extensions_used": 2}, "wrap_up callback"),
    ("closed", {"phase": Phase.CLOSED}, ""),
    ("another's", {"agent_id": OTHER}, ""),
    ("nobody's", {"agent_id": None}, ""),
]


@pytest.mark.parametrize(("fields", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_verbs_on_offer(fields: dict[str, Any], words: str) -> None:
    assert set(verbs(interaction(**fields), EVERYTHING, ME)) == {Verb(word) for word in words.split()}


def test_every_verb_is_in_the_table_and_is_on_offer_somewhere() -> None:
    assert set(COMMANDS) == set(Verb)
    assert {Verb(word) for _, _, words in TABLE for word in words.split()} == set(Verb)


@pytest.mark.parametrize("verb", [verb for verb, command in COMMANDS.items() if command.capability])
def test_a_verb_goes_with_its_capability(verb: Verb) -> None:
    rows = [interaction(**fields) for _, fields, words in TABLE if verb.value in words.split()]
    lacking = EVERYTHING - {COMMANDS[verb].capability}
    assert COMMANDS[verb].capability in EVERYTHING
    assert all(verb not in verbs(row, lacking, ME) for row in rows)


def test_what_every_contact_centre_must_do_needs_no_capability() -> None:
    must = {Verb.ACCEPT, Verb.DECLINE, Verb.END, Verb.SEND_MESSAGE, Verb.WRAP_UP}
    assert {verb for verb, command in COMMANDS.items() if not command.capability} == must


def test_nothing_is_on_offer_while_nobody_is_signed_in() -> None:
    assert verbs(interaction(agent_id=""), EVERYTHING, "") == ()


def test_an_agent_is_never_stuck_with_a_live_contact() -> None:
    """Whatever flags, legs and channel: without any capability an active contact can still be ended."""
    for channel, held, muted, there, legs in product(
        Channel, (False, True), (False, True), (False, True), ((), (RINGING,), (EXPERT,), (ALL,))
    ):
        item = interaction(channel=channel, held=held, muted=muted, customer_connected=there, legs=legs)
        assert Verb.END in verbs(item, frozenset(), ME)
        if held and there and not legs and channel is Channel.VOICE:
            assert Verb.RESUME in verbs(item, EVERYTHING, ME)


def test_the_tables_know_every_word_and_allow_standing_still() -> None:
    for table, words in ((INTERACTION_MOVES, Phase), (AGENT_MOVES, Availability), (LEG_MOVES, LegPhase)):
        assert set(table) == set(words)
        assert all(word in table[word] for word in words)


def test_everything_can_come_to_an_end() -> None:
    assert all(Phase.CLOSED in after for after in INTERACTION_MOVES.values())
    assert INTERACTION_MOVES[Phase.CLOSED] == {Phase.CLOSED}
    ends = {LegPhase.COMPLETED, LegPhase.CANCELLED, LegPhase.FAILED}
    assert all(ends <= LEG_MOVES[phase] for phase in set(LegPhase) - ends)
    assert all(LEG_MOVES[end] == {end} for end in ends)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (interaction(phase=Phase.CLOSED), interaction(phase=Phase.ACTIVE), "closed was followed by active"),
        (interaction(phase=Phase.QUEUED), interaction(phase=Phase.WRAP_UP), "queued was followed by wrap_up"),
        (interaction(legs=(leg(phase=LegPhase.FAILED),)), interaction(legs=(leg(),)), "leg l1: failed"),
        (leg(phase=LegPhase.ACTIVE), leg(phase=LegPhase.RINGING), "active was followed by ringing"),
        (agent(), agent(observed=Availability.OFFLINE, in_use={"voice": 1}), "offline while carrying work"),
    ],
)
def test_what_is_odd(old: Any, new: Any, word: str) -> None:
    assert word in in_words(is_odd(old, new) or NOTHING)


def test_what_is_not_odd() -> None:
    assert is_odd(interaction(phase=Phase.OFFERED), interaction(phase=Phase.QUEUED)) is None
    assert is_odd(interaction(legs=(leg(),)), interaction()) is None
    assert is_odd(agent(), agent(observed=Availability.OFFLINE)) is None
    with pytest.raises(TypeError):
        is_odd(agent(), leg())


def test_the_open_leg_is_the_newest_of_mine() -> None:
    old, supervisor = leg(id="l0", phase=LegPhase.FAILED), leg(id="l2", kind=LegKind.SUPERVISOR)
    assert open_leg(interaction(legs=(old, EXPERT, supervisor))) == EXPERT
    assert open_leg(interaction(legs=(old, replace(EXPERT, phase=LegPhase.CANCELLED), supervisor))) is None
