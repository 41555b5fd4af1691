"""States built by hand, one for every face of the screen, at a fixed moment."""

from dataclasses import replace
from datetime import UTC, datetime

from desktop.domain.entities.customer import (
    Case,
    Consent,
    Customer,
    CustomerDetails,
    CustomerPromise,
    FollowUp,
    Match,
    Purchase,
    TimelineEntry,
)
from desktop.domain.entities.floor import HelpRequest, HelpState
from desktop.domain.entities.model import (
    Address,
    Agent,
    Interaction,
    Leg,
    Message,
    NotReadyReason,
    QueueStats,
    WrapUpCode,
    WrapUpRule,
)
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.phone import CallState, PhoneCall, PhoneRegistration, Registration
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import (
    Availability,
    Channel,
    CodeRule,
    DeliveryState,
    Direction,
    Health,
    LegFailure,
    LegKind,
    LegPhase,
    Monitoring,
    Older,
    Phase,
    PopAnswer,
    PresenceState,
    Recording,
    Role,
)
from desktop.domain.entities.wrap_up_record import DraftView, OutboxView, OutgoingReply
from desktop.domain.state.state import AppState, Notice, SourceHealth
from desktop.domain.text.sentence import verbatim
from desktop.ports.base import Capability

NOW = datetime(2026, 11, 17, 14, 3, 22, tzinfo=UTC).timestamp()
DAY = 86_400.0
PRIYA_NUMBER = Address("phone", "+442079460018")
SMITH_NUMBER = Address("phone", "+442079460321")

