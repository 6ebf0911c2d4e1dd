"""An answer that is a literal of Python or JavaScript, as a program writes or prints it."""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise, starmap
from keyword import iskeyword
from typing import Any, Final

from planner.salvage.calls import proposes_nothing
from planner.salvage.tokens import MAX_DEPTH

_MAX_CHARACTERS: Final = 400_000
_FENCED: Final = re.compile(r"\s*```\w*[ \t]*\n(.*?)\n\s*```\s*", re.DOTALL)
_STRING: Final = re.compile(
    r'"""(?P<three>.*?)"""'
    r"|'''(?P<single>.*?)'''"
    r'|"[^"\\]*+(?:\\.[^"\\]*+)*"'
    r"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*'"
    r"|`(?P<template>[^`]*)`",
    re.DOTALL,
)
_VALUE_BEGINS: Final = re.compile(r"[:\[,(]\s*+\Z")
_VALUE_ENDS: Final = re.compile(r"\s*+[,}\])]")
_KEY: Final = re.compile(r"'op'\s*+:")
"""Python quotes keys so where it prints; what is nearly JSON quotes them otherwise."""
_NO_ESCAPE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\[^\\'\"abfnrtv0-7xuUN\n]")
_NEAR: Final = 200
"""Blanks before a value that are looked back over."""


def from_python(text: str) -> str | None:
    """Return as JSON what a whole answer says as a literal of Python; None where it is none.

    `plan = {...}` and `submit(edits=[...])` say what their only value does. Python's own parser
    reads it. Strings that stand side by side are one only as the value of a key: in a list a
    comma may be missing between them.
    """
    body = _unfenced(text).strip()
    if len(body) > _MAX_CHARACTERS or not _KEY.search(body) or _NO_ESCAPE.search(body):
        return None
    try:
        if not _is_plain(body):
            return None
        value = ast.literal_eval(_only_value(ast.parse(body)))
        written = json.dumps(value, allow_nan=False)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError, tokenize.TokenError):
        return None
    return written if isinstance(value, dict | list) else None


def _only_value(program: ast.Module) -> ast.expr:
    """Return the value that a program of one statement is, assigns, or gives to a call."""
    (statement,) = program.body
    if not isinstance(statement, ast.Expr | ast.Assign) or statement.value is None:
        raise ValueError
    value = statement.value
    if isinstance(statement, ast.Assign) and any(map(_is_another, statement.targets)):
        raise ValueError
    while isinstance(value, ast.Call):  # `print(submit(edits=[...]))`
        if _is_another(value.func):
            raise ValueError
        (value,) = [*value.args, *(one.value for one in value.keywords)]
    for node in ast.walk(value):
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            if len(set(keys)) < len(node.keys):
                raise ValueError
    return value


def _is_another(name: ast.expr) -> bool:
    """Tell whether a variable or a function says that its value is not what is proposed."""
    told = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
    return proposes_nothing(told)


def _is_plain(body: str) -> bool:
    """Tell whether a program holds values only, few levels deep, and joins no items of a list.

    Python's parser recurses on operators and brackets, and passes over comments.
    """
    tokens = [
        (token.type, token.string)
        for token in tokenize.generate_tokens(io.StringIO(body).readline)
        if token.type not in _LAYOUT
    ]
    steps = (_DEPTHS.get(written, 0) for kind, written in tokens if kind == tokenize.OP)
    return (
        max(accumulate(steps), default=0) <= MAX_DEPTH
        and sum(one in _NAMING for one in tokens) <= _MOST_NAMING
        and all(starmap(_is_known, pairwise([_NOTHING, *tokens])))
        and not _joins_items([_NOTHING, _NOTHING, *tokens])
    )


_Token = tuple[int, str]
_NOTHING: Final = (tokenize.OP, "")
_LAYOUT: Final = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_DEPTHS: Final = {**dict.fromkeys("([{", 1), **dict.fromkeys(")]}", -1)}
_NAMING: Final = frozenset({(tokenize.OP, "."), (tokenize.OP, "=")})
_MOST_NAMING: Final = 20
"""`print(api.submit(edits=[...]))` has two."""
_SIGNS: Final = frozenset("+-")


def _is_known(before: _Token, token: _Token) -> bool:
    kind, written = token
    if kind == tokenize.OP:
        return written in "()[]{},:.=" or (written in _SIGNS and before[1] not in _SIGNS)
    if kind == tokenize.NAME:
        return not iskeyword(written) or written in {"True", "False", "None"}
    return kind in {tokenize.STRING, tokenize.NUMBER}


def _joins_items(tokens: Sequence[_Token]) -> bool:
    """Tell whether strings stand side by side elsewhere than as the value of a key."""
    for at in range(2, len(tokens) - 1):
        begins = tokens[at - 1][0] != tokenize.STRING
        if begins and tokens[at][0] == tokens[at + 1][0] == tokenize.STRING:
            above = tokens[at - 2] if tokens[at - 1][1] == "(" else tokens[at - 1]
            if above[1] != ":":
                return True
    return False


def with_json_strings(text: str) -> str | None:
    """Return an answer whose texts in three quotes or backticks are strings of JSON.

    None where it has none, and where a backslash or a field could be meant in two ways.
    """
    body = _unfenced(text)
    if '"""' not in body and "'''" not in body and "`" not in body:
        return None
    try:
        written = "".join(_pieces(body))
    except ValueError:
        return None
    return written if written != body else None


def _pieces(body: str) -> Iterator[str]:
    at = 0
    for found in _STRING.finditer(body):
        yield body[at : found.start()]
        at = found.end()
        given = found[found.lastgroup] if found.lastgroup else None
        if given is None:
            yield found[0]
            continue
        is_value = _VALUE_BEGINS.search(body, max(0, found.start() - _NEAR), found.start())
        if (
            "\\" in given
            or "${" in given
            or _is_indented(given)
            or not (is_value and _VALUE_ENDS.match(body, at))
        ):
            raise ValueError
        yield json.dumps(given, ensure_ascii=False)
    yield body[at:]


def _is_indented(text: str) -> bool:
    """Tell whether all lines but the first are indented: a program may take that away, or not."""
    below = [line for line in text.split("\n")[1:] if line.strip()]
    return bool(below) and all(line[0] in " \t" for line in below)


def from_lines(text: str, wrappers: frozenset[str]) -> str | None:
    """Return as one list the edits that stand each on a line, wrapped in an object of one key."""
    lines = [line for line in _unfenced(text).split("\n") if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
        return None
    inner = [_unwrapped(line, wrappers) for line in lines]
    if any(one is None for one in inner):
        return None
    return "[" + ",\n".join(filter(None, inner)) + "]"


def _unwrapped(line: str, wrappers: frozenset[str]) -> str | None:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or len(value) != 1 or not wrappers.issuperset(value):
        return None
    opening = line.index("{", line.index("{") + 1)
    return line[opening : line.rindex("}")].rstrip()


def _unfenced(text: str) -> str:
    fenced = _FENCED.fullmatch(text)
    return fenced[1] if fenced else text
