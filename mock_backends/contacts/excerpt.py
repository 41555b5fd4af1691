"""How much of a long thread one event or answer carries."""

from mock_backends.wire.contact_center import Interaction, Message

TAIL = 50
TAIL_BYTES = 128 * 1024
WHOLE_BYTES = 2 * 1024 * 1024


def with_newest(interaction: Interaction, about: Message | None = None, *, whole: bool = False) -> Interaction:
    """The contact with no more messages than an event or an answer may carry, and in `earlier` how many are left out.

    Args:
        about: a message that is in it however old it is, because it has changed.
        whole: for a snapshot, which has more room.
    """
    messages, most = interaction.messages, WHOLE_BYTES if whole else TAIL_BYTES
    if len(messages) <= TAIL and sum(len(one.text) for one in messages) * 6 < TAIL_BYTES // 2:
        return interaction
    kept: list[Message] = []
    for one in reversed(messages if whole else messages[-TAIL:]):
        most -= len(one.model_dump_json().encode())
        if most < 0 and kept:
            break
        kept.append(one)
    if about is not None and not any(one is about for one in kept):
        kept.append(about)
    left = len(messages) - len(kept)
    return interaction.model_copy(update={"messages": kept[::-1], "earlier": left}) if left else interaction
