"""What the values of the lower layers say: the English sentence by its name, one file a room."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural
from desktop.words.sentences import (
    alerts,
    callbacks,
    commands,
    config,
    connections,
    customer,
    experts,
    figures,
    floor,
    history,
    notes,
    options,
    outbox,
    plugins,
    quality,
    replies,
    session,
    staffing,
    storage,
)

SENTENCES: Final[Mapping[str, str | Plural]] = {
    **alerts.SENTENCES,
    **callbacks.SENTENCES,
    **commands.SENTENCES,
    **config.SENTENCES,
    **connections.SENTENCES,
    **customer.SENTENCES,
    **experts.SENTENCES,
    **figures.SENTENCES,
    **floor.SENTENCES,
    **history.SENTENCES,
    **notes.SENTENCES,
    **options.SENTENCES,
    **outbox.SENTENCES,
    **plugins.SENTENCES,
    **quality.SENTENCES,
    **replies.SENTENCES,
    **session.SENTENCES,
    **staffing.SENTENCES,
    **storage.SENTENCES,
}