PRIYA = Customer(
    "C-4471",
    "Priya Natarajan",
    source="crm",
    fetched_at=NOW - 1,
    company="Natarajan Textiles Ltd",
    tier="Platinum",
    language="en",
    time_zone="Europe/London",
    addresses=(PRIYA_NUMBER, Address("email", "priya@natarajan.example")),
    consents=(Consent("sms", True), Consent("email", True), Consent("recording", False)),
    promises=(CustomerPromise("refund of the duplicate charge", NOW - 3 * DAY),),
)
DETAILS = CustomerDetails(
    cases=(
        Case("8812", "Duplicate charge in October", "open", NOW - 3 * DAY, "high"),
        Case("8650", "New delivery address", "solved", NOW - 40 * DAY),
    ),
    timeline=(
        TimelineEntry("t1", NOW - 5 * DAY, "email", "asked when the refund will arrive", "S. Brandt"),
        TimelineEntry("t2", NOW - 8 * DAY, "voice", "reported a duplicate charge; refund promised", "Maya Okafor"),
        TimelineEntry("t3", NOW - 30 * DAY, "purchase", "24 × linen, natural", ""),
        TimelineEntry("t4", NOW - 41 * DAY, "chat", "changed the delivery address", "T. Aziz"),
    ),
    fetched_at=NOW - 1,
)
MAIL = TimelineEntry(
    "t0",
    NOW - 5 * 3600,
    "email",
    "Asked where the refund is.",
    "S. Brandt",
    "Hello,\n\nI was told that the refund takes five days. It is the sixth, and there is nothing on my account.\n"
    "Could you please tell me when it was sent?\n\nKind regards\nPriya Natarajan",
    case_id="8812",
)
CODES = (
    WrapUpCode("refund", "Refund", "Billing"),
    WrapUpCode("duplicate_charge", "Duplicate charge", "Billing"),
    WrapUpCode("invoice_copy", "Copy of invoice", "Billing"),
    WrapUpCode("payment_plan", "Payment plan", "Billing"),
    WrapUpCode("no_action", "Nothing to do", "General"),
)
MAYA = Agent(
    "maya",
    1,
    "Maya Okafor",
    Role.AGENT,
    "Billing",
    Availability.AVAILABLE,
    NOW - 252,
    capacity={"voice": 1, "chat": 3},
    in_use={"voice": 0, "chat": 0},
    queues=("Billing", "Support", "Sales"),
)
QUEUES = {
    name: QueueStats(
        name,
        1,
        NOW - 1,
        waiting=waiting,
        longest_since=NOW - longest if waiting else None,
        service_level=level,
        service_level_formula="answered ≤ 20 s ÷ (answered + abandoned)",
        agents_available=free,
    )
    for name, waiting, longest, level, free in (
        ("Billing", 7, 130, 0.71, 0),
        ("Support", 0, 0, 0.94, 3),
        ("Sales", 2, 20, 0.88, 1),
    )
}
PEOPLE = {
    person.id: person
    for person in (
        Person(
            "p1",
            "Ana Lindqvist",
            "Refunds specialist",
            "Billing back office",
            {"refunds": 5, "billing": 4},
            "Europe/Stockholm",
        ),
        Person("p2", "Tomás Herrera", "Billing lead", "Billing", {"refunds": 4, "billing": 5}, "Europe/Madrid"),
        Person("p3", "Mei Tanaka", "Accountant", "Finance", {"refunds": 3}, "Asia/Tokyo"),
        Person(
            "p4", "Jon Whitfield", "Payments engineer", "Platform", {"refunds": 2, "payments": 5}, "America/New_York"
        ),
        Person("p5", "Sara Brandt", "Agent", "Billing", {"refunds": 2}, "Europe/Berlin"),
    )
}
PRESENCE = {
    presence.person_id: presence
    for presence in (
        Presence("p1", 1, PresenceState.AVAILABLE, NOW - 2, native="Available"),
        Presence("p2", 1, PresenceState.BUSY, NOW - 8, in_call=True, until=NOW + 400, native="InACall"),
        Presence("p3", 1, PresenceState.OFFLINE, NOW - 900, native="Offline"),
        Presence(
            "p4", 1, PresenceState.DO_NOT_DISTURB, NOW - 31, in_meeting=True, until=NOW + 1800, native="Presenting"
        ),
        Presence("p5", 1, PresenceState.AWAY, NOW - 95, native="Away"),
    )
}
ALL = frozenset(capability.value for capability in Capability)
LIVE = {
    source: SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - age)
    for source, age in (("contact_center", 0.4), ("crm", 3), ("presence", 2), ("messaging", 4))
}
IDLE = AppState(
    me="maya",
    agents={"maya": MAYA},
    queues=QUEUES,
    codes=CODES,
    reasons=(
        NotReadyReason("break", "Break"),
        NotReadyReason("lunch", "Lunch"),
        NotReadyReason("training", "Training"),
    ),
    people=PEOPLE,
    presence=PRESENCE,
    health=LIVE,
    capabilities={"contact_center": ALL, "crm": ALL, "presence": ALL},
)
CALL = Interaction(
    "i1",
    1,
    Channel.VOICE,
    Direction.INBOUND,
    Phase.OFFERED,
    "Billing",
    PRIYA_NUMBER,
    NOW - 52,
    NOW - 8,
    agent_id="maya",
    subject="I was charged twice in October",
    skills=("refunds",),
    attributes={"account": "4471", "reason": "refund"},
    service_level_at=NOW - 32,
    offer_deadline=NOW + 12,
)
ONE = ScreenPop(PopAnswer.ONE, NOW - 8, (Match(PRIYA, "phone", "same number", verified=True),), "C-4471", "only match")


def offered() -> AppState:
    """A call rings and the record is there."""
    return replace(IDLE, interactions={"i1": CALL}, pops={"i1": ONE}, details={"C-4471": DETAILS})


def with_history(older: Older = Older.MORE, notes: int = 45) -> AppState:
    """In a call with Priya, whose timeline is longer than what is read of it; with what she bought."""
    state = active()
    told = tuple(entry for entry in DETAILS.timeline or () if entry.channel != "purchase")
    kept = tuple(
        TimelineEntry(f"n{n}", NOW - (50 + n) * DAY, "note", f"Look after the delivery {n}", "T. Aziz", "Parcel lost.")
        for n in range(notes)
    )
    bought = (
        Purchase("20311", NOW - 11 * DAY, "Linen, natural, 24 m", "49.90 EUR"),
        Purchase("18202", NOW - 400 * DAY, "Sewing thread", "9.90 EUR"),
    )
    details = replace(DETAILS, timeline=(MAIL, *told, *kept), purchases=bought, older=older)
    return replace(state, details={"C-4471": details})


