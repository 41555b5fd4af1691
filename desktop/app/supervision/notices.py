"""What is told of others on the floor: what a supervisor did to my work and why, and who asks me for help."""

from desktop.app.connections.failures import one_line
from desktop.app.store import Store
from desktop.domain.entities.floor import AuditEntry, FloorVerb, HelpRequest, HelpState
from desktop.domain.entities.words import Role
from desktop.domain.state.events import Envelope
from desktop.domain.state.floor_events import HelpChanged, SupervisorActed
from desktop.domain.text.sentence import NOTHING, Sentence

_TOLD = frozenset(
    {
        *(FloorVerb.AGENT_STATE, FloorVerb.TAKE_OVER, FloorVerb.REASSIGN, FloorVerb.MOVE, FloorVerb.WITHDRAW),
        *(FloorVerb.LISTEN, FloorVerb.WHISPER, FloorVerb.BARGE),
    }
)
"""Verbs that have a sentence for whom they were done to."""
_QUIET = frozenset({FloorVerb.LISTEN, FloorVerb.WHISPER, FloorVerb.BARGE})


class FloorNotices:
    """A tap of the store: it only tells, and never takes the keyboard."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.taps.append(self._heard)

    def _heard(self, envelope: Envelope) -> None:
        event, state = envelope.event, self._store.state
        match event:
            case SupervisorActed(act=act) if act.by != state.me:
                self._acted(act)
            case HelpChanged(help=request):
                self._help(request)

    def _acted(self, act: AuditEntry) -> None:
        told = f"floor.did.{act.verb}" if act.verb in _TOLD else "floor.did"
        quiet = act.verb in _QUIET
        detail = Sentence("floor.detail", detail=one_line(act.detail)) if act.detail and not quiet else NOTHING
        did = Sentence(told, by=one_line(act.by_name), verb=act.verb.replace("_", " "), detail=detail)
        why = Sentence("floor.why", why=one_line(act.why)) if act.why else NOTHING
        self._store.notice(did + why, "info" if quiet else "warning")

    def _help(self, request: HelpRequest) -> None:
        state = self._store.state
        known = state.help.get(request.id)
        if known is not None and known.version >= request.version:
            return
        me = state.agents.get(state.me)
        supervises = me is not None and me.role is Role.SUPERVISOR
        if supervises and request.agent_id != state.me and request.state is HelpState.OPEN:
            who = state.agents.get(request.agent_id)
            name = one_line(who.name) if who is not None else request.agent_id
            text = one_line(request.text)
            if text and not text.endswith((".", "?", "!", "…")):
                text += "."
            asks = Sentence("floor.asks_for_help_with", who=name, text=text)
            self._store.notice(asks if text else Sentence("floor.asks_for_help", who=name), "warning")
