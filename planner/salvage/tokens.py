"""The words of nearly JSON, and where lists of edits, edits and fields begin."""

import re
from typing import Final

from planner.schema import KNOWN_FIELDS, PAYLOAD_FIELDS

SPACE: Final = r"[\s\ufeff\u200b\u200e\u200f\u2060]"

TOKEN: Final = re.compile(
    rf"""
      (?P<space>{SPACE}++)
    | (?P<comment></s>(?:\s*<s>)? | <(?:pad|eos|bos)> | //[^\n]*+ | \#[^\n]*+
        | /\*(?:.*?\*/|.*+) | <!--(?:.*?-->|.*+))
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    | (?P<comma>[,;\uff0c\u3001\u060c])
    | (?P<colon>[:\uff1a]|=>?)
    | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*")
    | (?P<single>'[^'\\]*+(?:\\.[^'\\]*+)*')
    | (?P<smart>“[^“”"\\]*+(?:\\.[^“”"\\]*+)*”)
    | (?P<quote>["'“”])
    | (?P<word>[^\s\ufeff\u200b\u200e\u200f\u2060"'“”{{}}\[\],;=\uff0c\u3001\u060c:\uff1a]++)
    """,
    re.VERBOSE | re.DOTALL,
)

_SIGN: Final = r"(?:[:\uff1a]|=>?)"
COLON: Final = rf"[\"'”]?{SPACE}*+{_SIGN}"

KEYS: Final = rf"(?:{'|'.join(sorted(KNOWN_FIELDS))})"
_OPENS: Final = (
    rf"(?:\[{SPACE}*+(?:[\"'“]?\{{|[\[\]./#<…]|\Z)"
    rf"|\{{{SPACE}*+(?:[/#]|[\"'“]?(?:{KEYS}{COLON}|[\w-]++{COLON}{SPACE}*+\{{)))"
)
"""How a list of edits opens, an edit, or an object of edits; all else behind `edits:` is prose."""
LIST: Final = re.compile(
    rf"\bedits(?:{COLON}{SPACE}*+(?={_OPENS})|[\"'”]{SPACE}*+{_SIGN}{SPACE}*+(?=\[|\{{))",
    re.IGNORECASE,
)
"""Where a list of edits opens."""

_REMARK: Final = r"(?://[^\n]*+\n|/\*[^*]*+\*/)"
_ITEM: Final = rf"\{{(?:{SPACE}++|{_REMARK})*[\"'“]?{KEYS}{COLON}"
FIELD: Final = re.compile(rf'"(?:{"|".join(sorted(KNOWN_FIELDS | PAYLOAD_FIELDS))})" ?:')
ANY_LIST: Final = re.compile(rf"{LIST.pattern}|\[{SPACE}*+(?={_ITEM})", re.IGNORECASE)
"""Where a list of edits opens, under whatever key or none."""
ITEM_START: Final = re.compile(_ITEM)
NEXT_ITEM: Final = re.compile(rf"\}}{SPACE}*+,?{SPACE}*+(?={_ITEM})")
OP: Final = re.compile(rf"\bop{COLON}")

_COMMENT_MARKS: Final = "/*#<!-> \t\r\n"

TEXTS: Final = frozenset({"string", "single", "smart"})
VALUES: Final = TEXTS | {"word"}
VALUE_ENDS: Final = VALUES | {"close"}


def next_token(text: str, position: int) -> tuple[str, int, int]:
    """Return the next token that is neither space nor comment: kind, start, end."""
    while token := TOKEN.match(text, position):
        if token.lastgroup not in ("space", "comment"):
            return token.lastgroup or "", token.start(), token.end()
        position = token.end()
    return "end", position, position


def comments_in(text: str) -> list[str]:
    """Return what the comments of a text of tokens say."""
    if not any(mark in text for mark in ("//", "#", "/*", "<!--")):
        return []
    return [
        token[0].strip(_COMMENT_MARKS)
        for token in TOKEN.finditer(text)
        if token.lastgroup == "comment"
    ]