def searching() -> AppState:
    """A call rings and the CRM has not answered yet."""
    return replace(offered(), pops={"i1": ScreenPop(PopAnswer.SEARCHING, NOW - 3)}, details={})


def no_match() -> AppState:
    """Nobody in the CRM has this number."""
    return replace(offered(), pops={"i1": ScreenPop(PopAnswer.NO_MATCH, NOW - 3)}, details={})


def could_not_ask() -> AppState:
    """The CRM is down; what was known last time stands there with its age."""
    old = replace(PRIYA, fetched_at=NOW - 840)
    pop = ScreenPop(
        PopAnswer.COULD_NOT_ASK,
        NOW - 6,
        (Match(old, "phone", "kept here", verified=False),),
        cached=True,
        why=verbatim("The CRM does not answer (connection refused)."),
    )
    down = {**LIVE, "crm": SourceHealth(Health.DOWN, NOW - 41, verbatim("connection refused"), last_heard=NOW - 44)}
    return replace(
        offered(),
        pops={"i1": pop},
        details={},
        health=down,
        outbox=OutboxView(3, 0, NOW - 180, verbatim("CRM does not answer")),
    )


def three_matches() -> AppState:
    """Three customers share the number."""
    matches = tuple(
        Match(
            Customer(
                f"C-10{n}",
                name,
                "crm",
                NOW - 1,
                company=company,
                tier=tier,
                addresses=(SMITH_NUMBER,),
                place=place,
                last_contact=NOW - days * 86_400,
            ),
            "phone",
            "same number, different name",
            verified=True,
        )
        for n, (name, company, tier, place, days) in enumerate(
            (
                ("Margaret Smith", "", "Gold", "SE4 2AB London", 3),
                ("Oliver Smith", "Smith & Sons Roofing", "", "SE4 2AB London", 40),
                ("Isla Smith", "", "Silver", "M4 1HQ Manchester", 1),
            )
        )
    )
    call = replace(CALL, customer=SMITH_NUMBER, subject="Question about an invoice", attributes={})
    return replace(IDLE, interactions={"i1": call}, pops={"i1": ScreenPop(PopAnswer.MANY, NOW - 7, matches)})


def active() -> AppState:
    """Talking, a note begun."""
    call = replace(
        CALL,
        version=2,
        phase=Phase.ACTIVE,
        arrived_at=NOW - 240,
        phase_since=NOW - 221,
        answered_at=NOW - 221,
        service_level_at=NOW - 220,
        offer_deadline=None,
        recording=Recording.ACTIVE,
    )
    return replace(
        offered(),
        interactions={"i1": call},
        agents={"maya": replace(MAYA, in_use={"voice": 1})},
        drafts={
            "i1": DraftView("Charged twice on 3 Oct (invoice 20871). Refund was promised by 14 Nov.", (), 3, NOW - 2)
        },
    )


def written() -> AppState:
    """In a chat with Priya: she has answered, one reply was delivered, one is on its way, the next is being typed."""
    state = active()
    said = (
        Message("t1", NOW - 200, "customer", "Hello, I was charged twice in October.\nThe invoice is 20871."),
        Message("t2", NOW - 160, "agent", "Good afternoon. Let me look at that for you.", DeliveryState.DELIVERED),
        Message("t3", NOW - 90, "system", "Ana Lindqvist has joined the chat"),
        Message("t4", NOW - 41, "customer", "Thank you. Will it be there before Friday? I have to pay the rent."),
        Message("t5", NOW - 20, "agent", "Yes, at the latest on Thursday.", DeliveryState.FAILED),
    )
    chat = replace(
        state.interactions["i1"],
        channel=Channel.CHAT,
        recording=Recording.NONE,
        messages=said,
        unread=0,
    )
    typed = DraftView(
        "",
        (),
        3,
        NOW - 2,
        reply="I have asked for it to be sent today.\nYou will get",
        outgoing=(OutgoingReply("k1", "One moment, please."),),
    )
    return replace(state, interactions={"i1": chat}, drafts={"i1": typed}, pending={"i1": frozenset({"send_message"})})


