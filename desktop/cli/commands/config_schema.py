"""`config schema`: the configuration file as a JSON Schema, with which editors complete and check it."""

from collections.abc import Mapping
from typing import Any, Final

from desktop.cli.output import emit_line
from desktop.config.alert_rules import OPTIONS as RULE_OPTIONS
from desktop.config.alerts import SETTINGS as ALERT_SETTINGS
from desktop.config.profile_options import PROFILE_OPTIONS, TOP_KEYS
from desktop.domain.text.sentence import Sentence
from desktop.ports import registry
from desktop.ports.base import Kind, Manifest
from desktop.ports.kinds import KINDS
from desktop.ports.options import Option
from desktop.words.catalogue import in_words

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The newest draft that editors' TOML plug-ins (taplo, Even Better TOML) know."""
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number", "string"),
    "flag": ("boolean", "string"),
    "text": ("string", "number", "boolean"),
}


def run() -> int:
    """Print it. What is installed here is in it, and nothing else."""
    emit_line(schema())
    return 0


def schema() -> dict[str, Any]:
    """A JSON Schema of `config.toml`."""
    inner: dict[str, dict[str, Any]] = {
        "default": {"type": "string"},
        "profiles": {"type": "object", "additionalProperties": {"$ref": "#/definitions/profile"}},
        "keys": _keys(),
        "theme": _theme(),
        "alerts": {"type": "array", "items": _closed({name: {} for name in RULE_OPTIONS}, ["name"])},
        "alerting": _closed({name: {} for name in ALERT_SETTINGS}),
    }
    top = {name: {**inner[name], "description": _means(name)} for name in TOP_KEYS}
    return {"$schema": DRAFT, "title": "agent-desktop", **_closed(top), "definitions": {"profile": _profile()}}


def _closed(properties: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """A table with these keys and no others."""
    table = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**table, "required": required} if required else table


def _means(name: str) -> str:
    return in_words(Sentence(f"option.{name}"))


def _keys() -> dict[str, Any]:
    from desktop.tui.keys.keys import KEYS

    return _closed({key.id: {"type": "string", "description": key.help} for key in KEYS})


def _theme() -> dict[str, Any]:
    from desktop.tui.terminal.themes import LOOKS

    return {"type": "string", "examples": list(LOOKS)}  # or the name of a file of one's own


def _profile() -> dict[str, Any]:
    values: dict[str, Any] = {}
    for option in PROFILE_OPTIONS:
        values[option.name] = {"type": "string", "description": _means(option.name)}
        if option.words:
            values[option.name] |= {"enum": list(option.words), "default": option.default}
    for kind in Kind:
        installed = [_backend(kind, name) for name in registry.names(kind)]
        one = {"anyOf": installed} if installed else {"type": "object"}
        several = {"type": "array", "items": one}
        values[kind.value] = {"anyOf": [one, several]} if KINDS[kind].several else one
    return _closed(values)


def _backend(kind: Kind, name: str) -> dict[str, Any]:
    own: dict[str, Any] = {"backend": {"const": name}, "name": {"type": "string"}}
    try:
        manifest: Manifest = registry.load(kind, name).manifest
    except registry.PluginError:  # it is installed and cannot be used now: nobody knows its options
        return {"type": "object", "properties": own, "required": ["backend"]}
    required = ["backend"]
    for option in manifest.options:
        if option.secret:
            own[f"{option.name}_file"] = {"type": "string", "description": _secret("option.secret_file", option)}
            own[f"{option.name}_keyring"] = {
                "type": "boolean",
                "description": _secret("option.secret_keyring", option),
            }
            continue
        own[option.name] = {"type": list(_TYPES.get(option.kind, ("string",))), "description": option.help}
        if option.default is not None:
            own[option.name]["default"] = option.default
    return _closed(own, required)


def _secret(name: str, option: Option) -> str:
    return in_words(Sentence(name, help=option.help))
