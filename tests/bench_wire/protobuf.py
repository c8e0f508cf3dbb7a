"""A .proto for what we say, made at run time: fields numbered as they are declared, all optional.

Optional fields (explicit presence) because in our messages a zero is not the same as nothing.
"""

import functools
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_FIRST_BODY = 3  # in a Frame: 1 seq, 2 proof, then one number for each type, and 31 the target
_TO = 31
_NUMBERS = "repeated uint32"
_MAY_BE_NEGATIVE = {"temperature_c", "minute", "started", "latitude_e5", "longitude_e5"}


def encoded(kind: Any, envelope: dict[str, Any], fields: dict[str, Any]) -> bytes:
    """Return Frame {seq, proof, to, <kind>: {fields}} in protobuf's bytes."""
    frame = _frame_for(kind, fields)(**envelope)
    body = getattr(frame, kind.word)
    body.SetInParent()
    for name, value in fields.items():
        _set(body, name, value)
    return frame.SerializeToString(deterministic=True)


def read(kind: Any, fields: dict[str, Any], raw: bytes) -> Any:
    """Return the Frame in these bytes; fields as they were given to `encoded`."""
    return _frame_for(kind, fields).FromString(raw)


def _frame_for(kind: Any, fields: dict[str, Any]) -> Any:
    shapes = tuple((name, _shape(name, value)) for name, value in fields.items())
    return _frame_of(kind.word, kind.number, shapes)


def _set(body: Any, name: str, value: Any) -> None:
    if isinstance(value, list):
        getattr(body, name).extend(value)
    elif isinstance(value, dict):
        for inner, number in value.items():
            setattr(getattr(body, name), inner, number)
    else:
        setattr(body, name, value)


def _shape(name: str, value: Any) -> Any:
    """Return protobuf's type of a value, or the names within it."""
    if isinstance(value, dict):
        return tuple(value)
    if isinstance(value, list):
        return _NUMBERS
    if isinstance(value, bool):
        return _Field.TYPE_BOOL
    if isinstance(value, str):
        return _Field.TYPE_STRING
    if isinstance(value, bytes):
        return _Field.TYPE_BYTES
    return _Field.TYPE_SINT32 if name in _MAY_BE_NEGATIVE else _Field.TYPE_UINT32


@functools.cache
def _frame_of(word: str, number: int, shapes: tuple[tuple[str, Any], ...]) -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="wire.proto", package="w", syntax="proto2")
    body = file.message_type.add(name=word)
    for position, (name, shape) in enumerate(shapes, 1):
        _declare(file, body, position, name, shape)
    frame = file.message_type.add(name="Frame")
    _field(frame, 1, "seq", _Field.TYPE_UINT32)
    _field(frame, 2, "proof", _Field.TYPE_BYTES)
    _field(frame, _FIRST_BODY - 1 + number, word, _Field.TYPE_MESSAGE, type_name=f".w.{word}")
    _field(frame, _TO, "to", _Field.TYPE_UINT32)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("w.Frame"))


def _declare(file: Any, body: Any, position: int, name: str, shape: Any) -> None:
    if isinstance(shape, tuple):
        inner = file.message_type.add(name=f"In_{name}")
        for at, part in enumerate(shape, 1):
            _field(inner, at, part, _Field.TYPE_UINT32)
        _field(body, position, name, _Field.TYPE_MESSAGE, type_name=f".w.In_{name}")
    elif shape == _NUMBERS:
        field = _field(body, position, name, _Field.TYPE_UINT32)
        field.label = _Field.LABEL_REPEATED
        field.options.packed = True
    else:
        _field(body, position, name, shape)


def _field(body: Any, number: int, name: str, kind: Any, type_name: str | None = None) -> Any:
    field = body.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL, type=kind)
    if type_name:
        field.type_name = type_name
    return field
