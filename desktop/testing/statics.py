"""What can be said of a backend's class without making one: manifest, options, methods against the port."""

import ast
import inspect
import re
import sys
from collections.abc import Mapping
from itertools import zip_longest
from pkgutil import resolve_name
from types import MappingProxyType

from desktop.ports.base import API, OLDEST_API, Backend, Capability, Kind, Manifest
from desktop.ports.kinds import KINDS
from desktop.ports.options import Option

PORTS: Mapping[Kind, type] = MappingProxyType({kind: resolve_name(spec.port) for kind, spec in KINDS.items()})

_C = Capability
_NONE: Mapping[Capability, tuple[str, ...]] = MappingProxyType({})
METHODS: Mapping[Kind, Mapping[Capability, tuple[str, ...]]] = MappingProxyType(
    dict.fromkeys(Kind, _NONE)
    | {
        Kind.CONTACT_CENTER: {
            _C.HOLD: ("hold",),
            _C.MUTE: ("mute",),
            _C.DTMF: ("dtmf",),
            _C.PAUSE_RECORDING: ("pause_recording",),
            _C.CONSULT: ("consult", "cancel_leg"),
            _C.SWAP: ("swap",),
            _C.CONFERENCE: ("conference",),
            _C.WARM_TRANSFER: ("complete_transfer",),
            _C.BLIND_TRANSFER: ("blind_transfer",),
            _C.ATTACHMENTS: ("send_reply", "attachment"),
            _C.COPIES: ("send_reply",),
            _C.READ: ("mark_read",),
            _C.TYPING: ("typing",),
            _C.PARK: ("park",),
            _C.PULL: ("pull",),
            _C.WRAP_UP_EXTEND: ("extend_wrap_up",),
            _C.HANDOVER: ("hand_over",),
            _C.NEXT_AVAILABILITY: ("cancel_next",),
            _C.CALLBACK: ("callback",),
            _C.DIAL: ("dial",),
            _C.MONITOR: ("monitor", "end_monitor"),
            _C.WHISPER: ("monitor", "end_monitor"),
            _C.BARGE: ("monitor", "end_monitor"),
            _C.SUPERVISE: ("set_agent_availability", "waiting", "interaction"),
            _C.TAKE_OVER: ("take_over",),
            _C.REASSIGN: ("reassign",),
            _C.MOVE: ("move",),
            _C.PRIORITY: ("set_priority",),
            _C.WITHDRAW: ("withdraw",),
            _C.HELP: ("ask_help", "answer_help"),
            _C.AGENT_MESSAGE: ("message_agent",),
            _C.ACKNOWLEDGE: ("acknowledge",),
            _C.AUDIT: ("audit",),
            _C.SCHEDULE: ("schedules", "agent_day"),
            _C.BROADCAST: ("broadcast",),
            _C.HISTORY: ("intervals", "week", "past_interactions", "past_interaction"),
            _C.RECORDINGS: ("open_recording",),
            _C.QUALITY: (
                *("evaluations", "evaluation", "submit_evaluation", "release_evaluation", "read_evaluation"),
                *("calibrations", "start_calibration"),
                *("coaching_notes", "coach", "read_coaching", "acknowledge_coaching"),
            ),
        },
        Kind.CRM: {
            _C.TIMELINE: ("timeline",),
            _C.WRAP_UPS: ("wrap_ups",),
            _C.CASES: ("cases",),
            _C.PURCHASES: ("purchases",),
            _C.CREATE_CUSTOMER: ("create_customer",),
            _C.CREATE_CASE: ("create_case",),
            _C.TASKS: ("create_task",),
            _C.CONSENT: ("set_consent",),
            _C.LINK: ("link", "unlink"),
        },
        Kind.PRESENCE: {_C.SET_OWN: ("set_own",), _C.CHAT: ("chat",)},
        Kind.MESSAGING: {_C.DELIVERY_EVENTS: ("snapshot", "events"), _C.INBOUND: ("snapshot", "events")},
        Kind.VOICE: {
            _C.HOLD: ("hold",),
            _C.MUTE: ("mute",),
            _C.DTMF: ("dtmf",),
            _C.DIAL: ("dial",),
            _C.TRANSFER: ("transfer",),
        },
    }
)
"""Which methods of a port a capability switches on. A capability that is not here is told by events or in answers."""

