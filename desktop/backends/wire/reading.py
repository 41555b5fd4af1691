"""From JSON to the records of the domain. Nothing unparsed goes further in.

Fields we do not know are ignored, a `null` counts as missing, and what cannot be read is a `ProtocolError`.
pydantic is imported at the first answer, so that a program that never asks a server does not pay for it.
"""

import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from desktop.ports.errors import ProtocolError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
# Every number of the domain (seconds since 1970, durations, counts, versions) lies well within these bounds, years 1653
# to 5138 as times. Others would overflow the dates on the screen.
SMALLEST, LARGEST = -1e10, 1e11


@cache
def _adapter(kind: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def parse(body: bytes | str) -> object:
    """The value of a JSON document.

    Half characters in strings become the replacement character: one bad name must not hide everybody else.

    Raises:
        ProtocolError: it is not JSON or is nested too deeply.
    """
    from pydantic_core import from_json

    try:
        return cast(object, from_json(body, allow_inf_nan=False))
    except ValueError:
        return _parse_patiently(body)


def _parse_patiently(body: bytes | str) -> object:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return _mend(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("The server's answer cannot be read.", f"not JSON: {type(error).__name__}") from error


def _mend(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {str(_mend(key)): _mend(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mend(inner) for inner in value]
    return value


def _check_numbers(value: object) -> None:
    todo: list[Iterable[object]] = [(value,)]
    while todo:
        for inner in todo.pop():
            if isinstance(inner, (int, float)):  # most of thousands of counts are numbers
                if not SMALLEST <= inner <= LARGEST:
                    raise ProtocolError("The server's answer cannot be read.", "a number is out of range")
            elif isinstance(inner, dict):
                todo.append(inner.values())
            elif isinstance(inner, list):
                todo.append(inner)


def read(kind: type[T], value: object) -> T:
    """`value`, already parsed from JSON, as a `kind` (a record of the domain, or tuples and mappings of them).

    Raises:
        ProtocolError: a field is missing or of another type, or a number is out of range; the detail names the field
            but not its value.
    """
    from pydantic import ValidationError

    _check_numbers(value)
    adapter = _adapter(cast(Any, kind))
    try:
        try:
            return cast(T, adapter.validate_python(value))
        except ValidationError:
            # The second try costs a walk over the value, so it is left to answers that spell "not known" as null.
            return cast(T, adapter.validate_python(_without_nulls(kind, value)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"][:8])
        name = getattr(kind, "__name__", "answer")
        raise ProtocolError("The server's answer cannot be read.", f"{name}.{where}: {first['type']}") from None


def member(value: object, name: str) -> object:
    """The member `name` of a JSON object.

    Raises:
        ProtocolError: `value` is not an object, or has no such member.
    """
    if not isinstance(value, dict) or name not in value:
        raise ProtocolError("The server's answer cannot be read.", f"{name!r} is missing")
    return value[name]


@cache
def _shape(kind: type) -> Mapping[str, tuple[Any, bool]]:
    hints = get_type_hints(kind)
    return {
        one.name: (hints[one.name], one.default is not MISSING or one.default_factory is not MISSING)
        for one in fields(kind)
    }


def _without_nulls(kind: Any, value: object) -> object:
    """`value` without the nulls that stand where the record has a default."""
    if is_dataclass(kind) and isinstance(value, dict):
        shape = _shape(cast(type, kind))
        return {
            name: _without_nulls(shape[name][0], inner)
            for name, inner in value.items()
            if name in shape and not (inner is None and shape[name][1])
        }
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return next((_without_nulls(one, value) for one in inside if one is not types.NoneType), value)
    if origin is tuple and isinstance(value, list):
        return [_without_nulls(inside[0], inner) for inner in value]
    if origin is Mapping and isinstance(value, dict):
        return {name: _without_nulls(inside[1], inner) for name, inner in value.items() if inner is not None}
    return value
