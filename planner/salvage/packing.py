"""What a program did to all of an answer on its way, undone where it was surely done to all of it.

Each function returns the text as it was before, or None where it was not packed so.
"""

import html
import re
from collections.abc import Callable
from typing import Final

from planner.salvage.tokens import TOKEN, extent_of

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<!--.{0,200}?-->|<\?xml[^<>]{0,200}\?>")
_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|\w{2,8});")
_QUOTE_ENTITY: Final = re.compile(r"&(?:quot|#34|#x22);")

_NUMBERED: Final = re.compile(r"\s{0,6}(\d{1,6})(?:(?: ?[|:\u2502\u2192]|\t) ?|  |$)(.*)")
_NEW_FILE: Final = re.compile(
    r"\A(?:diff --git [^\n]*\n)?(?:(?:new file|index) [^\n]*\n)*--- /dev/null\n\+\+\+ [^\n]*\n"
    r"@@ -0,0 \+1(?:,(\d+))? @@[^\n]*\n((?:\+[^\n]*(?:\n|\Z))+)(?:\\ No newline[^\n]*\n?)?\s*\Z"
)
_EVENTS: Final = re.compile(r"\s*+(?:(?:event|data|id|retry|\d)?:[^\n]*+\n\s*+){2}")
_SPELT: Final = re.compile(r"(?:\\[nrt])+")
_SINGLE_ESCAPE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\(?!\\)")
_STRAIGHT: Final = {
    "\u201e": "\u201c",
    "\u00ab": "\u00bb",
    "\u2018": "\u2019",
}
_KEY_IN: Final = r"{0}\s?(?:edits|op)\s?{1}\s?:"
_HEAD: Final = re.compile(
    r"\AHTTP/\d(?:\.\d)? 2\d\d[^\n]*\n(?:[\w-]+:[^\n]*\n)*\r?\n(?=[\[{])", re.IGNORECASE
)
_CALLS: Final = re.compile(
    r"\s*+(?:<\|python_start\|>|```\w*\s)?\s*+\[\s*+([A-Za-z_][\w.]*\(.*\))\s*+\]\s*+"
    r"(?:<\|python_end\|>|```)?\s*+",
    re.DOTALL,
)
_REASON: Final = re.compile(
    r'("(?:rationale|diagnosis_summary|summary|description)"\s*:\s*")'
    r'((?:[^"\\{}\[\]\n]|\\.|"(?!\s*[,:}\]])){1,2000})'
    r'(?="\s*(?:,\s*"(?:expected_improvement|references|risk_tier|id|op|pillar|target|payload|edits'
    r'|failure_clusters|student_failure_rate|teacher_success_rate|skill_gap)"\s*:|\}))'
)
_QUOTE: Final = re.compile(r'(?<!\\)"')
_OTHER_UNDERSCORE: Final = re.compile(r"(?<!\\)_|\\\\_")
_BRACES: Final = re.compile(r"\{+|\}+")


def _without_entities(text: str) -> str | None:
    """Undo the entities of markup, where no quote stands as it is outside of its tags."""
    if not _QUOTE_ENTITY.search(text):
        return None
    outside = _TAG.sub("", text)
    if not {'"', "<", ">"}.isdisjoint(outside) or "&" in _ENTITY.sub("", outside):
        return None
    return html.unescape(text)


def _without_line_numbers(text: str) -> str | None:
    lines = text.strip("\n").split("\n")
    found = [_NUMBERED.fullmatch(line.rstrip("\r")) for line in lines]
    if len(lines) < 2 or not all(found):
        return None
    kept = [one for one in found if one]
    first = int(kept[0][1])
    if first > 1 or any(int(one[1]) != first + place for place, one in enumerate(kept)):
        return None
    return "\n".join(one[2] for one in kept)


def _without_event_marks(text: str) -> str | None:
    """Return the text of an event of several lines, as a server sends it; one a line are events."""
    lines = [line for line in text.split("\n") if line.strip() not in ("", "data: [DONE]")]
    body = "\n".join(line[5:].removeprefix(" ") for line in lines)
    events = all(line.startswith("data:") for line in lines)
    return body if events and len(lines) > 1 and extent_of(lines[0], 5).fault else None


def is_stream(text: str) -> bool:
    """Tell whether a text is several events as a server sends them, each with a piece of it."""
    return _EVENTS.match(text) is not None


