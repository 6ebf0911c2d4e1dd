"""Slots of templates that nobody filled: `${RULE}`, `<%= rule %>`, `[RULE]`, alone on a line.

A prompt that has slots of the same style is a template itself: there they are text.
"""

import re
from typing import Final

SLOTTED: Final = "{$<_#%@["
"""Characters, one of which stands in every slot."""
_NEW: Final = (
    r"placeholder|replacement|(?:new|updated|revised|your)[ _-](?:rule|text|content|line|value"
    r"|sentence|instruction|wording)|(?:rule|line|replacement)[ _-](?:text|content)"
)
"""What a text that is still to be written is called by."""
_STYLES: Final = {
    "doubled": (r"\{\{[^{}\n]{1,60}\}\}", r"\{\{"),
    "shell": (r"\$\{[^{}\n]{1,60}\}", r"\$\{"),
    "variable": (r"\$[A-Za-z_]\w{1,60}", r"\$[A-Za-z_]\w"),
    "embedded": (r"<%=[^%\n]{1,60}%>", r"<%"),
    "underlined": (r"__[A-Z]+(?:_[A-Z]+)+__", r"__[A-Z]"),
    "tripled": (r"\{\{\{[^{}\n]{1,60}\}\}\}", r"\{\{\{"),
    "bare": (r"(?:NEW|RULE|LINE|YOUR|REPLACEMENT)_[A-Z_]{3,40}", r"(?<![^\s])[A-Z]+_[A-Z_]+(?!\S)"),
    "linked": (rf"\[\[(?i:{_NEW}|rule)\]\]", r"\[\[\w"),
    "hashed": (r"#\{[^{}\n]{1,60}\}", r"#\{"),
    "percent": (r"%[A-Z][A-Z_]+%|%\([\w ]{1,60}\)s", r"%[A-Z][A-Z_]+%|%\("),
    "at": (r"@[A-Z][A-Z_]+@|@@[A-Z][A-Z_]+@@", r"@[A-Z][A-Z_]+@"),
    "angled": (r"<<[\w -]{1,60}>>", r"<<\w"),
    "described": (
        r"\{[^\W\d]\w{0,20}(?: \w{1,20}){1,8}\}",
        r"\{[^\W\d]\w{0,20}(?: \w{1,20}){1,8}\}",
    ),
    "named": (
        r"\[(?:rule|RULE|TEXT|CONTENT|LINE|VALUE|SENTENCE|INSTRUCTION|PLACEHOLDER|REPLACEMENT)\]",
        r"\[[A-Z][A-Z_ ]+\]",
    ),
    "new": (rf"[<\[{{](?i:{_NEW})[>\]}}]", r"<[A-Z][A-Z_]+>"),
}
"""How a slot is written that is all of a line, and what shows that a prompt has the like."""
_LONE: Final = re.compile(
    r"[ \t]*(?:(?:[-*+\u2022>]|\d{1,3}[.)])[ \t]+)?(?:"
    + "|".join(f"(?P<{style}>{whole})" for style, (whole, _) in _STYLES.items())
    + r")[.!]?[ \t]*\r?\Z"
)
_OF_DATA: Final = frozenset({"shell", "variable", "hashed", "percent", "at", "angled", "embedded"})
_ANY: Final = "any"
_FIELD: Final = re.compile(r"\{[A-Za-z_][\w.]*\}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_STILL_TO_WRITE: Final = frozenset(
    {
        *("rule", "rules", "new", "text", "content", "line", "lines", "value", "replacement"),
        *("placeholder", "insert", "instruction", "sentence", "wording", "updated", "revised"),
    }
)
_LIKE: Final = {style: re.compile(like) for style, (_, like) in _STYLES.items()}


def lone_slot(line: str) -> str:
    """Return the style of the slot that a line is, but for what makes it an item; else nothing.

    One that is called as data are, and not as a text that is to be written, is any template's.
    """
    found = _LONE.match(line)
    if not found:
        return ""
    of_data = _STILL_TO_WRITE.isdisjoint(_WORD.findall(found[0].lower()))
    return _ANY if of_data and found.lastgroup in _OF_DATA else found.lastgroup or ""


def slot_styles(line: str) -> frozenset[str]:
    """Return the styles in which a line has slots."""
    styles = frozenset(style for style, pattern in _LIKE.items() if pattern.search(line))
    return styles | {_ANY} if styles or _FIELD.search(line) else styles