def answered() -> AppState:
    """The same chat with nothing of ours on its way and nothing typed."""
    return replace(written(), drafts={}, pending={})


_MAIL = """Hello, I was charged twice in October.

Am 12.11.2026 um 09:12 schrieb Maya Okafor:
> Thank you, I am looking into it.
> Maya Okafor, Billing"""


def mail_held_back() -> AppState:
    """In an e-mail of Priya's, which quotes an earlier one: the answer waits a moment before it goes."""
    state = written()
    mail = replace(
        state.interactions["i1"],
        channel=Channel.EMAIL,
        messages=(Message("t1", NOW - 200, "customer", _MAIL),),
    )
    held = OutgoingReply("k1", "Dear Priya,\n\nthe second charge was refunded today.\n\nMaya", NOW + 3.4)
    draft = DraftView("", (), 1, NOW - 1, outgoing=(held,))
    return replace(state, interactions={"i1": mail}, drafts={"i1": draft}, pending={})


def consulting(phase: LegPhase = LegPhase.RINGING, failure: LegFailure | None = None) -> AppState:
    """The customer on hold, an expert in the given phase."""
    state = active()
    open_ = phase in (LegPhase.REQUESTED, LegPhase.RINGING, LegPhase.ACTIVE)
    leg = Leg("l1", LegKind.CONSULT, phase, "person:p1", "Ana Lindqvist", NOW - 6, failure)
    call = replace(state.interactions["i1"], version=3, held=open_, held_since=NOW - 7 if open_ else None, legs=(leg,))
    notices = (
        ()
        if failure is None
        else (Notice(NOW - 1, verbatim("Ana Lindqvist is busy. The customer is back with you."), "warning"),)
    )
    return replace(state, interactions={"i1": call}, notices=notices)


def recording_paused() -> AppState:
    """The customer has refused to be recorded, and is not."""
    state = active()
    call = replace(state.interactions["i1"], version=3, recording=Recording.PAUSED, recording_since=NOW - 12)
    return replace(state, interactions={"i1": call})


def swapped() -> AppState:
    """An expert is on hold while the agent talks to the customer."""
    state = consulting(LegPhase.ACTIVE)
    call = replace(state.interactions["i1"], version=4, held=False, held_since=None)
    return replace(state, interactions={"i1": call})


def conference() -> AppState:
    """Customer, expert and agent are together."""
    state = swapped()
    call = state.interactions["i1"]
    return replace(state, interactions={"i1": replace(call, legs=(replace(call.legs[0], kind=LegKind.CONFERENCE),))})


def supervised() -> AppState:
    """A supervisor speaks to the agent alone and has answered the request for help."""
    state = active()
    leg = Leg("l1", LegKind.SUPERVISOR, LegPhase.ACTIVE, "sam", "Sam Rivera", NOW - 34, monitoring=Monitoring.WHISPER)
    help_ = HelpRequest(
        "h1",
        2,
        "maya",
        "i1",
        "They shout.",
        NOW - 50,
        HelpState.ANSWERED,
        "sam",
        "I listen in.",
        NOW - 36,
        "Sam Rivera",
    )
    notice = Notice(
        NOW - 3, verbatim("Sam Rivera speaks to you; the customer does not hear it. Why: her second week"), "info"
    )
    call = replace(state.interactions["i1"], version=3, legs=(leg,))
    return replace(state, interactions={"i1": call}, help={"h1": help_}, notices=(notice,))


def chatting() -> AppState:
    """An expert was written to and answered."""
    return replace(
        active(),
        chats={
            "p1": (
                ChatLine("c1", "p1", NOW - 40, True, "Can you release a refund over 500 today?"),
                ChatLine("c2", "p1", NOW - 12, False, "Yes, send me the invoice number."),
            )
        },
    )