_KINDS_OF_OPTION = frozenset({"text", "url", "secret", "number", "flag", "path"})
_API_AT = 2
"""Where `api` stands among the arguments of a Manifest."""
_WORD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_PLUGIN_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_SECRET_NAME = re.compile(r"(?:^|_)(?:password|passphrase|secret|token|api_key)$")


def complaints(backend: type[Backend]) -> list[str]:
    """Everything that is wrong with the class, in words; empty when nothing is."""
    manifest = getattr(backend, "manifest", None)
    if not isinstance(manifest, Manifest):
        return ["there is no manifest"]
    if PORTS.get(manifest.kind) is None:
        return [f"the manifest names a kind that does not exist: {manifest.kind!r}"]
    return [
        *manifest_complaints(manifest),
        *api_complaints(backend),
        *option_complaints(manifest.options),
        *capability_complaints(backend),
        *method_complaints(backend),
    ]


def entry_point_complaints(backend: type[Backend], kind: Kind, name: str) -> list[str]:
    """Where the manifest disagrees with the entry point that brought the class.

    Args:
        kind: the one whose group the entry point is in.
        name: the entry point's.
    """
    manifest = getattr(backend, "manifest", None)
    if not isinstance(manifest, Manifest):
        return []  # told by `complaints`
    found = []
    if manifest.name != name:
        found.append(f"the manifest's name is {manifest.name!r} and the entry point's is {name!r}")
    if manifest.kind != kind:
        found.append(f"the manifest's kind is {manifest.kind} and the entry point is in {kind.group}")
    return found


def manifest_complaints(manifest: Manifest) -> list[str]:
    """What is wrong with the manifest itself."""
    found = []
    if not OLDEST_API <= manifest.api <= API:
        found.append(f"it is written for plug-in API {manifest.api}, and this desktop has {OLDEST_API} to {API}")
    if not _PLUGIN_NAME.fullmatch(manifest.name):
        found.append(f"the name {manifest.name!r} is not made of lower-case letters, digits, - and _")
    if not manifest.title.strip():
        found.append("the title is empty")
    if not isinstance(manifest.capabilities, frozenset):
        found.append("the capabilities are no frozenset")
    found += [f"{one!r} is not a capability" for one in manifest.capabilities if not isinstance(one, Capability)]
    return found


def api_complaints(backend: type[Backend]) -> list[str]:
    """Whether the plug-in itself says for which ports it was written. Those that are bundled change with the ports."""
    maker = next((one for one in backend.__mro__ if "manifest" in vars(one)), backend)
    module = sys.modules.get(maker.__module__)
    if module is None or maker.__module__.partition(".")[0] == "desktop":
        return []
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return []  # it came without its source
    numbers = [_api_of(one) for one in ast.walk(tree) if isinstance(one, ast.Call) and _name(one.func) == "Manifest"]
    if all(number is None or isinstance(number, ast.Constant) for number in numbers):
        return []
    return [
        f"{maker.__module__} does not write its manifest's api as a number: taken from the desktop it is always right,"
        f" and nobody is told when the ports change. Write the one that it was made for, api={API}"
    ]


def _api_of(manifest: ast.Call) -> ast.expr | None:
    by_name = {one.arg: one.value for one in manifest.keywords}
    return by_name.get("api") or (manifest.args[_API_AT] if len(manifest.args) > _API_AT else None)


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def option_complaints(options: tuple[Option, ...]) -> list[str]:
    """What is wrong with the declared options."""
    found = [
        f"option {name!r} is declared twice"
        for name in sorted({one.name for one in options if [two.name for two in options].count(one.name) > 1})
    ]
    for one in options:
        if not _WORD.fullmatch(one.name) or one.name == "backend":
            found.append(f"option {one.name!r} is not lower-case words joined by _")
        if one.kind not in _KINDS_OF_OPTION:
            found.append(f"option {one.name!r} is of the unknown kind {one.kind!r}")
        if not one.help.strip():
            found.append(f"option {one.name!r} has no help")
        if _SECRET_NAME.search(one.name) and not one.secret:
            found.append(f"option {one.name!r} sounds like a secret and is not of the kind secret")
        if one.secret and one.default:
            found.append(f"option {one.name!r} is a secret with a default")
    return found


