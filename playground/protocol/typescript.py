"""TypeScript types of everything on the wire, generated from the pydantic models.

`python -m playground.protocol.typescript` writes `static/src/lib/protocol.ts`; a test holds the two together.
Requests are typed as a client may write them (defaults may be left out), everything else as it is sent.
"""

import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, TypeAdapter

from playground.experiment import fixes, spec
from playground.protocol import (
    PROTOCOL,
    answers,
    families,
    finding,
    frames,
    inside,
    replies,
    requests,
    tensor_requests,
    tensors,
    views,
    wire,
)

HEADER = """\
// Generated from the pydantic models by `python -m playground.protocol.typescript`. Do not edit.
"""
ALIASES: dict[str, Any] = {
    "Phase": requests.Phase,
    "RunState": frames.RunState,
    "Task": replies.Task,
    "Target": replies.Target,
    "Stepped": replies.Stepped,
    "AnyCommand": requests.AnyCommand,
    "Edit": fixes.Edit,
    "Item": tensors.Item,
    "CallKind": tensors.CallKind,
}
MODULES = (
    spec, fixes, replies, requests, answers, wire, inside, views, frames, families,
    tensor_requests, tensors, finding,
)  # fmt: skip
RENAMED = {"Array": "WireArray"}
"""Names that would hide JavaScript's own."""
ABSTRACT = {spec.Part, requests.Request, replies.Reply, wire.Wire}
ATOMS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}

Schema = dict[str, Any]


def generate() -> str:
    """The text of `protocol.ts`."""
    literals = {
        tuple(schema["enum"]): name
        for name, alias in ALIASES.items()
        if "enum" in (schema := TypeAdapter(alias).json_schema())
    }
    constants = {
        "PROTOCOL": PROTOCOL,
        "MAX_LAYERS": spec.MAX_LAYERS,
        "MAX_POINTS": spec.MAX_POINTS,
        "MAX_NUMBERS": spec.MAX_NUMBERS,
        "MAX_CODE": tensor_requests.MAX_CODE,
    }
    parts = [HEADER, "".join(f"export const {name} = {value};\n" for name, value in constants.items())]
    for name, alias in ALIASES.items():
        schema = TypeAdapter(alias).json_schema()
        parts.append(f"export type {name} = {_type(schema, {})};\n")
    for module in MODULES:
        parts += [_interface(model, literals) for model in _models(module)]
    return "\n".join(parts)


def _models(module: ModuleType) -> list[type[BaseModel]]:
    """The concrete models a module defines, in the order in which it does."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__ == module.__name__
        and value not in ABSTRACT
    ]


def _interface(model: type[BaseModel], literals: dict[tuple[str, ...], str]) -> str:
    written_by_client = issubclass(model, requests.Request)
    schema = model.model_json_schema(mode="validation" if written_by_client else "serialization")
    optional = set(schema["properties"]) - set(schema.get("required", ())) if written_by_client else set()
    lines = [
        f"  {_key(name)}{'?' if name in optional else ''}: {_type(field, literals)};"
        for name, field in schema["properties"].items()
    ]
    return f"{_comment(model)}export interface {_name(model.__name__)} {{\n" + "\n".join(lines) + "\n}\n"


def _comment(model: type[BaseModel]) -> str:
    lines = inspect.cleandoc(model.__doc__ or "").splitlines()
    if len(lines) < 2:
        return "".join(f"/** {line} */\n" for line in lines)
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */", ""])


def _name(model: str) -> str:
    return RENAMED.get(model, model)


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _type(schema: Schema, literals: dict[tuple[str, ...], str]) -> str:
    """One JSON Schema as a TypeScript type."""
    if "$ref" in schema:
        return _name(str(schema["$ref"]).rsplit("/", 1)[-1])
    if "enum" in schema:
        return literals.get(tuple(schema["enum"])) or " | ".join(json.dumps(v) for v in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(_type(s, literals) for s in schema[union]))
    match schema.get("type"):
        case "array":
            return _array(schema, literals)
        case "object":
            return _record(schema, literals)
        case "string" if schema.get("format") == "binary":
            return "ArrayBuffer"
        case str(atom):
            return ATOMS[atom]
    return "unknown"


def _array(schema: Schema, literals: dict[tuple[str, ...], str]) -> str:
    if "prefixItems" in schema:
        return "[" + ", ".join(_type(s, literals) for s in schema["prefixItems"]) + "]"
    item = _type(schema.get("items", {}), literals)
    return f"({item})[]" if " | " in item else f"{item}[]"


def _record(schema: Schema, literals: dict[tuple[str, ...], str]) -> str:
    value = schema.get("additionalProperties", {})
    names = schema.get("propertyNames", {}).get("enum")
    key = " | ".join(json.dumps(n) for n in names) if names else "string"
    record = f"Record<{key}, {_type(value if isinstance(value, dict) else {}, literals)}>"
    return f"Partial<{record}>" if names else record


def main() -> None:
    """Write the types where the browser side imports them from."""
    target = Path(__file__).parents[2] / "static" / "src" / "lib" / "protocol.ts"
    target.write_text(generate(), encoding="utf-8")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