def wrapping_up() -> AppState:
    """The customer has left; codes and note are due."""
    state = active()
    call = replace(
        state.interactions["i1"],
        version=4,
        phase=Phase.WRAP_UP,
        phase_since=NOW - 20,
        ended_at=NOW - 20,
        customer_connected=False,
        wrap_up_deadline=NOW + 100,
        wrap_up_rule=WrapUpRule(CodeRule.MANY, note_required=True),
        recording=Recording.NONE,
    )
    return replace(state, interactions={"i1": call})


def follow_ups_planned() -> AppState:
    """A callback and a text message are planned, and the CRM is down."""
    state = wrapping_up()
    follow_ups = (
        FollowUp("callback", "about the duplicate charge", NOW + DAY),
        FollowUp("sms", "We looked into it and will call you tomorrow.", to=PRIYA_NUMBER.value),
    )
    draft = replace(state.drafts["i1"], codes=("refund",), follow_ups=follow_ups)
    down = {**LIVE, "crm": SourceHealth(Health.DOWN, NOW - 41, verbatim("connection refused"), last_heard=NOW - 44)}
    return replace(state, drafts={"i1": draft}, health=down)


def missed() -> AppState:
    """An offer was not answered in time."""
    me = replace(MAYA, observed=Availability.NOT_READY, reason="missed", since=NOW - 9, missed=1)
    return replace(
        IDLE,
        agents={"maya": me},
        notices=(Notice(NOW - 3, verbatim("Missed: the offer timed out before it was answered."), "warning"),),
    )


def parked() -> AppState:
    """The CRM refused a record; its text is kept."""
    return replace(IDLE, outbox=OutboxView(0, 1, NOW - 3600, verbatim("The CRM refuses the record")))


def disconnected() -> AppState:
    """The contact centre is gone in the middle of a call."""
    down = {
        **LIVE,
        "contact_center": SourceHealth(Health.DOWN, NOW - 14, verbatim("no sign of life"), last_heard=NOW - 27),
    }
    return replace(active(), health=down)


def phone_not_registered() -> AppState:
    """A call is offered to a phone that no call can reach."""
    phone = PhoneRegistration(Registration.UNREGISTERED, NOW - 33, "maya@pbx", "503 Service Unavailable")
    health = {**LIVE, "voice": SourceHealth(Health.DOWN, NOW - 33, verbatim(phone.why), last_heard=NOW - 1)}
    return replace(offered(), phone=phone, health=health, capabilities={**IDLE.capabilities, "voice": ALL})


def phone_lost_while_idle() -> AppState:
    """Nothing to do, and nothing can come: the phone is not registered."""
    return replace(phone_not_registered(), interactions={}, pops={})


def call_of_nobody() -> AppState:
    """A colleague calls the phone: no contact knows of it."""
    phone = PhoneRegistration(Registration.REGISTERED, NOW - 600, "maya@pbx")
    call = PhoneCall("sip-7", "1002", CallState.RINGING, NOW - 4, name="Tomás Herrera")
    health = {**LIVE, "voice": SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - 1)}
    return replace(IDLE, phone=phone, phone_calls={call.id: call}, health=health)


def next_state() -> AppState:
    """A break was asked for during a call."""
    state = active()
    me = replace(state.agents["maya"], next=Availability.NOT_READY, next_reason="break")
    return replace(state, agents={"maya": me})


FACES = {
    function.__name__: function
    for function in (
        offered,
        searching,
        no_match,
        could_not_ask,
        three_matches,
        active,
        written,
        mail_held_back,
        consulting,
        swapped,
        conference,
        recording_paused,
        supervised,
        chatting,
        wrapping_up,
        follow_ups_planned,
        missed,
        parked,
        disconnected,
        phone_not_registered,
        phone_lost_while_idle,
        call_of_nobody,
        next_state,
    )
}
