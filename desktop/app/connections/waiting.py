"""Why something has to wait for a system: one clause for every screen and command that says so."""

from collections.abc import Collection

from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence


def waits_for(state: AppState, sources: Collection[str]) -> Sentence:
    """What stands in the way of what goes to one of these sources, as a clause: "the CRM went down at 14:02."

    Args:
        sources: any of them will do; those the state does not know do not count.

    Returns:
        Nothing while one is up, or nothing is known.
    """
    known = [(state.health[source].since, source) for source in sources if source in state.health]
    if not known or any(state.health[source].health is not Health.DOWN for _, source in known):
        return NOTHING
    since, source = min(known)
    return Sentence("wait.down", source=source if len(known) == 1 else Source.of(source).kind, since=since)
