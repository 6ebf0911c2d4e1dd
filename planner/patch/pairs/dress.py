"""What only shows a pair's text and is none of it: a fence, quotes, tags, signs, labels."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from planner.patch.code import keys_in_code
from planner.patch.examples import is_json
from planner.patch.pairs.lines import PairedLines, plain
from planner.patch.pairs.words import ONLY_MARKERS, begins_list_item, words

_SHOWN_ITEM = re.compile(r"(?:\+ ?|-(?=[-*\d])|> ?|[ \t]*L?\d{1,4} ?[:|\u2192] ?)")
"""What stands before a line where it is shown, and is none of it."""
_POINTED = re.compile(
    r"[ \t]*((?:>{2,}|[-=~]{1,3}>|[\u2192\u21d2\u27f6\u279c\u2794\u25b6\u00bb]|!{2,})[ \t]*)"
    r"(?=(?:[-*+\u2022]|\d{1,3}[.)]|#{1,6})[ \t])"
)
"""What points at an item."""
_ITEM_SIGN = re.compile(r"(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+")
_LINE_NUMBER = re.compile(r"[ \t]*L?(\d{1,4}) ?[:|\u2192] ?")
_WRAPPED = re.compile(r"(`{3,}|~{3,}|<{3,})\w*\n.*\n(?:`{3,}|~{3,}|>{3,})", re.DOTALL)
_IN_TAGS = re.compile(r"<([\w-]+)>.*</\1>", re.DOTALL)
_FIELD = re.compile(r"\"[^\"\n]*\"[ \t]*:")
_WRAPPER = re.compile(
    r"(?:new|old|updated|edited)[_-]?\w*|find|search|replace\w*|text|content|answer|output|result"
    r"|edit|change|patch|diff|str(?:ing)?|value|(?:system_)?prompt|rule|line"
    r"|pre|code|p|div|span|body|html",
    re.IGNORECASE,
)
"""Names of tags that hold an answer's parts."""
_BETWEEN = re.compile(
    r"\s*([-=]{1,2}>|[\u2192\u21d2\u27f6\u279c]|(?<=\n)(?:-{3,}|={3,})(?=\n))\s*\S"
)
"""What parts an old text from the new one where both are shown."""
_SHOWN_WHOLE = {"\u00ab": "\u00bb", "\u201c": "\u201d", '"': '"', "**": "**"}
_JSON_OPENS = frozenset("{[")
_LONE_QUOTES = frozenset({"'", "`"})
_NAME = 3
"""Words; more of them are no name that is quoted."""
_TRIPLE_QUOTES = frozenset(['"""', "'''"])


def wrapping(pair: PairedLines) -> str | None:
    """Refuse a text that stands as a whole in a fence, in quotes or in a tag."""
    text = "\n".join(pair.replace_lines).strip()
    if _is_object(pair.replace.strip()) and not _is_object(pair.find.strip()):
        return f"{pair.who}'s `replace` is wrapped in JSON."
    if _WRAPPED.fullmatch(text) and text[:3] not in pair.find:
        return f"{pair.who}'s `replace` is wrapped in a fence."
    if text[:3] == text[-3:] and text[:3] in _TRIPLE_QUOTES and text[:3] not in pair.find:
        return f"{pair.who}'s `replace` is wrapped in quotes."
    shown = "\n" in text and _stands_in(text, pair.find.strip())
    whole = ONLY_MARKERS.fullmatch(pair.head) and not pair.rest
    double = text[:1] == text[-1:] == '"' and text.count('"') in {2, 6} and not _FIELD.match(text)
    quoted = double or (_is_quoted(text) and pair.find.strip()[:1] != text[:1])
    bare = '"' not in {pair.find_lines[0][:1], pair.find_lines[-1][-1:]}
    if shown or (whole and quoted and bare):
        return f"{pair.who}'s `replace` is wrapped in quotes."
    tagged = _IN_TAGS.fullmatch(text)
    packs = tagged and (_WRAPPER.fullmatch(tagged[1]) or not _encloses(pair, text))
    if tagged and packs and f"<{tagged[1]}>" not in pair.closed:
        return f"{pair.who}'s `replace` is wrapped in <{tagged[1]}>."
    return None


def _is_quoted(text: str) -> bool:
    """Say whether a text, and no name, stands as a whole in single quotes or backticks."""
    mark = text[:1]
    alone = mark in _LONE_QUOTES and text.endswith(mark) and text.count(mark) == 2
    return alone and len(words(text)) > _NAME


def _stands_in(text: str, find: str) -> bool:
    """Say whether signs stand around several lines, and not around those that they replace."""
    for opens, closes in _SHOWN_WHOLE.items():
        is_whole = text.startswith(opens) and text.endswith(closes) and not find.startswith(opens)
        inner = text[len(opens) : -len(closes)]
        if is_whole and closes not in inner.partition("\n")[0]:
            return True
    return False


def _is_object(text: str) -> bool:
    """Say whether a text is an object or a list of JSON."""
    return text[:1] in _JSON_OPENS and is_json(text)