def _without_added_marks(text: str) -> str | None:
    """Return the file that a comparison adds, where it has as many lines as its header counts."""
    found = _NEW_FILE.match(text)
    if not found:
        return None
    lines = found[2].rstrip("\n").split("\n")
    return "\n".join(line[1:] for line in lines) if len(lines) == int(found[1] or 1) else None


def _without_spelt_breaks(text: str) -> str | None:
    r"""Undo `\n` between the words of JSON; those in its texts are its own, unless doubled."""
    body = text.strip()
    if not re.match(r"[\[{](?:\\[nrt]| )+[\"{\[]", body):
        return None
    tokens = [(token.lastgroup, token[0]) for token in TOKEN.finditer(body)]
    texts = "".join(word for kind, word in tokens if kind == "string")
    if "\\\\" in texts and not _SINGLE_ESCAPE.search(texts):
        return None
    return "".join(_SPELT.sub(" ", word) if kind == "word" else word for kind, word in tokens)


def _straightened(text: str) -> str | None:
    """Undo one kind of typographic quotes, where each that opens is closed before the next."""
    if '"' in text:
        return None
    for opening, closing in _STRAIGHT.items():
        if not re.search(_KEY_IN.format(opening, closing), text):
            continue
        marks = re.findall(f"[{opening}{closing}]", text)
        paired = marks[::2] == [opening] * (len(marks) // 2) and set(marks[1::2]) == {closing}
        others = {"\u2018", "\u2019"} - {opening, closing}
        if len(marks) % 2 or not paired or not others.isdisjoint(text):
            return None
        if f"\\{opening}" in text or f"\\{closing}" in text:
            return None
        return text.replace(opening, '"').replace(closing, '"')
    return None


def _with_quotes_escaped(text: str) -> str | None:
    """Escape the quotes round words of a reason, where its own end is certain."""
    written = _REASON.sub(_quotes_escaped, text)
    return written if written != text else None


def _quotes_escaped(reason: re.Match[str]) -> str:
    """Escape what opens before a word and closes behind one, each in its turn."""
    quotes = [one.start() for one in _QUOTE.finditer(reason[2])]
    opens, closes = quotes[::2], quotes[1::2]
    said = f" {reason[2]} "
    paired = all(said[at].isspace() or said[at] == "(" for at in opens) and all(
        said[at].isalnum() or said[at] in ".!?" for at in closes
    )
    apart = not any(said[at + 2].isspace() for at in opens)
    apart = apart and all(said[at + 2].isspace() or said[at + 2] in ".;!?)" for at in closes)
    if len(quotes) % 2 or not (paired and apart):
        return reason[0]
    return reason[1] + _QUOTE.sub(r'\\"', reason[2])


def _without_escaped_underscores(text: str) -> str | None:
    r"""Undo the `\_` of Markdown, where no underscore stands without it."""
    if "\\_" not in text or _OTHER_UNDERSCORE.search(text):
        return None
    return text.replace("\\_", "_")


def _without_doubled_braces(text: str) -> str | None:
    """Undo the doubling of braces in a template, where no text of the answer holds a brace."""
    body = text.strip()
    if not body.startswith("{{") or any(len(run) % 2 for run in _BRACES.findall(body)):
        return None
    halved = body.replace("{{", "{").replace("}}", "}")
    texts = (token[0] for token in TOKEN.finditer(halved) if token.lastgroup == "string")
    return halved if all({"{", "}"}.isdisjoint(one) for one in texts) else None


def _without_list_of_calls(text: str) -> str | None:
    """Return calls in the style of Python without the list that they stand in."""
    found = _CALLS.fullmatch(text)
    return found[1] if found else None


def _without_head(text: str) -> str | None:
    """Return the body of a response that succeeded."""
    found = _HEAD.match(text)
    return text[found.end() :] if found else None


_PACKINGS: Final[tuple[Callable[[str], str | None], ...]] = (
    _without_head,
    _without_list_of_calls,
    _without_entities,
    _without_line_numbers,
    _without_event_marks,
    _without_added_marks,
    _without_spelt_breaks,
    _straightened,
    _without_doubled_braces,
    _without_escaped_underscores,
    _with_quotes_escaped,
)


def unpacked(text: str) -> str | None:
    """Return an answer as it was before something was done to all of it; None where nothing was."""
    return next((body for undo in _PACKINGS if (body := undo(text)) is not None), None)
