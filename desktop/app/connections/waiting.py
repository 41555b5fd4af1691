"""Why something has to wait for a system: one clause for every screen and command that says so."""

from collections.abc import Collection
from datetime import datetime

from desktop.app.connections.failures import source_name
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState


def waits_for(state: AppState, sources: Collection[str]) -> str:
    """What stands in the way of what goes to one of these sources: "the CRM is down since 14:02".

    Args:
        sources: any of them will do; those the state does not know do not count.

    Returns:
        The clause, without a full stop; "" while one is up, or nothing is known.
    """
    known = [(state.health[source].since, source) for source in sources if source in state.health]
    if not known or any(state.health[source].health is not Health.DOWN for _, source in known):
        return ""
    since, source = min(known)
    name = source_name(source if len(known) == 1 else Source.of(source).kind)
    return f"the {name} is down since {datetime.fromtimestamp(since):%H:%M}"
