"""Any event a desktop may ever see, sane or not, on a handful of ids so that they collide."""

from dataclasses import replace

import hypothesis.strategies as st

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.customer import Case, Customer, CustomerDetails, Match
from desktop.domain.entities.floor import (
    Acknowledgement,
    AgentDay,
    AgentMessage,
    AgentWork,
    CoachingNews,
    HelpRequest,
    HelpState,
)
from desktop.domain.entities.identity import PERSON, said
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address, AvailabilityChoice
from desktop.domain.entities.news_item import News, NewsKind
from desktop.domain.entities.person import ChatLine, PastHelp, Person, Presence
from desktop.domain.entities.phone import CallState, PhoneCall, PhoneRegistration, Registration
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import (
    Availability,
    Channel,
    DeliveryState,
    Health,
    LegKind,
    LegPhase,
    Phase,
    PopAnswer,
    PresenceState,
    Recording,
    RecordingConsent,
    Role,
    Verb,
)
from desktop.domain.entities.wrap_up_record import DraftView, OutboxView
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ChatReceived,
    ContactCenterSnapshot,
    DeliveryChanged,
    Envelope,
    Gap,
    Heartbeat,
    InteractionChanged,
    MessageReceived,
    MessagingSnapshot,
    PersonChanged,
    PhoneCallChanged,
    PhoneRegistrationChanged,
    PhoneSnapshot,
    PresenceChanged,
    PresenceSnapshot,
    QueueChanged,
)
from desktop.domain.state.floor_events import (
    AgentMessaged,
    AlertAcknowledged,
    CoachingChanged,
    FloorChanged,
    HelpChanged,
)
from desktop.domain.state.own_events import (
    AvailabilityAwaited,
    CapabilitiesKnown,
    ClockRead,
    DetailsChanged,
    DraftDropped,
    DraftSaved,
    HealthChanged,
    LinksChanged,
    NewsCame,
    NewsSeen,
    Noticed,
    OutboxChanged,
    PastHelpKnown,
    PendingChanged,
    PolicyDeclared,
    PopChanged,
    Settled,
    SourcesDeclared,
)
from tests.domain.domain_records import CC, ME, OTHER, agent, interaction, leg, queue

ids = st.sampled_from(["i1", "i2", "i3"])
people_ids = st.sampled_from(["p1", "p2"])
versions = st.integers(0, 6)
times = st.integers(0, 50).map(float)
words = st.sampled_from(["", "missed", "customer_left", "[/]", "\x1b[31m"])

legs = st.builds(leg, id=st.sampled_from(["l1", "l2"]), kind=st.sampled_from(LegKind), phase=st.sampled_from(LegPhase))
interactions = st.builds(
    interaction,
    id=ids,
    version=versions,
    channel=st.sampled_from(Channel),
    phase=st.sampled_from(Phase),
    agent_id=st.sampled_from([ME, ME, OTHER, None]),
    held=st.booleans(),
    muted=st.booleans(),
    recording=st.sampled_from(Recording),
    phone_call=st.sampled_from(["", "", "sip-1", "sip-2"]),
    parked=st.booleans(),
    customer_connected=st.booleans(),
    unread=st.integers(0, 2),
    wrap_up_deadline=st.none() | times,
    legs=st.lists(legs, max_size=2, unique_by=lambda one: one.id).map(tuple),
)
agents = st.builds(
    agent,
    id=st.sampled_from([ME, OTHER]),
    version=versions,
    role=st.sampled_from([Role.AGENT, Role.AGENT, Role.SUPERVISOR]),
    observed=st.sampled_from(Availability),
)
queues = st.builds(queue, st.sampled_from(["Billing", "Sales"]), versions, st.none() | st.integers(0, 9))
presences = st.builds(Presence, people_ids, versions, st.sampled_from(PresenceState), times)
directories = st.sampled_from(["", "presence:a", "presence:b"])
mailboxes = st.sampled_from(["", "priya@x.example", "Tom@x.example"])
persons = st.builds(
    Person, people_ids, st.sampled_from(["Priya Nair", "Tom Berg"]), email=mailboxes, source=directories
)
person_links = st.builds(said, st.just(PERSON), st.just("p1"), st.just("p2"), same=st.booleans())
lines = st.builds(ChatLine, st.sampled_from("abcd"), people_ids, times, st.booleans(), words, st.booleans())
message_ids = st.sampled_from(["m1", "m2"])
addresses = st.builds(Address, st.just("phone"), st.sampled_from(["+491", ""]))
sent = st.builds(SentMessage, message_ids, times, st.sampled_from(DeliveryState), st.just(Channel.SMS), words, words)
received = st.builds(InboundMessage, message_ids, times, st.just(Channel.SMS), addresses, words)
customers = st.builds(Customer, st.sampled_from(["c1", "c2"]), st.just("Eve"))
cases = st.builds(Case, st.just("k1"), words, st.just("open"), times)
details = st.builds(
    CustomerDetails, cases=st.none() | st.lists(cases, max_size=1).map(tuple), fetched_at=st.none() | times
)


