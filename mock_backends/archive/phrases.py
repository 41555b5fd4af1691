"""What was said in the made-up past: a few lines for each wrap-up code, the same every time."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    """Of one wrap-up code: what a written contact was headed by, what both sides wrote, what the agent noted."""

    subject: str
    customer: str
    agent: str
    note: str

    @property
    def written(self) -> str:
        """All that stands in the messages of a written contact."""
        return f"{self.subject}\n{self.customer}\n{self.agent}"


_OF: Final = {
    "refund-made": Phrases(
        "Charged twice in October",
        "I was charged twice for the same month and would like one payment back.",
        "I have refunded the second payment. It takes three to five working days to arrive.",
        "Second payment refunded at once. Customer was told three to five working days.",
    ),
    "refund-promised": Phrases(
        "Where is my refund?",
        "You promised my money back two weeks ago and nothing has arrived.",
        "I am sorry. The refund is approved now and will be with you by Friday.",
        "Refund was stuck in approval. Promised by Friday; accounts told.",
    ),
    "duplicate-charge": Phrases(
        "Two direct debits on one day",
        "There are two direct debits on my statement for the same invoice.",
        "I can see both. The second one has been cancelled with your bank.",
        "Duplicate direct debit found and cancelled. No further action.",
    ),
    "invoice-explained": Phrases(
        "My bill is higher than usual",
        "Why is the bill eleven pounds higher than last month?",
        "It has the engineer's visit of the 4th on it. Next month is as before.",
        "Went through the invoice line by line; the visit of the engineer explains it.",
    ),
    "payment-plan": Phrases(
        "Paying in parts",
        "I cannot pay all of it at once. Could I pay in three parts?",
        "Yes. I have set up three monthly payments from the 1st.",
        "Payment plan over three months agreed and set up.",
    ),
    "dispute": Phrases(
        "I do not agree with this charge",
        "I never ordered the sports package and will not pay for it.",
        "I have stopped the charge while we look into it. You hear from us within a week.",
        "Customer disputes the sports package. Charge on hold; billing to answer within a week.",
    ),
    "sold": Phrases(
        "Faster line",
        "Is there anything faster than what I have?",
        "Yes, 500 Mbit from Monday for four pounds more. I have ordered it for you.",
        "Upgrade to 500 Mbit sold, begins on Monday.",
    ),
    "leaves": Phrases(
        "Cancellation",
        "I am moving abroad and need to cancel.",
        "I have noted the cancellation for the end of the month.",
        "Moves abroad; cancellation confirmed for the end of the month.",
    ),
    "label-sent": Phrases(
        "Return of the old router",
        "How do I send the old router back?",
        "I have sent you a label by e-mail. Please post it within 14 days.",
        "Return label sent by e-mail.",
    ),
    "outage-reported": Phrases(
        "No internet since this morning",
        "The whole street is offline.",
        "There is an outage in your area. We expect it to be mended by the evening.",
        "Outage of the area explained; customer wants a text when it is over.",
    ),
}


def phrases_of(code: str) -> Phrases:
    """Those of a wrap-up code, by its id."""
    about = code.replace("-", " ")
    return _OF.get(code) or Phrases(
        f"Question about {about}",
        "Could you please look into this for me?",
        f"I have looked into it ({about}) and it is settled.",
        f"Settled with the customer: {about}.",
    )
