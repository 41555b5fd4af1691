"""What can be offered with the rights that the manager user was given."""

from collections.abc import Set

from desktop.backends.asterisk.ami.link import Link
from desktop.backends.asterisk.settings import Settings
from desktop.domain.entities.words import Role
from desktop.ports.base import Capability
from desktop.ports.errors import Forbidden

ALWAYS = frozenset(
    {
        Capability.PHONE,
        Capability.MUTE,
        Capability.WRAP_UP_EXTEND,
        Capability.NEXT_AVAILABILITY,
        Capability.QUEUE_HEAD,
    }
)
# What needs an action that not every manager user may use, or that a module brings.
_IF = {
    Capability.DTMF: frozenset({"playdtmf"}),
    Capability.PAUSE_RECORDING: frozenset({"mixmonitormute"}),
    Capability.CONSULT: frozenset({"atxfer", "cancelatxfer"}),
    Capability.SWAP: frozenset({"atxfer", "playdtmf"}),
    Capability.CONFERENCE: frozenset({"atxfer", "playdtmf"}),
    Capability.WARM_TRANSFER: frozenset({"atxfer", "playdtmf"}),
    Capability.BLIND_TRANSFER: frozenset({"blindtransfer"}),
    Capability.DIAL: frozenset({"originate"}),
    Capability.MONITOR: frozenset({"originate", "playdtmf", "queuelog"}),
    Capability.WHISPER: frozenset({"originate", "playdtmf", "queuelog"}),
    Capability.BARGE: frozenset({"originate", "playdtmf", "queuelog"}),
    Capability.SUPERVISE: frozenset({"queuepause", "queueremove", "queuelog"}),
    Capability.TAKE_OVER: frozenset({"originate", "queuelog"}),
    Capability.REASSIGN: frozenset({"originate", "queuelog"}),
    Capability.MOVE: frozenset({"redirect", "queuelog"}),
    Capability.PRIORITY: frozenset({"queuechangeprioritycaller", "queuelog"}),
    Capability.WITHDRAW: frozenset({"queuewithdrawcaller", "redirect", "queuelog"}),
    Capability.CALLBACK: frozenset({"originate", "dbput", "dbget", "dbgettree", "dbdel"}),
}
SUPERVISORS = frozenset(
    {
        *(Capability.MONITOR, Capability.WHISPER, Capability.BARGE, Capability.SUPERVISE),
        *(Capability.TAKE_OVER, Capability.REASSIGN, Capability.MOVE, Capability.PRIORITY, Capability.WITHDRAW),
    }
)
ALL = ALWAYS | frozenset(_IF)


_NEEDED = frozenset({"queueadd", "queuepause", "queueremove", "queuestatus", "status", "hangup", "getvar", "setvar"})


async def permitted(link: Link) -> frozenset[str]:
    """What the manager user may do, in lower case.

    Raises:
        Forbidden: not all that an agent needs.
    """
    listed = await link.act("ListCommands")
    actions = frozenset(key.lower() for key, _ in listed.pairs)
    missing = _NEEDED - actions
    if missing:
        raise Forbidden(
            "The manager user may not do what an agent needs: it needs read=call,agent and write=call,agent,originate.",
            f"missing {sorted(missing)}",
        )
    return actions


def offered(actions: Set[str], settings: Settings) -> frozenset[Capability]:
    """The capabilities of one agent.

    Args:
        actions: what the manager user may do, in lower case.
    """
    found = {one for one, needed in _IF.items() if needed <= actions}
    if not settings.queue_context:
        found -= {Capability.CALLBACK, Capability.MOVE}
    if settings.role is not Role.SUPERVISOR:
        found -= SUPERVISORS
    return ALWAYS | found