def overrides(backend: type[Backend], method: str) -> bool:
    """Whether the class brings its own implementation of a method of its port."""
    return getattr(backend, method, None) is not getattr(PORTS[backend.manifest.kind], method, None)


def capability_complaints(backend: type[Backend]) -> list[str]:
    """Where the manifest and the methods disagree."""
    declared = backend.manifest.capabilities
    methods = METHODS[backend.manifest.kind]
    found = [
        f"{capability.value} is declared and {method}() is not implemented"
        for capability, names in methods.items()
        if capability in declared
        for method in names
        if not overrides(backend, method)
    ]
    by_method: dict[str, set[Capability]] = {}
    for capability, names in methods.items():
        for method in names:
            by_method.setdefault(method, set()).add(capability)
    found += [
        f"{method}() is implemented and {' or '.join(sorted(one.value for one in switches))} is not declared"
        for method, switches in by_method.items()
        if overrides(backend, method) and not switches & declared
    ]
    return found


def method_complaints(backend: type[Backend]) -> list[str]:
    """Methods of the port that are missing, or cannot be called as the port says."""
    port = PORTS[backend.manifest.kind]
    if not issubclass(backend, port):
        return [f"it is not a {port.__name__}"]
    missing = sorted(getattr(backend, "__abstractmethods__", frozenset()))
    found = [f"{method}() is missing" for method in missing]
    for name, promised in inspect.getmembers(port, callable):
        given = getattr(backend, name)
        if name.startswith("_") or name in missing or given is promised or not inspect.isroutine(promised):
            continue
        if inspect.iscoroutinefunction(promised) and not inspect.iscoroutinefunction(given):
            found.append(f"{name}() is not async")
        if not inspect.iscoroutinefunction(promised) and inspect.iscoroutinefunction(given):
            found.append(f"{name}() is async and must not be")
        found += [f"{name}(): {what}" for what in _misfits(inspect.signature(promised), inspect.signature(given))]
    return found


def _misfits(promised: inspect.Signature, given: inspect.Signature) -> list[str]:
    """Why a call that fits the one signature does not fit the other; more parameters with defaults are allowed.

    What is given by position may have another name; what is given by name may not.
    """
    wanted_first = _by_position(promised)
    has_first = [
        one
        for one in _by_position(given)
        if one.name not in promised.parameters.keys() - {two.name for two in wanted_first}
    ]
    kinds = {one.kind for one in given.parameters.values()}
    found = []
    for wanted, has in zip_longest(wanted_first, has_first):
        if has is None and inspect.Parameter.VAR_POSITIONAL not in kinds:
            found.append(f"the parameter {wanted.name!r} is missing")
        elif wanted is None and has.default is has.empty:
            found.append(f"the parameter {has.name!r} is not in the port and has no default")
        elif wanted is not None and has is not None and wanted.default is not wanted.empty and has.default is has.empty:
            found.append(f"the parameter {has.name!r} must have a default")
    by_name = {name: one for name, one in given.parameters.items() if one.kind is one.KEYWORD_ONLY}
    for name, wanted in promised.parameters.items():
        if wanted.kind is not wanted.KEYWORD_ONLY:
            continue
        has = by_name.pop(name, None)
        if has is None and name not in given.parameters and inspect.Parameter.VAR_KEYWORD not in kinds:
            found.append(f"the parameter {name!r} is missing")
        elif has is not None and wanted.default is not wanted.empty and has.default is has.empty:
            found.append(f"the parameter {name!r} must have a default")
    found += [
        f"the parameter {name!r} is not in the port and has no default"
        for name, one in by_name.items()
        if one.default is one.empty
    ]
    return found


def _by_position(signature: inspect.Signature) -> list[inspect.Parameter]:
    kinds = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    return [one for one in signature.parameters.values() if one.kind in kinds]
