"""What happened between the pretend company and one customer: promises, cases, purchases, every contact."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from mock_backends.channels import CHANNELS
from mock_backends.world.customers import DAY, Customer

HOUR = 3600.0
NOTE = "note"
_CHANNELS = (*(word for word, traits in CHANNELS.items() for _ in range(traits.often)), NOTE)
_SUBJECTS = (
    "duplicate charge", "late delivery", "broken on arrival", "change of address", "contract renewal",
    "cannot sign in", "refund not received", "wrong item", "invoice copy", "cancellation",
)  # fmt: skip
_PRODUCTS = (
    ("Home line 100", 2990), ("Business line 500", 8990), ("Router X2", 12900), ("Travel SIM", 1500),
    ("Support plan", 4900), ("Mesh node", 7950), ("Headset H1", 5990),
)  # fmt: skip
_PROMISES = ("call back with an answer", "refund", "replacement sent", "written confirmation", "technician visit")
_SAID = {**{word: traits.said for word, traits in CHANNELS.items()}, NOTE: "Note: look after {}."}

_IN_FULL: dict[str, tuple[str, ...]] = {
    "voice": (
        "Called about {}. Went through the account together, said what happens next and by when.",
        "Second call about {}. Was promised an answer last week and has heard nothing.\n"
        "Apologised, asked the back office while on the line, gave the new date.",
        "Asked about {}. Name, date of birth and address checked.\n\nNothing to be done at our end; explained why.\n"
        "Wants it in writing, sent to the e-mail address on file.",
    ),
    "chat": (
        "Customer: Hello, I have a question about {}.\nAgent: I have it in front of me. It is being worked on.\n"
        "Customer: Thank you.",
        "Customer: Any news about {}?\nAgent: Let me look. One moment, please.\nAgent: It went out this morning. "
        "You will have it within two days.\nCustomer: Great, thanks.\n"
        "Agent: Is there anything else?\nCustomer: No, that was all.",
        "Customer: I wrote about {} on Monday and nobody has answered.\nAgent: I am sorry about that. I see your "
        "message, and I have passed it on as urgent.\nCustomer: When will I hear from you?\nAgent: By tomorrow noon.",
    ),
    "email": (
        "Hello,\n\nI am writing about {}. Could you let me know how it stands?\n\nKind regards",
        "Dear Sir or Madam,\n\nthank you for your reply about {}. What you ask for is attached: the invoice, and a "
        "picture of the label.\n\nPlease confirm that this is all you need.\n\nKind regards",
        "Good morning,\n\nthis is my second message about {}. In the first one I asked three things:\n\n"
        "1. When was it received?\n2. Who is looking after it?\n3. By when can I expect an answer?\n\n"
        "I can be reached by phone after four in the afternoon.\n\nKind regards",
    ),
    "sms": (
        "We have news about {}. Please call us, or sign in to read it.",
        "Thank you for your call about {}. It is done. You need do nothing more.",
    ),
    NOTE: (
        "Look after {} before the next invoice.",
        "Spoke to the warehouse about {}: parts are back in stock from Thursday.\nCustomer knows. No call needed.",
    ),
}
"""What was said, where nothing of its own is known of a contact."""
_REGULAR = "C-4102"
"""A customer of many years: more contacts than fit into a page."""


_ASKED = """Hello,

I was told that the refund takes five days. It is the sixth, and there is nothing on my account.
Could you please tell me when it was sent?

Kind regards
Priya Natarajan"""
_CHATTED = """Priya: My card was charged twice this month, 49.90 each time.
Maya: I see both charges, for order 20311. One of them should not be there. I have opened a case.
Priya: Will I get it back?
Maya: Yes, within five working days."""
_TEXTED = "Your refund of 49.90 EUR is confirmed. You will see it on your account within 5 days."
_CALLED = """Two charges of 49.90 for order 20311, on the 3rd and on the 4th. Bank details checked with her.
Refund of one of them promised."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, until when (epoch seconds), and whether it was kept; None = still open."""

    id: str
    text: str
    made_at: float
    due: float
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Case:
    """An open or closed matter; `owner` is the agent it belongs to."""

    id: str
    subject: str
    status: Literal["open", "waiting", "closed"]
    priority: Literal["low", "normal", "high"]
    opened_at: float
    updated_at: float
    owner: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought, for how much (in cents of `currency`), when."""

    id: str
    product: str
    cents: int
    currency: str
    at: float


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One contact. `direction` is from the company's point of view; `case_id` where it belonged to one."""

    id: str
    channel: str  # a channel, or NOTE
    direction: Literal["in", "out", "internal"]
    at: float
    author: str
    text: str
    case_id: str | None
    detail: str = ""  # all that was said