def _encloses(pair: PairedLines, text: str) -> bool:
    """Say whether tags are the prompt's style, or on lines of their own around what stays."""
    opening, _, inner = text.partition("\n")
    inner, _, closing = inner.rpartition("\n")
    alone = opening.endswith(">") and closing.startswith("</")
    old, new = words(pair.find), words(inner)
    stays = plain(pair.find).strip() in inner or (2 * sum(word in new for word in old) > len(old))
    return "</" in pair.closed or (alone and stays)


def decoration(pair: PairedLines) -> str | None:
    """Refuse lines that carry what only shows them: signs, numbers, labels."""
    first, find = pair.replace_lines[0], pair.find_lines[0]
    numbered = _LINE_NUMBER.match(first)
    if numbered and words(first[numbered.end() :])[:2] == words(find)[:2] != []:
        return f"{pair.who} would write a line's number before it: {first.strip()[:60]!r}."
    if _is_numbered(pair.replace_lines) and not _is_numbered(pair.find_lines):
        return f"{pair.who} would write the numbers of lines before them."
    items = {key for key in pair.old_keys if begins_list_item(key)}
    labelled = _labelled(pair, {item.strip() for item in items}) if items else None
    if labelled:
        return f"{pair.who} would write a label before {labelled[:60]!r}."
    code = keys_in_code(pair.new_keys)
    old = set(filter(None, pair.old_keys))
    for at in pair.added:
        line = pair.new_keys[at]
        if line in code:
            continue
        pointed = _POINTED.match(line)
        if pointed and not _has_line(pair.closed, pointed[1]):
            return f"{pair.who} would write {pointed[1]!r} before {line[pointed.end() :][:60]!r}."
        shown = _SHOWN_ITEM.match(line)
        if not shown:
            continue
        signed = line.startswith("+") and not any(key.startswith("+") for key in pair.old_keys)
        quoted = line.startswith(">") and line[shown.end() :] in old
        if (signed and not _has_line(pair.closed, "+")) or quoted or line[shown.end() :] in items:
            return f"{pair.who} would write {line.strip()[:80]!r}, a line with a sign before it."
    return None


def doubles_braces(pair: PairedLines) -> str | None:
    """Refuse braces that are all doubled, as a format needs them, where the prompt's are not."""
    written = pair.replace
    if "{" not in pair.find_lines or "{{" in pair.closed or "{{" not in written:
        return None
    bare = written.replace("{{", "").replace("}}", "")
    all_doubled = "{" not in bare and "}" not in bare
    return f"{pair.who} would double the braces of the text." if all_doubled else None


def compares(pair: PairedLines) -> str | None:
    """Refuse the old text with an arrow or a rule below it, and then the new one."""
    old, new = pair.find.strip(), pair.replace.strip()
    between = _BETWEEN.match(new, len(old)) if new.startswith(old) else None
    if between is None or between[1] in pair.closed:
        return None
    known, below = set(words(old)), set(words(new[between.end(1) :]))
    if between[1][-1] in "-=" and 2 * len(known & below) < len(known):
        return None  # A rule, or the fence of other data, and then something else.
    return f"{pair.who} would write the old text and the new one, and a sign between them."


def quotation(pair: PairedLines) -> str | None:
    """Refuse lines that are quoted where their old ones are not, or not where those beside are."""
    if _is_quotation(pair.replace_lines) and ">" not in pair.find:
        return f"{pair.who} would write `>` before every line, as mail quotes."
    if _leaves_quotation(pair):
        return f"{pair.who} would write a line without `>` amid quoted ones."
    return None


def _is_quotation(lines: Sequence[str]) -> bool:
    signs = [line.lstrip()[:1] for line in lines if line.strip()]
    return bool(signs) and set(signs) == {">"}


def _leaves_quotation(pair: PairedLines) -> bool:
    """Say whether a new line without its sign stands between two that are quoted."""
    if not any(key.startswith(">") for key in pair.old_keys[:1]):
        return False
    end = pair.closed.find("\n", pair.line_end)
    keys = ["", *pair.new_keys, pair.closed[pair.line_end : end]]
    return any(
        [key.startswith(">") for key in keys[at : at + 3]] == [True, False, True]
        for at in pair.added
    )


def _is_numbered(lines: Sequence[str]) -> bool:
    """Say whether each of several lines begins with its number, as an editor shows them."""
    found = [_LINE_NUMBER.match(line) for line in lines if line.strip()]
    numbers = [int(one[1]) for one in found if one]
    return len(found) == len(numbers) > 1 and all(b == a + 1 for a, b in pairwise(numbers))


def _labelled(pair: PairedLines, items: Set[str]) -> str | None:
    """Return an item of a list that stands behind other text on a line that is added."""
    lengths = set(map(len, items))
    for at in pair.added:
        line = pair.new_keys[at].lstrip(" \t>")
        for sign in _ITEM_SIGN.finditer(line):
            place = sign.start()
            if place == 0 or line[place - 1] == "*" or line[place - 1].isalnum():
                continue
            for length in lengths:
                item = line[place : place + length]
                if item in items and line.find(item) == place:
                    return item
    return None


def _has_line(closed: str, start: str) -> bool:
    """Say whether a line of the prompt begins with a text."""
    return closed.startswith(start) or f"\n{start}" in closed
