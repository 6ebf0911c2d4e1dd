"""Where floats stand in a value, and whether a faster JSON encoder writes them as Python does.

A digest must not change with an encoder's taste: one writes 0.00001 where another
writes 1e-05, and one writes null for what is no number where another refuses it.
"""

from datetime import datetime
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

import orjson

_NONE: Final = frozenset({int, bool, NoneType, datetime})
"""Types of values that are no floats and hold none, beside texts."""


def writes_alike(value: Any) -> bool:
    """Tell whether orjson and Python write the same text for every float in a value.

    Both are asked, so that nothing is assumed of either. False, too, where something
    stands in the value of which we do not know what it holds.
    """
    floats = _floats(value)
    if not floats:
        return floats is not None
    return orjson.dumps(floats) == repr(floats).replace(" ", "").encode()


def _floats(value: Any) -> list[float] | None:
    """Return all floats in a value; None where there may be others.

    Types are compared as they are, and in this order: most values are texts.
    """
    floats: list[float] = []
    pending = [value]
    for one in pending:
        kind: type = type(one)
        if kind is str or kind in _NONE:
            continue
        if kind is dict:
            pending += one.values()
        elif kind is list or kind is tuple:
            pending += one
        elif kind is float:
            floats.append(one)
        elif (names := float_fields(kind)) is not None:
            fields = one.__dict__
            for name in names:
                pending.append(fields[name])
        elif not isinstance(one, (str, int)):  # An enum is one of the two.
            return None
    return floats


@cache
def float_fields(kind: type) -> tuple[str, ...] | None:
    """Return a model's fields that may hold a float, or hold what does; None for other types."""
    fields = getattr(kind, "__pydantic_fields__", None)
    if fields is None:
        return None
    return tuple(name for name, field in fields.items() if may_hold_float(field.annotation))


def may_hold_float(declared: Any) -> bool:
    """Tell whether a field of this declared type may hold a float; on doubt, it may."""
    if get_origin(declared) is Annotated:
        return may_hold_float(get_args(declared)[0])
    within = [one for one in get_args(declared) if one is not Ellipsis]
    if within:
        return any(map(may_hold_float, within))
    return not (isinstance(declared, type) and issubclass(declared, (str, int, NoneType)))