@dataclass(frozen=True, slots=True)
class History:
    """Everything of one customer; the timeline's newest entry comes first."""

    customer_id: str
    promises: tuple[Promise, ...]
    cases: tuple[Case, ...]
    purchases: tuple[Purchase, ...]
    timeline: tuple[TimelineEntry, ...]


def make_history(seed: int, customer: Customer, agents: tuple[str, ...], now: float) -> History:
    """The history of `customer`: the same for the same seed, whoever asks first."""
    number = int(customer.id[2:])
    rng = Random(seed * 1_000_003 + number)  # noqa: S311 - must be repeatable
    if customer.id == "C-4471":
        return _priya(customer, now)
    cases = tuple(_case(rng, number, n, agents, now) for n in range(rng.choice((0, 0, 1, 1, 2, 3))))
    promises = tuple(_promise(rng, number, n, now) for n in range(rng.choice((0, 0, 0, 1, 2))))
    bought = (rng.choice(_PRODUCTS) for _ in range(rng.randrange(5)))
    purchases = tuple(
        Purchase(f"P-{number}-{n}", product, cents, "EUR", now - rng.random() * 700 * DAY)
        for n, (product, cents) in enumerate(bought)
    )
    timeline = []
    contacts = rng.randrange(2, 12)
    for n in range(160 if customer.id == _REGULAR else contacts):
        channel = rng.choice(_CHANNELS)
        case = rng.choice(cases) if cases and rng.random() < 0.6 else None
        timeline.append(
            TimelineEntry(
                id=f"T-{number}-{n}",
                channel=channel,
                direction="internal" if channel == NOTE else "out" if channel == "sms" else rng.choice(("in", "out")),
                at=now - rng.random() ** 2 * 300 * DAY - HOUR,
                author=rng.choice(agents),
                text=_SAID[channel].format(subject := case.subject if case else rng.choice(_SUBJECTS)),
                case_id=case.id if case else None,
                detail=_IN_FULL[channel][n % len(_IN_FULL[channel])].format(subject),
            )
        )
    timeline.sort(key=lambda entry: -entry.at)
    return History(customer.id, promises, cases, purchases, tuple(timeline))


def _case(rng: Random, number: int, n: int, agents: tuple[str, ...], now: float) -> Case:
    opened = now - (1 + rng.random() * 60) * DAY
    status: Literal["open", "waiting", "closed"] = rng.choice(("open", "open", "waiting", "closed"))
    updated = opened + rng.random() * (now - opened)
    priority: Literal["low", "normal", "high"] = rng.choice(("low", "normal", "normal", "high"))
    return Case(f"{number}{n}", rng.choice(_SUBJECTS), status, priority, opened, updated, rng.choice(agents))


def _promise(rng: Random, number: int, n: int, now: float) -> Promise:
    made = now - rng.random() * 40 * DAY
    due = made + rng.randrange(1, 15) * DAY
    kept = rng.choice((True, False)) if due < now - 5 * DAY else None
    return Promise(f"M-{number}-{n}", rng.choice(_PROMISES), made, due, kept)


def _priya(customer: Customer, now: float) -> History:
    """Charged twice, promised a refund that is a day late."""
    case, late = "8812", "duplicate charge"
    return History(
        customer.id,
        (Promise("M-4471-0", "refund of the duplicate charge", now - 6 * DAY, now - 1 * DAY, None),),
        (
            Case(case, late, "open", "high", now - 3 * DAY, now - 1.2 * DAY, "maya"),
            Case("8790", "change of address", "waiting", "low", now - 20 * DAY, now - 9 * DAY, "tom"),
        ),
        (
            Purchase("20311", "Support plan", 4990, "EUR", now - 17 * DAY),
            Purchase("19877", "Headset H1", 5990, "EUR", now - 88 * DAY),
            Purchase("19514", "Mesh node", 7950, "EUR", now - 160 * DAY),
            Purchase("18203", "Business line 500", 8990, "EUR", now - 410 * DAY),
            Purchase("18202", "Router X2", 12900, "EUR", now - 410 * DAY),
        ),
        (
            TimelineEntry(
                "T-4471-3", "email", "in", now - 1.2 * DAY, "customer", "Asked where the refund is.", case, _ASKED
            ),
            TimelineEntry(
                "T-4471-2", "chat", "in", now - 3 * DAY, "maya", "Charged twice in one month.", case, _CHATTED
            ),
            TimelineEntry(
                "T-4471-1", "sms", "out", now - 6 * DAY, "tom", "Refund confirmed within 5 days.", None, _TEXTED
            ),
            TimelineEntry(
                "T-4471-0", "voice", "in", now - 6 * DAY, "tom", "Called about the double charge.", None, _CALLED
            ),
        ),
    )