def few(one: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(one, max_size=3).map(tuple)


day = st.builds(AgentDay, times, st.integers(0, 3), engaged=times, load=times)
work = st.builds(AgentWork, ids, st.sampled_from(Channel), st.sampled_from(Phase), words, times)
busy_agents = st.builds(replace, agents, work=few(work), today=st.none() | day)
counts = st.builds(Counts, times, times, offered=st.none() | st.integers(0, 9), answered=st.integers(0, 9))
counted_queues = st.builds(replace, queues, counts=st.none() | counts, trend=few(st.integers(0, 9)))
help_requests = st.builds(
    HelpRequest, st.sampled_from(["h1", "h2"]), versions, st.just(OTHER), ids, words, times, st.sampled_from(HelpState)
)
agent_messages = st.builds(AgentMessage, message_ids, times, st.just(OTHER), words, st.just(ME), words)
alert_keys = st.sampled_from(["slow|Billing", "slow|Sales"])
acknowledgements = st.builds(Acknowledgement, alert_keys, st.sampled_from([ME, OTHER]), words, times)
floor = st.one_of(
    st.builds(FloorChanged, few(busy_agents), few(counted_queues)),
    st.builds(FloorChanged, few(busy_agents), few(counted_queues)),
    st.builds(HelpChanged, help_requests),
    st.builds(AgentMessaged, agent_messages),
    st.builds(AlertAcknowledged, acknowledgements),
)
numbered = st.one_of(
    floor,
    st.builds(InteractionChanged, st.sampled_from(Change), interactions, words),
    st.builds(InteractionChanged, st.sampled_from(Change), interactions, words),
    st.builds(AgentChanged, agents),
    st.builds(QueueChanged, queues),
    st.builds(PresenceChanged, presences),
    st.builds(PersonChanged, persons),
    st.builds(ChatReceived, lines),
    st.builds(ContactCenterSnapshot, st.just(ME), few(interactions), few(agents), few(queues)),
    st.builds(
        ContactCenterSnapshot,
        st.just(ME),
        few(interactions),
        few(busy_agents),
        few(counted_queues),
        zone=st.sampled_from(["", "Europe/London"]),
        help=few(help_requests),
        agent_messages=few(agent_messages),
        acknowledgements=few(acknowledgements),
    ),
    st.builds(PresenceSnapshot, few(persons), few(presences), few(lines)),
    st.builds(DeliveryChanged, sent),
    st.builds(MessageReceived, received),
    st.builds(MessagingSnapshot, few(sent), few(received)),
    st.builds(CoachingChanged, st.builds(CoachingNews, st.integers(0, 3), words, times)),
)
phone_calls = st.builds(
    PhoneCall,
    st.sampled_from(["sip-1", "sip-2"]),
    st.sampled_from(["+491", "1002", ""]),
    st.sampled_from(CallState),
    times,
    muted=st.sampled_from([None, True, False]),
)
registrations = st.builds(PhoneRegistration, st.sampled_from(Registration), times, why=words)
phone = st.one_of(
    st.builds(PhoneCallChanged, phone_calls),
    st.builds(PhoneRegistrationChanged, registrations),
    st.builds(PhoneSnapshot, registrations, few(phone_calls)),
)
own = st.one_of(
    st.builds(Heartbeat, times, st.integers(0, 9)),
    st.builds(Gap, words),
    st.builds(HealthChanged, st.sampled_from(Health), words),
    st.builds(ClockRead, times),
    st.builds(
        PopChanged,
        ids,
        st.builds(ScreenPop, st.sampled_from(PopAnswer), times, few(st.builds(Match, customers, words, words))),
    ),
    st.builds(DetailsChanged, st.sampled_from(["c1", "c2"]), details, st.dictionaries(st.just("cases"), words)),
    st.builds(DraftSaved, ids, st.builds(DraftView, words, st.just(()), st.integers(0, 5), st.none() | times)),
    st.builds(DraftDropped, ids),
    st.builds(OutboxChanged, st.builds(OutboxView, st.integers(0, 3), st.integers(0, 3), st.none())),
    st.builds(CapabilitiesKnown, st.frozensets(st.sampled_from(["hold", "mute", "consult"]))),
    st.builds(PendingChanged, ids, st.frozensets(st.sampled_from(Verb), max_size=2)),
    st.builds(PastHelpKnown, st.builds(PastHelp, people_ids, st.integers(0, 3), st.integers(0, 3), times)),
    st.builds(Noticed, words, subject=ids | st.just("")),
    st.builds(Settled, ids),
    st.builds(AvailabilityAwaited, st.none() | st.builds(AvailabilityChoice, st.sampled_from(Availability), words)),
    st.builds(NewsCame, few(st.builds(News, st.sampled_from(NewsKind), ids, times))),
    st.builds(NewsSeen, st.frozensets(st.sampled_from([f"{kind}:i1" for kind in NewsKind]))),
    st.builds(SourcesDeclared, st.sampled_from([(), ("presence:a", "presence:b"), ("presence:b", "presence:a")])),
    st.builds(LinksChanged, few(person_links)),
    st.builds(PolicyDeclared, st.sampled_from(RecordingConsent)),
)
sources = st.sampled_from([CC, CC, CC, "presence", "desktop"])
envelopes = st.one_of(
    st.builds(
        Envelope, sources, numbered, times, st.sampled_from(["e1", "e1", "e1", "e2"]), st.integers(1, 9) | st.none()
    ),
    st.builds(Envelope, sources, numbered, times),
    st.builds(Envelope, sources, own, times),
    st.builds(Envelope, st.just("voice"), phone, times),
)
