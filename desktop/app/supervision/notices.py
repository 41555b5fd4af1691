"""What is told of others on the floor: what a supervisor did to my work and why, and who asks me for help."""

from desktop.app.connections.failures import one_line
from desktop.app.store import Store
from desktop.domain.entities.floor import AuditEntry, FloorVerb, HelpRequest, HelpState
from desktop.domain.entities.words import Role
from desktop.domain.state.events import Envelope
from desktop.domain.state.floor_events import HelpChanged, SupervisorActed

_DID = {
    FloorVerb.AGENT_STATE: "changed your state",
    FloorVerb.TAKE_OVER: "took the conversation over",
    FloorVerb.REASSIGN: "reassigned a contact",
    FloorVerb.MOVE: "moved your offer to another queue",
    FloorVerb.WITHDRAW: "withdrew a contact from your desk; your note is kept",
    FloorVerb.LISTEN: "listens to your call",
    FloorVerb.WHISPER: "speaks to you; the customer does not hear it",
    FloorVerb.BARGE: "joined your call; the customer hears them",
}
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
        did = _DID.get(FloorVerb(act.verb)) if act.verb in set(FloorVerb) else None
        what = did or act.verb.replace("_", " ")
        detail = f" ({one_line(act.detail)})" if act.detail and act.verb not in _QUIET else ""
        why = f" Why: {one_line(act.why)}" if act.why else ""
        self._store.notice(f"{one_line(act.by_name)} {what}{detail}.{why}", "info" if act.verb in _QUIET else "warning")

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
            stop = "" if text.endswith((".", "?", "!", "…")) else "."
            self._store.notice(f"{name} asks for help{': ' if text else ''}{text}{stop}", "warning")
