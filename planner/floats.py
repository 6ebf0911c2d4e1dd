"""Where floats stand in a value, and whether a faster JSON encoder writes them as Python does.

A digest must not change with an encoder's taste: one writes 0.00001 where another
writes 1e-05, and one writes null for what is no number where another refuses it.
"""

from datetime import datetime
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

import orjson

_NONE: Final = frozenset({int, bool, NoneType, datetime})
"""Types of values that are no floats and hold none, beside texts."""


def may_hold_float(declared: Any) -> bool:
    """Tell whether a field of this declared type may hold a float; on doubt, it may."""
    if get_origin(declared) is Annotated:
        return may_hold_float(get_args(declared)[0])
    within = [one for one in get_args(declared) if one is not Ellipsis]
    if within:
        return any(map(may_hold_float, within))
    return not (isinstance(declared, type) and issubclass(declared, (str, int, NoneType)))


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

    Of a model of which a plan holds thousands, only the fields that may hold one are
    looked at. Types are compared as they are: most values are texts.
    """
    floats: list[float] = []
    pending = [value]
    for one in pending:
        kind = type(one)
        if kind is str or kind in _NONE:
            continue
        if kind is dict:
            pending += one.values()
        elif kind is list or kind is tuple:
            pending += one
        elif kind is float:
            floats.append(one)
        elif isinstance(one, (str, int)):
            continue  # An enum.
        elif hasattr(kind, "__pydantic_fields__"):
            fields = one.__dict__
            for name in getattr(kind, "float_fields", fields):
                pending.append(fields[name])
        else:
            return None
    return floats
