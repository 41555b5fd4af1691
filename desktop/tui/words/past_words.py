"""Words of records of the past. Where a centre uses a word of its own, it is shown as it is."""

from desktop.words.catalogue import ptr


def outcome(word: str) -> str:
    """How a contact ended."""
    known = {
        "handled": ptr("outcome", "handled"),
        "transferred": ptr("outcome", "transferred"),
        "abandoned": ptr("outcome", "abandoned"),
        "callback": ptr("outcome", "callback"),
        "failed": ptr("outcome", "failed"),
        "withdrawn": ptr("outcome", "withdrawn"),
    }
    return known.get(word, word)


def direction(word: str) -> str:
    """Who called whom."""
    return {"inbound": ptr("direction", "inbound"), "outbound": ptr("direction", "outbound")}.get(word, word)


def channel(word: str) -> str:
    """What a contact came by."""
    known = {
        "voice": ptr("channel", "voice"),
        "chat": ptr("channel", "chat"),
        "email": ptr("channel", "email"),
        "sms": ptr("channel", "sms"),
    }
    return known.get(word, word)


def step(word: str) -> str:
    """One thing that happened to a contact."""
    known = {
        "queued": ptr("step", "queued"),
        "offered": ptr("step", "offered"),
        "offer_ended": ptr("step", "offer ended"),
        "connected": ptr("step", "connected"),
        "held": ptr("step", "held"),
        "resumed": ptr("step", "resumed"),
        "moved": ptr("step", "moved"),
        "handed_over": ptr("step", "handed over"),
        "wrap_up": ptr("step", "wrap up"),
        "closed": ptr("step", "closed"),
    }
    return known.get(word, word.replace("_", " "))
